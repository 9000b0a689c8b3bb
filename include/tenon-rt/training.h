/*===- training.h - compiled training programs -----------------*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * A training program is a set of functions over shared parameters: steps, which
 * change them, and others, which only read them (`evaluate`, `predict`). A
 * trainer holds the parameters' values; each call of a function reads them,
 * and a step's call leaves their next values.
 *
 *   tenon_error error;
 *   tenon_trainer *trainer = tenon_trainer_open(&lenet_training, NULL, &error);
 *   int32_t train = tenon_trainer_find(trainer, "train");
 *   while (...)
 *     if (tenon_trainer_run(trainer, train, inputs, outputs, &error))
 *       ... error.message
 *   tenon_trainer_save(trainer, "lenet.parameters", NULL, 0, &error);
 *   tenon_trainer_close(trainer);
 *
 * Calls of one trainer must not overlap in time; trainers are independent. A
 * call that fails before its first kernel (wrong shapes, out of memory) leaves
 * the parameters as they were. With TENON_DEVICE_CUDA in the options the
 * parameters stay on the GPU from step to step.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_TRAINING_H
#define TENON_RT_TRAINING_H

#include "tenon-rt/tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tenon_parameter {
  const char *name;
  const int64_t *dims;
  int32_t dtype;
  int32_t rank;
  int64_t bytes;
  uint64_t offset;  /* of its first value, in tenon_training.initial */
  int32_t is_state; /* not 0: steps keep it, but do not train it */
  int32_t reserved;
} tenon_parameter;

/* One function. The inputs of `model` are the function's own, then the
 * parameters that it reads; its outputs are its own, then those it writes. */
typedef struct tenon_step {
  const char *name;
  const tenon_model *model;
  const int32_t *reads;  /* the parameter of each further input */
  const int32_t *writes; /* the parameter of each further output */
  int32_t num_inputs;    /* the function's own */
  int32_t num_outputs;   /* the function's own */
} tenon_step;

struct tenon_training;

/* Opaque but for its first member, which leads to the code behind the calls. */
typedef struct tenon_trainer {
  const struct tenon_training *training;
} tenon_trainer;

typedef struct tenon_training_functions {
  tenon_trainer *(*open)(const struct tenon_training *, const tenon_options *,
                         tenon_error *);
  void (*close)(tenon_trainer *);
  tenon_status (*run)(tenon_trainer *, int32_t step, const tenon_tensor *inputs,
                      tenon_tensor *outputs, tenon_error *);
  tenon_status (*get)(tenon_trainer *, int32_t parameter, tenon_tensor *,
                      tenon_error *);
  tenon_status (*set)(tenon_trainer *, int32_t parameter, const tenon_tensor *,
                      tenon_error *);
  tenon_status (*save)(tenon_trainer *, const char *path, const void *note,
                       size_t note_size, tenon_error *);
  tenon_status (*load)(tenon_trainer *, const char *path, void *note,
                       size_t *note_size, tenon_error *);
  int64_t (*workspace_bytes)(const tenon_trainer *);
} tenon_training_functions;

/* A library with a training program exports it as NAME_training and, for
 * dlsym, as `tenon_training`. */
typedef struct tenon_training {
  uint32_t abi_version; /* TENON_ABI_VERSION that it was compiled for */
  uint32_t size;        /* bytes of this struct there */
  const char *name;
  const char *producer;
  const tenon_training_functions *functions;
  const tenon_step *steps;
  const tenon_parameter *parameters;
  int32_t num_steps;
  int32_t num_parameters;
  const void *initial; /* the parameters' first values */
  uint64_t initial_size;
} tenon_training;

/* Makes a trainer whose parameters have their first values, and allocates what
 * its steps need. options: NULL for the defaults. NULL and *error on failure.
 */
static inline tenon_trainer *tenon_trainer_open(const tenon_training *training,
                                                const tenon_options *options,
                                                tenon_error *error) {
  static const char message[] =
      "expected a training program of this header's ABI version, got another";
  size_t i;
  if (training && training->abi_version >> 16 == TENON_ABI_VERSION >> 16)
    return training->functions->open(training, options, error);
  if (error) {
    error->status = training ? TENON_ERR_VERSION : TENON_ERR_ARGUMENT;
    for (i = 0; i < sizeof(message); ++i)
      error->message[i] = message[i];
  }
  return NULL;
}

/* Frees a trainer and what it lent. NULL is allowed. */
static inline void tenon_trainer_close(tenon_trainer *trainer) {
  if (trainer)
    trainer->training->functions->close(trainer);
}

static inline int tenon_trainer_equal(const char *a, const char *b) {
  while (*a && *a == *b)
    ++a, ++b;
  return *a == *b;
}

/* The number of the function of this name, or -1. */
static inline int32_t tenon_trainer_find(const tenon_trainer *trainer,
                                         const char *name) {
  int32_t i;
  for (i = 0; i < trainer->training->num_steps; ++i)
    if (tenon_trainer_equal(trainer->training->steps[i].name, name))
      return i;
  return -1;
}

/* The number of the parameter of this name, or -1. */
static inline int32_t tenon_trainer_find_parameter(const tenon_trainer *trainer,
                                                   const char *name) {
  int32_t i;
  for (i = 0; i < trainer->training->num_parameters; ++i)
    if (tenon_trainer_equal(trainer->training->parameters[i].name, name))
      return i;
  return -1;
}

/* Runs a function on its own inputs; its own outputs are as those of tenon_run:
 * one with NULL data is lent until the trainer's next call. */
static inline tenon_status tenon_trainer_run(tenon_trainer *trainer,
                                             int32_t step,
                                             const tenon_tensor *inputs,
                                             tenon_tensor *outputs,
                                             tenon_error *error) {
  return trainer->training->functions->run(trainer, step, inputs, outputs,
                                           error);
}

/* Points *tensor at a parameter's value, which is the trainer's: valid until
 * its next call. Of parameters on a GPU it is a copy in the host's memory. */
static inline tenon_status tenon_trainer_get(tenon_trainer *trainer,
                                             int32_t parameter,
                                             tenon_tensor *tensor,
                                             tenon_error *error) {
  return trainer->training->functions->get(trainer, parameter, tensor, error);
}

/* Gives a parameter a value, which is copied. */
static inline tenon_status tenon_trainer_set(tenon_trainer *trainer,
                                             int32_t parameter,
                                             const tenon_tensor *tensor,
                                             tenon_error *error) {
  return trainer->training->functions->set(trainer, parameter, tensor, error);
}

/* Writes all parameters to a file, and `note_size` bytes of the application's.
 * The file is whole or as it was before, whenever the program is killed. */
static inline tenon_status
tenon_trainer_save(tenon_trainer *trainer, const char *path, const void *note,
                   size_t note_size, tenon_error *error) {
  return trainer->training->functions->save(trainer, path, note, note_size,
                                            error);
}

/* Reads what tenon_trainer_save wrote. note: room for *note_size bytes, which
 * becomes how many there are; NULL and NULL: not wanted. After an error the
 * parameters are as they were. */
static inline tenon_status tenon_trainer_load(tenon_trainer *trainer,
                                              const char *path, void *note,
                                              size_t *note_size,
                                              tenon_error *error) {
  return trainer->training->functions->load(trainer, path, note, note_size,
                                            error);
}

/* Bytes that the trainer holds now: parameters, and its steps' workspaces. */
static inline int64_t tenon_trainer_bytes(const tenon_trainer *trainer) {
  return trainer->training->functions->workspace_bytes(trainer);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_TRAINING_H */
