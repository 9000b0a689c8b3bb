//===- HostMemory.cpp - what the compiler's own machine can hold ----------===//

#include "HostMemory.h"
#include "mlir/IR/Diagnostics.h"
#include <cstdlib>
#include <unistd.h>

using namespace mlir;

/// Tried rather than computed, for limits of processes and of groups of them
/// count too. What the machine has counts first: a system may promise more.
static bool canAllocate(uint64_t bytes) {
  uint64_t pages = sysconf(_SC_PHYS_PAGES), pageSize = sysconf(_SC_PAGESIZE);
  if (bytes / pageSize >= pages)
    return false;
  void *probe = std::malloc(bytes);
  std::free(probe);
  return probe;
}

LogicalResult tenon::checkMemory(Location loc, uint64_t bytes) {
  // the compiler goes on to need memory of its own
  constexpr uint64_t slack = uint64_t(128) << 20;
  if (bytes < slack || canAllocate(bytes + slack))
    return success();
  return emitError(loc) << "expected constants that fit into memory, got "
                        << bytes << " bytes of them";
}
