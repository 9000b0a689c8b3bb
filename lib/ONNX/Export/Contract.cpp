//===- Contract.cpp - products and convolutions ---------------------------===//

#include "../Import/Types.h"
#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"

using namespace mlir;
using namespace tenon;

/// The operand in the element type in which the op computes.
static std::string getWidened(ExportContext &context, Value operand,
                              std::optional<Type> element) {
  std::string name = context.getName(operand);
  if (!element || getElementTypeOrSelf(operand.getType()) == *element)
    return name;
  onnx::NodeProto *node;
  std::string wide = context.addValue("Cast", {name}, &node);
  ExportContext::setInt(*node, "to", getDataType(*element));
  return wide;
}

/// Whether the maps are those of `[b..., m, k] x [b..., k, n] -> [b..., m, n]`.
static bool isMatmul(ContractOp op) {
  ArrayRef<AffineExpr> lhs = op.getMap(0).getResults(),
                       rhs = op.getMap(1).getResults(),
                       out = op.getMap(2).getResults();
  size_t rank = out.size();
  if (rank < 2 || lhs.size() != rank || rhs.size() != rank)
    return false;
  ArrayRef<AffineExpr> batch = out.drop_back(2);
  return lhs.drop_back(2) == batch && rhs.drop_back(2) == batch &&
         lhs[rank - 2] == out[rank - 2] && rhs[rank - 1] == out[rank - 1] &&
         lhs[rank - 1] == rhs[rank - 2] && !llvm::is_contained(out, lhs.back());
}

/// Einsum's letters for the dimensions that `map` names.
static std::string getLetters(AffineMap map) {
  std::string letters;
  for (AffineExpr dim : map.getResults())
    letters.push_back('a' + cast<AffineDimExpr>(dim).getPosition());
  return letters;
}

LogicalResult tenon::exportContract(ExportContext &context, Operation *op) {
  auto contract = cast<ContractOp>(op);
  std::optional<Type> element = contract.getResultElement();
  std::string lhs = getWidened(context, contract.getLhs(), element);
  std::string rhs = getWidened(context, contract.getRhs(), element);
  if (isMatmul(contract)) {
    context.addNode("MatMul", op, {lhs, rhs});
    return success();
  }
  if (contract.getMap(0).getNumDims() > 26)
    return op->emitOpError("has more dimensions than Einsum has letters");
  ExportContext::setText(context.addNode("Einsum", op, {lhs, rhs}), "equation",
                         getLetters(contract.getMap(0)) + "," +
                             getLetters(contract.getMap(1)) + "->" +
                             getLetters(contract.getMap(2)));
  return success();
}

LogicalResult tenon::exportConv(ExportContext &context, Operation *op) {
  auto conv = cast<ConvOp>(op);
  bool isDilated =
      llvm::any_of(conv.getInputDilations(), [](int64_t d) { return d != 1; });
  if (conv.getChannelsLast() || isDilated)
    return op->emitOpError(
        "has no ONNX operator with channels last or a dilated input");
  std::optional<Type> element = conv.getResultElement();
  onnx::NodeProto &node =
      context.addNode("Conv", op,
                      {getWidened(context, conv.getInput(), element),
                       getWidened(context, conv.getWeights(), element)});
  ExportContext::setInts(node, "strides", conv.getStrides());
  ExportContext::setInts(node, "pads", conv.getPads());
  ExportContext::setInts(node, "dilations", conv.getDilations());
  ExportContext::setInt(node, "group", conv.getGroups());
  return success();
}

LogicalResult tenon::exportConvTranspose(ExportContext &context,
                                         Operation *op) {
  auto conv = cast<ConvTransposeOp>(op);
  onnx::NodeProto &node = context.addNode("ConvTranspose", op);
  ExportContext::setInts(node, "strides", conv.getStrides());
  ExportContext::setInts(node, "pads", conv.getPads());
  ExportContext::setInts(node, "dilations", conv.getDilations());
  ExportContext::setInts(node, "output_padding", conv.getOutputPads());
  ExportContext::setInt(node, "group", conv.getGroups());
  return success();
}
