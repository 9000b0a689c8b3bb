//===- SymbolicSize.cpp - sizes as expressions of dim symbols -------------===//

#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace tenon {
namespace {

/// Reads sizes: they are constants, symbols, and affine.apply of them.
class SymbolicExprBuilder {
public:
  explicit SymbolicExprBuilder(func::FuncOp kernel)
      : kernel(kernel), symbols(getDimSymbols(kernel)) {}

  /// Null for what depends on more.
  AffineExpr get(OpFoldResult value) {
    if (std::optional<int64_t> constant = getConstantIntValue(value))
      return getAffineConstantExpr(*constant, kernel.getContext());
    auto v = cast<Value>(value);
    if (auto *symbol = llvm::find(symbols, v); symbol != symbols.end())
      return getAffineSymbolExpr(symbol - symbols.begin(), kernel.getContext());
    Operation *op = v.getDefiningOp();
    if (auto dim = dyn_cast_or_null<ShapedDimOpInterface>(op)) {
      std::optional<int64_t> index = getConstantIntValue(dim.getDimension());
      return index ? getSizes(dim.getShapedValue())[*index] : AffineExpr();
    }
    auto apply = dyn_cast_or_null<affine::AffineApplyOp>(op);
    return apply ? getApply(apply) : AffineExpr();
  }

  SmallVector<AffineExpr> get(ArrayRef<OpFoldResult> values) {
    return llvm::map_to_vector(values,
                               [&](OpFoldResult value) { return get(value); });
  }

  /// The sizes of a tensor or memref, each null where it is unknown: constants
  /// of the type, and else what the operation says that made it.
  SmallVector<AffineExpr> getSizes(Value shaped) {
    auto type = cast<ShapedType>(shaped.getType());
    SmallVector<AffineExpr> sizes(type.getRank());
    if (!type.hasStaticShape())
      if (SmallVector<AffineExpr> given = getGivenSizes(shaped); !given.empty())
        sizes = given;
    for (auto [size, constant] : llvm::zip_equal(sizes, type.getShape()))
      if (!ShapedType::isDynamic(constant))
        size = getAffineConstantExpr(constant, kernel.getContext());
    return sizes;
  }

private:
  AffineExpr getApply(affine::AffineApplyOp apply) {
    SmallVector<AffineExpr> operands =
        get(getAsOpFoldResult(apply.getMapOperands()));
    if (llvm::is_contained(operands, AffineExpr()))
      return {};
    AffineMap map = apply.getAffineMap();
    return map.getResult(0).replaceDimsAndSymbols(
        ArrayRef(operands).take_front(map.getNumDims()),
        ArrayRef(operands).drop_front(map.getNumDims()));
  }

  SmallVector<AffineExpr> getGivenSizes(Value shaped) {
    if (auto argument = dyn_cast<BlockArgument>(shaped)) {
      if (argument.getOwner() != &kernel.getBody().front())
        return {};
      FailureOr<AffineMap> dims =
          getArgumentDims(kernel, argument.getArgNumber());
      return succeeded(dims) ? llvm::to_vector(dims->getResults())
                             : SmallVector<AffineExpr>();
    }
    using Exprs = SmallVector<AffineExpr>;
    auto result = cast<OpResult>(shaped);
    return llvm::TypeSwitch<Operation *, Exprs>(result.getOwner())
        .Case<tensor::EmptyOp, memref::AllocOp, memref::ReinterpretCastOp>(
            [&](auto op) { return get(op.getMixedSizes()); })
        .Case([&](tensor::ExpandShapeOp op) {
          return get(op.getMixedOutputShape());
        })
        .Case<tensor::CollapseShapeOp, memref::CollapseShapeOp>(
            [&](auto op) { return getCollapsedSizes(op); })
        .Case([&](tensor::CastOp op) { return getSizes(op.getSource()); })
        .Case([&](tensor::PadOp op) { return getPaddedSizes(op); })
        .Case([&](tensor::ExtractSliceOp op) { return getSliceSizes(op); })
        .Case([&](scf::ForallOp op) {
          return getSizes(op.getTiedOpOperand(result)->get());
        })
        .Case([&](DestinationStyleOpInterface op) {
          return getSizes(op.getTiedOpOperand(result)->get());
        })
        .Default([](Operation *) { return Exprs(); });
  }

  template <typename CollapseShapeOp>
  SmallVector<AffineExpr> getCollapsedSizes(CollapseShapeOp collapse) {
    SmallVector<AffineExpr> inner = getSizes(collapse.getSrc()), sizes;
    for (const ReassociationIndices &group :
         collapse.getReassociationIndices()) {
      AffineExpr product = getAffineConstantExpr(1, kernel.getContext());
      for (int64_t dim : group)
        product = product && inner[dim] ? product * inner[dim] : AffineExpr();
      sizes.push_back(product);
    }
    return sizes;
  }

  SmallVector<AffineExpr> getPaddedSizes(tensor::PadOp pad) {
    SmallVector<AffineExpr> sizes = getSizes(pad.getSource());
    for (auto [size, low, high] : llvm::zip_equal(
             sizes, get(pad.getMixedLowPad()), get(pad.getMixedHighPad())))
      size = size && low && high ? size + low + high : AffineExpr();
    return sizes;
  }

  SmallVector<AffineExpr> getSliceSizes(tensor::ExtractSliceOp slice) {
    SmallVector<AffineExpr> sizes;
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    for (auto [dim, size] : llvm::enumerate(slice.getMixedSizes()))
      if (!dropped.test(dim))
        sizes.push_back(get(size));
    return sizes;
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
    exprs.push_back(dim ? AffineExpr() : builder.get(OpFoldResult(operand)));
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

std::optional<SmallVector<AffineExpr>> getTensorSizes(Value shaped,
                                                      func::FuncOp kernel) {
  SmallVector<AffineExpr> sizes = SymbolicExprBuilder(kernel).getSizes(shaped);
  return llvm::is_contained(sizes, AffineExpr()) ? std::nullopt
                                                 : std::optional(sizes);
}

AffineExpr getSymbolicUpperBound(OpFoldResult value, func::FuncOp kernel) {
  if (AffineExpr exact = getSymbolicExpr(value, kernel))
    return exact;
  return computeUpperBound(cast<Value>(value), kernel);
}

AffineExpr simplifySize(AffineExpr expr) {
  unsigned numSymbols = 0;
  expr.walk([&](AffineExpr part) {
    if (auto symbol = dyn_cast<AffineSymbolExpr>(part))
      numSymbols = std::max(numSymbols, symbol.getPosition() + 1);
  });
  return simplifyAffineExpr(expr, /*numDims=*/0, numSymbols);
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
