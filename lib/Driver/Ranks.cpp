//===- Ranks.cpp - the processes that train together ----------------------===//

#include "tenon/Driver/Ranks.h"

#include "tenon/Driver/TensorList.h"
#include "tenon/Target/RuntimeFiles.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Host.h"

#include <cstdlib>
#include <dlfcn.h>

using namespace llvm;
using namespace tenon;

/// What mpirun tells its processes: Open MPI, and all that speak PMI.
static int64_t countStarted() {
  for (const char *name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) {
    int64_t count = 0;
    if (const char *text = std::getenv(name);
        text && !StringRef(text).getAsInteger(10, count))
      return count;
  }
  return 1;
}

template <typename Function>
static Error find(void *library, const char *name, Function *&function) {
  function = reinterpret_cast<Function *>(dlsym(library, name));
  return function ? Error::success() : createStringError(dlerror());
}

Expected<std::unique_ptr<Ranks>> Ranks::open() {
  std::unique_ptr<Ranks> ranks(new Ranks);
  int64_t count = countStarted();
  if (count <= 1)
    return std::move(ranks);
  Triple host(sys::getProcessTriple());
  Expected<std::string> path = findRuntimeFile("libtenon-mpi.so", host, "");
  if (!path)
    return createStringError(
        "cannot train with " + Twine(count) +
        " processes: " + toString(path.takeError()) +
        " (it is built where MPI is installed, as utils/install-deps does it)");
  // (MPI loads plugins that look for its symbols)
  void *library = dlopen(path->c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (!library)
    return createStringError(dlerror());
  tenon_status (*openRanks)(tenon_communicator *, tenon_error *) = nullptr;
  if (Error error = find(library, "tenon_mpi_open", openRanks))
    return std::move(error);
  if (Error error = find(library, "tenon_mpi_close", ranks->close))
    return std::move(error);
  tenon_error error = {};
  if (openRanks(&ranks->communicator, &error) != TENON_OK) {
    ranks->close = nullptr;
    return makeRuntimeError(error);
  }
  return std::move(ranks);
}

Ranks::~Ranks() {
  if (close)
    close(&communicator);
}

int64_t Ranks::getShare(int64_t count) const {
  return (count + getCount() - 1 - getNumber()) / getCount();
}

int64_t Ranks::getShareBegin(int64_t count) const {
  int64_t each = count / getCount(), more = count % getCount();
  return each * getNumber() + std::min<int64_t>(more, getNumber());
}

Expected<bool> Ranks::isAny(bool here) const {
  if (getCount() == 1)
    return here;
  int32_t given = here, any = 0;
  tenon_transfer transfer = {};
  transfer.kind = TENON_ALL_REDUCE;
  transfer.reduction = TENON_MAX;
  transfer.dtype = TENON_INT32;
  transfer.count = 1;
  transfer.from = &given;
  transfer.to = &any;
  void *request = nullptr;
  tenon_error error = {};
  if (communicator.start(communicator.user, &transfer, &request, &error) ||
      communicator.wait(communicator.user, request, /*nanoseconds=*/-1, &error))
    return makeRuntimeError(error);
  return any != 0;
}

void Ranks::fail() {
  if (communicator.fail)
    communicator.fail(communicator.user, TENON_ERR_RANK);
}
