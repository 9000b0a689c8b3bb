//===- LinalgLowering.cpp - lowers ops one after another ------------------===//

#include "tenon/Conversion/LinalgLowering.h"
#include "Categories.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

using namespace mlir;
using namespace tenon;

void tenon::registerLinalgLowerings(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attachConstantLowerings(context);
    attachContractLowerings(context);
    attachControlLowerings(context);
    attachConvLowerings(context);
    attachElementwiseLowerings(context);
    attachIndexLowerings(context);
    attachMovementLowerings(context);
    attachNormalizationLowerings(context);
    attachPadLowerings(context);
    attachPanelLowerings(context);
    attachReduceLowerings(context);
    attachResizeLowerings(context);
    attachScatterLowerings(context);
    attachSelectionLowerings(context);
    attachShapeLowerings(context);
    attachTopKLowerings(context);
    attachTriluLowerings(context);
    attachWindowLowerings(context);
  });
}

LogicalResult tenon::lowerOp(Operation *op, OpBuilder &builder,
                             IRMapping &mapping, const KernelDims &dims) {
  if (!isa_and_nonnull<TenonDialect>(op->getDialect())) {
    builder.clone(*op, mapping);
    return success();
  }
  // what regions use from outside comes behind the operands
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  SmallVector<Value> operands;
  for (Value operand : llvm::concat<const Value>(
           llvm::to_vector(op->getOperands()), captured.getArrayRef()))
    operands.push_back(mapping.lookupOrDefault(operand));
  FailureOr<SmallVector<Value>> results;
  if (auto lowering = dyn_cast<LinalgLoweringOpInterface>(op))
    results = lowering.lowerToLinalg(builder, operands, dims);
  else if (isa<DecomposableOpInterface>(op))
    results = lowerDecomposition(op, builder, operands, dims);
  else
    return op->emitOpError("has neither a lowering nor a decomposition");
  if (failed(results))
    return failure();
  mapping.map(op->getResults(), *results);
  return success();
}

LogicalResult tenon::lowerBlock(Block &block, OpBuilder &builder,
                                IRMapping &mapping, const KernelDims &dims) {
  // a decomposition puts its ops before the one that is being lowered
  for (Operation &op : block.without_terminator())
    if (failed(lowerOp(&op, builder, mapping, dims)))
      return failure();
  return success();
}

FailureOr<SmallVector<Value>>
tenon::lowerDecomposition(Operation *op, OpBuilder &builder,
                          ValueRange operands, const KernelDims &dims) {
  OpBuilder before(op);
  Operation *previous = op->getPrevNode();
  FailureOr<SmallVector<Value>> parts =
      cast<DecomposableOpInterface>(op).decompose(before);
  if (failed(parts))
    return failure();
  IRMapping mapping;
  mapping.map(op->getOperands(), operands);
  Operation *part =
      previous ? previous->getNextNode() : &op->getBlock()->front();
  for (; part != op; part = part->getNextNode())
    if (failed(lowerOp(part, builder, mapping, dims)))
      return failure();
  return llvm::map_to_vector(
      *parts, [&](Value value) { return mapping.lookupOrDefault(value); });
}
