//===- StateCopy.h - between forms of a state's value -----------*- C -*-===//
#ifndef TENON_RUNTIME_STATECOPY_H
#define TENON_RUNTIME_STATECOPY_H

#include "Context.h"

/// A tensor in memory: the first part of one of size `room`, with its strides;
/// NULL: it lies densely.
typedef struct Form {
  void *data;
  const int64_t *room;
  int isOnDevice;
} Form;

/// Whether a value of size `dims` in `room` lies densely.
int tenon_rt_is_dense(const int64_t *dims, const int64_t *room, int32_t rank);

/// Copies a tensor of `dims`, whose elements have `bits`, from one form to
/// another. One of them at least is in the host's memory.
tenon_status tenon_rt_copy_elements(Context *context, Form to, Form from,
                                    const int64_t *dims, int32_t rank,
                                    int32_t bits, tenon_error *error);

#endif // TENON_RUNTIME_STATECOPY_H
