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
#include "tenon-rt/training.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Computes the work items [begin, end) of a launch. Items are independent and
 * each writes its own part of the results, so that the split does not matter.
 * buffers: inputs, then results, in order; 64-byte aligned when they lie in
 * arena or weights, aligned to their element when they are the caller's.
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

/* One inference. The compiled program reads these; the runtime's own part
 * follows. */
typedef struct tenon_rt_frame {
  void *const *inputs;
  void *const *outputs;
  const int64_t *dims; /* the model's symbols */
  const uint8_t *weights;
  uint8_t *arena; /* 64-byte aligned, as many bytes as `sizes` said */
} tenon_rt_frame;

/* Each launch of the program has a record of its own in `launches`, in the
 * order of the program, also where several launches share a kernel. */
typedef struct tenon_program {
  /* All launches of one inference; returns a tenon_status. */
  int32_t (*run)(tenon_rt_frame *frame);
  /* out[0]: bytes of the arena, out[1]: bytes of scratch a worker, then the
   * dimensions of every output, then those of every input, concatenated; then
   * for each guard a number that is negative where it does not hold; then the
   * FLOPs and bytes of each launch, estimates, 0 where there is none.
   * Growing a symbol never shrinks out[0] or out[1]. */
  void (*sizes)(const int64_t *dims, int64_t *out);
  const tenon_rt_launch_record *launches;
  int64_t num_launches;
  int64_t is_sequential; /* not 0: runs use the caller's thread alone */
  /* What the symbols must satisfy: "node \"slice\": expected s >= 5". */
  const char *const *guards;
  int64_t num_guards;
  /* NULL, or for each output the input whose memory it may be, or -1. */
  const int32_t *donated;
  /* Of a program for a GPU: its kernels. */
  const tenon_rt_device_text *texts;
  int64_t num_texts;
  /* NULL, or the same model for a GPU. */
  const tenon_model *on_device;
  int64_t flops; /* of one inference, as far as nothing but the model decides */
  int64_t num_late_blocks; /* growable memory, see tenon_rt_reserve */
} tenon_program;

/* Runs a kernel over [0, count) on the workers of the frame's context, and
 * returns when all of it is done. Returns a tenon_status. */
int32_t tenon_rt_launch(tenon_rt_frame *frame,
                        const tenon_rt_launch_record *record,
                        void *const *buffers, const int64_t *dims,
                        int64_t count);

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
/* Stands where each round of a loop begins. */
int32_t tenon_rt_begin_round(tenon_rt_frame *frame);
/* Memory of `bytes` at least in the growable block of this number. What it
 * held is lost if it was smaller. */
int32_t tenon_rt_reserve(tenon_rt_frame *frame, int64_t block, int64_t bytes,
                         void **memory);
/* Makes `data` element `number` of the list in a growable block. */
int32_t tenon_rt_append(tenon_rt_frame *frame, int64_t block, int64_t number,
                        const void *data, int64_t bytes);
/* Scratch memory for each worker, where `sizes` could not know how much. */
int32_t tenon_rt_reserve_scratch(tenon_rt_frame *frame, int64_t bytes);
/* Memory for an output with a dimension of TENON_DIM_LATE, and its shape. */
int32_t tenon_rt_lend(tenon_rt_frame *frame, int64_t output,
                      const int64_t *dims, void **memory);

/* The functions of tenon.h, for descriptors to point to. */
extern const tenon_functions tenon_rt_functions;
/* The functions of training.h. */
extern const tenon_training_functions tenon_rt_training_functions;

/* What generated entry points call: NAME_open, NAME_close, NAME_prepare, ... */
tenon_context *tenon_rt_open(const tenon_model *model,
                             const tenon_options *options, tenon_error *error);
void tenon_rt_close(tenon_context *context);
tenon_status tenon_rt_prepare(tenon_context *context, const int64_t *max_dims,
                              tenon_error *error);
tenon_status tenon_rt_input_shapes(tenon_context *context, const int64_t *dims,
                                   tenon_tensor *inputs, tenon_error *error);
tenon_status tenon_rt_output_shapes(tenon_context *context,
                                    const tenon_tensor *inputs,
                                    tenon_tensor *outputs, tenon_error *error);
tenon_status tenon_rt_run(tenon_context *context, const tenon_tensor *inputs,
                          tenon_tensor *outputs, tenon_error *error);
/* For typed entry points of models without symbols: data pointers alone, types
 * and shapes being the descriptor's. */
tenon_status tenon_rt_run_static(tenon_context *context,
                                 const void *const *inputs,
                                 void *const *outputs, tenon_error *error);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_PROGRAM_H */
