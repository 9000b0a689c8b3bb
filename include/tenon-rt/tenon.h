/*===- tenon.h - the C ABI of compiled models ------------------*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * The only header that an application needs beside the generated NAME.h.
 * It declares no function to link with: every call below goes through the
 * table of functions in the model's own descriptor, so that two models, even
 * from different versions of Tenon, live in one process without meeting.
 *
 *   tenon_error err;
 *   tenon_context *ctx = tenon_open(&mnist_model, NULL, &err);
 *   tenon_tensor in = {image, (int64_t[]){1, 1, 28, 28}, TENON_FLOAT32, 4};
 *   tenon_tensor out = {scores, (int64_t[]){1, 10}, TENON_FLOAT32, 2};
 *   if (!ctx || tenon_run(ctx, &in, &out, &err) != TENON_OK)
 *     fprintf(stderr, "%s\n", err.message);
 *   tenon_close(ctx);
 *
 * Errors: a call that can fail returns a status (tenon_open: NULL) and fills
 * the caller's tenon_error; a NULL error is allowed everywhere. Nothing
 * aborts, exits, throws or prints. After an error a context is as it was
 * before.
 *
 * Threads: a descriptor is constant. A context serves one call at a time
 * (a second one is answered with TENON_ERR_BUSY); different contexts, of one
 * model or of several, are independent. They share the weights and one pool
 * of worker threads a process.
 *
 * Ownership: the caller owns tensors, their data, shapes and errors; the
 * context owns its workspace and the outputs that it lends (tenon_run).
 *
 * Versions: structs only grow at their ends. A struct that the application
 * fills has its `size` first; those that the artefact fills are guarded by
 * `abi_version`, whose major part (the upper 16 bits) has to be equal.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_TENON_H
#define TENON_RT_TENON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_ABI_VERSION 0x00010000u /* major << 16 | minor */

typedef enum tenon_status {
  TENON_OK = 0,
  /* A NULL, misaligned or overlapping pointer, or an option out of range. */
  TENON_ERR_ARGUMENT = 1,
  /* An input or output has another element type. */
  TENON_ERR_DTYPE = 2,
  /* Rank or dimensions do not fit, or one symbol has two values. */
  TENON_ERR_SHAPE = 3,
  /* An element of an input is beyond what the model can look up. */
  TENON_ERR_INDEX = 4,
  /* An allocation failed. */
  TENON_ERR_MEMORY = 5,
  /* This CPU lacks features that the model was compiled for. */
  TENON_ERR_CPU = 6,
  /* The model has no code for the device, or its driver is missing. */
  TENON_ERR_DEVICE = 7,
  /* The weights file is missing or has another size. */
  TENON_ERR_WEIGHTS = 8,
  /* Model and application disagree about the ABI. */
  TENON_ERR_VERSION = 9,
  /* The context is in use by another call. */
  TENON_ERR_BUSY = 10,
  /* The operating system refused: a file cannot be read or written, ... */
  TENON_ERR_SYSTEM = 11,
  /* A tensor file is corrupt, truncated or unsupported (tensor_io.h). */
  TENON_ERR_FORMAT = 12,
  /* A bug of Tenon. */
  TENON_ERR_INTERNAL = 13
} tenon_status;

/* The message is lower case and zero-terminated; empty for TENON_OK. */
typedef struct tenon_error {
  int32_t status; /* a tenon_status */
  char message[508];
} tenon_error;

/* Element types; the numbers are those of ONNX's TensorProto.DataType.
 * Types of less than a byte are packed, the first element in the low bits.
 * A bool is one byte, 0 or 1. */
