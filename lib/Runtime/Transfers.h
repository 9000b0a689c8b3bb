//===- Transfers.h - what a context's rank does with others -----*- C -*-===//
#ifndef TENON_RUNTIME_TRANSFERS_H
#define TENON_RUNTIME_TRANSFERS_H

#include "Context.h"

/// One that a call starts and awaits.
struct Transfer {
  void *request;     ///< the communicator's
  const char *nodes; ///< of the graph; NULL: nothing is under way
  void *to;          ///< on the device, where the result is to go
  int64_t bytes;     ///< of it
  int64_t offset;    ///< of the result in `staging`
  Block staging;     ///< of a program for a device: operand and result
};

/// What the application's communicator has to be.
tenon_status tenon_rt_check_communicator(const tenon_options *options,
                                         tenon_error *error);

/// Ends what the present call has started and not awaited, and tells the other
/// ranks where it failed.
void tenon_rt_end_transfers(Context *context, tenon_status status);

/// The most transfers that a function of the program has.
int64_t tenon_rt_max_transfers(const tenon_model *model,
                               const tenon_program *program);
void tenon_rt_free_transfers(Context *context);

#endif // TENON_RUNTIME_TRANSFERS_H
