//===- Runner.c - one model, run and timed --------------------------------===//
#include "Runner.h"
#include "../Error.h"
#include "../Futex.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int32_t tenon_runner_parse_device(const char *text, int32_t *device,
                                  int32_t *index) {
  static const char cuda[] = "cuda";
  char *rest = NULL;
  if (!strcmp(text, "cpu")) {
    *device = TENON_DEVICE_CPU;
    return 1;
  }
  if (strncmp(text, cuda, strlen(cuda)))
    return 0;
  text += strlen(cuda);
  long number = *text == ':' ? strtol(text + 1, &rest, 10) : 0;
  if (rest ? *rest || rest == text + 1 : *text)
    return 0;
  if (number < 0 || number > INT32_MAX)
    return 0;
  *device = TENON_DEVICE_CUDA;
  *index = (int32_t)number;
  return 1;
}

int32_t tenon_runner_exit_status(int32_t status) {
  switch (status) {
  case TENON_OK:
    return TENON_EXIT_DONE;
  case TENON_ERR_MEMORY:
  case TENON_ERR_CPU:
  case TENON_ERR_DEVICE:
  case TENON_ERR_SYSTEM:
    return TENON_EXIT_MACHINE;
  case TENON_ERR_INTERNAL:
    return TENON_EXIT_BUG;
  default:
    return TENON_EXIT_INPUT;
  }
}

static int compareTimes(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static void summarize(int64_t *times, int64_t runs, Measurement *result) {
  qsort(times, runs, sizeof(*times), compareTimes);
  int64_t middle = times[runs / 2] + times[(runs - 1) / 2];
  result->runs = runs;
  result->medianSeconds = (double)middle * 0.5e-9;
  result->minSeconds = (double)times[0] * 1e-9;
}

static tenon_status callOnce(const Job *job, const tenon_value *inputs,
                             tenon_value *outputs, int64_t *nanoseconds,
                             tenon_error *error) {
  tenon_call_options options = TENON_CALL_OPTIONS_INIT;
  memset(outputs, 0, job->function->num_outputs * sizeof(*outputs));
  int64_t start = tenon_rt_nanoseconds();
  if (job->options->timeout > 0)
    options.deadline = start + (int64_t)(job->options->timeout * 1e9);
  tenon_status status =
      tenon_call(job->context, job->number, inputs, outputs, &options, error);
  *nanoseconds = tenon_rt_nanoseconds() - start;
  return status;
}

// The outputs are lent by the context and describe the last run. All runs but
// the last, whose state stays, are followed by the state before the first.
static tenon_status runRepeatedly(const Job *job, tenon_context *snapshot,
                                  const tenon_value *inputs,
                                  tenon_value *outputs, int64_t *times,
                                  int64_t runs, tenon_error *error) {
  tenon_status status = TENON_OK;
  for (int64_t i = runs > 1 ? -1 : 0; i < runs && status == TENON_OK; ++i) {
    int64_t time = 0;
    status = callOnce(job, inputs, outputs, &time, error);
    if (i >= 0)
      times[i] = time;
    if (snapshot && i + 1 < runs && status == TENON_OK)
      status = tenon_copy_state(job->context, snapshot, error);
  }
  return status;
}

static tenon_status writeOutputs(const tenon_function *function,
                                 const char *folder, const tenon_value *outputs,
                                 tenon_error *error) {
  char path[4096];
  if (mkdir(folder, 0777) && errno != EEXIST)
    return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot make folder: %s",
                         folder, strerror(errno));
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < function->num_outputs && status == TENON_OK; ++i) {
    tenon_tensor tensor = {outputs[i].data, outputs[i].shape, outputs[i].dtype,
                           outputs[i].rank};
    snprintf(path, sizeof(path), "%s/output_%d.pb", folder, i);
    status = tenon_io_write(path, function->outputs[i].name, &tensor, error);
  }
  return status;
}

static void printOutputs(const Job *job, const tenon_value *outputs) {
  for (int32_t i = 0; i < job->function->num_outputs; ++i)
    tenon_runner_print_tensor(job->function->outputs[i].name, &outputs[i]);
}

static tenon_status report(const Job *job, const Measurement *result,
                           const tenon_value *outputs, tenon_error *error) {
  int32_t threads = tenon_threads(job->context);
  printf("time: median %.6g ms, min %.6g ms of %lld run%s on %d thread%s\n",
         result->medianSeconds * 1e3, result->minSeconds * 1e3,
         (long long)result->runs, result->runs == 1 ? "" : "s", threads,
         threads == 1 ? "" : "s");
  if (job->options->profile)
    tenon_runner_print_profile(job->context);
  return job->options->json
             ? tenon_runner_write_json(job, result, outputs, error)
             : TENON_OK;
}

// The tensors without their names.
static tenon_value *collectValues(const tenon_io_tensors *items) {
  tenon_value *values = calloc(items->count + 1, sizeof(*values));
  for (int32_t i = 0; values && i < items->count; ++i)
    values[i] = tenon_tensor_value(&items->items[i].tensor);
  return values;
}

