//===- LinearIndex.cpp - an index as a sum over loops ---------------------===//

#include "tenon/Codegen/Kernel/Contraction/LinearIndex.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"

using namespace mlir;
using namespace tenon;

std::optional<LinearIndex> tenon::getLinearIndex(AffineExpr expr,
                                                 unsigned numLoops) {
  // coefficients, those of quotients that it would need, and the constant
  SmallVector<int64_t> flat;
  if (!expr.isPureAffine() ||
      failed(getFlattenedAffineExpr(expr, numLoops, /*numSymbols=*/0, &flat)) ||
      flat.size() != numLoops + 1)
    return std::nullopt;
  int64_t offset = flat.pop_back_val();
  return LinearIndex{offset, std::move(flat)};
}
