//===- DimGuards.cpp - what a run's dimensions must satisfy ---------------===//

#include "tenon/Dialect/Tenon/IR/DimGuards.h"

using namespace mlir;
using namespace tenon;

void DimGuards::addBroadcast(RankedTensorType type, RankedTensorType result) {
  int64_t added = result.getRank() - type.getRank();
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.getDimSize(i) != 1)
      addEqual(getDim(type, i), getDim(result, added + i));
}
