//===- InlinePads.cpp - padded tensors without the copy -------------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Codegen/GPU/Passes.h"
#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {
#define GEN_PASS_DEF_INLINEPADSPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

/// Whether the tensor lies in the caller's memory.
static bool isArgument(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(
            op))
      return false;
    tensor = op->getOperand(0);
  }
  return true;
}

/// The element of the padded tensor at `position`, from the source.
static Value readPadded(OpBuilder &builder, Location loc, tensor::PadOp pad,
                        ValueRange position) {
  Value isInside, zero = arith::ConstantIndexOp::create(builder, loc, 0);
  SmallVector<Value> indices;
  for (auto [dim, index] : llvm::enumerate(position)) {
    OpFoldResult low = pad.getMixedLowPad()[dim],
                 high = pad.getMixedHighPad()[dim];
    if (isZeroInteger(low) && isZeroInteger(high)) {
      indices.push_back(index);
      continue;
    }
    Value size =
        tensor::DimOp::create(builder, loc, pad.getSource(), dim).getResult();
    Value shifted = arith::SubIOp::create(
        builder, loc, index,
        getValueOrCreateConstantIndexOp(builder, loc, low));
    // one unsigned comparison tells both borders
    Value fits = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult,
                                       shifted, size);
    isInside =
        isInside
            ? arith::AndIOp::create(builder, loc, isInside, fits).getResult()
            : fits;
    indices.push_back(
        arith::SelectOp::create(builder, loc, fits, shifted, zero));
  }
  Value element =
      tensor::ExtractOp::create(builder, loc, pad.getSource(), indices);
  if (!isInside)
    return element;
  return arith::SelectOp::create(builder, loc, isInside, element,
                                 pad.getConstantPaddingValue());
}

/// Replaces input `operand`, a padded tensor, by reads of its source.
static void inlinePad(linalg::GenericOp op, OpOperand *operand,
                      tensor::PadOp pad) {
  Location loc = op.getLoc();
  unsigned number = operand->getOperandNumber();
  OpBuilder builder = OpBuilder::atBlockBegin(op.getBlock());
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<Value> loops, position;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
    loops.push_back(linalg::IndexOp::create(builder, loc, loop));
  for (AffineExpr expr : map.getResults())
    position.push_back(affine::AffineApplyOp::create(
        builder, loc, AffineMap::get(map.getNumDims(), 0, expr), loops));
  BlockArgument argument = op.getBlock()->getArgument(number);
  argument.replaceAllUsesWith(readPadded(builder, loc, pad, position));

  SmallVector<Value> inputs(op.getInputs());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  inputs.erase(inputs.begin() + number);
  maps.erase(maps.begin() + number);
  op.getBlock()->eraseArgument(number);
  op.getInputsMutable().assign(inputs);
  op.setIndexingMapsAttr(OpBuilder(op).getAffineMapArrayAttr(maps));
}

/// Whether the loops' sizes can be told without the operand.
static bool isSizedByOthers(linalg::GenericOp op, OpOperand *operand) {
  llvm::SmallBitVector known(op.getNumLoops());
  for (OpOperand &other : op->getOpOperands())
    if (&other != operand)
      for (AffineExpr expr : op.getMatchingIndexingMap(&other).getResults())
        if (auto dim = dyn_cast<AffineDimExpr>(expr))
          known.set(dim.getPosition());
  return known.all();
}

namespace {
struct InlinePadsPass : tenon::impl::InlinePadsPassBase<InlinePadsPass> {
  void runOnOperation() override {
    if (!getOperation()->hasAttr(tenon::kKernelAttr))
      return;
    SmallVector<tensor::PadOp> pads;
    getOperation().walk([&](tensor::PadOp pad) { pads.push_back(pad); });
    for (tensor::PadOp pad : pads) {
      Value value = pad.getConstantPaddingValue();
      if (!value || !isArgument(pad.getSource()))
        continue;
      for (OpOperand &use : llvm::make_early_inc_range(pad->getUses())) {
        auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
        if (generic && generic.isDpsInput(&use) &&
            isSizedByOthers(generic, &use))
          inlinePad(generic, &use, pad);
      }
      if (pad->use_empty())
        pad.erase();
    }
  }
};
} // namespace
