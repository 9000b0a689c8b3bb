//===- Zip.c - finding the members of a zip file --------------------------===//
#include "Zip.h"

#include <string.h>

static uint64_t load(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | at[i];
  return value;
}

// The list of members is at the end, before a comment of up to 64 KB.
static const uint8_t *findEnd(Cursor file) {
  const uint8_t *last = file.end - EndBytes;
  const uint8_t *first =
      tenon_io_left(file) > EndBytes + 0xffff ? last - 0xffff : file.at;
  for (const uint8_t *at = last + 1; at-- > first;)
    if (load(at, 4) == EndSignature)
      return at;
  return NULL;
}

static int findList(Cursor file, uint64_t *offset, uint64_t *count) {
  if (tenon_io_left(file) < EndBytes)
    return 0;
  const uint8_t *end = findEnd(file);
  if (!end)
    return 0;
  *count = load(end + 10, 2);
  *offset = load(end + 16, 4);
  if (*count != 0xffff && *offset != 0xffffffff)
    return 1;
  if (end - file.at < LocatorBytes)
    return 0;
  uint64_t at = load(end - LocatorBytes + 8, 8);
  if (at > tenon_io_left(file) || tenon_io_left(file) - at < Zip64EndBytes ||
      load(file.at + at, 4) != Zip64EndSignature)
    return 0;
  *count = load(file.at + at + 32, 8);
  *offset = load(file.at + at + 48, 8);
  return 1;
}

// Of the three numbers, those that did not fit in 32 bits stand in the Zip64
// extra field, in this order.
static void readZip64Sizes(Cursor extra, Member *member) {
  uint64_t *numbers[] = {&member->size, &member->compressed, &member->offset};
  while (tenon_io_left(extra) >= 4) {
    uint64_t tag = load(extra.at, 2), size = load(extra.at + 2, 2);
    extra.at += 4;
    if (size > tenon_io_left(extra))
      return;
    const uint8_t *at = extra.at;
    for (int i = 0; i < 3 && tag == 1; ++i)
      if (*numbers[i] == 0xffffffff && extra.at + size - at >= 8) {
        *numbers[i] = load(at, 8);
        at += 8;
      }
    extra.at += size;
  }
}

int tenon_io_next_member(Cursor *list, Member *member) {
  const uint8_t *at = list->at;
  if (tenon_io_left(*list) < CentralBytes || load(at, 4) != CentralSignature)
    return 0;
  size_t name = load(at + 28, 2), extra = load(at + 30, 2);
  size_t whole = CentralBytes + name + extra + load(at + 32, 2);
  if (tenon_io_left(*list) < whole || name >= sizeof(member->name))
    return 0;
  member->method = (uint32_t)load(at + 10, 2);
  member->crc = (uint32_t)load(at + 16, 4);
  member->compressed = load(at + 20, 4);
  member->size = load(at + 24, 4);
  member->offset = load(at + 42, 4);
  memcpy(member->name, at + CentralBytes, name);
  member->name[name] = 0;
  const uint8_t *extras = at + CentralBytes + name;
  readZip64Sizes((Cursor){extras, extras + extra}, member);
  list->at += whole;
  return 1;
}

int tenon_io_find_member_data(Cursor file, const Member *member, Cursor *data) {
  uint64_t left = tenon_io_left(file);
  if (member->offset > left || left - member->offset < LocalBytes)
    return 0;
  const uint8_t *at = file.at + member->offset;
  uint64_t skip = LocalBytes + load(at + 26, 2) + load(at + 28, 2);
  left -= member->offset;
  if (load(at, 4) != LocalSignature || left < skip ||
      left - skip < member->compressed)
    return 0;
  data->at = at + skip;
  data->end = data->at + member->compressed;
  return 1;
}

int tenon_io_find_members(Cursor file, Cursor *list, uint64_t *count) {
  uint64_t offset;
  if (!findList(file, &offset, count) || offset > tenon_io_left(file))
    return 0;
  *list = (Cursor){file.at + offset, file.end};
  return 1;
}
