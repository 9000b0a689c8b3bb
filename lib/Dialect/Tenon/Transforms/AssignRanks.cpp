//===- AssignRanks.cpp - which rank computes what of a model --------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/SplitRanks.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/Support/GlobPattern.h"

namespace tenon {
#define GEN_PASS_DEF_ASSIGNRANKSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

std::optional<int64_t> tenon::getAssignedRank(Operation *op) {
  auto fused = dyn_cast<FusedLoc>(op->getLoc());
  auto rank = fused ? dyn_cast_or_null<IntegerAttr>(fused.getMetadata())
                    : IntegerAttr();
  return rank ? std::optional<int64_t>(rank.getInt()) : std::nullopt;
}

/// In the location, which what is made of the op inherits, its derivative too.
static void assign(Operation *op, int64_t rank) {
  MLIRContext *context = op->getContext();
  op->setLoc(FusedLoc::get(context, {op->getLoc()},
                           Builder(context).getI64IntegerAttr(rank)));
}

/// `op`'s arithmetic operations, with a guess for what calls decide.
static double estimateFlops(Operation *op) {
  AffineExpr flops = getFlops(op);
  if (!flops)
    return 0;
  constexpr int64_t kAssumedSize = 32;
  DenseMap<AffineExpr, AffineExpr> assumed;
  for (AffineSymbolExpr symbol : getDimSymbols({flops}))
    assumed[symbol] = getAffineConstantExpr(kAssumedSize, op->getContext());
  return static_cast<double>(
      getConstantDim(simplifyDim(flops.replace(assumed))).value_or(0));
}

/// Whether every rank has it, or can compute it at no cost.
static bool isEverywhere(Operation *op) {
  return op->getNumOperands() == 0 || op->hasTrait<OpTrait::IsTerminator>();
}

/// Gives each of `numRanks` ranks a run of the ops, about as dear as others'.
static void assignByCost(Block &block, int64_t numRanks) {
  SmallVector<std::pair<Operation *, double>> costs;
  double total = 0, before = 0;
  for (Operation &op : block)
    if (!isEverywhere(&op))
      total += costs.emplace_back(&op, estimateFlops(&op)).second;
  for (auto [op, cost] : costs) {
    double middle = before + cost / 2;
    before += cost;
    assign(op, std::min<int64_t>(numRanks - 1,
                                 total > 0 ? middle / total * numRanks : 0));
  }
}

/// The first pattern of those for rank 0, 1, ... that names one of an op's
/// nodes decides.
static LogicalResult assignByName(Block &block, ArrayRef<std::string> places) {
  SmallVector<llvm::GlobPattern> patterns;
  for (const std::string &text : places) {
    auto pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      return block.getParentOp()->emitError()
             << "expected a pattern of nodes' names, got '" << text
             << "': " << llvm::toString(pattern.takeError());
    patterns.push_back(std::move(*pattern));
  }
  llvm::BitVector isUsed(patterns.size());
  for (Operation &op : block) {
    if (isEverywhere(&op))
      continue;
    std::string names = getNodeNames(op.getLoc());
    SmallVector<StringRef> nodes;
    StringRef(names).split(nodes, ", ", -1, /*KeepEmpty=*/false);
    auto *pattern = llvm::find_if(patterns, [&](llvm::GlobPattern &pattern) {
      return llvm::any_of(nodes,
                          [&](StringRef node) { return pattern.match(node); });
    });
    if (pattern == patterns.end())
      continue;
    isUsed.set(pattern - patterns.begin());
    assign(&op, pattern - patterns.begin());
  }
  if (int unused = isUsed.find_first_unset(); unused >= 0)
    return block.getParentOp()->emitError()
           << "expected nodes of the model that '" << places[unused]
           << "' names, got none";
  return success();
}

LogicalResult tenon::assignRanks(func::FuncOp function, int64_t numRanks,
                                 ArrayRef<std::string> places) {
  if (!places.empty() && static_cast<int64_t>(places.size()) != numRanks)
    return function.emitError() << "expected a pattern of nodes for each of "
                                << numRanks << " ranks, got " << places.size();
  if (!places.empty())
    return assignByName(function.front(), places);
  assignByCost(function.front(), numRanks);
  return success();
}

namespace {
struct AssignRanks : tenon::impl::AssignRanksPassBase<AssignRanks> {
  using AssignRanksPassBase::AssignRanksPassBase;

  void runOnOperation() override {
    if (failed(assignRanks(getOperation(), numRanks, llvm::to_vector(places))))
      signalPassFailure();
  }
};
} // namespace