typedef enum tenon_dtype {
  TENON_FLOAT32 = 1,
  TENON_UINT8 = 2,
  TENON_INT8 = 3,
  TENON_UINT16 = 4,
  TENON_INT16 = 5,
  TENON_INT32 = 6,
  TENON_INT64 = 7,
  TENON_STRING = 8, /* named in messages; no tensor of this version holds it */
  TENON_BOOL = 9,
  TENON_FLOAT16 = 10,
  TENON_FLOAT64 = 11,
  TENON_UINT32 = 12,
  TENON_UINT64 = 13,
  TENON_COMPLEX64 = 14,
  TENON_COMPLEX128 = 15,
  TENON_BFLOAT16 = 16,
  TENON_FLOAT8E4M3FN = 17,
  TENON_FLOAT8E4M3FNUZ = 18,
  TENON_FLOAT8E5M2 = 19,
  TENON_FLOAT8E5M2FNUZ = 20,
  TENON_UINT4 = 21,
  TENON_INT4 = 22,
  TENON_FLOAT4E2M1 = 23,
  TENON_FLOAT8E8M0 = 24,
  TENON_UINT2 = 25,
  TENON_INT2 = 26
} tenon_dtype;

/* A dense, row-major array in the caller's memory, aligned to its element. */
typedef struct tenon_tensor {
  void *data;           /* NULL: no elements, or an output to be lent */
  const int64_t *shape; /* [rank]; may be NULL for rank 0 */
  int32_t dtype;        /* a tenon_dtype */
  int32_t rank;
} tenon_tensor;

/* A dimension of a value of a model: a constant (>= 0), ~N for the symbol
 * number N, or TENON_DIM_EXPRESSION for a formula over symbols, whose text is
 * in dim_names. Every symbol is by itself a dimension of some input. */
#define TENON_DIM_EXPRESSION INT64_MIN
/* Of an output: a size that a run finds out. The context lends such an output;
 * its shape is known after the run, and a dimension of -1 before. */
#define TENON_DIM_LATE (INT64_MIN + 1)

typedef struct tenon_value {
  const char *name; /* as in the model that was compiled */
  const int64_t *dims;
  /* NULL, or for each dimension NULL or its text: "batch", "s + 1". */
  const char *const *dim_names;
  int32_t dtype;
  int32_t rank;
  /* Of inputs of an integer type: the least and greatest element allowed, for
   * those that are looked up in a table; 0, 0: any. */
  int64_t min_index, max_index;
} tenon_value;

typedef enum tenon_device {
  TENON_DEVICE_CPU = 0,
  TENON_DEVICE_CUDA = 1
} tenon_device;

/* The application's own threads in place of the pool. Calls body(arg, i) once
 * for each i in [0, count), in any order and on any threads, and returns when
 * all calls have returned. Running them one after another is correct. */
typedef void (*tenon_parallel_for)(void *user, int32_t count,
                                   void (*body)(void *arg, int32_t i),
                                   void *arg);

/* Zero is the default of every field: tenon_options o = TENON_OPTIONS_INIT;
 * Pointers are copied; what they point to has to outlive the context. */
typedef struct tenon_options {
  size_t size; /* sizeof(tenon_options) */
  /* Most threads that work for one run, the caller's included; 0, or more than
   * there are: the cores that the process may use. */
  int32_t threads;
  int32_t device;       /* a tenon_device */
  int32_t device_index; /* which of them */
  int32_t profile;      /* not 0: time every kernel, see tenon_profile */
  tenon_parallel_for parallel_for;
  void *parallel_for_user;
  /* Workspace comes from here when set; both or neither. The alignment is a
   * power of two; NULL means out of memory. */
  void *(*allocate)(void *user, size_t size, size_t alignment);
  void (*deallocate)(void *user, void *memory, size_t size);
  void *memory_user;
  /* Of a model with a weights file: its path; NULL: beside the library. */
  const char *weights_path;
} tenon_options;
#define TENON_OPTIONS_INIT                                                     \
  {sizeof(tenon_options), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL}

/* What one kernel launch of the model cost since open, all runs together.
 * Equal kernels share a symbol; nodes are separated by ", ". FLOPs and bytes
 * are the compiler's estimates for one call with the dimensions that were given
 * last, 0 where it has none. */
typedef struct tenon_profile_entry {
  const char *kernel;
  const char *nodes; /* of the graph, that it computes */
  int64_t calls;
  double seconds; /* of all calls */
  int64_t flops, bytes;
} tenon_profile_entry;

