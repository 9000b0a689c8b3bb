//===- Border.h - what the caller hands in is checked here ------*- C -*-===//
#ifndef TENON_RUNTIME_BORDER_H
#define TENON_RUNTIME_BORDER_H

#include "Context.h"

/// Checks types and shapes of the inputs, and gives the symbols their values.
tenon_status tenon_rt_bind_inputs(Context *context, const tenon_tensor *inputs,
                                  tenon_error *error);

/// Computes `sizes` from the symbols, and checks that no output has a negative
/// dimension.
tenon_status tenon_rt_compute_sizes(Context *context, tenon_error *error);

/// Checks those dimensions of the inputs that are formulas, once `sizes` has
/// their values.
tenon_status tenon_rt_check_expressions(const Context *context,
                                        const tenon_tensor *inputs,
                                        tenon_error *error);

/// Checks what the program needs of the symbols, once `sizes` is computed.
tenon_status tenon_rt_check_guards(const Context *context, tenon_error *error);

/// Checks types and shapes of the outputs; lends buffers where there are none.
tenon_status tenon_rt_bind_outputs(Context *context, tenon_tensor *outputs,
                                   tenon_error *error);

/// Checks the pointers in context->inputs and outputs: none is NULL or
/// misaligned, outputs overlap nothing, indices are in range.
tenon_status tenon_rt_check_buffers(Context *context, tenon_error *error);

/// The status of a program that ended, with a message if it has none.
tenon_status tenon_rt_explain_stop(const Context *context, int32_t status,
                                   tenon_error *error);

#endif // TENON_RUNTIME_BORDER_H
