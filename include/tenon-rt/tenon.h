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
 * Programs: a model is a set of functions over state. A network for inference
 * has one function and no state; a training program's functions are steps over
 * its parameters; a decoder's are `prefill` and `decode` over its caches. A
 * context holds a value of each state: a call reads those that its function
 * names, and leaves their next values.
 *
 *   int32_t train = tenon_find_function(&lenet_model, "train");
 *   tenon_value in[2] = {{images, shape, TENON_FLOAT32, 4}, ...}, loss = {0};
 *   while (...)
 *     tenon_call(ctx, train, in, &loss, NULL, &err);
 *   tenon_save_state(ctx, "lenet.state", NULL, 0, &err);
 *
 * Errors: a call that can fail returns a status (tenon_open: NULL) and fills
 * the caller's tenon_error; a NULL error is allowed everywhere. Nothing
 * aborts, exits, throws or prints. After an error a context is as it was
 * before, its state too.
 *
 * Threads: a descriptor is constant. A context serves one call at a time
 * (a second one is answered with TENON_ERR_BUSY); different contexts, of one
 * model or of several, are independent. They share the weights, the first
 * values of states until they change them, and one pool of worker threads a
 * process.
 *
 * Ownership: the caller owns tensors, their data, shapes and errors; the
 * context owns its workspace, its state and the outputs that it lends.
 *
 * Versions: structs only grow at their ends. A struct that the application
 * fills has its `size` first; those that the artefact fills are guarded by
 * `abi_version`, whose major part (the upper 16 bits) has to be equal.
 *
 * Names: the functions of a generated header are called NAME_open, NAME_close,
 * NAME_run, ... A program of several functions has NAME_FUNCTION instead of
 * NAME_run, with FUNCTION made an identifier. An underscore follows one that is
 * another word of such a header (open, close, run, prepare, output_shapes,
 * model, context), ends in _prepare or _output_shapes, or has size_ in it;
 * equal ones are numbered.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_TENON_H
#define TENON_RT_TENON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TENON_ABI_VERSION 0x00020000u /* major << 16 | minor */

