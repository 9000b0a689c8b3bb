//===- Normalization.cpp - composites that one kernel computes ------------===//

#include "Categories.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"

using namespace mlir;
using namespace tenon;

template <typename... Ops> static void attachWhole(MLIRContext *context) {
  (Ops::template attachInterface<LoweringThroughDecomposition<Ops>>(*context),
   ...);
}

/// Those that work row by row. The others decompose in the graph, where their
/// parts meet neighbours to fuse with.
void tenon::attachNormalizationLowerings(MLIRContext *context) {
  attachWhole<SoftmaxOp, LogSoftmaxOp, LayerNormOp, RmsNormOp>(context);
}
