//===- Functions.cpp - operators that are functions of others -------------===//

#include "Functions.h"
#include "../Ops/Table.h"
#include "OnnxLibrary.h"
#include "Types.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tenon;

const onnx::FunctionProto *
tenon::findModelFunction(const onnx::ModelProto &model,
                         const onnx::NodeProto &node) {
  for (const onnx::FunctionProto &function : model.functions())
    if (function.name() == node.op_type() &&
        function.domain() == node.domain() &&
        function.overload() == node.overload())
      return &function;
  return nullptr;
}

std::optional<onnx::FunctionProto> tenon::parseSugar(const OpRecord &record) {
  llvm::Expected<onnx::FunctionProto> function =
      parseFunction(record.sugar, record.opType);
  // the table is ours: a test parses all of it
  return llvm::cantFail(std::move(function), "malformed Sugar rule");
}

std::optional<onnx::FunctionProto>
tenon::getSchemaFunction(const onnx::NodeProto &node, ValueRange operands,
                         int64_t opset) {
  std::vector<onnx::TypeProto> types;
  for (Value operand : operands)
    types.push_back(operand
                        ? exportType(cast<RankedTensorType>(operand.getType()))
                        : onnx::TypeProto());
  return getFunctionBody(node, types, opset);
}

/// Calls `visit` on each node, those of graphs inside nodes included.
template <typename Nodes>
static void visitNodes(Nodes &nodes,
                       function_ref<void(onnx::NodeProto &)> visit) {
  for (onnx::NodeProto &node : nodes) {
    visit(node);
    for (onnx::AttributeProto &attribute : *node.mutable_attribute())
      if (attribute.has_g())
        visitNodes(*attribute.mutable_g()->mutable_node(), visit);
  }
}

/// The value of the function's attribute `name` in the call `node`.
static const onnx::AttributeProto *
findArgument(const onnx::FunctionProto &function, const onnx::NodeProto &node,
             StringRef name) {
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  for (const onnx::AttributeProto &attribute : function.attribute_proto())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

static void bindAttributes(onnx::NodeProto &inner,
                           const onnx::FunctionProto &function,
                           const onnx::NodeProto &node) {
  auto *attributes = inner.mutable_attribute();
  for (int i = attributes->size() - 1; i >= 0; --i) {
    onnx::AttributeProto &attribute = (*attributes)[i];
    if (attribute.ref_attr_name().empty())
      continue;
    std::string name = attribute.name();
    if (const onnx::AttributeProto *argument =
            findArgument(function, node, attribute.ref_attr_name())) {
      attribute = *argument;
      attribute.set_name(name);
    } else {
      attributes->DeleteSubrange(i, 1);
    }
  }
}

void tenon::instantiate(onnx::FunctionProto &function,
                        const onnx::NodeProto &node, ValueRange operands) {
  llvm::StringSet<> absent;
  for (auto [index, input] : llvm::enumerate(function.input()))
    if (index >= operands.size() || !operands[index])
      absent.insert(input);
  visitNodes(*function.mutable_node(), [&](onnx::NodeProto &inner) {
    bindAttributes(inner, function, node);
    for (std::string &input : *inner.mutable_input())
      if (absent.contains(input))
        input.clear();
  });
}
