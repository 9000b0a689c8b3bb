//===- ResolveDims.cpp - one dimension symbol for one size ----------------===//

#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/NamedDims.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/ScopedHashTable.h"

namespace tenon {
#define GEN_PASS_DEF_RESOLVEDIMSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// The size that a binding reads, where it is known without a run.
static AffineExpr getKnownSize(BindDimOp bind) {
  auto elements = getPartialElements(bind.getOperand());
  return elements ? (*elements)[bind.getPosition()] : AffineExpr();
}

namespace {
struct ResolveDims : tenon::impl::ResolveDimsPassBase<ResolveDims> {
  void runOnOperation() override {
    // what one symbol becomes may be known once another is replaced
    for (bool changed = true; changed;) {
      DenseMap<AffineExpr, AffineExpr> values;
      Table table;
      for (Block &block : getOperation().getBody())
        resolveBlock(block, table, values);
      changed = !values.empty();
      if (changed)
        replaceDimSymbols(getOperation(), values);
      numResolved += values.size();
    }
    removeUnused();
  }

private:
  using Table = llvm::ScopedHashTable<std::pair<Value, int64_t>, AffineExpr>;

  void resolveBlock(Block &block, Table &table,
                    DenseMap<AffineExpr, AffineExpr> &values) {
    Table::ScopeTy scope(table);
    for (Operation &op : llvm::make_early_inc_range(block)) {
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          resolveBlock(inner, table, values);
      auto bind = dyn_cast<BindDimOp>(op);
      if (!bind)
        continue;
      std::pair<Value, int64_t> element(bind.getOperand(), bind.getPosition());
      AffineExpr size = getKnownSize(bind);
      if (!size)
        size = table.lookup(element);
      if (!size) {
        table.insert(element, bind.getDim());
        continue;
      }
      // of symbols that are replaced as well
      AffineExpr resolved = replaceDims(size, values);
      values[bind.getDim()] = resolved;
      bind.erase();
    }
  }

  /// Bindings whose symbol nothing names.
  void removeUnused() {
    llvm::DenseSet<AffineExpr> used;
    getOperation().walk([&](Operation *op) {
      if (!isa<BindDimOp>(op))
        used.insert_range(getNamedDims(op));
    });
    getOperation().walk([&](BindDimOp bind) {
      if (bind.getBound())
        used.insert_range(getSourceSymbols(bind.getBound()->getExprs()));
    });
    getOperation().walk([&](BindDimOp bind) {
      if (!used.contains(bind.getDim()))
        bind.erase();
    });
  }
};
} // namespace