typedef enum tenon_status {
  TENON_OK = 0,
  /* A NULL, misaligned or overlapping pointer, or an option out of range. */
  TENON_ERR_ARGUMENT = 1,
  /* An input or output has another element type. */
  TENON_ERR_DTYPE = 2,
  /* Rank or dimensions do not fit, or one symbol has two values. */
  TENON_ERR_SHAPE = 3,
  /* An index, given or computed, is out of range of what it looks up. */
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
  TENON_ERR_INTERNAL = 13,
  /* The call was cancelled, or its deadline has passed. */
  TENON_ERR_CANCELLED = 14,
  /* What this header allows and this version of Tenon does not do. */
  TENON_ERR_UNSUPPORTED = 15,
  /* A state would grow beyond its capacity. */
  TENON_ERR_CAPACITY = 16,
  /* The call of another rank has failed, or a rank cannot be reached. */
  TENON_ERR_RANK = 17
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
  TENON_STRING = 8, /* elements are pointers to zero-terminated UTF-8 */
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

typedef enum tenon_device {
  TENON_DEVICE_CPU = 0,
  TENON_DEVICE_CUDA = 1
} tenon_device;

typedef enum tenon_value_kind {
  TENON_VALUE_TENSOR = 0,
  TENON_VALUE_ABSENT = 1, /* an optional value that is not there */
  TENON_VALUE_LIST = 2,
  TENON_VALUE_MAP = 3
} tenon_value_kind;

/* What calls take and give. It begins as a tenon_tensor, and where it ends with
 * that, {data, shape, dtype, rank}, it is a dense tensor in the host's memory.
 * Others than tensors, strides that are not dense and elements that are strings
 * are TENON_ERR_UNSUPPORTED in this version. */
typedef struct tenon_value {
  void *data;           /* NULL: no elements, or an output to be lent */
  const int64_t *shape; /* [rank]; may be NULL for rank 0 */
  int32_t dtype;        /* a tenon_dtype */
  int32_t rank;
  const int64_t *strides; /* [rank], in elements; NULL: dense, row-major */
  int32_t device;         /* a tenon_device: where data is */
  int32_t kind;           /* a tenon_value_kind */
  /* Of a list its values; of a map the values, and their keys before them. */
  struct tenon_value *items, *keys;
  int64_t num_items;
} tenon_value;

/* A dimension of a value of a model: a constant (>= 0), ~N for the symbol
 * number N of its function, or TENON_DIM_EXPRESSION for a formula over symbols,
 * whose text is in dim_names. Every symbol is by itself a dimension of some
 * input or of some state that the function reads. */
#define TENON_DIM_EXPRESSION INT64_MIN
/* Of an output: a size that a run finds out. The context lends such an output;
 * its shape is known after the run, and a dimension of -1 before. */
#define TENON_DIM_LATE (INT64_MIN + 1)

/* What a model says of an input or an output. */
typedef struct tenon_value_info {
  const char *name; /* as in the model that was compiled */
  const int64_t *dims;
  /* NULL, or for each dimension NULL or its text: "batch", "s + 1". */
  const char *const *dim_names;
  int32_t dtype;
  int32_t rank;
  /* Of inputs of an integer type: the least and greatest element allowed, for
   * those that are looked up in a table; 0, 0: any. */
  int64_t min_index, max_index;
} tenon_value_info;

typedef enum tenon_state_kind {
  TENON_STATE_TRAINED = 0, /* what steps train: parameters */
  TENON_STATE_KEPT = 1,    /* what calls keep: caches, statistics, moments */
  TENON_STATE_SCRATCH = 2  /* the same, but it is neither saved nor loaded */
} tenon_state_kind;

/* What a model says of a state. */
typedef struct tenon_state_info {
  const char *name;
  const int64_t *dims;          /* -1: calls change it */
  const char *const *dim_names; /* NULL, or for each NULL or its name */
  const int64_t *capacity;   /* [rank]: the greatest value of each dimension */
  const int64_t *first_dims; /* [rank]: at first and after a reset */
  int32_t dtype;
  int32_t rank;
  int32_t kind; /* a tenon_state_kind */
  /* Of one that was an input and an output of the model before its artefact
   * kept it: their numbers there, for data in the model's order; -1: none. */
  int32_t input_number;
  uint64_t first; /* offset of its first value among the weights */
  int32_t output_number;
  /* Whether a function changes it where it lies. */
  int32_t is_updated;
} tenon_state_info;

/* The application's own threads in place of the pool. Calls body(arg, i) once
 * for each i in [0, count), in any order and on any threads, and returns when
 * all calls have returned. Running them one after another is correct. */
typedef void (*tenon_parallel_for)(void *user, int32_t count,
                                   void (*body)(void *arg, int32_t i),
                                   void *arg);

typedef enum tenon_transfer_kind {
  TENON_ALL_REDUCE = 0, /* `to`: the operands of all ranks, reduced */
  TENON_ALL_GATHER = 1, /* `to`: those of all ranks, behind each other */
  TENON_BROADCAST = 2,  /* `to`: that of `rank` */
  TENON_SEND = 3,       /* to `rank` */
  TENON_RECEIVE = 4     /* from `rank` */
} tenon_transfer_kind;

typedef enum tenon_reduction {
  TENON_SUM = 0,
  TENON_MEAN = 1,
  TENON_MIN = 2,
  TENON_MAX = 3
} tenon_reduction;

/* What the ranks of a run do together: dense arrays in the host's memory, which
 * stay where they are until the transfer is done. */
typedef struct tenon_transfer {
  int32_t kind;      /* a tenon_transfer_kind */
  int32_t reduction; /* a tenon_reduction */
  int32_t dtype;     /* a tenon_dtype */
  int32_t rank;      /* the other one's number, or the root's */
  int32_t tag;       /* of what is sent: 0 to 32767 */
  int32_t reserved;
  int64_t count; /* elements of `from`; of what is received, of `to` */
  const void *from;
  void *to;
} tenon_transfer;

/* How the processes that run one program together reach each other: MPI's
 * (tenon-rt/mpi.h), NCCL's or an application's own. Every rank makes the same
 * calls in the same order, from one thread at a time. After a failure the ranks
 * have to be taken for being apart: the run ends. */
typedef struct tenon_communicator {
  size_t size; /* sizeof(tenon_communicator) */
  int32_t rank, num_ranks;
  void *user;
  /* Begins a transfer, without waiting for others; those that begin first are
   * done first. *request is what `wait` is given. */
  tenon_status (*start)(void *user, const tenon_transfer *transfer,
                        void **request, tenon_error *error);
  /* Waits until it is done, for so many nanoseconds at most (negative: for as
   * long as it takes). TENON_ERR_BUSY: it is not; otherwise the request is
   * gone. */
  tenon_status (*wait)(void *user, void *request, int64_t nanoseconds,
                       tenon_error *error);
  /* The present call of this rank has failed: those of the others, or their
   * next ones, end with TENON_ERR_RANK instead of waiting for this one. */
  void (*fail)(void *user, tenon_status status);
} tenon_communicator;

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
  /* How programs with collectives reach the other ranks; NULL: there are
   * none. */
  const tenon_communicator *communicator;
} tenon_options;
#define TENON_OPTIONS_INIT                                                     \
  {sizeof(tenon_options), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/* How one call is made; zero is the default of every field. */
typedef struct tenon_call_options {
  size_t size; /* sizeof(tenon_call_options) */
  /* The call ends with TENON_ERR_CANCELLED soon after *cancel becomes other
   * than 0, is_cancelled(cancel_user) says other than 0, or the deadline has
   * passed: nanoseconds of CLOCK_MONOTONIC, 0 for none. They are asked before
   * each kernel, until the call begins to change state in place. */
  const volatile int32_t *cancel;
  int32_t (*is_cancelled)(void *user);
  void *cancel_user;
  int64_t deadline;
  /* A stream of the device to run on, and what is called when a call that does
   * not wait is done: TENON_ERR_UNSUPPORTED in this version. */
  void *stream;
  void (*completed)(void *user, tenon_status status);
  void *completed_user;
} tenon_call_options;
#define TENON_CALL_OPTIONS_INIT                                                \
  {sizeof(tenon_call_options), NULL, NULL, NULL, 0, NULL, NULL, NULL}

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
typedef struct tenon_calls {
  tenon_context *(*open)(const struct tenon_model *, const tenon_options *,
                         tenon_error *);
  void (*close)(tenon_context *);
  tenon_status (*prepare)(tenon_context *, int32_t function,
                          const int64_t *max_dims, tenon_error *);
  tenon_status (*input_shapes)(tenon_context *, int32_t function,
                               const int64_t *dims, tenon_tensor *inputs,
                               tenon_error *);
  tenon_status (*output_shapes)(tenon_context *, int32_t function,
                                const tenon_tensor *inputs,
                                tenon_tensor *outputs, tenon_error *);
  tenon_status (*run)(tenon_context *, int32_t function,
                      const tenon_tensor *inputs, tenon_tensor *outputs,
                      tenon_error *);
  tenon_status (*call)(tenon_context *, int32_t function,
                       const tenon_value *inputs, tenon_value *outputs,
                       const tenon_call_options *, tenon_error *);
  tenon_status (*get_state)(tenon_context *, int32_t state, tenon_tensor *,
                            tenon_error *);
  tenon_status (*set_state)(tenon_context *, int32_t state,
                            const tenon_tensor *, tenon_error *);
  tenon_status (*reset_state)(tenon_context *, int32_t state, tenon_error *);
  tenon_status (*shorten_state)(tenon_context *, const char *dim, int64_t size,
                                tenon_error *);
  tenon_status (*copy_state)(tenon_context *to, tenon_context *from,
                             tenon_error *);
  tenon_status (*save_state)(tenon_context *, const char *path,
                             const void *note, size_t note_size, tenon_error *);
  tenon_status (*load_state)(tenon_context *, const char *path, void *note,
                             size_t *note_size, tenon_error *);
  int64_t (*workspace_bytes)(const tenon_context *);
  int32_t (*threads)(const tenon_context *);
  int32_t (*profile)(const tenon_context *, tenon_profile_entry *entries,
                     int32_t capacity);
} tenon_calls;

/* One function of a model. Behind its own inputs in `inputs` are the states
 * that it reads, and behind its own outputs those that it changes, for whom
 * `reads` and `writes` have their numbers. */
typedef struct tenon_function {
  const char *name;
  const tenon_value_info *inputs;  /* [num_inputs + num_reads] */
  const tenon_value_info *outputs; /* [num_outputs + num_writes] */
  const int32_t *reads, *writes;
  const char *const *symbols; /* names of the dimensions that runs decide */
  int32_t num_inputs, num_outputs;
  int32_t num_reads, num_writes;
  int32_t num_symbols;
  int32_t reserved;
} tenon_function;

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
  const tenon_calls *calls;
  const struct tenon_program *program; /* not for applications: program.h */
  const tenon_function *functions;
  const tenon_state_info *states;
  int32_t num_functions;
  int32_t num_states;
  int32_t num_devices; /* besides the CPU, that it has code for */
  int32_t reserved;
  int64_t num_parameters; /* elements of all weights and trained states */
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

/* A dense tensor in the host's memory, as calls take it. */
static inline tenon_value tenon_tensor_value(const tenon_tensor *tensor) {
  tenon_value value;
  value.data = tensor->data;
  value.shape = tensor->shape;
  value.dtype = tensor->dtype;
  value.rank = tensor->rank;
  value.strides = NULL;
  value.device = TENON_DEVICE_CPU;
  value.kind = TENON_VALUE_TENSOR;
  value.items = value.keys = NULL;
  value.num_items = 0;
  return value;
}

static inline int tenon_equal_names(const char *a, const char *b) {
  while (*a && *a == *b)
    ++a, ++b;
  return *a == *b;
}

/* The number of the function of this name, or -1. */
static inline int32_t tenon_find_function(const tenon_model *model,
                                          const char *name) {
  int32_t i;
  for (i = 0; i < model->num_functions; ++i)
    if (tenon_equal_names(model->functions[i].name, name))
      return i;
  return -1;
}

/* The number of the state of this name, or -1. */
static inline int32_t tenon_find_state(const tenon_model *model,
                                       const char *name) {
  int32_t i;
  for (i = 0; i < model->num_states; ++i)
    if (tenon_equal_names(model->states[i].name, name))
      return i;
  return -1;
}

/* Bytes of a tensor's data; -1 when they overflow. */
static inline int64_t tenon_num_bytes(const tenon_tensor *tensor) {
  int64_t count = tenon_num_elements(tensor->shape, tensor->rank),
          bits = tenon_dtype_bits(tensor->dtype);
  if (count < 0 || count > (INT64_MAX - 7) / (bits ? bits : 1))
    return -1;
  return (count * bits + 7) / 8;
}

/* Makes a context whose states have their first values: checks ABI and CPU,
 * finds the weights, and allocates the workspace of functions without symbols.
 * options: NULL for the defaults. */
static inline tenon_context *tenon_open(const tenon_model *model,
                                        const tenon_options *options,
                                        tenon_error *error) {
  static const char message[] =
      "expected a model of this header's ABI version, got another";
  size_t i;
  if (model && model->abi_version >> 16 == TENON_ABI_VERSION >> 16)
    return model->calls->open(model, options, error);
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
    context->model->calls->close(context);
}

/* Allocates the workspace for runs of a function with symbols up to
 * max_dims[num_symbols], so that they do not allocate. Without it, a run that
 * needs more grows the workspace, which all functions share. */
static inline tenon_status tenon_prepare(tenon_context *context,
                                         int32_t function,
                                         const int64_t *max_dims,
                                         tenon_error *error) {
  return context->model->calls->prepare(context, function, max_dims, error);
}

/* Fills dtype, rank and shape of a function's own inputs for these values of
 * the symbols, dims[num_symbols]. The shapes are the context's, and stay as
 * they are until this is called again. */
static inline tenon_status tenon_input_shapes(tenon_context *context,
                                              int32_t function,
                                              const int64_t *dims,
                                              tenon_tensor *inputs,
                                              tenon_error *error) {
  return context->model->calls->input_shapes(context, function, dims, inputs,
                                             error);
}

/* Fills dtype, rank and shape of a function's own outputs for inputs of these
 * shapes (their data is not looked at) and the present state. The shapes are
 * the context's, and stay as they are until this is called again or an output
 * is lent. */
static inline tenon_status tenon_output_shapes(tenon_context *context,
                                               int32_t function,
                                               const tenon_tensor *inputs,
                                               tenon_tensor *outputs,
                                               tenon_error *error) {
  return context->model->calls->output_shapes(context, function, inputs,
                                              outputs, error);
}

/* Calls a function on its own inputs. An output with data has to have the right
 * dtype, rank and shape, and may not overlap another tensor. One with NULL data
 * is lent: all of it is filled in, and its data and shape are the context's,
 * valid until its next call; handed in again it is lent again. Lent memory is
 * allocated when first needed. options: NULL for the defaults. */
static inline tenon_status tenon_call(tenon_context *context, int32_t function,
                                      const tenon_value *inputs,
                                      tenon_value *outputs,
                                      const tenon_call_options *options,
                                      tenon_error *error) {
  return context->model->calls->call(context, function, inputs, outputs,
                                     options, error);
}

/* The short form: the first function, on dense tensors. */
static inline tenon_status tenon_run(tenon_context *context,
                                     const tenon_tensor *inputs,
                                     tenon_tensor *outputs,
                                     tenon_error *error) {
  return context->model->calls->run(context, 0, inputs, outputs, error);
}

/* Points *tensor at a state's value, which is the context's: valid until its
 * next call. Of state on a GPU it is a copy in the host's memory. */
static inline tenon_status tenon_get_state(tenon_context *context,
                                           int32_t state, tenon_tensor *tensor,
                                           tenon_error *error) {
  return context->model->calls->get_state(context, state, tensor, error);
}

/* Gives a state a value, which is copied. */
static inline tenon_status tenon_set_state(tenon_context *context,
                                           int32_t state,
                                           const tenon_tensor *tensor,
                                           tenon_error *error) {
  return context->model->calls->set_state(context, state, tensor, error);
}

/* Gives a state its first value again; -1: all states. */
static inline tenon_status
tenon_reset_state(tenon_context *context, int32_t state, tenon_error *error) {
  return context->model->calls->reset_state(context, state, error);
}

/* Cuts all states that have a dimension of this name down to its first `size`
 * elements there: how tokens that were rejected leave a cache. */
static inline tenon_status tenon_shorten_state(tenon_context *context,
                                               const char *dim, int64_t size,
                                               tenon_error *error) {
  return context->model->calls->shorten_state(context, dim, size, error);
}

/* Gives all states of `to` the values that they have in `from`, a context of
 * the same model: for beams, speculation and snapshots. After an error `to` is
 * as it was. */
static inline tenon_status
tenon_copy_state(tenon_context *to, tenon_context *from, tenon_error *error) {
  return to->model->calls->copy_state(to, from, error);
}

/* Writes all states but scratch to a file, in the form in which get and set see
 * them, and `note_size` bytes of the application's. The file is whole or as it
 * was before, whenever the program is killed. */
static inline tenon_status tenon_save_state(tenon_context *context,
                                            const char *path, const void *note,
                                            size_t note_size,
                                            tenon_error *error) {
  return context->model->calls->save_state(context, path, note, note_size,
                                           error);
}

/* Reads what tenon_save_state wrote, with any artefact of this model. note:
 * room for *note_size bytes, which becomes how many there are; NULL and NULL:
 * not wanted. After an error the states are as they were. */
static inline tenon_status tenon_load_state(tenon_context *context,
                                            const char *path, void *note,
                                            size_t *note_size,
                                            tenon_error *error) {
  return context->model->calls->load_state(context, path, note, note_size,
                                           error);
}

/* Bytes that the context holds now: workspace, lent outputs, and states that
 * have changed; without weights. */
static inline int64_t tenon_workspace_bytes(const tenon_context *context) {
  return context->model->calls->workspace_bytes(context);
}

/* Threads that work for a run of this context, the caller's included. */
static inline int32_t tenon_threads(const tenon_context *context) {
  return context->model->calls->threads(context);
}

/* Copies up to `capacity` entries, in the order of the program; returns how
 * many there are (0 without tenon_options.profile). */
static inline int32_t tenon_profile(const tenon_context *context,
                                    tenon_profile_entry *entries,
                                    int32_t capacity) {
  return context->model->calls->profile(context, entries, capacity);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_TENON_H */
