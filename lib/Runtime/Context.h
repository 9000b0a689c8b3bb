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

/// A function of the model as a context calls it. Its inputs and outputs are
/// its own, then states.
typedef struct Function {
  const tenon_function *info;
  const tenon_code *code;
  int32_t numInputs, numOutputs;
  int64_t firstLaunch; ///< launches of the functions before it
  int64_t *sizes;      ///< as tenon_code.sizes fills them
  Cost *costs;         ///< [num_launches], the last of them
  /// What callers have been told of them. Not the same memory: a caller hands
  /// these shapes in with his buffers, and the check compares with `sizes`.
  int64_t *told;
  int64_t *dims; ///< [num_symbols], -1: not known
  void **inputs, **outputs;
  int64_t *inputBytes, *outputBytes;
  tenon_tensor *given; ///< [numInputs], then the outputs of tenon_call
  Block *lent;         ///< [info->num_outputs], for callers without buffers
  int64_t *calls, *nanoseconds; ///< [num_launches], NULL: no profile
} Function;

typedef struct Device Device;
typedef struct State State;
typedef struct Transfer Transfer;

/// A context; its arrays lie behind it in the same allocation.
typedef struct Context {
  tenon_context base; ///< has to come first
  tenon_rt_frame frame;
  tenon_options options;
  atomic_int inUse;

  const tenon_program *program;   ///< the host's, or the device's
  Function *functions;            ///< [num_functions]
  Function *current;              ///< the one that is called
  const tenon_call_options *call; ///< how; NULL: the defaults
  int isChanging; ///< the call has begun to change state in place
  State *states;  ///< [num_states]

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

  Transfer *transfers; ///< as many as the function with most of them has

  void *mappedWeights; ///< of programs with a weights file
  void *mappedFirsts;  ///< the same for the states' first values

  tenon_error *error; ///< of the present call, for what ends it; NULL: none
} Context;

/// Makes the context this caller's; TENON_ERR_BUSY where it is another's.
tenon_status tenon_rt_begin(Context *context, tenon_error *error);
/// Gives it back, and returns `status`.
tenon_status tenon_rt_end(Context *context, tenon_status status);

/// What a call whose code has returned `status` ends with.
tenon_status tenon_rt_finish(const Context *context, int32_t status,
                             tenon_error *error);

/// Where the dimensions of an output or input begin in `sizes` and `told`.
int32_t tenon_rt_output_offset(const Function *function, int32_t output);
int32_t tenon_rt_input_offset(const Function *function, int32_t input);

/// Makes sure that `block` holds `size` bytes; what it held is lost.
tenon_status tenon_rt_grow(Context *context, Block *block, int64_t size,
                           tenon_error *error);
void tenon_rt_free_block(Context *context, Block *block);

/// Provides the workspace that `sizes` asks for.
tenon_status tenon_rt_grow_workspace(Context *context, tenon_error *error);

#endif // TENON_RUNTIME_CONTEXT_H
