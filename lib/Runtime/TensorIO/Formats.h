//===- Formats.h - one reader and one writer a file format ------*- C -*-===//
//
// Readers append what `bytes` hold; writers append the file's bytes.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RUNTIME_TENSORIO_FORMATS_H
#define TENON_RUNTIME_TENSORIO_FORMATS_H

#include "Bytes.h"
#include "tenon-rt/tensor_io.h"

tenon_status tenon_io_parse_npy(Cursor bytes, const char *source,
                                const char *name, tenon_io_tensors *tensors,
                                tenon_error *error);
tenon_status tenon_io_parse_npz(Cursor bytes, const char *source,
                                tenon_io_tensors *tensors, tenon_error *error);

tenon_status tenon_io_format_tensor_proto(const char *name,
                                          const tenon_tensor *tensor,
                                          Bytes *bytes, tenon_error *error);
tenon_status tenon_io_format_npy(const char *name, const tenon_tensor *tensor,
                                 Bytes *bytes, tenon_error *error);

#endif // TENON_RUNTIME_TENSORIO_FORMATS_H
