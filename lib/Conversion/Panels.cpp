//===- Panels.cpp - packed weights ----------------------------------------===//

#include "Categories.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/IR/Winograd.h"

using namespace mlir;
using namespace tenon;

/// A linalg.generic that yields, for each element of `empty`, what `emit` makes
/// of its indices.
static Value buildByIndex(OpBuilder &builder, Location loc, Value empty,
                          function_ref<Value(OpBuilder &, ValueRange)> emit) {
  unsigned rank = cast<RankedTensorType>(empty.getType()).getRank();
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location, ValueRange) {
    SmallVector<Value> indices;
    for (unsigned i = 0; i < rank; ++i)
      indices.push_back(linalg::IndexOp::create(b, loc, i));
    linalg::YieldOp::create(b, loc, emit(b, indices));
  };
  return linalg::GenericOp::create(
             builder, loc, empty.getType(), ValueRange{}, ValueRange{empty},
             builder.getMultiDimIdentityMap(rank), iterators, body)
      .getResult(0);
}

namespace {
struct PackPanelsLowering
    : LinalgLoweringOpInterface::ExternalModel<PackPanelsLowering,
                                               PackPanelsOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto pack = cast<PackPanelsOp>(op);
    Location loc = op->getLoc();
    auto source = cast<RankedTensorType>(operands[0].getType());
    int64_t columns = source.getShape().back(), width = pack.getWidth();
    Type element = source.getElementType();
    Value empty =
        dims.createEmpty(builder, loc, cast<RankedTensorType>(pack.getType()));
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getZeroAttr(element));
    Value last = arith::ConstantIndexOp::create(builder, loc, columns - 1);
    Value widthValue = arith::ConstantIndexOp::create(builder, loc, width);
    Value packed = buildByIndex(
        builder, loc, empty, [&](OpBuilder &b, ValueRange indices) -> Value {
          Value begin =
              arith::MulIOp::create(b, loc, indices.front(), widthValue);
          Value column = arith::AddIOp::create(b, loc, begin, indices.back());
          SmallVector<Value> position(indices.drop_front().drop_back());
          // columns beyond the last are read there, and replaced by zeros
          position.push_back(arith::MinUIOp::create(b, loc, column, last));
          Value value =
              tensor::ExtractOp::create(b, loc, operands[0], position);
          if (columns % width == 0)
            return value;
          Value isInside = arith::CmpIOp::create(
              b, loc, arith::CmpIPredicate::ule, column, last);
          return arith::SelectOp::create(b, loc, isInside, value, zero);
        });
    return SmallVector<Value>{packed};
  }
};

struct UnpackPanelsLowering
    : LinalgLoweringOpInterface::ExternalModel<UnpackPanelsLowering,
                                               UnpackPanelsOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto packed = cast<RankedTensorType>(operands[0].getType());
    int64_t rank = packed.getRank() - 1;
    Value empty = dims.createEmpty(
        builder, op->getLoc(),
        cast<RankedTensorType>(cast<UnpackPanelsOp>(op).getType()));
    SmallVector<int64_t> outer{rank - 1};
    llvm::append_range(outer, llvm::seq<int64_t>(0, rank - 1));
    SmallVector<OpFoldResult> tiles{
        builder.getIndexAttr(packed.getShape().back())};
    return SmallVector<Value>{
        linalg::UnPackOp::create(builder, op->getLoc(), operands[0], empty,
                                 ArrayRef<int64_t>{rank - 1}, tiles, outer)
            .getResult()};
  }
};

/// Each weight is a sum over the tile, with the coefficients of both dimensions
/// as operands. Code generation knows it by its attribute.
struct WinogradRestoreLowering
    : LinalgLoweringOpInterface::ExternalModel<WinogradRestoreLowering,
                                               WinogradRestoreOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    Location loc = op->getLoc();
    auto type = cast<WinogradRestoreOp>(op).getType();
    auto coefficientType = RankedTensorType::get(
        {kWinogradWindow, kWinogradTile}, type.getElementType());
    SmallVector<float> numbers;
    for (const auto &row : getWinogradTransform().restore)
      numbers.append(row.begin(), row.end());
    Value coefficients = arith::ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(coefficientType, ArrayRef<float>(numbers)));
    Value zero =
        arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(0));
    Value init = linalg::FillOp::create(builder, loc, zero,
                                        dims.createEmpty(builder, loc, type))
                     .getResult(0);
    // loops i, j, c, o, and a, b of the tile
    auto map = [&](ArrayRef<unsigned> loops) {
      return AffineMap::getMultiDimMapWithTargets(6, loops, op->getContext());
    };
    using utils::IteratorType;
    SmallVector<IteratorType> iterators(4, IteratorType::parallel);
    iterators.append(2, IteratorType::reduction);
    auto restored = linalg::GenericOp::create(
        builder, loc, init.getType(),
        ValueRange{coefficients, coefficients, operands[0]}, init,
        ArrayRef{map({0, 4}), map({1, 5}), map({4, 5, 2, 3}),
                 map({0, 1, 2, 3})},
        iterators, [](OpBuilder &b, Location loc, ValueRange args) {
          Value factor = arith::MulFOp::create(b, loc, args[0], args[1]);
          Value product = arith::MulFOp::create(b, loc, factor, args[2]);
          linalg::YieldOp::create(
              b, loc,
              arith::AddFOp::create(b, loc, args[3], product).getResult());
        });
    restored->setAttr(kWinogradAttr, builder.getUnitAttr());
    return SmallVector<Value>{restored.getResult(0)};
  }
};
} // namespace

void tenon::attachPanelLowerings(MLIRContext *context) {
  PackPanelsOp::attachInterface<PackPanelsLowering>(*context);
  UnpackPanelsOp::attachInterface<UnpackPanelsLowering>(*context);
  WinogradRestoreOp::attachInterface<WinogradRestoreLowering>(*context);
}
