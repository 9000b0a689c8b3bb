//===- ZipWrite.c - writing a zip file ------------------------------------===//
#include "Zip.h"

#include <string.h>

static void store(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    at[i] = (uint8_t)(value >> (8 * i));
}

// What local header and list entry have in common, from "version needed" on.
static void storeMember(uint8_t *at, const Member *member) {
  enum { Version = 20, January1980 = 33 };
  store(at, Version, 2);
  store(at + 8, January1980, 2);
  store(at + 10, member->crc, 4);
  store(at + 14, member->compressed, 4);
  store(at + 18, member->size, 4);
  store(at + 22, strlen(member->name), 2);
}

void tenon_io_add_member(Bytes *file, Bytes *list, const Member *member,
                         const Bytes *data) {
  uint8_t local[LocalBytes] = {0}, entry[CentralBytes] = {0};
  size_t nameLength = strlen(member->name);
  store(local, LocalSignature, 4);
  storeMember(local + 4, member);
  tenon_io_add_bytes(file, local, sizeof(local));
  tenon_io_add_bytes(file, member->name, nameLength);
  tenon_io_add_bytes(file, data->data, data->size);
  store(entry, CentralSignature, 4);
  store(entry + 4, 20, 2); // version of the writer, and again of the reader
  storeMember(entry + 6, member);
  store(entry + 42, member->offset, 4);
  tenon_io_add_bytes(list, entry, sizeof(entry));
  tenon_io_add_bytes(list, member->name, nameLength);
}

void tenon_io_add_members_list(Bytes *file, const Bytes *list, uint32_t count) {
  uint8_t end[EndBytes] = {0};
  store(end, EndSignature, 4);
  store(end + 8, count, 2);
  store(end + 10, count, 2);
  store(end + 12, list->size, 4);
  store(end + 16, file->size, 4);
  tenon_io_add_bytes(file, list->data, list->size);
  tenon_io_add_bytes(file, end, sizeof(end));
}
