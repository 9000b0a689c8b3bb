/*===- program.h - between compiled programs and the runtime ---*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * What the compiler emits (tenon_program, the kernels, run and sizes) and what
 * it may call (tenon_rt_*). Compiled code and libtenon-rt.a are linked into
 * one artefact, always from one version of Tenon: nothing here is a public ABI.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_PROGRAM_H
#define TENON_RT_PROGRAM_H

#include "tenon-rt/tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Computes the work items [begin, end) of a launch. Items are independent and
 * each writes its own part of the results, so that the split does not matter.
 * buffers: the first elements of inputs, then of results, in order; aligned to
 * their element, for they may be a part of a larger buffer. How the others lie
 * is compiled in, or among the dims.
 * dims: the kernel's index arguments. scratch: 64-byte aligned, of this worker.
 */
typedef void (*tenon_rt_kernel_fn)(void *const *buffers, const int64_t *dims,
                                   void *scratch, int64_t begin, int64_t end);

typedef struct tenon_rt_launch_record {
  const char *kernel;
  const char *nodes;     /* separated by ", " */
  tenon_rt_kernel_fn fn; /* NULL in a program for a GPU */
  /* Of a kernel for a GPU: its parameters are so many buffers and dims, then
   * scratch, begin and end; and the threads of a block. */
  int64_t num_buffers, num_dims, block_size;
} tenon_rt_launch_record;

/* All kernels of a program for one architecture: "sm_80", "sm_90a". */
typedef struct tenon_rt_device_text {
  const char *arch;
  const char *ptx;
} tenon_rt_device_text;

/* One call. The compiled function reads these; the runtime's own part
 * follows. */
typedef struct tenon_rt_frame {
  void *const *inputs;  /* the function's own, then the states that it reads */
  void *const *outputs; /* its own, then the next values of those it changes */
  const int64_t *dims;  /* the function's symbols */
  const uint8_t *weights;
  uint8_t *arena; /* 64-byte aligned, as many bytes as `sizes` said */
} tenon_rt_frame;

/* The code of one function. Each launch has a record of its own in `launches`,
 * in the order of the program, also where several launches share a kernel. */
typedef struct tenon_code {
  /* All launches of one call; returns a tenon_status. */
  int32_t (*run)(tenon_rt_frame *frame);
  /* out[0]: bytes of the arena, out[1]: bytes of scratch a worker, then the
   * dimensions of every output, then those of every input, concatenated; then
   * for each guard a number that is negative where it does not hold; then the
   * FLOPs and bytes of each launch, estimates, 0 where there is none.
   * Growing a symbol never shrinks out[0] or out[1]. */
  void (*sizes)(const int64_t *dims, int64_t *out);
  const tenon_rt_launch_record *launches;
  int64_t num_launches;
  /* The first launch that changes state in place; num_launches: none does. */
  int64_t first_change;
  /* What the symbols must satisfy: "node \"slice\": expected s >= 5". */
  const char *const *guards;
  int64_t num_guards;
  /* NULL, or for each output the input whose memory it may be, or -1. */
  const int32_t *donated;
  /* The same for the input whose memory it is: the code writes what differs. */
  const int32_t *updated;
  int64_t flops; /* of one call, as far as nothing but the model decides */
  /* Of the arena, and of what is alive in it at once, at most; -1: calls
   * decide. */
  int64_t arena_bytes, live_bytes;
  int64_t num_transfers; /* see tenon_rt_start */
} tenon_code;

/* All that is compiled for the host, or for GPUs. */
typedef struct tenon_program {
  const tenon_code *functions; /* as many as the model has */
  /* Constants of all functions and, in a program for the host, the states'
   * first values. 64-byte aligned; NULL: in weights_file, or there are none. */
  const void *weights;
  uint64_t weights_size; /* bytes */
  /* A file name without a folder, beside the library; NULL: not in a file. */
  const char *weights_file;
  int64_t is_sequential; /* not 0: runs use the caller's thread alone */
  /* Of a program for a GPU: its kernels. */
  const tenon_rt_device_text *texts;
  int64_t num_texts;
  /* NULL, or the same functions for a GPU. */
  const struct tenon_program *on_device;
  /* What one core computes and moves in a nanosecond, and for how long a launch
   * must last for other threads to be brought in; 0: they always are. */
  int64_t flops_per_nanosecond, bytes_per_nanosecond, min_shared_nanoseconds;
  int64_t num_late_blocks; /* growable memory, see tenon_rt_reserve */
  /* NULL, or for each state whether it lies as the first part of a tensor of
   * its capacity, with that one's strides. */
  const int32_t *at_capacity;
} tenon_program;