struct tenon_model;

/* Opaque but for its first member, which leads to the code behind the calls. */
typedef struct tenon_context {
  const struct tenon_model *model;
} tenon_context;

/* The code behind the calls at the end of this header. */
typedef struct tenon_functions {
  tenon_context *(*open)(const struct tenon_model *, const tenon_options *,
                         tenon_error *);
  void (*close)(tenon_context *);
  tenon_status (*prepare)(tenon_context *, const int64_t *max_dims,
                          tenon_error *);
  tenon_status (*input_shapes)(tenon_context *, const int64_t *dims,
                               tenon_tensor *inputs, tenon_error *);
  tenon_status (*output_shapes)(tenon_context *, const tenon_tensor *inputs,
                                tenon_tensor *outputs, tenon_error *);
  tenon_status (*run)(tenon_context *, const tenon_tensor *inputs,
                      tenon_tensor *outputs, tenon_error *);
  int64_t (*workspace_bytes)(const tenon_context *);
  int32_t (*threads)(const tenon_context *);
  int32_t (*profile)(const tenon_context *, tenon_profile_entry *entries,
                     int32_t capacity);
} tenon_functions;

/* A compiled model describes itself. A library exports its descriptor as
 * NAME_model and, for dlsym, as `tenon_model`. */
typedef struct tenon_model {
  uint32_t abi_version; /* TENON_ABI_VERSION that it was compiled for */
  uint32_t size;        /* bytes of this struct there */
  const char *name;
  const char *producer; /* "tenon 0.1.0" */
  const char *target;   /* for people: "x86_64-linux-gnu znver3" */
  const char
      *cpu_features; /* as LLVM spells them, checked by open: "avx2,fma" */
  const tenon_functions *functions;
  const struct tenon_program *program; /* not for applications: program.h */
  const tenon_value *inputs;
  const tenon_value *outputs;
  const char *const *symbols; /* names of the dimensions that runs decide */
  int32_t num_inputs;
  int32_t num_outputs;
  int32_t num_symbols;
  int32_t num_devices;    /* besides the CPU, that it has code for */
  int64_t num_parameters; /* elements of all weights */
  /* 64-byte aligned; NULL: in weights_file, or there are none. */
  const void *weights;
  uint64_t weights_size; /* bytes */
  /* A file name without a folder, beside the library; NULL: not in a file. */
  const char *weights_file;
} tenon_model;

/* Bits of an element; 0 for strings and unknown types. */
static inline int32_t tenon_dtype_bits(int32_t dtype) {
  static const uint8_t bits[] = {0, 32, 8,  8,  16, 16, 32,  64, 0,
                                 8, 16, 64, 32, 64, 64, 128, 16, 8,
                                 8, 8,  8,  4,  4,  4,  8,   2,  2};
  return dtype > 0 && dtype < (int32_t)sizeof(bits) ? bits[dtype] : 0;
}

/* "float32", "bool", ...; "?" for unknown types. Static memory. */
static inline const char *tenon_dtype_name(int32_t dtype) {
  static const char *const names[] = {"?",
                                      "float32",
                                      "uint8",
                                      "int8",
                                      "uint16",
                                      "int16",
                                      "int32",
                                      "int64",
                                      "string",
                                      "bool",
                                      "float16",
                                      "float64",
                                      "uint32",
                                      "uint64",
                                      "complex64",
                                      "complex128",
                                      "bfloat16",
                                      "float8e4m3fn",
                                      "float8e4m3fnuz",
                                      "float8e5m2",
                                      "float8e5m2fnuz",
                                      "uint4",
                                      "int4",
                                      "float4e2m1",
                                      "float8e8m0",
                                      "uint2",
                                      "int2"};
  return dtype > 0 && dtype < (int32_t)(sizeof(names) / sizeof(*names))
             ? names[dtype]
             : names[0];
}

