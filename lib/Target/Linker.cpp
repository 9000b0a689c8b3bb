//===- Linker.cpp - linking with lld in process ---------------------------===//

#include "tenon/Target/Linker.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace tenon;

/// lld keeps its state in globals, so one link runs at a time.
static Error runLinker(ArrayRef<std::string> arguments) {
  static std::mutex linkerMutex;
  std::lock_guard<std::mutex> lock(linkerMutex);

  std::vector<const char *> argv = {"ld.lld"};
  for (const std::string &argument : arguments)
    argv.push_back(argument.c_str());
  std::string output, errors;
  raw_string_ostream outputStream(output), errorStream(errors);
  lld::Result result = lld::lldMain(argv, outputStream, errorStream,
                                    {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return Error::success();
  return createStringError("cannot link: " + StringRef(errors).trim());
}

static std::vector<std::string> getLibraryFolders(const Triple &triple) {
  std::string multiarch =
      (triple.getArchName() + "-linux-" + triple.getEnvironmentName()).str();
  std::vector<std::string> folders;
  for (StringRef root : {"/lib/", "/usr/lib/", "/usr/"})
    folders.push_back((root + multiarch).str());
  // A cross C library, as Debian's libc6-*-cross packages lay it out.
  folders.push_back("/usr/" + multiarch + "/lib");
  if (triple.getArch() == Triple(sys::getProcessTriple()).getArch())
    for (StringRef folder : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"})
      folders.push_back(folder.str());
  return folders;
}

static std::string findLibrary(const Triple &triple, StringRef name) {
  for (const std::string &folder : getLibraryFolders(triple)) {
    SmallString<128> path(folder);
    sys::path::append(path, name);
    if (sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

static StringRef getDynamicLinkerName(const Triple &triple) {
  return triple.isAArch64() ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";
}

/// The files of the C library, or nothing unless all of them are there.
static std::vector<std::string> findCLibrary(const Triple &triple) {
  std::vector<std::string> files;
  for (StringRef name : {StringRef("libm.so.6"), StringRef("libc.so.6"),
                         getDynamicLinkerName(triple)}) {
    std::string file = findLibrary(triple, name);
    if (file.empty())
      return {};
    files.push_back(file);
  }
  return files;
}

static Expected<std::string> writeVersionScript(ArrayRef<std::string> exports) {
  SmallString<128> path;
  int descriptor;
  if (std::error_code code = sys::fs::createTemporaryFile(
          "tenon-exports", "map", descriptor, path))
    return errorCodeToError(code);
  raw_fd_ostream os(descriptor, /*shouldClose=*/true);
  os << "{ global: " << join(exports, "; ") << "; local: *; };\n";
  return path.str().str();
}

/// What every link has in common. No build id: the output depends on the inputs
/// alone, and so do two builds of one model.
static std::vector<std::string> getCommonArguments(const LinkJob &job) {
  std::vector<std::string> arguments = {"-o",
                                        job.output,
                                        "--build-id=none",
                                        "-z",
                                        "noexecstack",
                                        "-m",
                                        job.triple.isAArch64() ? "aarch64linux"
                                                               : "elf_x86_64"};
  for (const auto &[name, symbol] : job.aliases)
    arguments.push_back("--defsym=" + name + "=" + symbol);
  llvm::append_range(arguments, job.inputs);
  return arguments;
}

Error tenon::linkSharedLibrary(const LinkJob &job) {
  Expected<std::string> script = writeVersionScript(job.exports);
  if (!script)
    return script.takeError();
  auto removeScript = make_scope_exit([&] { sys::fs::remove(*script); });

  std::vector<std::string> arguments = getCommonArguments(job);
  llvm::append_range(
      arguments,
      std::vector<std::string>{
          "-shared", "-soname", sys::path::filename(job.output).str(),
          "--version-script=" + *script, "--gc-sections", "--eh-frame-hdr",
          "--hash-style=gnu", "-z", "relro", "-z", "now", "--as-needed"});
  std::vector<std::string> libraries = findCLibrary(job.triple);
  llvm::append_range(arguments, libraries);
  if (!libraries.empty())
    arguments.insert(arguments.end(), {"-z", "defs"});
  return runLinker(arguments);
}

Error tenon::linkExecutable(const LinkJob &job) {
  std::vector<std::string> libraries = findCLibrary(job.triple);
  if (libraries.empty())
    return createStringError(
        "an executable for %s needs its C library (libc.so.6, libm.so.6 and "
        "%s) on this machine; -o NAME.o or NAME.a can be linked elsewhere",
        job.triple.str().c_str(),
        getDynamicLinkerName(job.triple).str().c_str());
  std::vector<std::string> arguments = getCommonArguments(job);
  StringRef folder = job.triple.isAArch64() ? "/lib/" : "/lib64/";
  llvm::append_range(
      arguments, std::vector<std::string>{
                     "-pie", "--dynamic-linker",
                     (folder + getDynamicLinkerName(job.triple)).str(),
                     "--gc-sections", "--eh-frame-hdr", "--hash-style=gnu",
                     "-z", "relro", "-z", "now", "-z", "defs", "--as-needed"});
  llvm::append_range(arguments, libraries);
  return runLinker(arguments);
}

Error tenon::linkRelocatable(const LinkJob &job) {
  std::vector<std::string> arguments = getCommonArguments(job);
  arguments.push_back("-r");
  return runLinker(arguments);
}
