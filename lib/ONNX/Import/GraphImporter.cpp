//===- GraphImporter.cpp - nodes into ops, in order -----------------------===//

#include "GraphImporter.h"
#include "../Ops/Table.h"
#include "Functions.h"
#include "NodeDiagnostics.h"
#include "OnnxLibrary.h"
#include "OnnxNode.h"
#include "Tensors.h"
#include "Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tenon;

/// Functions that call themselves, by whatever way, would never end.
static constexpr unsigned maxFunctionDepth = 64;

StringRef tenon::getDomain(const onnx::NodeProto &node) {
  StringRef domain = node.domain();
  return domain == "ai.onnx" ? "" : domain;
}

StringRef tenon::getNodeName(const onnx::NodeProto &node) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return output;
  return node.op_type();
}

std::string tenon::describeNode(const onnx::NodeProto &node) {
  return ("node \"" + getNodeName(node) + "\" (" + node.op_type() + ")").str();
}

//===----------------------------------------------------------------------===//
// Scope
//===----------------------------------------------------------------------===//

bool Scope::contains(StringRef name) const {
  return values.contains(name) || (outer && outer->contains(name));
}

Value Scope::lookup(StringRef name) const {
  auto it = values.find(name);
  if (it != values.end())
    return it->second;
  return outer ? outer->lookup(name) : Value();
}

const onnx::NodeProto *Scope::findProducer(StringRef name) const {
  auto it = producers.find(name);
  if (it != producers.end())
    return it->second;
  return outer ? outer->findProducer(name) : nullptr;
}

std::optional<int64_t> Scope::getOpset(StringRef domain) const {
  auto it = opsets.find(domain);
  if (it != opsets.end())
    return it->second;
  return outer ? outer->getOpset(domain) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Values that are needed
//===----------------------------------------------------------------------===//

FailureOr<Value> GraphImporter::evaluate(Value value) {
  if (!evaluator)
    return value;
  FailureOr<ElementsAttr> constant = evaluateConstant(value, evaluator);
  if (failed(constant))
    return failure();
  return *constant ? ConstantOp::create(builder, value.getLoc(), *constant)
                         .getResult()
                   : value;
}

AffineExpr GraphImporter::bindSize(Value value, int64_t position,
                                   StringRef hint, Location loc,
                                   AffineExpr bound) {
  std::pair<Value, int64_t> element(value, position);
  for (const Scope *scope = currentScope; scope; scope = scope->outer)
    if (AffineExpr symbol = scope->sizes.lookup(element))
      return symbol;
  AffineExpr symbol = getFreshDimSymbol(builder.getContext(), hint);
  MLIRContext *context = builder.getContext();
  BindDimOp::create(builder, loc, value, position,
                    DimsAttr::get(context, symbol),
                    bound ? DimsAttr::get(context, bound) : DimsAttr());
  return currentScope->sizes[element] = symbol;
}

bool GraphImporter::noteValueNeeded(Value value) {
  llvm::SmallSetVector<Value, 8> worklist;
  worklist.insert(value);
  SmallVector<unsigned> found;
  for (unsigned i = 0; i < worklist.size(); ++i) {
    Value next = worklist[i];
    if (Operation *op = next.getDefiningOp()) {
      if (op->getNumRegions())
        return false;
      worklist.insert(op->operand_begin(), op->operand_end());
      continue;
    }
    auto argument = cast<BlockArgument>(next);
    // a body's has no op around it yet
    if (!isa_and_nonnull<func::FuncOp>(argument.getOwner()->getParentOp()))
      return false;
    found.push_back(argument.getArgNumber());
  }
  argumentsNeeded.insert_range(found);
  return !found.empty();
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

template <typename Imports>
static void addOpsets(const Imports &imports, Scope &scope) {
  for (const onnx::OperatorSetIdProto &import : imports) {
    StringRef domain = import.domain();
    scope.opsets[domain == "ai.onnx" ? "" : domain] = import.version();
  }
}

GraphImporter::GraphImporter(const onnx::ModelProto &model,
                             ExternalData &externalData,
                             const ConstantEvaluator &evaluator,
                             OpBuilder builder)
    : model(model), externalData(externalData), evaluator(evaluator),
      builder(builder) {}

Scope GraphImporter::makeModelScope() const {
  Scope scope;
  addOpsets(model.opset_import(), scope);
  return scope;
}

ElementsAttr
GraphImporter::importTensor(StringRef name, const onnx::TensorProto &tensor,
                            function_ref<InFlightDiagnostic()> emitError) {
  return ::tenon::importTensor(builder.getContext(), name, tensor, externalData,
                               emitError);
}

LogicalResult GraphImporter::importInitializers(const onnx::GraphProto &graph,
                                                Scope &scope) {
  bool hasFailed = false;
  llvm::StringSet<> given; // by the caller: initializers are only defaults
  given.insert_range(scope.values.keys());
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (given.contains(tensor.name()))
      continue;
    Location loc = NameLoc::get(builder.getStringAttr(tensor.name()));
    PrefixedDiagnostics prefix(builder.getContext(),
                               "initializer \"" + tensor.name() + "\"");
    ElementsAttr value =
        importTensor(tensor.name(), tensor, [&] { return emitError(loc); });
    hasFailed |= !value;
    Value &constant = scope.values[tensor.name()];
    constant = Value();
    if (!value)
      continue;
    auto op = ConstantOp::create(builder, loc, value);
    op->setAttr(initializerAttrName, builder.getStringAttr(tensor.name()));
    constant = op;
  }
  for (const onnx::SparseTensorProto &tensor : graph.sparse_initializer()) {
    emitError(builder.getUnknownLoc())
        << "initializer \"" << tensor.values().name()
        << "\": expected a dense tensor, got a sparse one";
    hasFailed = true;
    scope.values[tensor.values().name()] = Value();
  }
  return failure(hasFailed);
}

FailureOr<SmallVector<Value>>
GraphImporter::importGraph(const onnx::GraphProto &graph, Scope &scope) {
  bool hasFailed = failed(importInitializers(graph, scope));
  hasFailed |= failed(importNodes(graph.node(), scope));
  Values outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    Value value = scope.lookup(output.name());
    if (!value && !scope.contains(output.name()))
      emitError(builder.getUnknownLoc())
          << "output \"" << output.name()
          << "\" of the graph is not the result of any node";
    hasFailed |= !value;
    outputs.push_back(value);
  }
  if (hasFailed)
    return failure();
  return outputs;
}

