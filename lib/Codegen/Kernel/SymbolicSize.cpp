//===- SymbolicSize.cpp - sizes as expressions of dim symbols -------------===//

#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "tenon/Codegen/Kernel/Kernel.h"

using namespace mlir;

namespace tenon {
namespace {

/// Follows the definitions of index values down to symbols and constants.
class SymbolicExprBuilder {
public:
  explicit SymbolicExprBuilder(func::FuncOp kernel)
      : kernel(kernel), symbols(getDimSymbols(kernel)) {}

  AffineExpr get(OpFoldResult value) {
    if (std::optional<int64_t> constant = getConstantIntValue(value))
      return getAffineConstantExpr(*constant, kernel.getContext());
    auto v = cast<Value>(value);
    if (auto *symbol = llvm::find(symbols, v); symbol != symbols.end())
      return getAffineSymbolExpr(symbol - symbols.begin(), kernel.getContext());
    Operation *op = v.getDefiningOp();
    if (!op)
      return {};
    if (auto apply = dyn_cast<affine::AffineApplyOp>(op))
      return getApply(apply);
    if (isa<tensor::DimOp, memref::DimOp>(op))
      return getDim(cast<ShapedDimOpInterface>(op));
    if (auto cast = dyn_cast<arith::IndexCastOp>(op))
      return get(cast.getIn());
    return getBinary(op);
  }

private:
  AffineExpr getApply(affine::AffineApplyOp apply) {
    SmallVector<AffineExpr> operands;
    for (Value operand : apply.getMapOperands()) {
      operands.push_back(get(operand));
      if (!operands.back())
        return {};
    }
    AffineMap map = apply.getAffineMap();
    return map.getResult(0).replaceDimsAndSymbols(
        ArrayRef(operands).take_front(map.getNumDims()),
        ArrayRef(operands).drop_front(map.getNumDims()));
  }

  AffineExpr getDim(ShapedDimOpInterface dim) {
    std::optional<int64_t> index = getConstantIntValue(dim.getDimension());
    return index ? getDim(dim.getShapedValue(), *index) : AffineExpr();
  }

public:
  /// Follows a tensor to where its sizes are given.
  AffineExpr getDim(Value shaped, int64_t index) {
    auto type = cast<ShapedType>(shaped.getType());
    if (!type.isDynamicDim(index))
      return getAffineConstantExpr(type.getDimSize(index), kernel.getContext());
    if (auto argument = dyn_cast<BlockArgument>(shaped)) {
      if (argument.getOwner() != &kernel.getBody().front())
        return {};
      FailureOr<AffineMap> dims =
          getArgumentDims(kernel, argument.getArgNumber());
      return succeeded(dims) ? dims->getResult(index) : AffineExpr();
    }
    Operation *op = shaped.getDefiningOp();
    auto result = cast<OpResult>(shaped);
    if (auto alloc = dyn_cast<memref::AllocOp>(op))
      return get(alloc.getMixedSizes()[index]);
    if (auto empty = dyn_cast<tensor::EmptyOp>(op))
      return get(empty.getMixedSizes()[index]);
    if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
      return get(expand.getMixedOutputShape()[index]);
    if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
      return getCollapsedDim(collapse, index);
    if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op))
      return getCollapsedDim(collapse, index);
    if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op))
      return get(cast.getMixedSizes()[index]);
    if (auto cast = dyn_cast<tensor::CastOp>(op))
      return getDim(cast.getSource(), index);
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      return getDim(insert.getDest(), index);
    if (auto forall = dyn_cast<scf::ForallOp>(op))
      return getDim(forall.getTiedOpOperand(result)->get(), index);
    if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      return getDim(destination.getTiedOpOperand(result)->get(), index);
    return {};
  }

private:
  template <typename CollapseShapeOp>
  AffineExpr getCollapsedDim(CollapseShapeOp collapse, int64_t index) {
    AffineExpr product = getAffineConstantExpr(1, kernel.getContext());
    SmallVector<ReassociationIndices> groups =
        collapse.getReassociationIndices();
    for (int64_t dim : groups[index]) {
      AffineExpr size = getDim(collapse.getSrc(), dim);
      if (!size)
        return {};
      product = product * size;
    }
    return product;
  }

  AffineExpr getBinary(Operation *op) {
    if (op->getNumOperands() != 2 ||
        !isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::DivSIOp,
             arith::DivUIOp, arith::CeilDivSIOp>(op))
      return {};
    AffineExpr lhs = get(op->getOperand(0));
    AffineExpr rhs = lhs ? get(op->getOperand(1)) : AffineExpr();
    if (!rhs)
      return {};
    if (isa<arith::AddIOp>(op))
      return lhs + rhs;
    if (isa<arith::SubIOp>(op))
      return lhs - rhs;
    if (isa<arith::MulIOp>(op))
      return lhs * rhs;
    return isa<arith::CeilDivSIOp>(op) ? lhs.ceilDiv(rhs) : lhs.floorDiv(rhs);
  }

  func::FuncOp kernel;
  SmallVector<Value> symbols;
};

/// A bound through loops and minima, from the affine constraints of the ops
/// that `value` depends on.
AffineExpr computeUpperBound(Value value, func::FuncOp kernel) {
  FailureOr<int64_t> constant = ValueBoundsConstraintSet::computeConstantBound(
      presburger::BoundType::UB, value, /*stopCondition=*/nullptr,
      /*closedUB=*/true);
  if (succeeded(constant))
    return getAffineConstantExpr(*constant, kernel.getContext());

  ValueDimList symbols;
  for (Value symbol : getDimSymbols(kernel))
    symbols.emplace_back(symbol, std::nullopt);
  AffineMap map;
  ValueDimList operands;
  if (failed(ValueBoundsConstraintSet::computeDependentBound(
          map, operands, presburger::BoundType::UB, value, symbols,
          /*closedUB=*/true)))
    return {};
  SymbolicExprBuilder builder(kernel);
  SmallVector<AffineExpr> exprs;
  for (auto [operand, dim] : operands) {
    exprs.push_back(dim ? AffineExpr() : builder.get(operand));
    if (!exprs.back())
      return {};
  }
  return map.getResult(0).replaceDimsAndSymbols(
      ArrayRef(exprs).take_front(map.getNumDims()),
      ArrayRef(exprs).drop_front(map.getNumDims()));
}

} // namespace

AffineExpr getSymbolicExpr(OpFoldResult value, func::FuncOp kernel) {
  return SymbolicExprBuilder(kernel).get(value);
}

AffineExpr getSymbolicDim(Value shaped, int64_t index, func::FuncOp kernel) {
  return SymbolicExprBuilder(kernel).getDim(shaped, index);
}

AffineExpr getSymbolicUpperBound(OpFoldResult value, func::FuncOp kernel) {
  if (AffineExpr exact = getSymbolicExpr(value, kernel))
    return exact;
  return computeUpperBound(cast<Value>(value), kernel);
}

Value materialize(OpBuilder &builder, Location loc, AffineExpr expr,
                  func::FuncOp kernel) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(builder, loc, constant.getValue());
  SmallVector<Value> symbols = getDimSymbols(kernel);
  auto map = AffineMap::get(0, symbols.size(), expr);
  return affine::AffineApplyOp::create(builder, loc, map, symbols);
}

AffineMapAttr getSymbolicMap(AffineExpr expr, func::FuncOp kernel) {
  unsigned numSymbols = getDimSymbols(kernel).size();
  return AffineMapAttr::get(
      AffineMap::get(0, numSymbols, simplifyAffineExpr(expr, 0, numSymbols)));
}

} // namespace tenon
