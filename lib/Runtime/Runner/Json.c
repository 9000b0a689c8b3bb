//===- Json.c - the report as JSON ----------------------------------------===//
#include "../Error.h"
#include "Runner.h"
#include "tenon-rt/program.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void printString(FILE *file, const char *text) {
  fputc('"', file);
  for (; *text; ++text)
    if (*text == '"' || *text == '\\')
      fprintf(file, "\\%c", *text);
    else if ((unsigned char)*text < 0x20)
      fprintf(file, "\\u%04x", *text);
    else
      fputc(*text, file);
  fputc('"', file);
}

static void printOutput(FILE *file, const char *name,
                        const tenon_value *tensor) {
  fprintf(file, "{\"name\": ");
  printString(file, name);
  fprintf(file, ", \"dtype\": \"%s\", \"shape\": [",
          tenon_dtype_name(tensor->dtype));
  for (int32_t i = 0; i < tensor->rank; ++i)
    fprintf(file, "%s%" PRId64, i ? ", " : "", tensor->shape[i]);
  fprintf(file, "]}");
}

tenon_status tenon_runner_write_json(const Job *job,
                                     const Measurement *measurement,
                                     const tenon_value *outputs,
                                     tenon_error *error) {
  const tenon_context *context = job->context;
  const tenon_model *model = context->model;
  const tenon_runner_options *options = job->options;
  FILE *file = fopen(options->json, "we");
  if (!file)
    return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot write: %s",
                         options->json, strerror(errno));
  fprintf(file, "{\"model\": ");
  printString(file, options->model ? options->model : model->name);
  fprintf(file,
          ", \"device\": \"%s\", \"threads\": %d, \"runs\": %" PRId64
          ", \"compile_seconds\": %.9g, \"load_seconds\": %.9g, "
          "\"median_seconds\": %.9g, \"min_seconds\": %.9g, "
          "\"workspace_bytes\": %" PRId64 ", \"weight_bytes\": %" PRIu64
          ", \"outputs\": [",
          options->device == TENON_DEVICE_CUDA ? "cuda" : "cpu",
          tenon_threads(context), measurement->runs, options->compile_seconds,
          measurement->loadSeconds, measurement->medianSeconds,
          measurement->minSeconds, tenon_workspace_bytes(context),
          model->program->weights_size);
  for (int32_t i = 0; i < job->function->num_outputs; ++i) {
    fprintf(file, "%s", i ? ", " : "");
    printOutput(file, job->function->outputs[i].name, &outputs[i]);
  }
  fprintf(file, "]}\n");
  int failed = ferror(file);
  if (fclose(file) || failed)
    return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot write",
                         options->json);
  return TENON_OK;
}
