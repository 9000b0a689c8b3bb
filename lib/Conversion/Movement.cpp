//===- Movement.cpp - lowering of ops that put elements elsewhere ---------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

using Lowered = FailureOr<SmallVector<Value>>;

/// Copies `input`, read through `map`, to a tensor of `type`.
static Value copyThrough(OpBuilder &builder, Location loc, Value input,
                         AffineMap map, RankedTensorType type,
                         const KernelDims &dims) {
  Value init = dims.createEmpty(builder, loc, type);
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  SmallVector<AffineMap> maps = {
      map, builder.getMultiDimIdentityMap(type.getRank())};
  return linalg::GenericOp::create(
             builder, loc, init.getType(), input, init, maps, iterators,
             [](OpBuilder &b, Location loc, ValueRange args) {
               linalg::YieldOp::create(b, loc, args[0]);
             })
      .getResult(0);
}

namespace {
struct CopyLowering
    : LinalgLoweringOpInterface::ExternalModel<CopyLowering, CopyOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto copy = cast<CopyOp>(op);
    AffineMap map = builder.getMultiDimIdentityMap(copy.getType().getRank());
    return SmallVector<Value>{copyThrough(builder, op->getLoc(), operands[0],
                                          map, copy.getType(), dims)};
  }
};

struct TransposeLowering
    : LinalgLoweringOpInterface::ExternalModel<TransposeLowering, TransposeOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto transpose = cast<TransposeOp>(op);
    AffineMap map = inversePermutation(AffineMap::getPermutationMap(
        transpose.getPermutation(), op->getContext()));
    return SmallVector<Value>{copyThrough(builder, op->getLoc(), operands[0],
                                          map, transpose.getType(), dims)};
  }
};

struct BroadcastLowering
    : LinalgLoweringOpInterface::ExternalModel<BroadcastLowering, BroadcastOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto broadcast = cast<BroadcastOp>(op);
    RankedTensorType from = broadcast.getOperand().getType();
    int64_t rank = broadcast.getType().getRank(), added = rank - from.getRank();
    SmallVector<AffineExpr> read;
    for (int64_t i = 0; i < from.getRank(); ++i)
      read.push_back(from.getDimSize(i) == 1
                         ? builder.getAffineConstantExpr(0)
                         : builder.getAffineDimExpr(added + i));
    AffineMap map = AffineMap::get(rank, 0, read, op->getContext());
    return SmallVector<Value>{copyThrough(builder, op->getLoc(), operands[0],
                                          map, broadcast.getType(), dims)};
  }
};

struct SliceLowering
    : LinalgLoweringOpInterface::ExternalModel<SliceLowering, SliceOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto slice = cast<SliceOp>(op);
    bool isForward =
        llvm::all_of(slice.getSteps(), [](int64_t step) { return step > 0; });
    return SmallVector<Value>{isForward
                                  ? extract(slice, builder, operands[0], dims)
                                  : reverse(slice, builder, operands[0], dims)};
  }

private:
  static Value extract(SliceOp slice, OpBuilder &builder, Value operand,
                       const KernelDims &dims) {
    Location loc = slice.getLoc();
    SmallVector<OpFoldResult> offsets = llvm::map_to_vector(
        slice.getStarts().getExprs(),
        [&](AffineExpr start) { return dims.get(builder, loc, start); });
    return tensor::ExtractSliceOp::create(
        builder, loc, getKernelType(slice.getType()), operand, offsets,
        dims.getSizes(builder, loc, slice.getType()),
        getAsIndexOpFoldResult(builder.getContext(), slice.getSteps()));
  }

  /// A subset op takes no negative strides.
  static Value reverse(SliceOp slice, OpBuilder &builder, Value operand,
                       const KernelDims &dims) {
    Value init = dims.createEmpty(builder, slice.getLoc(), slice.getType());
    ImplicitLocOpBuilder outer(slice.getLoc(), builder);
    SmallVector<Value> starts = llvm::map_to_vector(
        slice.getStarts().getExprs(),
        [&](AffineExpr start) { return getSize(outer, dims, start); });
    return generateElements(
        builder, slice.getLoc(), init,
        [&](ImplicitLocOpBuilder &b, ValueRange index) -> Value {
          SmallVector<Value> source;
          for (auto [i, start, step] :
               llvm::zip_equal(index, starts, slice.getSteps())) {
            Value distance = arith::MulIOp::create(
                b, i, arith::ConstantIndexOp::create(b, step));
            source.push_back(arith::AddIOp::create(b, start, distance));
          }
          return tensor::ExtractOp::create(b, operand, source);
        });
  }
};

struct DynamicSliceLowering
    : LinalgLoweringOpInterface::ExternalModel<DynamicSliceLowering,
                                               DynamicSliceOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto slice = cast<DynamicSliceOp>(op);
    ImplicitLocOpBuilder b(op->getLoc(), builder);
    RankedTensorType from = slice.getOperand().getType();
    SmallVector<OpFoldResult> offsets;
    for (int64_t i = 0; i < from.getRank(); ++i) {
      Value start = tensor::ExtractOp::create(
          b, operands[1], ValueRange(arith::ConstantIndexOp::create(b, i)));
      AffineExpr room = getDim(from, i) - getDim(slice.getType(), i);
      offsets.push_back(clamp(b, start, getSize(b, dims, simplifyDim(room))));
    }
    return SmallVector<Value>{tensor::ExtractSliceOp::create(
        b, getKernelType(slice.getType()), operands[0], offsets,
        dims.getSizes(b, b.getLoc(), slice.getType()),
        SmallVector<OpFoldResult>(from.getRank(), b.getIndexAttr(1)))};
  }

private:
  static Value clamp(ImplicitLocOpBuilder &b, Value start, Value last) {
    start = arith::IndexCastOp::create(b, b.getIndexType(), start);
    start = arith::MinSIOp::create(b, start, last);
    return arith::MaxSIOp::create(b, start,
                                  arith::ConstantIndexOp::create(b, 0));
  }
};

struct ConcatLowering
    : LinalgLoweringOpInterface::ExternalModel<ConcatLowering, ConcatOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto concat = cast<ConcatOp>(op);
    Location loc = op->getLoc();
    RankedTensorType type = concat.getType();
    Value result = dims.createEmpty(builder, loc, type);
    AffineExpr offset = builder.getAffineConstantExpr(0);
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)),
        strides(type.getRank(), builder.getIndexAttr(1));
    for (auto [input, operand] :
         llvm::zip_equal(concat.getInputs(), operands)) {
      auto inputType = cast<RankedTensorType>(input.getType());
      offsets[concat.getAxis()] = dims.get(builder, loc, offset);
      result = tensor::InsertSliceOp::create(
          builder, loc, operand, result, offsets,
          dims.getSizes(builder, loc, inputType), strides);
      offset = simplifyDim(offset + getDim(inputType, concat.getAxis()));
    }
    return SmallVector<Value>{result};
  }
};
} // namespace

void tenon::attachMovementLowerings(MLIRContext *context) {
  CopyOp::attachInterface<CopyLowering>(*context);
  TransposeOp::attachInterface<TransposeLowering>(*context);
  BroadcastOp::attachInterface<BroadcastLowering>(*context);
  SliceOp::attachInterface<SliceLowering>(*context);
  DynamicSliceOp::attachInterface<DynamicSliceLowering>(*context);
  ConcatOp::attachInterface<ConcatLowering>(*context);
}
