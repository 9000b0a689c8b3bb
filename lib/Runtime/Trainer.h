//===- Trainer.h - a training program's parameters and contexts -*- C -*-===//
#ifndef TENON_RUNTIME_TRAINER_H
#define TENON_RUNTIME_TRAINER_H

#include "tenon-rt/training.h"

typedef struct Trainer {
  tenon_trainer base;
  tenon_context **contexts; ///< [num_steps]
  /// Of each parameter the memory of its value, and, where a step cannot write
  /// the next value in place, memory for that: they change places.
  void **values;                  ///< [num_parameters]
  void **nexts;                   ///< [num_parameters], NULL: none
  tenon_tensor *inputs, *outputs; ///< as many as any step has
  void *memory;                   ///< of the values
  int64_t bytes;
} Trainer;

tenon_status tenon_rt_save_parameters(tenon_trainer *trainer, const char *path,
                                      const void *note, size_t note_size,
                                      tenon_error *error);
tenon_status tenon_rt_load_parameters(tenon_trainer *trainer, const char *path,
                                      void *note, size_t *note_size,
                                      tenon_error *error);

#endif // TENON_RUNTIME_TRAINER_H