// A context that holds the state as it is now; NULL if the function changes
// none.
static tenon_status takeSnapshot(const Job *job, const tenon_options *options,
                                 tenon_context **snapshot, tenon_error *error) {
  *snapshot = NULL;
  if (!job->function->num_writes || job->options->repeat <= 1)
    return TENON_OK;
  *snapshot = tenon_open(job->context->model, options, error);
  return *snapshot ? tenon_copy_state(*snapshot, job->context, error)
                   : (tenon_status)error->status;
}

static tenon_status allocateTimes(int64_t runs, int64_t **times,
                                  tenon_error *error) {
  *times = malloc(runs * sizeof(**times));
  return *times ? TENON_OK
                : tenon_rt_fail(error, TENON_ERR_MEMORY,
                                "cannot allocate memory for %lld times",
                                (long long)runs);
}

// One set of inputs, as often as the user wants.
static tenon_status runRepeat(const Job *job, const tenon_options *open,
                              tenon_value *outputs, Measurement *result,
                              tenon_error *error) {
  const tenon_runner_options *options = job->options;
  int64_t runs = options->repeat > 0 ? options->repeat : 1, *times = NULL;
  tenon_io_tensors tensors = {NULL, 0};
  tenon_context *snapshot = NULL;
  tenon_status status = allocateTimes(runs, &times, error);
  if (status == TENON_OK)
    status = tenon_runner_get_inputs(job, options->inputs, options->num_inputs,
                                     /*isFirstStep=*/1, &tensors, error);
  tenon_value *inputs = collectValues(&tensors);
  if (status == TENON_OK && !inputs)
    status = tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  if (status == TENON_OK)
    status = takeSnapshot(job, open, &snapshot, error);
  if (status == TENON_OK)
    status = runRepeatedly(job, snapshot, inputs, outputs, times, runs, error);
  if (status == TENON_OK) {
    summarize(times, runs, result);
    printOutputs(job, outputs);
  }
  if (status == TENON_OK && options->outputs)
    status = writeOutputs(job->function, options->outputs, outputs, error);
  tenon_close(snapshot);
  free(inputs);
  tenon_io_free(&tensors);
  free(times);
  return status;
}

// One folder of a stream.
static tenon_status runStep(const Job *job, int32_t step, tenon_value *outputs,
                            int64_t *time, tenon_error *error) {
  const tenon_runner_options *options = job->options;
  const char *folder = options->inputs[step];
  tenon_io_tensors tensors = {NULL, 0};
  tenon_status status =
      tenon_runner_get_inputs(job, &folder, 1, step == 0, &tensors, error);
  tenon_value *inputs = collectValues(&tensors);
  if (status == TENON_OK && !inputs)
    status = tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  if (status == TENON_OK)
    status = callOnce(job, inputs, outputs, time, error);
  if (status == TENON_OK) {
    printf("step %d\n", step);
    printOutputs(job, outputs);
  }
  if (status == TENON_OK && options->outputs) {
    char path[4096];
    mkdir(options->outputs, 0777);
    snprintf(path, sizeof(path), "%s/test_data_set_%d", options->outputs, step);
    status = writeOutputs(job->function, path, outputs, error);
  }
  free(inputs);
  tenon_io_free(&tensors);
  return status;
}

// Consecutive calls of one context.
static tenon_status runSequence(const Job *job, tenon_value *outputs,
                                Measurement *result, tenon_error *error) {
  int32_t steps = job->options->num_inputs;
  int64_t *times = NULL;
  tenon_status status = allocateTimes(steps, &times, error);
  for (int32_t i = 0; i < steps && status == TENON_OK; ++i)
    status = runStep(job, i, outputs, &times[i], error);
  if (status == TENON_OK)
    summarize(times, steps, result);
  free(times);
  return status;
}

static tenon_status findFunction(Job *job, tenon_error *error) {
  const tenon_model *model = job->context->model;
  const char *name = job->options->function;
  job->number = name ? tenon_find_function(model, name) : 0;
  if (job->number < 0)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "model '%s' has no function '%s'", model->name, name);
  job->function = &model->functions[job->number];
  return TENON_OK;
}

static tenon_status runJob(Job *job, const tenon_options *open,
                           Measurement *result, tenon_error *error) {
  tenon_status status = findFunction(job, error);
  if (status != TENON_OK)
    return status;
  tenon_value *outputs =
      calloc(job->function->num_outputs + 1, sizeof(*outputs));
  if (!outputs)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate outputs");
  status = job->options->sequence && job->options->num_inputs
               ? runSequence(job, outputs, result, error)
               : runRepeat(job, open, outputs, result, error);
  if (status == TENON_OK)
    status = report(job, result, outputs, error);
  free(outputs);
  return status;
}

tenon_status tenon_runner_run(const tenon_model *model,
                              const tenon_runner_options *options,
                              tenon_error *error) {
  tenon_error local;
  error = error ? error : &local;
  tenon_options open = TENON_OPTIONS_INIT;
  open.threads = options->threads;
  open.device = options->device;
  open.device_index = options->device_index;
  open.profile = options->profile;
  int64_t start = tenon_rt_nanoseconds();
  tenon_context *context = tenon_open(model, &open, error);
  if (!context)
    return (tenon_status)error->status;
  Measurement result = {.loadSeconds =
                            options->load_seconds +
                            (double)(tenon_rt_nanoseconds() - start) * 1e-9};
  Job job = {.context = context, .options = options};
  tenon_status status = runJob(&job, &open, &result, error);
  tenon_close(context);
  return status;
}
