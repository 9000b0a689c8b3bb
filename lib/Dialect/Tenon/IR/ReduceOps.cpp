//===- ReduceOps.cpp - ops along dimensions -------------------------------===//

#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ReduceOps.cpp.inc"

static LogicalResult checkAxis(std::optional<Location> loc, int64_t axis,
                               RankedTensorType type) {
  if (axis >= 0 && axis < type.getRank())
    return success();
  return emitOptionalError(loc, "expected an axis from 0 to ",
                           type.getRank() - 1, ", got ", axis);
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  for (int64_t axis : axes)
    if (failed(checkAxis(loc, axis, type)))
      return failure();
  for (size_t i = 1; i < axes.size(); ++i)
    if (axes[i - 1] >= axes[i])
      return emitOptionalError(loc, "expected ascending axes, got ",
                               axes[i - 1], " before ", axes[i]);
  types.push_back(getTensorType(reduceDims(type, axes, adaptor.getKeepDims()),
                                type.getElementType()));
  return success();
}

OpFoldResult ReduceOp::fold(FoldAdaptor) {
  return getAxes().empty() ? getOperand() : Value();
}

/// The number that two become; null for a kind that makes no whole numbers.
static AffineExpr combine(ReduceKind kind, AffineExpr a, AffineExpr b) {
  switch (kind) {
  case ReduceKind::sum:
    return a + b;
  case ReduceKind::product:
    return a * b;
  case ReduceKind::maximum:
    return getMaxDim(a, b);
  case ReduceKind::minimum:
    return getMinDim(a, b);
  case ReduceKind::mean:
    return {};
  }
  llvm_unreachable("all kinds are handled");
}

std::optional<SmallVector<AffineExpr>> ReduceOp::getSymbolicElements(
    ArrayRef<std::optional<SmallVector<AffineExpr>>> operands) {
  auto type = cast<RankedTensorType>(getOperand().getType());
  // of a vector alone: what shape arithmetic asks for
  if (type.getRank() != 1 || getAxes() != ArrayRef<int64_t>{0} ||
      !operands[0] || operands[0]->empty())
    return std::nullopt;
  AffineExpr result = operands[0]->front();
  for (AffineExpr element : ArrayRef(*operands[0]).drop_front())
    result =
        result && element ? combine(getKind(), result, element) : AffineExpr();
  if (!result)
    return std::nullopt;
  return SmallVector<AffineExpr>{simplifyDim(result)};
}

LogicalResult tenon::inferArgReduce(std::optional<Location> loc, Value operand,
                                    int64_t axis, bool keepDims,
                                    SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(operand.getType());
  if (failed(checkAxis(loc, axis, type)))
    return failure();
  if (type.getDimSize(axis) == 0)
    return emitOptionalError(loc, "expected elements along dimension ", axis,
                             ", got none");
  types.push_back(getTensorType(reduceDims(type, axis, keepDims),
                                IntegerType::get(type.getContext(), 64)));
  return success();
}

LogicalResult CumSumOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  types.push_back(type);
  return checkAxis(loc, adaptor.getAxis(), type);
}

AffineExpr ReduceOp::getFlops() { return getNumElements(getOperand()); }

AffineExpr CumSumOp::getFlops() { return getNumElements(getOperand()); }