/* Elements of a shape without negative dimensions; -1 when they overflow. */
static inline int64_t tenon_num_elements(const int64_t *shape, int32_t rank) {
  int64_t product = 1;
  int32_t i;
  for (i = 0; i < rank; ++i)
    if (shape[i] == 0)
      return 0;
  for (i = 0; i < rank; ++i) {
    if (shape[i] < 0 || product > INT64_MAX / shape[i])
      return -1;
    product *= shape[i];
  }
  return product;
}

/* Bytes of a tensor's data; -1 when they overflow. */
static inline int64_t tenon_num_bytes(const tenon_tensor *tensor) {
  int64_t count = tenon_num_elements(tensor->shape, tensor->rank),
          bits = tenon_dtype_bits(tensor->dtype);
  if (count < 0 || count > (INT64_MAX - 7) / (bits ? bits : 1))
    return -1;
  return (count * bits + 7) / 8;
}

/* Makes a context: checks ABI and CPU, finds the weights, and allocates the
 * workspace of a model without symbols. options: NULL for the defaults. */
static inline tenon_context *tenon_open(const tenon_model *model,
                                        const tenon_options *options,
                                        tenon_error *error) {
  static const char message[] =
      "expected a model of this header's ABI version, got another";
  size_t i;
  if (model && model->abi_version >> 16 == TENON_ABI_VERSION >> 16)
    return model->functions->open(model, options, error);
  if (error) {
    error->status = model ? TENON_ERR_VERSION : TENON_ERR_ARGUMENT;
    for (i = 0; i < sizeof(message); ++i)
      error->message[i] = message[i];
  }
  return NULL;
}

/* Frees a context and what it lent. NULL is allowed. */
static inline void tenon_close(tenon_context *context) {
  if (context)
    context->model->functions->close(context);
}

/* Allocates the workspace for runs with symbols up to max_dims[num_symbols],
 * so that they do not allocate. Without it, a run that needs more grows the
 * workspace. */
static inline tenon_status tenon_prepare(tenon_context *context,
                                         const int64_t *max_dims,
                                         tenon_error *error) {
  return context->model->functions->prepare(context, max_dims, error);
}

/* Fills dtype, rank and shape of num_inputs inputs for these values of the
 * symbols, dims[num_symbols]. The shapes are the context's, and stay as they
 * are until this is called again. */
static inline tenon_status tenon_input_shapes(tenon_context *context,
                                              const int64_t *dims,
                                              tenon_tensor *inputs,
                                              tenon_error *error) {
  return context->model->functions->input_shapes(context, dims, inputs, error);
}

/* Fills dtype, rank and shape of num_outputs outputs for inputs of these
 * shapes (their data is not looked at). The shapes are the context's, and stay
 * as they are until this is called again or an output is lent. */
static inline tenon_status tenon_output_shapes(tenon_context *context,
                                               const tenon_tensor *inputs,
                                               tenon_tensor *outputs,
                                               tenon_error *error) {
  return context->model->functions->output_shapes(context, inputs, outputs,
                                                  error);
}

/* Computes the outputs. One with data has to have the right dtype, rank and
 * shape, and may not overlap another tensor. One with NULL data is lent: all of
 * it is filled in, and its data and shape are the context's, valid until its
 * next run; handed in again it is lent again. Lent memory is allocated when
 * first needed. */
static inline tenon_status tenon_run(tenon_context *context,
                                     const tenon_tensor *inputs,
                                     tenon_tensor *outputs,
                                     tenon_error *error) {
  return context->model->functions->run(context, inputs, outputs, error);
}

/* Bytes that the context holds now, without weights. */
static inline int64_t tenon_workspace_bytes(const tenon_context *context) {
  return context->model->functions->workspace_bytes(context);
}

/* Threads that work for a run of this context, the caller's included. */
static inline int32_t tenon_threads(const tenon_context *context) {
  return context->model->functions->threads(context);
}

/* Copies up to `capacity` entries, in the order of the program; returns how
 * many there are (0 without tenon_options.profile). */
static inline int32_t tenon_profile(const tenon_context *context,
                                    tenon_profile_entry *entries,
                                    int32_t capacity) {
  return context->model->functions->profile(context, entries, capacity);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_TENON_H */
