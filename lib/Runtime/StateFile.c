//===- StateFile.c - a context's states in a file -------------------------===//
//
// "TENONSTA", a version, the size of the application's note, the number of
// states, the note; then for each state the length of its name, its type, rank,
// kind and bytes, the name, its dimensions, and its data, dense. Little-endian
// as the machine is; a checksum (FNV-1a) at the end finds truncated files.
//
//===----------------------------------------------------------------------===//
#include "Error.h"
#include "State.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[8] = "TENONSTA";
enum { Version = 1, MaxRank = 64 };

typedef struct Header {
  char magic[8];
  uint32_t version;
  int32_t count;
  uint64_t noteSize;
} Header;

typedef struct Entry {
  uint32_t nameSize;
  int32_t dtype, rank, kind;
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

static int isSaved(const tenon_state_info *info) {
  return info->kind != TENON_STATE_SCRATCH;
}

static int32_t countSaved(const tenon_model *model) {
  int32_t count = 0;
  for (int32_t i = 0; i < model->num_states; ++i)
    count += isSaved(&model->states[i]);
  return count;
}

static tenon_status putAll(File *file, Context *context, const void *note,
                           size_t noteSize, tenon_error *error) {
  const tenon_model *model = context->base.model;
  Header header = {"", Version, countSaved(model), noteSize};
  memcpy(header.magic, magic, sizeof(magic));
  put(file, &header, sizeof(header));
  put(file, note, noteSize);
  for (int32_t i = 0; i < model->num_states; ++i) {
    const tenon_state_info *info = &model->states[i];
    tenon_tensor value;
    if (!isSaved(info))
      continue;
    tenon_status status = tenon_rt_fetch_state(context, i, &value, error);
    if (status != TENON_OK)
      return status;
    Entry entry = {(uint32_t)strlen(info->name), info->dtype, info->rank,
                   info->kind, tenon_num_bytes(&value)};
    put(file, &entry, sizeof(entry));
    put(file, info->name, entry.nameSize);
    put(file, value.shape, info->rank * sizeof(int64_t));
    put(file, value.data, entry.bytes);
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
static tenon_status save(Context *context, const char *path, const void *note,
                         size_t noteSize, tenon_error *error) {
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
  status = putAll(&file, context, note, noteSize, error);
  file.failed |= fflush(file.stream) || fsync(fileno(file.stream));
  file.failed |= fclose(file.stream) != 0;
  if (status == TENON_OK && file.failed)
    status = failOnFile(error, "write", temporary);
  else if (status == TENON_OK && rename(temporary, path))
    status = failOnFile(error, "replace", path);
  if (status != TENON_OK)
    unlink(temporary);
  free(temporary);
  return status;
}

tenon_status tenon_rt_save_state(tenon_context *base, const char *path,
                                 const void *note, size_t note_size,
                                 tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin(context, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, save(context, path, note, note_size, error));
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

static tenon_status refuse(tenon_error *error, const char *path,
                           const char *what) {
  return tenon_rt_fail(error, TENON_ERR_FORMAT, "%s: expected %s", path, what);
}

static tenon_status refuseEnd(tenon_error *error, const char *path) {
  return refuse(error, path, "states, got a truncated file");
}

// Reads one state and stages its value; sets its number.
static tenon_status takeEntry(File *file, Context *context, int32_t *number,
                              tenon_error *error) {
  const tenon_model *model = context->base.model;
  Entry entry = {0};
  int64_t dims[MaxRank];
  char name[1024];
  take(file, &entry, sizeof(entry));
  if (file->failed || entry.nameSize >= sizeof(name) || entry.rank < 0 ||
      entry.rank > MaxRank || entry.bytes < 0)
    return refuseEnd(error, file->path);
  take(file, name, entry.nameSize);
  name[entry.nameSize] = 0;
  take(file, dims, entry.rank * sizeof(int64_t));
  *number = tenon_find_state(model, name);
  tenon_tensor value = {NULL, dims, entry.dtype, entry.rank};
  if (file->failed || *number < 0 || !isSaved(&model->states[*number]) ||
      tenon_num_bytes(&value) != entry.bytes)
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected states of model '%s', got '%s'",
                         file->path, model->name, file->failed ? "" : name);
  value.data = malloc(entry.bytes + 1);
  if (!value.data)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "%s: out of memory",
                         file->path);
  take(file, value.data, entry.bytes);
  tenon_status status =
      file->failed ? refuseEnd(error, file->path)
                   : tenon_rt_stage_value(context, *number, &value, error);
  free(value.data);
  return status;
}

static tenon_status takeHeader(File *file, const tenon_model *model, void *note,
                               size_t *noteSize, tenon_error *error) {
  Header header = {{0}, 0, 0, 0};
  take(file, &header, sizeof(header));
  if (file->failed || memcmp(header.magic, magic, sizeof(magic)) ||
      header.version != Version)
    return refuse(error, file->path, "a file of states, got another");
  if (header.count != countSaved(model))
    return tenon_rt_fail(error, TENON_ERR_FORMAT,
                         "%s: expected the %d states of model '%s', got %d",
                         file->path, countSaved(model), model->name,
                         header.count);
  size_t room = note && noteSize ? *noteSize : 0;
  for (uint64_t i = 0; i < header.noteSize && !file->failed; ++i) {
    char byte = 0;
    take(file, &byte, 1);
    if (i < room)
      ((char *)note)[i] = byte;
  }
  if (noteSize)
    *noteSize = header.noteSize;
  return file->failed ? refuseEnd(error, file->path) : TENON_OK;
}

// Stages all states, which take their places when the whole file was good.
static tenon_status takeAll(File *file, Context *context, void *note,
                            size_t *noteSize, char *isStaged,
                            tenon_error *error) {
  const tenon_model *model = context->base.model;
  int32_t count = countSaved(model);
  tenon_status status = takeHeader(file, model, note, noteSize, error);
  for (int32_t i = 0; i < count && status == TENON_OK; ++i) {
    int32_t number = 0;
    status = takeEntry(file, context, &number, error);
    if (status == TENON_OK && isStaged[number]++)
      status = refuse(error, file->path, "each state once");
  }
  uint64_t expected = file->checksum, got = 0;
  if (status == TENON_OK)
    take(file, &got, sizeof(got));
  if (status == TENON_OK && (file->failed || got != expected))
    status = refuse(error, file->path, "an undamaged file of states");
  for (int32_t i = 0; i < model->num_states && status == TENON_OK; ++i)
    if (isStaged[i])
      tenon_rt_commit_state(context, i);
  return status;
}

static tenon_status load(Context *context, const char *path, void *note,
                         size_t *noteSize, tenon_error *error) {
  char *isStaged = calloc(context->base.model->num_states + 1, 1);
  if (!isStaged)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "%s: out of memory", path);
  File file = {fopen(path, "rb"), path, firstChecksum, 0};
  tenon_status status =
      file.stream ? takeAll(&file, context, note, noteSize, isStaged, error)
                  : failOnFile(error, "open", path);
  if (file.stream)
    fclose(file.stream);
  free(isStaged);
  return status;
}

tenon_status tenon_rt_load_state(tenon_context *base, const char *path,
                                 void *note, size_t *note_size,
                                 tenon_error *error) {
  Context *context = (Context *)base;
  tenon_status status = tenon_rt_begin(context, error);
  if (status != TENON_OK)
    return status;
  return tenon_rt_end(context, load(context, path, note, note_size, error));
}
