//===- Shape.cpp - constants and ops that move elements -------------------===//

#include "../Import/Types.h"
#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::exportConstant(ExportContext &context, Operation *op) {
  auto constant = cast<ConstantOp>(op);
  return context.addInitializer(context.getName(constant.getResult()),
                                constant.getValue(), op->getLoc());
}

LogicalResult tenon::exportReshape(ExportContext &context, Operation *op) {
  auto reshape = cast<ReshapeOp>(op);
  SmallVector<AffineExpr> dims = getDims(reshape.getType());
  // one dynamic dimension is what the others leave
  SmallVector<int64_t> sizes;
  for (AffineExpr dim : dims)
    sizes.push_back(getConstantDim(dim).value_or(-1));
  bool isWritten = llvm::count(sizes, -1) <= 1 && !llvm::is_contained(sizes, 0);
  std::string shape =
      isWritten ? context.addInts(sizes) : context.addShape(dims);
  onnx::NodeProto &node = context.addNode(
      "Reshape", op, {context.getName(reshape.getOperand()), shape});
  // of sizes that a run computes any may be 0
  if (!isWritten)
    ExportContext::setInt(node, "allowzero", 1);
  return success();
}

LogicalResult tenon::exportBroadcast(ExportContext &context, Operation *op) {
  auto broadcast = cast<BroadcastOp>(op);
  context.addNode("Expand", op,
                  {context.getName(broadcast.getOperand()),
                   context.addShape(getDims(broadcast.getType()))});
  return success();
}

LogicalResult tenon::exportTranspose(ExportContext &context, Operation *op) {
  ExportContext::setInts(context.addNode("Transpose", op), "perm",
                         cast<TransposeOp>(op).getPermutation());
  return success();
}

LogicalResult tenon::exportSlice(ExportContext &context, Operation *op) {
  auto slice = cast<SliceOp>(op);
  SmallVector<AffineExpr> starts(slice.getStarts().getExprs()), ends;
  for (auto [start, step, dim] :
       llvm::zip_equal(starts, slice.getSteps(), getDims(slice.getType()))) {
    AffineExpr end = simplifyDim(start + dim * step);
    // walking back over element 0 ends at -1, which ONNX reads as the last
    std::optional<int64_t> constant = getConstantDim(end);
    if (step < 0 && constant && *constant < 0)
      end = getAffineConstantExpr(std::numeric_limits<int64_t>::min(),
                                  op->getContext());
    ends.push_back(end);
  }
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(0, starts.size()));
  context.addNode("Slice", op,
                  {context.getName(slice.getOperand()),
                   context.addShape(starts), context.addShape(ends),
                   context.addInts(axes), context.addInts(slice.getSteps())});
  return success();
}

LogicalResult tenon::exportPad(ExportContext &context, Operation *op) {
  auto pad = cast<PadOp>(op);
  SmallVector<AffineExpr> pads(pad.getLow().getExprs());
  llvm::append_range(pads, pad.getHigh().getExprs());
  onnx::NodeProto &node = context.addNode("Pad", op,
                                          {context.getName(pad.getOperand()),
                                           context.addShape(pads),
                                           context.getName(pad.getValue())});
  ExportContext::setText(node, "mode", stringifyPadMode(pad.getMode()));
  return success();
}

LogicalResult tenon::exportTrilu(ExportContext &context, Operation *op) {
  auto trilu = cast<TriluOp>(op);
  std::string diagonal = context.addScalar(
      IntegerType::get(op->getContext(), 64), int64_t(trilu.getDiagonal()));
  onnx::NodeProto &node = context.addNode(
      "Trilu", op, {context.getName(trilu.getOperand()), diagonal});
  ExportContext::setInt(node, "upper", trilu.getUpper());
  return success();
}

LogicalResult tenon::exportShape(ExportContext &context, Operation *op) {
  auto shape = cast<ShapeOp>(op);
  onnx::NodeProto &node = context.addNode("Shape", op);
  ExportContext::setInt(node, "start", shape.getStart());
  ExportContext::setInt(node, "end", shape.getEnd());
  return success();
}

LogicalResult tenon::exportSymbolicConstant(ExportContext &context,
                                            Operation *op) {
  auto constant = cast<SymbolicConstantOp>(op);
  std::string vector = context.addShape(constant.getElements().getExprs());
  auto type = cast<RankedTensorType>(constant.getType());
  std::string shaped =
      context.addValue("Reshape", {vector, context.addInts(type.getShape())});
  ExportContext::setInt(context.addNode("Cast", op, {shaped}), "to",
                        getDataType(type.getElementType()));
  return success();
}

/// The element, for whatever names the symbol.
LogicalResult tenon::exportBindDim(ExportContext &context, Operation *op) {
  auto bind = cast<BindDimOp>(op);
  std::string elements = context.addValue(
      "Reshape", {context.getName(bind.getOperand()), context.addInts({-1})});
  onnx::NodeProto *node;
  std::string size = context.addValue(
      "Cast",
      {context.addValue("Gather",
                        {elements, context.addInts({static_cast<int64_t>(
                                       bind.getPosition())})})},
      &node);
  ExportContext::setInt(*node, "to", onnx::TensorProto::INT64);
  context.bindDim(bind.getDim(), size);
  return success();
}
