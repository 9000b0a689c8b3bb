//===- ParameterFile.c - a trainer's parameters in a file -----------------===//
//
// "TENONPAR", a version, the size of the application's note, the number of
// parameters, the note; then for each parameter the length of its name, its
// type, rank, dimensions and bytes, the name, and its data. Little-endian as
// the machine is; a checksum (FNV-1a) at the end finds truncated files.
//
//===----------------------------------------------------------------------===//
#include "Error.h"
#include "Trainer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[8] = {'T', 'E', 'N', 'O', 'N', 'P', 'A', 'R'};
enum { Version = 1, MaxRank = 64 };

typedef struct Header {
  char magic[8];
  uint32_t version;
  int32_t count;
  uint64_t noteSize;
} Header;

typedef struct Entry {
  uint32_t nameSize;
  int32_t dtype, rank, isState;
  int64_t bytes;
} Entry;

typedef struct File {
  FILE *stream;
  const char *path;
  uint64_t checksum;
  int failed;
} File;

static void hash(File *file, const void *data, size_t size) {
  const unsigned char *bytes = data;
  for (size_t i = 0; i < size; ++i)
    file->checksum = (file->checksum ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void put(File *file, const void *data, size_t size) {
  hash(file, data, size);
  file->failed |= size && fwrite(data, 1, size, file->stream) != size;
}

static void take(File *file, void *data, size_t size) {
  if (file->failed)
    return;
  file->failed = size && fread(data, 1, size, file->stream) != size;
  if (!file->failed)
    hash(file, data, size);
}

static const uint64_t firstChecksum = UINT64_C(0xcbf29ce484222325);

static tenon_status putAll(File *file, Trainer *trainer, const void *note,
                           size_t noteSize, tenon_error *error) {
  const tenon_training *training = trainer->base.training;
  Header header = {"", Version, training->num_parameters, noteSize};
  memcpy(header.magic, magic, sizeof(magic));
  put(file, &header, sizeof(header));
  put(file, note, noteSize);
  for (int32_t i = 0; i < training->num_parameters; ++i) {
    const tenon_parameter *p = &training->parameters[i];
    const void *value = tenon_rt_read_value(trainer, i, error);
    if (!value)
      return TENON_ERR_DEVICE;
    Entry entry = {(uint32_t)strlen(p->name), p->dtype, p->rank, p->is_state,
                   p->bytes};
    put(file, &entry, sizeof(entry));
    put(file, p->name, entry.nameSize);
    put(file, p->dims, p->rank * sizeof(int64_t));
    put(file, value, p->bytes);
  }
  uint64_t checksum = file->checksum;
  put(file, &checksum, sizeof(checksum));
  return TENON_OK;
}

static tenon_status failOnFile(tenon_error *error, const char *what,
                               const char *path) {
  return tenon_rt_fail(error, TENON_ERR_SYSTEM, "%s: cannot %s: %s", path, what,
                       strerror(errno));
}

// A rename is all or nothing once the new file's bytes are on the disk.
tenon_status tenon_rt_save_parameters(tenon_trainer *trainer, const char *path,
                                      const void *note, size_t note_size,
                                      tenon_error *error) {
  size_t length = strlen(path);
  static const char suffix[] = ".partial";
  char *temporary = malloc(length + sizeof(suffix));
  if (!temporary)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "%s: out of memory", path);
  memcpy(temporary, path, length);
  memcpy(temporary + length, suffix, sizeof(suffix));
  File file = {fopen(temporary, "wb"), path, firstChecksum, 0};
  tenon_status status = TENON_OK;
  if (!file.stream) {
    status = failOnFile(error, "create", temporary);
    free(temporary);
    return status;
  }
  status = putAll(&file, (Trainer *)trainer, note, note_size, error);
  file.failed |= fflush(file.stream) || fsync(fileno(file.stream));
  file.failed |= fclose(file.stream) != 0;
  if (status == TENON_OK && file.failed)
    status = failOnFile(error, "write", temporary);
  else if (status == TENON_OK && rename(temporary, path))
    status = failOnFile(error, "replace", path);
  if (status != TENON_OK)
    unlink(temporary);
  free(temporary);
  return status == TENON_OK ? tenon_rt_succeed(error) : status;
}

static tenon_status refuse(tenon_error *error, const char *path,
                           const char *what) {
  return tenon_rt_fail(error, TENON_ERR_FORMAT, "%s: expected %s", path, what);
}

// Reads one parameter into the memory at `data`.
static tenon_status takeEntry(File *file, const tenon_parameter *p, void *data,
                              tenon_error *error) {
  Entry entry = {0};
  int64_t dims[MaxRank];
  char name[1024];
  take(file, &entry, sizeof(entry));
  if (file->failed || entry.nameSize >= sizeof(name) || entry.rank < 0 ||
      entry.rank > MaxRank)
    return refuse(error, file->path, "parameters, got a truncated file");
  take(file, name, entry.nameSize);
  name[entry.nameSize] = 0;
  take(file, dims, entry.rank * sizeof(int64_t));
  if (file->failed || strcmp(name, p->name) || entry.dtype != p->dtype ||
      entry.rank != p->rank || entry.bytes != p->bytes ||
      memcmp(dims, p->dims, p->rank * sizeof(int64_t)))
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected parameter '%s' as this program has it, "
                         "got '%s'",
                         file->path, p->name, file->failed ? "" : name);
  take(file, data, p->bytes);
  return file->failed
             ? refuse(error, file->path, "parameters, got a truncated file")
             : TENON_OK;
}

