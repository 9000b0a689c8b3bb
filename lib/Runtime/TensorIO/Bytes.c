//===- Bytes.c - whole files in memory ------------------------------------===//
#include "Bytes.h"
#include "../Error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int reserve(Bytes *bytes, size_t capacity) {
  if (capacity <= bytes->capacity)
    return 1;
  uint8_t *data = realloc(bytes->data, capacity);
  bytes->failed |= !data;
  if (!data)
    return 0;
  bytes->data = data;
  bytes->capacity = capacity;
  return 1;
}

void tenon_io_add_bytes(Bytes *bytes, const void *data, size_t size) {
  size_t needed = bytes->size + size;
  if (needed > bytes->capacity && !reserve(bytes, needed + needed / 2))
    return;
  if (size)
    memcpy(bytes->data + bytes->size, data, size);
  bytes->size = needed;
}

// In pieces, for a pipe has no size, and a size may change under way.
static tenon_status readAll(int file, const char *path, Bytes *bytes,
                            tenon_error *error) {
  off_t size = lseek(file, 0, SEEK_END);
  lseek(file, 0, SEEK_SET);
  size_t piece = size > 0 ? (size_t)size + 1 : 1 << 16;
  for (;;) {
    if (!reserve(bytes, bytes->size + piece))
      return tenon_rt_fail(error, TENON_ERR_MEMORY,
                           "%s: cannot allocate %zu bytes", path,
                           bytes->size + piece);
    ssize_t got =
        read(file, bytes->data + bytes->size, bytes->capacity - bytes->size);
    if (got < 0)
      return tenon_rt_fail(
          error, errno == EISDIR ? TENON_ERR_ARGUMENT : TENON_ERR_SYSTEM,
          "%s: cannot read: %s", path, strerror(errno));
    if (got == 0)
      return TENON_OK;
    bytes->size += got;
    piece = bytes->size < bytes->capacity ? 0 : 1 << 16;
  }
}

tenon_status tenon_io_load_file(const char *path, Bytes *bytes,
                                tenon_error *error) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT, "%s: cannot open: %s", path,
                         strerror(errno));
  tenon_status status = readAll(file, path, bytes, error);
  close(file);
  if (status != TENON_OK)
    free(bytes->data);
  return status;
}

static int writeAll(int file, const Bytes *bytes) {
  for (size_t done = 0; done < bytes->size;) {
    ssize_t written = write(file, bytes->data + done, bytes->size - done);
    if (written < 0 && errno != EINTR)
      return 0;
    done += written > 0 ? written : 0;
  }
  return 1;
}

tenon_status tenon_io_store_file(const char *path, const Bytes *bytes,
                                 tenon_error *error) {
  if (bytes->failed)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "%s: cannot allocate %zu bytes", path, bytes->size);
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0)
    return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot write: %s", path,
                         strerror(errno));
  int written = writeAll(file, bytes), reason = errno;
  if (close(file) && written)
    written = 0, reason = errno;
  if (written)
    return TENON_OK;
  unlink(path);
  return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot write: %s", path,
                       strerror(reason));
}
