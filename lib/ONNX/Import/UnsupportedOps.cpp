//===- UnsupportedOps.cpp - all that a model lacks, at once ---------------===//

#include "UnsupportedOps.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace tenon;

/// A diagnostic names so many nodes and counts the others.
static constexpr size_t maxNodesNamed = 8;

void UnsupportedOps::add(StringRef domain, StringRef opType, int64_t version,
                         StringRef node) {
  std::string op = opType.str();
  if (!domain.empty())
    op = (domain + "." + opType).str();
  if (version)
    op += " (version " + std::to_string(version) + ")";
  std::vector<std::string> &nodes = nodesByOp[op];
  if (!llvm::is_contained(nodes, node))
    nodes.push_back(node.str());
}

LogicalResult UnsupportedOps::report(Location loc) const {
  for (const auto &[op, nodes] : nodesByOp) {
    InFlightDiagnostic diagnostic = emitError(loc);
    diagnostic << "operator " << op << " is not supported, used by "
               << (nodes.size() == 1 ? "node " : "nodes ");
    auto named = llvm::ArrayRef(nodes).take_front(maxNodesNamed);
    llvm::interleaveComma(named, diagnostic, [&](const std::string &node) {
      diagnostic << '"' << node << '"';
    });
    if (nodes.size() > named.size())
      diagnostic << " and " << nodes.size() - named.size() << " more";
  }
  return success(nodesByOp.empty());
}
