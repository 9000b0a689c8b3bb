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

/// One function of an open model, and what the user wants of it.
typedef struct Job {
  tenon_context *context;
  int32_t number;
  const tenon_function *function;
  const tenon_runner_options *options;
} Job;

/// Reads or makes one tensor for each input, in the function's order. `inputs`:
/// files or folders to read, [count]. Where they are the model's before some of
/// its inputs became state, those give the state its value in the first step of
/// a stream.
tenon_status tenon_runner_get_inputs(const Job *job, const char *const *inputs,
                                     int32_t count, int isFirstStep,
                                     tenon_io_tensors *tensors,
                                     tenon_error *error);

/// Prints a tensor's type and its first elements.
void tenon_runner_print_tensor(const char *name, const tenon_value *tensor);

void tenon_runner_print_profile(const tenon_context *context);

tenon_status tenon_runner_write_json(const Job *job,
                                     const Measurement *measurement,
                                     const tenon_value *outputs,
                                     tenon_error *error);

#endif // TENON_RUNTIME_RUNNER_RUNNER_H
