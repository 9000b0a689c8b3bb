//===- RuntimeFiles.cpp - what artefacts are linked with ------------------===//

#include "tenon/Target/RuntimeFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace tenon;

static SmallVector<std::string> getLibraryFolders(StringRef folder) {
  if (!folder.empty())
    return {folder.str()};
  // The address of anything in the program does.
  static int anchor;
  SmallString<128> prefix(sys::fs::getMainExecutable("", &anchor));
  sys::path::remove_filename(prefix);
  sys::path::append(prefix, "..", "lib");
  sys::path::remove_dots(prefix, /*remove_dot_dot=*/true);
  return {prefix.str().str(), (prefix + "/tenon").str()};
}

Expected<std::string>
tenon::findRuntimeFile(StringRef name, const Triple &triple, StringRef folder) {
  Triple host(sys::getProcessTriple());
  bool isHost =
      triple.getArch() == host.getArch() && triple.getOS() == host.getOS();
  SmallVector<std::string> folders = getLibraryFolders(folder);
  for (const std::string &candidate : folders) {
    SmallString<128> path(candidate);
    if (!isHost)
      sys::path::append(path, triple.str());
    sys::path::append(path, name);
    if (sys::fs::exists(path))
      return path.str().str();
  }
  return createStringError(
      std::make_error_code(std::errc::no_such_file_or_directory),
      "expected %s%s in %s", name.str().c_str(),
      isHost ? "" : (" for " + triple.str()).c_str(), folders.front().c_str());
}
