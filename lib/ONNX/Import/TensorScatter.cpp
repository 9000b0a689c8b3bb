//===- TensorScatter.cpp - caches of keys and values ----------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"

using namespace mlir;
using namespace tenon;

/// A cache of keys or values with updates at `write_indices`, one a batch. In
/// mode circular they go on at the begin.
LogicalResult tenon::importTensorScatter(OnnxNode &node) {
  RankedTensorType cache = node.getOperandType(0),
                   update = node.getOperandType(1);
  int64_t rank = cache.getRank();
  FailureOr<int64_t> axis = node.normalizeAxis(node.getInt("axis", -2), rank);
  StringRef mode = node.getText("mode", "linear");
  if (failed(axis))
    return failure();
  if (mode != "linear" && mode != "circular")
    return node.emitError() << "expected attribute \"mode\" to be linear or "
                               "circular, got \""
                            << mode << "\"";
  if (*axis == 0 || update.getRank() != rank)
    return node.emitError()
           << "expected an axis behind the batch's, and an "
              "update of the cache's rank "
           << rank << ", got axis " << *axis << " and " << update;
  NodeComposer c(node);
  Value positions = c.alongAxis(c.countUp(getDim(update, *axis)), *axis, rank);
  if (Value begins = node.getOperand(2)) {
    RankedTensorType type = getTensorTypeOf(begins);
    if (type.getRank() != 1 || getDim(type, 0) != getDim(update, 0))
      return node.emitError() << "expected a write index for each batch of "
                              << update << ", got " << type;
    positions =
        c.add(positions, c.alongAxis(c.cast(begins, c.getI64Type()), 0, rank));
  }
  if (mode == "circular")
    positions = c.create<RemainderOp>(
        positions, c.sizeOf(getDim(cache, *axis), c.getI64Type()));
  positions =
      c.broadcastTo(positions, getTensorType(getDims(update), c.getI64Type()));
  return node.setResult(node.create<ScatterElementsOp>(
      node.getOperand(0), positions, node.getOperand(1),
      c.getI64IntegerAttr(*axis),
      CombinerAttr::get(node.getContext(), Combiner::replace)));
}
