//===- Zip.h - members of a zip file ----------------------------*- C -*-===//
//
// Format: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3 (Zip64, in which NumPy
// writes members of over 4 GB).
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RUNTIME_TENSORIO_ZIP_H
#define TENON_RUNTIME_TENSORIO_ZIP_H

#include "Bytes.h"

enum {
  LocalSignature = 0x04034b50,
  CentralSignature = 0x02014b50,
  EndSignature = 0x06054b50,
  Zip64EndSignature = 0x06064b50,
  LocalBytes = 30,
  CentralBytes = 46,
  EndBytes = 22,
  LocatorBytes = 20,
  Zip64EndBytes = 56
};
enum { Stored = 0, Deflated = 8 };

typedef struct Member {
  char name[256];
  uint32_t method, crc;
  uint64_t compressed, size, offset;
} Member;

/// Finds the list of members at the end of the file, and how many they are.
/// This and the next two return 0 for a corrupt file.
int tenon_io_find_members(Cursor file, Cursor *list, uint64_t *count);

/// Reads one member of the list and moves behind it.
int tenon_io_next_member(Cursor *list, Member *member);

/// The member's bytes as they are in the file.
int tenon_io_find_member_data(Cursor file, const Member *member, Cursor *data);

/// Appends a stored member to the file, and its entry to the list.
void tenon_io_add_member(Bytes *file, Bytes *list, const Member *member,
                         const Bytes *data);

/// Appends the list, which ends a file.
void tenon_io_add_members_list(Bytes *file, const Bytes *list, uint32_t count);

#endif // TENON_RUNTIME_TENSORIO_ZIP_H
