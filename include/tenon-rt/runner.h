/*===- runner.h - running a model from a command line ----------*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * What executables made by `tenon compile` do, and `tenon run` after it has
 * compiled or loaded a model. For programs that link with
 * libtenon-rt-runner.a.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_RUNNER_H
#define TENON_RT_RUNNER_H

#include "tenon-rt/tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A value for a symbol: `--dim NAME=N`. */
typedef struct tenon_runner_dim {
  const char *name;
  int64_t size;
} tenon_runner_dim;

/* All zero runs once, on all cores, without inputs. */
typedef struct tenon_runner_options {
  /* Files, or one folder with input_0.pb ...; or random numbers. Files fill
   * the inputs by name if all of their names are the model's, else in order. */
  const char *const *inputs;
  int32_t num_inputs;
  int32_t random;
  uint64_t seed;
  /* For random inputs: sizes of symbols; the others are 1. */
  const tenon_runner_dim *dims;
  int32_t num_dims;
  int32_t
      sequence; /* each of the inputs is a folder, and they are one stream */
  const char *function; /* NULL: the first one */
  double timeout;       /* seconds, after which a run is cancelled; 0: none */
  int32_t threads;      /* 0: all cores */
  int32_t device;       /* a tenon_device */
  int32_t device_index;
  int32_t profile;
  /* Timed runs; more than 1 follow an untimed one. Each begins with the same
   * state. */
  int64_t repeat;
  const char *outputs; /* folder for output_0.pb ...; NULL: none */
  const char *json;    /* file for the report; NULL: none */
  /* For the report, of what happened before. */
  const char *model; /* NULL: the model's own name */
  double compile_seconds, load_seconds;
} tenon_runner_options;

/* Exit statuses of Tenon's programs. */
enum {
  TENON_EXIT_DONE = 0,
  TENON_EXIT_INPUT = 1,
  TENON_EXIT_USAGE = 2,
  TENON_EXIT_MACHINE = 3,
  TENON_EXIT_BUG = 70
};

/* Whose fault a status is, as an exit status. */
int32_t tenon_runner_exit_status(int32_t status);

/* Reads "cpu", "cuda" or "cuda:K" as a tenon_device and which of them; 0: it
 * is none of them. */
int32_t tenon_runner_parse_device(const char *text, int32_t *device,
                                  int32_t *index);

/* Opens the model, runs it, prints outputs and times to stdout, and writes the
 * files that the options ask for. */
tenon_status tenon_runner_run(const tenon_model *model,
                              const tenon_runner_options *options,
                              tenon_error *error);

/* Prints what the model's functions take and give to stdout, and its states. */
void tenon_runner_describe(const tenon_model *model);

/* All of a compiled executable: parses the arguments, runs, reports errors on
 * stderr. Returns the exit status. */
int tenon_runner_main(const tenon_model *model, int argc, char **argv);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_RUNNER_H */
