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
  void *memory; ///< of the values: the device's where the steps run on one
  char *copies; ///< of a device's values, laid out as the initial ones
  int64_t bytes;
} Trainer;

/// Whether the function's further output number `write` has its value where
/// the function reads the parameter. The contexts are open.
int tenon_rt_writes_in_place(const Trainer *trainer, int32_t step,
                             int32_t write);

/// Allocates the parameters' values where the open contexts run, and gives
/// them their first ones.
tenon_status tenon_rt_make_values(Trainer *trainer, tenon_error *error);
/// While the contexts are still open.
void tenon_rt_free_values(Trainer *trainer);

/// Copies a value from the host's memory.
tenon_status tenon_rt_write_value(Trainer *trainer, int32_t parameter,
                                  const void *data, tenon_error *error);
/// A value in the host's memory; NULL and *error on failure.
const void *tenon_rt_read_value(Trainer *trainer, int32_t parameter,
                                tenon_error *error);

tenon_status tenon_rt_save_parameters(tenon_trainer *trainer, const char *path,
                                      const void *note, size_t note_size,
                                      tenon_error *error);
tenon_status tenon_rt_load_parameters(tenon_trainer *trainer, const char *path,
                                      void *note, size_t *note_size,
                                      tenon_error *error);

#endif // TENON_RUNTIME_TRAINER_H
