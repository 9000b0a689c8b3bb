//===- State.h - the values of a context's states ---------------*- C -*-===//
#ifndef TENON_RUNTIME_STATE_H
#define TENON_RUNTIME_STATE_H

#include "Context.h"

/// While `isFirst` is set the value is the artefact's own, which all contexts
/// share; what a context changes lies in its blocks, on the device where it
/// runs on one. A next value is staged beside the present one, and takes its
/// place when everything has succeeded; one that is written in place needs the
/// context's own memory before the call.
struct State {
  const tenon_state_info *info;
  /// Its capacity where a value in the context's memory is the first part of a
  /// tensor of that size, so that it grows in place; NULL: it lies densely.
  const int64_t *room;
  const void *first; ///< in the host's memory
  int isFirst;
  int isInPlace; ///< the staged value lies where the present one does
  int64_t *dims, *nextDims; ///< [rank]
  Block value, next;
  void *copy; ///< the dense form, where that is none, in the host's memory
};

/// A value of rank 0 has no array of dimensions.
static inline void tenon_rt_copy_dims(int64_t *to, const int64_t *from,
                                      int32_t rank) {
  for (int32_t i = 0; i < rank; ++i)
    to[i] = from[i];
}

void tenon_rt_free_states(Context *context);
int64_t tenon_rt_bytes_of_states(const Context *context);

/// The present value as an input of a call, as the call reads it; in memory of
/// the context if the call `changes` it there.
tenon_status tenon_rt_read_state(Context *context, int32_t state, int changes,
                                 tenon_tensor *tensor, tenon_error *error);

/// Makes sure that the value is in the context's own memory.
tenon_status tenon_rt_own_state(Context *context, int32_t state,
                                tenon_error *error);

/// The present value in the host's memory, dense.
tenon_status tenon_rt_fetch_state(Context *context, int32_t state,
                                  tenon_tensor *tensor, tenon_error *error);

/// Provides memory for a next value of size `dims`: that of the present value
/// if it `mayReplace` that and the context owns it. Fails where a dimension
/// exceeds its capacity.
tenon_status tenon_rt_stage_state(Context *context, int32_t state,
                                  const int64_t *dims, int mayReplace,
                                  void **memory, tenon_error *error);

/// Stages a copy of a dense value in the host's memory.
tenon_status tenon_rt_stage_value(Context *context, int32_t state,
                                  const tenon_tensor *value,
                                  tenon_error *error);

/// Stages a copy of the value that the state of this number has in `from`, a
/// context of the same model.
tenon_status tenon_rt_stage_copy(Context *context, int32_t state, Context *from,
                                 tenon_error *error);

/// The staged value is the present one from now on.
void tenon_rt_commit_state(Context *context, int32_t state);

tenon_status tenon_rt_save_state(tenon_context *context, const char *path,
                                 const void *note, size_t note_size,
                                 tenon_error *error);
tenon_status tenon_rt_load_state(tenon_context *context, const char *path,
                                 void *note, size_t *note_size,
                                 tenon_error *error);

/// The other calls of tenon.h.
tenon_status tenon_rt_get_state(tenon_context *context, int32_t state,
                                tenon_tensor *tensor, tenon_error *error);
tenon_status tenon_rt_set_state(tenon_context *context, int32_t state,
                                const tenon_tensor *tensor, tenon_error *error);
tenon_status tenon_rt_reset_state(tenon_context *context, int32_t state,
                                  tenon_error *error);
tenon_status tenon_rt_shorten_state(tenon_context *context, const char *dim,
                                    int64_t size, tenon_error *error);
tenon_status tenon_rt_copy_state(tenon_context *to, tenon_context *from,
                                 tenon_error *error);

#endif // TENON_RUNTIME_STATE_H
