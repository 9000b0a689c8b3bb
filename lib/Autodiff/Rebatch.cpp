//===- Rebatch.cpp - a model for any number of samples --------------------===//
//
// Exported models often fix the batch at 1, in their inputs and in the shapes
// that their reshapes name. Training wants another.
//
//===----------------------------------------------------------------------===//

#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "tenon/Autodiff/TrainingProgram.h"

using namespace mlir;
using namespace tenon;

static AffineExpr getBatch(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() ? getDim(tensor, 0) : AffineExpr();
}

static RankedTensorType withBatch(RankedTensorType type, AffineExpr batch) {
  SmallVector<AffineExpr> dims = getDims(type);
  dims[0] = batch;
  return getTensorType(dims, type.getElementType());
}

namespace {
/// Walks the ops of a function in order and gives their results the types that
/// follow from an operand with another batch.
class Rebatcher {
public:
  Rebatcher(func::FuncOp function, AffineExpr from, AffineExpr to)
      : function(function), from(from), to(to) {}

  LogicalResult run();

private:
  LogicalResult update(Operation *op);
  LogicalResult inferAgain(Operation *op);
  bool hasNewBatch(Value value) { return getBatch(value.getType()) == to; }

  func::FuncOp function;
  AffineExpr from, to;
};
} // namespace

LogicalResult Rebatcher::inferAgain(Operation *op) {
  auto inference = cast<InferTypeOpInterface>(op);
  SmallVector<Type> types;
  if (failed(inference.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getAttrDictionary(), op->getPropertiesStorage(), op->getRegions(),
          types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    result.setType(type);
  return success();
}

/// Ops that carry their result's type: where the operand got the new batch and
/// the result begins with the old one, it gets the new one too.
LogicalResult Rebatcher::update(Operation *op) {
  if (isa<InferTypeOpInterface>(op))
    return inferAgain(op);
  bool isTouched =
      llvm::any_of(op->getOperands(), [&](Value v) { return hasNewBatch(v); });
  if (!isTouched)
    return success();
  if (op->getNumRegions())
    return op->emitOpError("fixes the batch in a branch or a loop");
  for (Value result : op->getResults())
    if (getBatch(result.getType()) == from)
      result.setType(withBatch(cast<RankedTensorType>(result.getType()), to));
  auto reshape = dyn_cast<ReshapeOp>(op);
  if (!reshape)
    return success();
  AffineExpr before = getProduct(getDims(reshape.getOperand().getType()),
                                 op->getContext()),
             after = getProduct(getDims(reshape.getType()), op->getContext());
  if (before && after && before != after)
    return op->emitError(
               "expected a shape that begins with the batch, to train "
               "with another one than ")
           << printDim(from) << ", got " << reshape.getType();
  return success();
}

LogicalResult Rebatcher::run() {
  for (BlockArgument argument : function.getArguments())
    if (getBatch(argument.getType()) == from)
      argument.setType(
          withBatch(cast<RankedTensorType>(argument.getType()), to));
  WalkResult walked =
      function.getBody().walk<WalkOrder::PreOrder>([&](Operation *op) {
        if (op->hasTrait<OpTrait::IsTerminator>())
          return WalkResult::advance();
        return WalkResult(update(op));
      });
  if (walked.wasInterrupted())
    return failure();
  function.setType(FunctionType::get(
      function.getContext(), function.front().getArgumentTypes(),
      function.front().getTerminator()->getOperandTypes()));
  return success();
}

AffineExpr tenon::makeBatchSymbolic(func::FuncOp function) {
  AffineExpr batch;
  for (Type type : function.getArgumentTypes()) {
    AffineExpr dim = getBatch(type);
    if (!dim || (batch && dim != batch)) {
      function.emitError("expected inputs whose first dimension is the batch, "
                         "to train the model, got ")
          << type;
      return {};
    }
    batch = dim;
  }
  if (!batch) {
    function.emitError("expected a model with inputs to train");
    return {};
  }
  if (isa<AffineSymbolExpr>(batch))
    return batch;
  if (!getConstantDim(batch)) {
    function.emitError("expected a batch that is a constant or a symbol, got ")
        << printDim(batch);
    return {};
  }
  AffineExpr symbol = getFreshDimSymbol(function.getContext(), "batch");
  return succeeded(Rebatcher(function, batch, symbol).run()) ? symbol
                                                             : AffineExpr();
}
