//===- Normalization.cpp - norms ------------------------------------------===//

#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::exportBatchNorm(ExportContext &context, Operation *op) {
  ExportContext::setFloat(context.addNode("BatchNormalization", op), "epsilon",
                          cast<BatchNormOp>(op).getEpsilon().convertToFloat());
  return success();
}

LogicalResult tenon::exportLayerNorm(ExportContext &context, Operation *op) {
  auto norm = cast<LayerNormOp>(op);
  onnx::NodeProto &node = context.addNode("LayerNormalization", op);
  ExportContext::setInt(node, "axis", norm.getAxis());
  ExportContext::setFloat(node, "epsilon", norm.getEpsilon().convertToFloat());
  return success();
}
