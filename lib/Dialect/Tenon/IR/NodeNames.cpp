//===- NodeNames.cpp - the model's nodes that an op comes from ------------===//

#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

static void collectNodes(Location loc, llvm::SetVector<StringRef> &nodes) {
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collectNodes(part, nodes);
  if (auto name = dyn_cast<NameLoc>(loc); name && !name.getName().empty())
    nodes.insert(name.getName());
}

std::string tenon::getNodeNames(Location loc) {
  llvm::SetVector<StringRef> nodes;
  collectNodes(loc, nodes);
  return llvm::join(nodes, ", ");
}
