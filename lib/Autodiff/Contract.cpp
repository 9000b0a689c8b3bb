//===- Contract.cpp - derivatives of sums of products ---------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace tenon;

/// Which loops appear in `map`, one for each of its results.
static llvm::SmallBitVector getLoops(AffineMap map) {
  llvm::SmallBitVector loops(map.getNumDims());
  for (AffineExpr expr : map.getResults())
    loops.set(cast<AffineDimExpr>(expr).getPosition());
  return loops;
}

/// The cotangent of one operand is a contraction of the result's with the other
/// operand: the three maps change places. A loop that only this operand has was
/// summed over alone: its cotangent is the same along it.
static FailureOr<Value> transposeContract(ContractOp op, Composer &c,
                                          unsigned index, Value v) {
  Value operand = op->getOperand(index), other = op->getOperand(1 - index);
  RankedTensorType type = getTensorTypeOf(operand);
  AffineMap map = op.getMap(index), otherMap = op.getMap(1 - index),
            resultMap = op.getMap(2);
  llvm::SmallBitVector shared = getLoops(otherMap);
  shared |= getLoops(resultMap);
  SmallVector<AffineExpr> kept;
  SmallVector<AffineExpr> dims = getDims(type);
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (shared.test(cast<AffineDimExpr>(expr).getPosition()))
      kept.push_back(expr);
    else
      dims[i] = c.getAffineConstantExpr(1);
  }
  auto keptMap = AffineMap::get(map.getNumDims(), 0, kept, c.getContext());
  Type element = getTensorTypeOf(v).getElementType();
  bool isEqual = getTensorTypeOf(other).getElementType() == element;
  SmallVector<AffineMap> maps =
      compressUnusedDims({resultMap, otherMap, keptMap});
  Value product =
      ContractOp::create(c, v, other, c.getAffineMapArrayAttr(maps),
                         isEqual ? TypeAttr() : TypeAttr::get(element));
  product =
      c.broadcastTo(c.reshape(product, dims), withElementType(type, element));
  return c.cast(product, type.getElementType());
}

void tenon::attachContractDerivatives(MLIRContext *context) {
  ContractOp::attachInterface<
      BilinearDerivative<ContractOp, transposeContract>>(*context);
}
