//===- Npz.c - NumPy's .npz, a zip file of .npy files ---------------------===//
//
// zlib does the compression.
//
//===----------------------------------------------------------------------===//
#include "../Error.h"
#include "Formats.h"
#include "Zip.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static tenon_status refuse(const char *source, const char *reason,
                           tenon_error *error) {
  return tenon_rt_fail(error, TENON_ERR_FORMAT,
                       "%s: expected an .npz file, got %s", source, reason);
}

// Inflates to exactly `size` bytes.
static int expand(Cursor data, uint8_t *out, uint64_t size) {
  z_stream stream = {.next_in = (uint8_t *)data.at, .next_out = out};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return 0;
  int status = Z_OK;
  // zlib counts in 32 bits.
  while (status == Z_OK) {
    uint64_t in = data.end - stream.next_in,
             room = out + size - stream.next_out;
    stream.avail_in = in < UINT_MAX ? (uInt)in : UINT_MAX;
    stream.avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
    status = inflate(&stream, Z_NO_FLUSH);
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END && stream.next_out == out + size;
}

static uint32_t computeCrc(const uint8_t *data, uint64_t size) {
  return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);
}

// The member's bytes, expanded where they are compressed; then `memory` is to
// be freed.
static tenon_status extract(Cursor file, const Member *member,
                            const char *where, Cursor *data, uint8_t **memory,
                            tenon_error *error) {
  // deflate shrinks a thousandfold at best: more is a lie, or a bomb.
  if (!tenon_io_find_member_data(file, member, data) ||
      member->size / 1040 > member->compressed ||
      (member->method == Stored && member->size != member->compressed))
    return refuse(where, "a truncated member", error);
  if (member->method != Stored && member->method != Deflated)
    return refuse(where, "an unknown compression", error);
  if (member->method == Stored)
    return TENON_OK;
  *memory = malloc(member->size + 1);
  if (!*memory)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "%s: cannot allocate memory",
                         where);
  if (!expand(*data, *memory, member->size))
    return refuse(where, "a corrupt member", error);
  *data = (Cursor){*memory, *memory + member->size};
  return TENON_OK;
}

static tenon_status parseMember(Cursor file, Member *member, const char *source,
                                tenon_io_tensors *tensors, tenon_error *error) {
  Cursor data;
  uint8_t *memory = NULL;
  char where[512];
  snprintf(where, sizeof(where), "%.240s:%s", source, member->name);
  tenon_status status = extract(file, member, where, &data, &memory, error);
  if (status == TENON_OK && computeCrc(data.at, member->size) != member->crc)
    status = refuse(where, "a member with another checksum", error);
  size_t length = strlen(member->name);
  if (length > 4 && !strcmp(member->name + length - 4, ".npy"))
    member->name[length - 4] = 0;
  if (status == TENON_OK)
    status = tenon_io_parse_npy(data, where, member->name, tensors, error);
  free(memory);
  return status;
}

tenon_status tenon_io_parse_npz(Cursor file, const char *source,
                                tenon_io_tensors *tensors, tenon_error *error) {
  uint64_t count;
  Cursor list;
  if (!tenon_io_find_members(file, &list, &count))
    return refuse(source, "a corrupt or truncated file", error);
  for (uint64_t i = 0; i < count; ++i) {
    Member member;
    if (!tenon_io_next_member(&list, &member))
      return refuse(source, "a corrupt list of members", error);
    tenon_status status = parseMember(file, &member, source, tensors, error);
    if (status != TENON_OK)
      return status;
  }
  return TENON_OK;
}

static tenon_status addMember(Bytes *file, Bytes *list,
                              const tenon_io_tensor *item, int32_t number,
                              tenon_error *error) {
  Bytes npy = {0};
  Member member = {.offset = file->size};
  if (item->name[0])
    snprintf(member.name, sizeof(member.name), "%.240s.npy", item->name);
  else
    snprintf(member.name, sizeof(member.name), "arr_%d.npy", number);
  tenon_status status =
      tenon_io_format_npy(member.name, &item->tensor, &npy, error);
  if (status == TENON_OK && (npy.failed || npy.size > 0xfffffffe ||
                             file->size > 0xfffffffe - npy.size))
    status = tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "tensor '%s': expected less than 4 GB in an .npz "
                           "file",
                           item->name);
  if (status == TENON_OK) {
    member.size = member.compressed = npy.size;
    member.crc = computeCrc(npy.data, npy.size);
    tenon_io_add_member(file, list, &member, &npy);
  }
  free(npy.data);
  return status;
}

tenon_status tenon_io_write_npz(const char *path,
                                const tenon_io_tensors *tensors,
                                tenon_error *error) {
  Bytes file = {0}, list = {0};
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < tensors->count && status == TENON_OK; ++i)
    status = addMember(&file, &list, &tensors->items[i], i, error);
  tenon_io_add_members_list(&file, &list, tensors->count);
  file.failed |= list.failed;
  if (status == TENON_OK)
    status = tenon_io_store_file(path, &file, error);
  free(file.data);
  free(list.data);
  return status;
}
