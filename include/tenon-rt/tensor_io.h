/*===- tensor_io.h - tensors in files --------------------------*- C -*-===*
 * Part of Tenon, under the Apache License v2.0 with LLVM Exceptions.
 *
 * ONNX TensorProto (.pb), NumPy .npy and .npz. Beside the ABI of compiled
 * models, for programs that link with libtenon-rt-io.a: the runner of compiled
 * executables, and `tenon run`.
 *
 * Files are not trusted: one that is truncated or corrupt is an answer
 * (TENON_ERR_FORMAT) that names the file and what was expected of it. A file
 * that cannot be opened is TENON_ERR_ARGUMENT, one that cannot be read or
 * written TENON_ERR_SYSTEM. No function here has any state.
 *===----------------------------------------------------------------------===*/
#ifndef TENON_RT_TENSOR_IO_H
#define TENON_RT_TENSOR_IO_H

#include "tenon-rt/tenon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A tensor that owns its memory. */
typedef struct tenon_io_tensor {
  tenon_tensor tensor; /* data 64-byte aligned, also without elements */
  char *name;          /* as the file says, or "" */
} tenon_io_tensor;

/* A growing list of tensors; all zero is an empty one. */
typedef struct tenon_io_tensors {
  tenon_io_tensor *items;
  int32_t count;
} tenon_io_tensors;

/* Frees the tensors and empties the list. */
void tenon_io_free(tenon_io_tensors *tensors);

/* Appends a tensor with memory for its data, which is set to zero, and returns
 * it; NULL on failure. `name` and `shape` are copied. */
tenon_io_tensor *tenon_io_append(tenon_io_tensors *tensors, const char *name,
                                 int32_t dtype, const int64_t *shape,
                                 int32_t rank, tenon_error *error);

/* Appends what a .pb, .npy or .npz file holds; the suffix tells which it is.
 * After an error the list is as it was before. */
tenon_status tenon_io_read(const char *path, tenon_io_tensors *tensors,
                           tenon_error *error);

/* Appends PREFIX_0, PREFIX_1, ... of a folder, as .pb, .npy or .npz, up to the
 * first number without a file. */
tenon_status tenon_io_read_folder(const char *folder, const char *prefix,
                                  tenon_io_tensors *tensors,
                                  tenon_error *error);

/* Appends the tensor of a serialised TensorProto; `source` names it in
 * messages. */
tenon_status tenon_io_parse_tensor_proto(const void *bytes, size_t size,
                                         const char *source,
                                         tenon_io_tensors *tensors,
                                         tenon_error *error);

/* Writes a .pb or .npy file, as the suffix says. */
tenon_status tenon_io_write(const char *path, const char *name,
                            const tenon_tensor *tensor, tenon_error *error);

/* Writes an .npz file, its members stored and not compressed. */
tenon_status tenon_io_write_npz(const char *path,
                                const tenon_io_tensors *tensors,
                                tenon_error *error);

/* Fills a tensor with numbers in [-1, 1), or with integers in [min, max]; in
 * [0, 1] when both are 0, as a tenon_value without a range has them. The state
 * is a seed at first; equal ones give equal numbers. */
void tenon_io_fill_random(const tenon_tensor *tensor, int64_t min, int64_t max,
                          uint64_t *state);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* TENON_RT_TENSOR_IO_H */
