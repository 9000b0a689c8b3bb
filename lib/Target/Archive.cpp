//===- Archive.cpp - static libraries -------------------------------------===//

#include "tenon/Target/Archive.h"

#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tenon;

/// Appends the members of an archive, which has to outlive them.
static Error appendMembers(const object::Archive &archive,
                           std::vector<NewArchiveMember> &members) {
  Error error = Error::success();
  for (const object::Archive::Child &child : archive.children(error)) {
    Expected<NewArchiveMember> member =
        NewArchiveMember::getOldMember(child, /*Deterministic=*/true);
    if (!member)
      return llvm::joinErrors(std::move(error), member.takeError());
    members.push_back(std::move(*member));
  }
  return error;
}

Error tenon::writeArchive(StringRef path, StringRef object, StringRef runtime) {
  std::vector<NewArchiveMember> members;
  Expected<NewArchiveMember> member =
      NewArchiveMember::getFile(object, /*Deterministic=*/true);
  if (!member)
    return member.takeError();
  member->MemberName = sys::path::filename(object);
  members.push_back(std::move(*member));

  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      runtime, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createFileError(runtime, buffer.getError());
  Expected<std::unique_ptr<object::Archive>> archive =
      object::Archive::create((*buffer)->getMemBufferRef());
  if (!archive)
    return archive.takeError();
  if (Error error = appendMembers(**archive, members))
    return error;
  return llvm::writeArchive(path, members, SymtabWritingMode::NormalSymtab,
                            object::Archive::K_GNU, /*Deterministic=*/true,
                            /*Thin=*/false);
}