FailureOr<SmallVector<Value>>
GraphImporter::importSubgraph(const onnx::GraphProto &graph,
                              ValueRange arguments) {
  Scope scope;
  scope.outer = currentScope;
  if (static_cast<size_t>(graph.input_size()) != arguments.size())
    return emitError(builder.getUnknownLoc())
           << "expected a graph of " << arguments.size() << " inputs, got "
           << graph.input_size();
  for (auto [input, argument] : llvm::zip_equal(graph.input(), arguments))
    scope.values[input.name()] = argument;
  return importGraph(graph, scope);
}

/// Each name is defined once in a graph (ONNX: single static assignment).
template <typename Nodes>
static LogicalResult addProducers(const Nodes &nodes, Scope &scope,
                                  Location loc) {
  for (const onnx::NodeProto &node : nodes)
    for (const std::string &output : node.output())
      if (!output.empty() &&
          (scope.values.contains(output) ||
           !scope.producers.try_emplace(output, &node).second))
        return emitError(loc) << describeNode(node)
                              << ": expected a result of a new name, got \""
                              << output << "\" again";
  return success();
}

template <typename Nodes>
LogicalResult GraphImporter::importNodes(const Nodes &nodes, Scope &scope) {
  if (failed(addProducers(nodes, scope, builder.getUnknownLoc())))
    return failure();
  bool hasFailed = false;
  for (const onnx::NodeProto &node : nodes) {
    FailureOr<Values> results = importNode(node, scope);
    hasFailed |= failed(results);
    for (auto [index, output] : llvm::enumerate(node.output()))
      if (!output.empty() && (failed(results) || index < results->size()))
        scope.values[output] = succeeded(results) ? (*results)[index] : Value();
  }
  return failure(hasFailed);
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// Whether the results of `node` reach its own inputs.
static bool dependsOn(const onnx::NodeProto *node, const onnx::NodeProto *on,
                      const Scope &scope,
                      DenseSet<const onnx::NodeProto *> &seen) {
  if (node == on)
    return true;
  if (!node || !seen.insert(node).second)
    return false;
  return llvm::any_of(node->input(), [&](const std::string &input) {
    return dependsOn(scope.findProducer(input), on, scope, seen);
  });
}

/// An input that nothing before the node defines.
static void diagnoseUndefined(const onnx::NodeProto &node, StringRef input,
                              const Scope &scope, Location loc) {
  InFlightDiagnostic diagnostic = emitError(loc);
  const onnx::NodeProto *producer = scope.findProducer(input);
  diagnostic << "input \"" << input << "\" is ";
  if (!producer) {
    diagnostic << "not an input of the graph, an initializer or the result of "
                  "a node";
    return;
  }
  if (llvm::any_of(producer->output(), [&](const std::string &output) {
        return scope.contains(output);
      })) {
    diagnostic << "a result that is not supported of "
               << describeNode(*producer);
    return;
  }
  DenseSet<const onnx::NodeProto *> seen;
  if (dependsOn(producer, &node, scope, seen))
    diagnostic << "computed from the node's own result: the graph has a cycle "
                  "through "
               << describeNode(*producer);
  else
    diagnostic << "the result of a later node, " << describeNode(*producer)
               << "; expected nodes in topological order";
}

FailureOr<SmallVector<Value>>
GraphImporter::lookUpOperands(const onnx::NodeProto &node, const Scope &scope,
                              bool &skip) {
  Values operands;
  bool hasFailed = false;
  for (const std::string &input : node.input()) {
    Value value = input.empty() ? Value() : scope.lookup(input);
    if (!input.empty() && !value) {
      skip = true;
      if (!scope.contains(input)) {
        diagnoseUndefined(node, input, scope, builder.getUnknownLoc());
        hasFailed = true;
      }
    }
    operands.push_back(value);
  }
  if (hasFailed)
    return failure();
  return operands;
}

/// ONNX's names of the operands' types; empty where an operand is absent.
static std::vector<std::string> getElementTypeNames(ValueRange operands) {
  std::vector<std::string> names;
  for (Value operand : operands)
    names.push_back(operand ? getDataTypeName(getDataType(
                                  getElementTypeOrSelf(operand.getType())))
                            : std::string());
  return names;
}

FailureOr<SmallVector<Value>>
GraphImporter::importNode(const onnx::NodeProto &node, Scope &scope) {
  PrefixedDiagnostics prefix(builder.getContext(), describeNode(node));
  StringRef domain = getDomain(node);
  std::optional<int64_t> opset = scope.getOpset(domain);
  const onnx::FunctionProto *local = findModelFunction(model, node);
  if (!opset && !local)
    return emitError(builder.getUnknownLoc())
           << "the model imports no opset of domain \""
           << (domain.empty() ? "ai.onnx" : domain) << "\"";

  int64_t version =
      local
          ? 0
          : getSinceVersion(domain, node.op_type(), *opset)
                .value_or(findRecordedVersion(domain, node.op_type(), *opset));
  const OpRecord *record =
      local ? nullptr : findOpRecord(domain, node.op_type(), version);
  bool isFunction =
      local || (record && record->rule == OpRecord::Sugar) ||
      (!record && hasFunctionBody(domain, node.op_type(), *opset));
  if (!record && !isFunction) {
    unsupported.add(domain, node.op_type(), version, getNodeName(node));
    return failure();
  }

  bool skip = false;
  FailureOr<Values> operands = lookUpOperands(node, scope, skip);
  if (failed(operands) || skip)
    return failure();
  if (!local)
    if (llvm::Error error =
            checkNode(node, getElementTypeNames(*operands), version))
      return emitError(builder.getUnknownLoc())
             << llvm::toString(std::move(error));
  if (!isFunction)
    return applyRecord(*record, node, version, *operands, scope);

  std::optional<onnx::FunctionProto> function;
  if (local)
    function = *local;
  else if (record)
    function = parseSugar(*record);
  else
    function = getSchemaFunction(node, *operands, *opset);
  if (function)
    return inlineFunction(std::move(*function), node, *operands);
  unsupported.add(domain, node.op_type(), version, getNodeName(node));
  return failure();
}

/// `a op b op c ...`
static LogicalResult applyFold(const OpRecord &record, OnnxNode &node) {
  Value value = node.getOperand(0);
  for (Value operand : node.getOperands().drop_front()) {
    Operation *op = node.create(record.mnemonic, {value, operand});
    if (!op)
      return failure();
    value = op->getResult(0);
  }
  return node.setResult(value);
}

static LogicalResult applyOp(const OpRecord &record, OnnxNode &node) {
  FailureOr<SmallVector<NamedAttribute>> attributes =
      node.convertAttributes(record.attributes);
  if (failed(attributes))
    return failure();
  Operation *op = node.create(record.mnemonic, node.getOperands(), *attributes);
  return op ? node.setResults(op->getResults()) : failure();
}

FailureOr<SmallVector<Value>>
GraphImporter::applyRecord(const OpRecord &record, const onnx::NodeProto &proto,
                           int64_t version, Values operands, Scope &scope) {
  Scope *outer = std::exchange(currentScope, &scope);
  llvm::scope_exit restore([&] { currentScope = outer; });
  Location loc = NameLoc::get(builder.getStringAttr(getNodeName(proto)));
  OnnxNode node(*this, proto, version, loc, std::move(operands));
  LogicalResult applied = record.rule == OpRecord::Op ? applyOp(record, node)
                          : record.rule == OpRecord::Fold
                              ? applyFold(record, node)
                              : record.import(node);
  if (failed(applied))
    return failure();
  return Values(node.getResults());
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>>
GraphImporter::inlineFunction(onnx::FunctionProto function,
                              const onnx::NodeProto &node,
                              ValueRange operands) {
  if (functionDepth == maxFunctionDepth)
    return emitError(builder.getUnknownLoc())
           << "expected functions that end, got " << maxFunctionDepth
           << " calls inside each other";
  ++functionDepth;
  llvm::scope_exit leave([&] { --functionDepth; });
  instantiate(function, node, operands);

  Scope scope;
  addOpsets(function.opset_import(), scope);
  for (auto [index, input] : llvm::enumerate(function.input()))
    scope.values[input] = index < operands.size() ? operands[index] : Value();
  if (failed(importNodes(function.node(), scope)))
    return failure();
  Values results;
  for (const std::string &output : function.output())
    results.push_back(scope.lookup(output));
  return results;
}
