//===- Control.cpp - branches and loops -----------------------------------===//

#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"

using namespace mlir;
using namespace tenon;

LogicalResult tenon::exportIf(ExportContext &context, Operation *op) {
  auto branch = cast<IfOp>(op);
  onnx::NodeProto &node =
      context.addNode("If", op, {context.getName(branch.getCondition())});
  return success(succeeded(context.addGraph(node, "then_branch",
                                            branch.getThenRegion(), {})) &&
                 succeeded(context.addGraph(node, "else_branch",
                                            branch.getElseRegion(), {})));
}

LogicalResult tenon::exportLoop(ExportContext &context, Operation *op) {
  auto loop = cast<LoopOp>(op);
  SmallVector<std::string> inputs = {context.getName(loop.getTripCount()),
                                     context.getName(loop.getCondition())};
  for (Value init : loop.getInits())
    inputs.push_back(context.getName(init));
  onnx::NodeProto &node = context.addNode("Loop", op, inputs);
  // ONNX's body is told the condition as well
  auto condition =
      RankedTensorType::get({}, IntegerType::get(op->getContext(), 1));
  return context.addGraph(node, "body", loop.getBody(), {{1, condition}});
}

/// ONNX's Scan needs an input: where there is none, zeros are walked along.
LogicalResult tenon::exportScan(ExportContext &context, Operation *op) {
  auto scan = cast<ScanOp>(op);
  SmallVector<std::string> operands;
  for (Value operand : op->getOperands())
    operands.push_back(context.getName(operand));
  SmallVector<GraphInput> extraInputs;
  SmallVector<int64_t> inputDirections, outputDirections;
  for (unsigned i = 0; i < scan.getInputs().size(); ++i)
    inputDirections.push_back(scan.isInputReversed(i));
  for (unsigned i = 0; i < scan.getNumStacked(); ++i)
    outputDirections.push_back(scan.isStackedReversed(i));
  if (scan.getInputs().empty()) {
    operands.push_back(context.addValue(
        "ConstantOfShape", {context.addShape(scan.getLength().getExprs())}));
    inputDirections.push_back(0);
    extraInputs.push_back(
        {unsigned(scan.getInits().size()),
         RankedTensorType::get({}, Float32Type::get(op->getContext()))});
  }
  onnx::NodeProto &node = context.addNode("Scan", op, operands);
  ExportContext::setInt(node, "num_scan_inputs", inputDirections.size());
  ExportContext::setInts(node, "scan_input_directions", inputDirections);
  ExportContext::setInts(node, "scan_output_directions", outputDirections);
  return context.addGraph(node, "body", scan.getBody(), extraInputs);
}
