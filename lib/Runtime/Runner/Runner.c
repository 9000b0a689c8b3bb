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

// The outputs are lent by the context and describe the last run.
static tenon_status runRepeatedly(tenon_context *context,
                                  const tenon_tensor *inputs,
                                  tenon_tensor *outputs, int64_t runs,
                                  Measurement *result, tenon_error *error) {
  int32_t count = context->model->num_outputs;
  int64_t *times = malloc(runs * sizeof(*times));
  if (!times)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "cannot allocate memory for %lld times",
                         (long long)runs);
  tenon_status status = TENON_OK;
  for (int64_t i = runs > 1 ? -1 : 0; i < runs && status == TENON_OK; ++i) {
    memset(outputs, 0, count * sizeof(*outputs));
    int64_t start = tenon_rt_nanoseconds();
    status = tenon_run(context, inputs, outputs, error);
    if (i >= 0)
      times[i] = tenon_rt_nanoseconds() - start;
  }
  if (status == TENON_OK)
    summarize(times, runs, result);
  free(times);
  return status;
}

static tenon_status writeOutputs(const tenon_model *model, const char *folder,
                                 const tenon_tensor *outputs,
                                 tenon_error *error) {
  char path[4096];
  if (mkdir(folder, 0777) && errno != EEXIST)
    return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot make folder: %s",
                         folder, strerror(errno));
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < model->num_outputs && status == TENON_OK; ++i) {
    snprintf(path, sizeof(path), "%s/output_%d.pb", folder, i);
    status = tenon_io_write(path, model->outputs[i].name, &outputs[i], error);
  }
  return status;
}

static tenon_status report(const tenon_context *context,
                           const tenon_runner_options *options,
                           const Measurement *result,
                           const tenon_tensor *outputs, tenon_error *error) {
  const tenon_model *model = context->model;
  for (int32_t i = 0; i < model->num_outputs; ++i)
    tenon_runner_print_tensor(model->outputs[i].name, &outputs[i]);
  printf("time: median %.6g ms, min %.6g ms of %lld run%s on %d thread%s\n",
         result->medianSeconds * 1e3, result->minSeconds * 1e3,
         (long long)result->runs, result->runs == 1 ? "" : "s",
         tenon_threads(context), tenon_threads(context) == 1 ? "" : "s");
  if (options->profile)
    tenon_runner_print_profile(context);
  tenon_status status = TENON_OK;
  if (options->outputs)
    status = writeOutputs(model, options->outputs, outputs, error);
  if (status == TENON_OK && options->json)
    status = tenon_runner_write_json(context, options, result, outputs, error);
  return status;
}

static tenon_status runWith(tenon_context *context, const tenon_tensor *inputs,
                            const tenon_runner_options *options,
                            Measurement *result, tenon_error *error) {
  int64_t runs = options->repeat > 0 ? options->repeat : 1;
  tenon_tensor *outputs =
      calloc(context->model->num_outputs + 1, sizeof(*outputs));
  if (!outputs)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate outputs");
  tenon_status status =
      runRepeatedly(context, inputs, outputs, runs, result, error);
  if (status == TENON_OK)
    status = report(context, options, result, outputs, error);
  free(outputs);
  return status;
}

// The tensors without their names.
static tenon_tensor *collectTensors(const tenon_io_tensors *items) {
  tenon_tensor *tensors = calloc(items->count + 1, sizeof(*tensors));
  for (int32_t i = 0; tensors && i < items->count; ++i)
    tensors[i] = items->items[i].tensor;
  return tensors;
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
  tenon_io_tensors inputs = {NULL, 0};
  tenon_status status =
      tenon_runner_get_inputs(context, options, &inputs, error);
  tenon_tensor *tensors = collectTensors(&inputs);
  if (status == TENON_OK && !tensors)
    status = tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  if (status == TENON_OK)
    status = runWith(context, tensors, options, &result, error);
  free(tensors);
  tenon_io_free(&inputs);
  tenon_close(context);
  return status;
}
