//===- Call.h - one call of a function --------------------------*- C -*-===//
#ifndef TENON_RUNTIME_CALL_H
#define TENON_RUNTIME_CALL_H

#include "Context.h"

/// tenon_rt_begin for a call of `function`, which becomes the current one.
tenon_status tenon_rt_begin_function(Context *context, int32_t function,
                                     tenon_error *error);

/// Runs the current function on the caller's tensors, and takes over the next
/// values of its states.
tenon_status tenon_rt_run_tensors(Context *context, const tenon_tensor *inputs,
                                  tenon_tensor *outputs, tenon_error *error);

/// The call on values, with options that may be NULL.
tenon_status tenon_rt_call(tenon_context *base, int32_t function,
                           const tenon_value *inputs, tenon_value *outputs,
                           const tenon_call_options *given, tenon_error *error);

#endif // TENON_RUNTIME_CALL_H
