//===- Weights.h - where a model's weights are ------------------*- C -*-===//
#ifndef TENON_RUNTIME_WEIGHTS_H
#define TENON_RUNTIME_WEIGHTS_H

#include "tenon-rt/program.h"

/// Weights, and the mapping of a file to give back (NULL: none).
typedef struct tenon_rt_weights {
  const uint8_t *data;
  void *mapping;
} tenon_rt_weights;

/// Finds a program's weights in the artefact, in the file `path`, or in its
/// weights file beside the artefact. Contexts that map one file share its
/// pages, which are the system's page cache.
tenon_status tenon_rt_find_weights(const char *model,
                                   const tenon_program *program,
                                   const char *path, tenon_rt_weights *weights,
                                   tenon_error *error);

#endif // TENON_RUNTIME_WEIGHTS_H
