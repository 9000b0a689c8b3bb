//===- Context.h - what a context consists of -------------------*- C -*-===//
#ifndef TENON_RUNTIME_CONTEXT_H
#define TENON_RUNTIME_CONTEXT_H

#include "Pool.h"
#include "tenon-rt/program.h"

#include <stdatomic.h>

/// Memory that grows and is never shrunk.
typedef struct Block {
  uint8_t *data; ///< 64-byte aligned
  size_t capacity;
} Block;

/// Work items of one participant of a launch, on a cache line of their own.
typedef struct Range {
  _Alignas(64) atomic_llong next;
  int64_t end;
} Range;

/// Of a launch with the present dimensions.
typedef struct Cost {
  int64_t flops, bytes; ///< estimates, 0: unknown
} Cost;

typedef struct Device Device;

/// A context; its arrays lie behind it in the same allocation.
typedef struct Context {
  tenon_context base; ///< has to come first
  tenon_rt_frame frame;
  tenon_options options;
  atomic_int inUse;

  int32_t threads;
  int32_t workers; ///< that need scratch memory: the threads, or blocks
  Device *device;  ///< NULL: the CPU
  tenon_rt_pool_use pool;
  Range *ranges; ///< [threads]

  Block workspace; ///< the arena, then the scratch of each thread
  int64_t arenaBytes, scratchBytes;
  uint8_t *scratch;      ///< of the first worker
  int64_t scratchStride; ///< bytes from one worker's to the next one's
  /// Of sizes that runs find out: [num_late_blocks], on the device if any.
  Block *late;
  Block lateScratch; ///< where launches need more of it than `sizes` said
  /// Of the run at hand: what the program's calls fill in.
  tenon_error *error;
  int64_t *sizes; ///< as tenon_program.sizes fills them
  Cost *costs;    ///< [num_launches], the last of them
  /// What callers have been told of them. Not the same memory: a caller hands
  /// these shapes in with his buffers, and the check compares with `sizes`.
  int64_t *told;
  int64_t *dims; ///< [num_symbols], -1: not known
  void **inputs, **outputs;
  int64_t *inputBytes, *outputBytes;
  Block *lent; ///< [num_outputs], for callers without buffers

  void *mappedWeights;          ///< of models with a weights file
  int64_t *calls, *nanoseconds; ///< [num_launches], NULL: no profile
} Context;

/// Where the dimensions of an output or input begin in `sizes` and `told`.
int32_t tenon_rt_output_offset(const tenon_model *model, int32_t output);
int32_t tenon_rt_input_offset(const tenon_model *model, int32_t input);

/// Makes sure that `block` holds `size` bytes; what it held is lost.
tenon_status tenon_rt_grow(Context *context, Block *block, int64_t size,
                           tenon_error *error);
void tenon_rt_free_block(Context *context, Block *block);

/// Provides the workspace that `sizes` asks for.
tenon_status tenon_rt_grow_workspace(Context *context, tenon_error *error);

#endif // TENON_RUNTIME_CONTEXT_H