static tenon_status takeHeader(File *file, const tenon_training *training,
                               void *note, size_t *noteSize,
                               tenon_error *error) {
  Header header = {{0}, 0, 0, 0};
  take(file, &header, sizeof(header));
  if (file->failed || memcmp(header.magic, magic, sizeof(magic)) ||
      header.version != Version)
    return refuse(error, file->path, "a file of parameters, got another");
  if (header.count != training->num_parameters)
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected the %d parameters of this program, got "
                         "%d",
                         file->path, training->num_parameters, header.count);
  size_t room = note && noteSize ? *noteSize : 0;
  for (uint64_t i = 0; i < header.noteSize && !file->failed; ++i) {
    char byte = 0;
    take(file, &byte, 1);
    if (i < room)
      ((char *)note)[i] = byte;
  }
  if (noteSize)
    *noteSize = header.noteSize;
  return file->failed
             ? refuse(error, file->path, "parameters, got a truncated file")
             : TENON_OK;
}

static tenon_status takeAll(File *file, Trainer *trainer, char *memory,
                            void *note, size_t *noteSize, tenon_error *error) {
  const tenon_training *training = trainer->base.training;
  tenon_status status = takeHeader(file, training, note, noteSize, error);
  for (int32_t i = 0; i < training->num_parameters && status == TENON_OK; ++i) {
    status = takeEntry(file, &training->parameters[i], memory, error);
    memory += training->parameters[i].bytes;
  }
  uint64_t expected = file->checksum, got = 0;
  if (status == TENON_OK)
    take(file, &got, sizeof(got));
  if (status == TENON_OK && (file->failed || got != expected))
    status = refuse(error, file->path, "an undamaged file of parameters");
  return status;
}

tenon_status tenon_rt_load_parameters(tenon_trainer *base, const char *path,
                                      void *note, size_t *note_size,
                                      tenon_error *error) {
  Trainer *trainer = (Trainer *)base;
  const tenon_training *training = base->training;
  int64_t bytes = 1;
  for (int32_t i = 0; i < training->num_parameters; ++i)
    bytes += training->parameters[i].bytes;
  // read as a whole first, so that an error leaves the parameters alone
  char *memory = malloc(bytes);
  if (!memory)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "%s: out of memory", path);
  File file = {fopen(path, "rb"), path, firstChecksum, 0};
  if (!file.stream) {
    free(memory);
    return failOnFile(error, "open", path);
  }
  tenon_status status = takeAll(&file, trainer, memory, note, note_size, error);
  fclose(file.stream);
  const char *at = memory;
  for (int32_t i = 0; i < training->num_parameters && status == TENON_OK; ++i) {
    status = tenon_rt_write_value(trainer, i, at, error);
    at += training->parameters[i].bytes;
  }
  free(memory);
  return status == TENON_OK ? tenon_rt_succeed(error) : status;
}
