//===- IndexedElements.cpp - tensors computed from indices ----------------===//

#include "IndexedElements.h"

using namespace mlir;
using namespace tenon;

Value tenon::generateElements(OpBuilder &builder, Location loc, Value init,
                              IndexedBody body) {
  int64_t rank = cast<RankedTensorType>(init.getType()).getRank();
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), ValueRange(), init,
      builder.getMultiDimIdentityMap(rank), iterators,
      [&](OpBuilder &nested, Location loc, ValueRange) {
        ImplicitLocOpBuilder b(loc, nested);
        SmallVector<Value> indices;
        for (int64_t i = 0; i < rank; ++i)
          indices.push_back(linalg::IndexOp::create(b, i));
        linalg::YieldOp::create(b, body(b, indices));
      });
  return generic.getResult(0);
}

Value tenon::getPosition(ImplicitLocOpBuilder &builder, Value index,
                         Value size) {
  if (!index.getType().isIndex())
    index = arith::IndexCastOp::create(builder, builder.getIndexType(), index);
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value one = arith::ConstantIndexOp::create(builder, 1);
  Value isNegative =
      arith::CmpIOp::create(builder, arith::CmpIPredicate::slt, index, zero);
  Value fromEnd = arith::AddIOp::create(builder, index, size);
  Value position = arith::SelectOp::create(builder, isNegative, fromEnd, index);
  Value last = arith::SubIOp::create(builder, size, one);
  position = arith::MinSIOp::create(builder, position, last);
  return arith::MaxSIOp::create(builder, position, zero);
}

Value tenon::getSize(ImplicitLocOpBuilder &builder, const KernelDims &dims,
                     AffineExpr expr) {
  return getValueOrCreateConstantIndexOp(
      builder, builder.getLoc(), dims.get(builder, builder.getLoc(), expr));
}
