//===- Runner.h - the parts of running from a command line ------*- C -*-===//
#ifndef TENON_RUNTIME_RUNNER_RUNNER_H
#define TENON_RUNTIME_RUNNER_RUNNER_H

#include "tenon-rt/runner.h"
#include "tenon-rt/tensor_io.h"

/// What the runs showed.
typedef struct Measurement {
  double loadSeconds, medianSeconds, minSeconds;
  int64_t runs;
} Measurement;

/// Reads or makes one tensor for each input, in the model's order.
tenon_status tenon_runner_get_inputs(tenon_context *context,
                                     const tenon_runner_options *options,
                                     tenon_io_tensors *tensors,
                                     tenon_error *error);

/// Writes a value's type as "float32 [batch, 3]".
void tenon_runner_print_type(const tenon_model *model,
                             const tenon_value *value);

/// Prints a tensor's type and its first elements.
void tenon_runner_print_tensor(const char *name, const tenon_tensor *tensor);

void tenon_runner_print_profile(const tenon_context *context);

tenon_status tenon_runner_write_json(const tenon_context *context,
                                     const tenon_runner_options *options,
                                     const Measurement *measurement,
                                     const tenon_tensor *outputs,
                                     tenon_error *error);

#endif // TENON_RUNTIME_RUNNER_RUNNER_H
