//===- Bytes.h - reading from and writing to memory -------------*- C -*-===//
#ifndef TENON_RUNTIME_TENSORIO_BYTES_H
#define TENON_RUNTIME_TENSORIO_BYTES_H

#include "tenon-rt/tenon.h"

/// A part of a file that is being read.
typedef struct Cursor {
  const uint8_t *at, *end;
} Cursor;

/// Bytes that own their memory and grow at the end.
typedef struct Bytes {
  uint8_t *data;
  size_t size, capacity;
  int failed; ///< an allocation did
} Bytes;

static inline size_t tenon_io_left(Cursor cursor) {
  return (size_t)(cursor.end - cursor.at);
}

/// The whole file, to be freed by the caller.
tenon_status tenon_io_load_file(const char *path, Bytes *bytes,
                                tenon_error *error);

/// Writes the file, or removes what there is of it.
tenon_status tenon_io_store_file(const char *path, const Bytes *bytes,
                                 tenon_error *error);

void tenon_io_add_bytes(Bytes *bytes, const void *data, size_t size);

#endif // TENON_RUNTIME_TENSORIO_BYTES_H
