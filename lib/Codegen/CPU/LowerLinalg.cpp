//===- LowerLinalg.cpp - linalg on memrefs to loops for LLVM --------------===//

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERLINALGPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

class LoopEmitter {
public:
  LoopEmitter(linalg::LinalgOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()), body(op, builder) {}

  void emit() {
    allowReassociation(op);
    zero = arith::ConstantIndexOp::create(builder, loc, 0);
    one = arith::ConstantIndexOp::create(builder, loc, 1);
    body.ivs.assign(op.getNumLoops(), zero);
    for (Range range : op.createLoopRanges(builder, loc))
      sizes.push_back(
          getValueOrCreateConstantIndexOp(builder, loc, range.size));
    order = getLoopOrder(op);
    firstCarried = order.size();
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    while (firstCarried > 0 &&
           iterators[order[firstCarried - 1]] == utils::IteratorType::reduction)
      --firstCarried;
    emitMemoryLoops(0);
  }

private:
  /// Loops around the accumulators: what they update lies in memory.
  void emitMemoryLoops(unsigned depth) {
    if (depth == firstCarried) {
      SmallVector<Value> values = emitCarriedLoops(depth, loadOutputs());
      for (auto [value, init] : llvm::zip_equal(values, body.getInits()))
        body.store(value, init);
      return;
    }
    if (hasUnitSize(order[depth]))
      return emitMemoryLoops(depth + 1);
    auto loop =
        scf::ForOp::create(builder, loc, zero, sizes[order[depth]], one);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    body.ivs[order[depth]] = loop.getInductionVar();
    emitMemoryLoops(depth + 1);
  }

  /// Innermost reduction loops: the accumulators are values.
  SmallVector<Value> emitCarriedLoops(unsigned depth, ValueRange outputs) {
    if (depth == order.size())
      return body.emit(outputs);
    if (hasUnitSize(order[depth]))
      return emitCarriedLoops(depth + 1, outputs);
    auto loop = scf::ForOp::create(builder, loc, zero, sizes[order[depth]], one,
                                   outputs);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    body.ivs[order[depth]] = loop.getInductionVar();
    SmallVector<Value> results =
        emitCarriedLoops(depth + 1, loop.getRegionIterArgs());
    scf::YieldOp::create(builder, loc, results);
    return SmallVector<Value>(loop.getResults());
  }

  bool hasUnitSize(unsigned dim) { return op.getStaticLoopRanges()[dim] == 1; }

  /// The previous values of the outputs, where the body reads them.
  SmallVector<Value> loadOutputs() {
    SmallVector<Value> values;
    for (OpOperand *init : body.getInits()) {
      bool isCarried = firstCarried < order.size();
      if (isCarried || op.payloadUsesValueFromOperand(init))
        values.push_back(body.load(init));
      else
        values.push_back({});
    }
    return values;
  }

  linalg::LinalgOp op;
  OpBuilder &builder;
  Location loc;
  Value zero, one;
  LinalgBody body;
  SmallVector<Value> sizes;
  SmallVector<unsigned> order;
  unsigned firstCarried = 0;
};

struct LowerLinalgPass : tenon::impl::LowerLinalgPassBase<LowerLinalgPass> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops) {
      OpBuilder builder(op);
      LoopEmitter(op, builder).emit();
      op.erase();
    }
  }
};

} // namespace
