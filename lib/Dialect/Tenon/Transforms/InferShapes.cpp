//===- InferShapes.cpp - infer the type of every value --------------------===//

#include "CheckSizes.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_INFERSHAPESPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// `type` with a fresh symbol for each dimension of unknown size.
static Type nameUnknownDims(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return type;
  SmallVector<AffineExpr> dims = getDims(tensor);
  for (AffineExpr &dim : dims)
    if (!dim)
      dim = getFreshDimSymbol(type.getContext(), "d");
  return getTensorType(dims, tensor.getElementType());
}

static LogicalResult inferResults(Operation *op) {
  auto inferred = dyn_cast<InferTypeOpInterface>(op);
  if (!inferred)
    return success();
  SmallVector<Type> types;
  if (failed(inferred.inferReturnTypes(
          op->getContext(), op->getLoc(), op->getOperands(),
          op->getRawDictionaryAttrs(), op->getPropertiesStorage(),
          op->getRegions(), types)))
    return failure();
  for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
    result.setType(type);
  return success();
}

namespace {
struct InferShapes : tenon::impl::InferShapesPassBase<InferShapes> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    for (BlockArgument argument : function.getArguments())
      argument.setType(nameUnknownDims(argument.getType()));
    WalkResult walked = function.walk<WalkOrder::PreOrder>([](Operation *op) {
      return failed(inferResults(op)) || failed(checkSizes(op))
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return signalPassFailure();
    auto resultTypes =
        function.getBody().front().getTerminator()->getOperandTypes();
    function.setType(FunctionType::get(
        &getContext(), function.getBody().getArgumentTypes(), resultTypes));
  }
};
} // namespace