/* Runs a kernel over [0, count) on the workers of the frame's context, and
 * returns when all of it is done. Returns a tenon_status. */
int32_t tenon_rt_launch(tenon_rt_frame *frame,
                        const tenon_rt_launch_record *record,
                        void *const *buffers, const int64_t *dims,
                        int64_t count);

/* Whether the call is to go on: TENON_OK or TENON_ERR_CANCELLED. Launches ask
 * by themselves; loops of a program do in each round. */
int32_t tenon_rt_ask(tenon_rt_frame *frame);

/* Ends the call with TENON_ERR_INDEX unless *position is INT64_MAX: there, in
 * `indices` (bits: 32 or 64 each), is the first one that is out of range; with
 * `is_found` it is all there is. Its range is up to one of `sizes`, which take
 * turns, and with `from_end` as far below 0. nodes: of the graph, separated by
 * ", ". Returns a tenon_status. */
int32_t tenon_rt_guard_index(tenon_rt_frame *frame, const char *nodes,
                             const int64_t *position, const void *indices,
                             const int64_t *sizes, int32_t num_sizes,
                             int32_t bits, int32_t from_end, int32_t is_found);

/* What a program calls where data decides how it goes on. Each returns a
 * tenon_status. Elements lie where launches read and write them. */

/* An integer of so many bits; a boolean has 8. */
int32_t tenon_rt_read(tenon_rt_frame *frame, const void *element, int64_t bits,
                      int64_t *value);
/* Stores a 64-bit integer. */
int32_t tenon_rt_write(tenon_rt_frame *frame, void *element, int64_t value);
/* A size from 0 to `bound`, which the nodes of these names ask for. */
int32_t tenon_rt_read_size(tenon_rt_frame *frame, const char *nodes,
                           const void *element, int64_t bits, int64_t bound,
                           int64_t *size);
/* Ends the run because two sizes do not satisfy a guard. */
int32_t tenon_rt_refuse(tenon_rt_frame *frame, const char *guard, int64_t lhs,
                        int64_t rhs);
/* Memory of `bytes` at least in the growable block of this number. What it
 * held is lost if it was smaller. */
int32_t tenon_rt_reserve(tenon_rt_frame *frame, int64_t block, int64_t bytes,
                         void **memory);
/* Makes `data` element `number` of the list in a growable block. */
int32_t tenon_rt_append(tenon_rt_frame *frame, int64_t block, int64_t number,
                        const void *data, int64_t bytes);
/* Scratch memory for each worker, where `sizes` could not know how much. */
int32_t tenon_rt_reserve_scratch(tenon_rt_frame *frame, int64_t bytes);
/* Memory for an output of the present function with a dimension of
 * TENON_DIM_LATE, and its shape. */
int32_t tenon_rt_lend(tenon_rt_frame *frame, int64_t output,
                      const int64_t *dims, void **memory);

/* What ranks do together, by the communicator of the context's options; alone,
 * a rank is 0 of 1. `transfer` is one of the function's, from 0; of an
 * all_gather, `rank` is how many ranks there have to be. count: elements of
 * what this rank gives, or receives. Each returns a tenon_status. */
int32_t tenon_rt_start(tenon_rt_frame *frame, int64_t transfer,
                       const char *nodes, int64_t kind, int64_t reduction,
                       int64_t dtype, int64_t rank, int64_t tag,
                       const void *from, void *to, int64_t count);
/* Waits until it is done, or the call is cancelled. */
int32_t tenon_rt_await(tenon_rt_frame *frame, int64_t transfer);
/* Stores the number of this rank, 64 bits. */
int32_t tenon_rt_rank(tenon_rt_frame *frame, void *element);

/* The calls of tenon.h, for descriptors to point to. */
extern const tenon_calls tenon_rt_calls;

/* What generated entry points call: NAME_open, NAME_close, NAME_prepare, ... */
tenon_context *tenon_rt_open(const tenon_model *model,
                             const tenon_options *options, tenon_error *error);
void tenon_rt_close(tenon_context *context);
tenon_status tenon_rt_prepare(tenon_context *context, int32_t function,
                              const int64_t *max_dims, tenon_error *error);
tenon_status tenon_rt_output_shapes(tenon_context *context, int32_t function,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error);
tenon_status tenon_rt_run(tenon_context *context, int32_t function,
                          const tenon_tensor *inputs, tenon_tensor *outputs,
                          tenon_error *error);
/* For typed entry points of functions whose own inputs and outputs have
 * constant shapes: data pointers alone, types and shapes being the
 * descriptor's. */
tenon_status tenon_rt_run_static(tenon_context *context, int32_t function,
                                 const void *const *inputs,
                                 void *const *outputs, tenon_error *error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_PROGRAM_H */
