//===- Late.h - sizes and values that a run finds out -----------*- C -*-===//
#ifndef TENON_RUNTIME_LATE_H
#define TENON_RUNTIME_LATE_H

#include "Context.h"

/// Whether a run finds out the size of `value`, an output.
int tenon_rt_is_late(const tenon_value_info *value);

/// Fills in those of the caller's outputs whose sizes the run found out.
void tenon_rt_tell_late_outputs(const Context *context, tenon_tensor *outputs);

/// Copies between two places that launches read and write.
tenon_status tenon_rt_move(Context *context, void *to, const void *from,
                           int64_t bytes);

/// Reserves what calls of the present function may find out to need, where that
/// has a bound. `sizes` is computed.
tenon_status tenon_rt_prepare_late(Context *context, tenon_error *error);

/// What the growable blocks hold, and their end.
int64_t tenon_rt_late_bytes(const Context *context);
void tenon_rt_free_late(Context *context);

#endif // TENON_RUNTIME_LATE_H
