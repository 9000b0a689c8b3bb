//===- ImportOnnx.cpp - ONNX models into the tenon dialect ----------------===//

#include "FixedInputs.h"
#include "GraphImporter.h"
#include "ModelFile.h"
#include "NodeDiagnostics.h"
#include "OnnxLibrary.h"
#include "Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/ONNX/Import.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;
using namespace tenon;

using OwningModule = OwningOpRef<ModuleOp>;

namespace {
/// The signature of `@main`, from the graph's inputs.
struct Signature {
  SmallVector<Type> types;
  SmallVector<StringRef> names;
  /// Which of the model's inputs the arguments are.
  SmallVector<unsigned> indices;
};
} // namespace

/// The inputs that are initializers, but for those that callers may override.
/// Exporters list all weights as inputs, which before IR version 4 was a must:
/// they are constants unless one asks for inputs.
static FailureOr<llvm::StringSet<>>
getConstantInputs(const onnx::GraphProto &graph, const ImportOptions &options,
                  MLIRContext *context) {
  llvm::StringSet<> initializers, constants;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers.insert(tensor.name());
  SmallVector<StringRef> candidates;
  for (const onnx::ValueInfoProto &input : graph.input())
    if (initializers.contains(input.name()))
      candidates.push_back(input.name());
  constants.insert_range(candidates);
  bool hasFailed = false;
  for (const std::string &text : options.overrides) {
    auto pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      llvm::consumeError(pattern.takeError());
    bool fitsAny = text == "*"; // all that there are may be none
    for (StringRef name : candidates) {
      // names may have characters that mean something in patterns
      if (name != text && !(pattern && pattern->match(name)))
        continue;
      fitsAny = true;
      constants.erase(name);
    }
    if (!fitsAny)
      emitError(UnknownLoc::get(context))
          << "no initializer that is an input too is called \"" << text
          << "\", to override";
    hasFailed |= !fitsAny;
  }
  if (hasFailed)
    return failure();
  return constants;
}

static FailureOr<Signature> importInputs(const onnx::GraphProto &graph,
                                         const ImportOptions &options,
                                         MLIRContext *context) {
  FailureOr<llvm::StringSet<>> constants =
      getConstantInputs(graph, options, context);
  if (failed(constants))
    return failure();
  Signature signature;
  bool hasFailed = false;
  unsigned index = 0;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (constants->contains(input.name()))
      continue;
    unsigned inputIndex = index++;
    if (options.values.contains(input.name()))
      continue;
    PrefixedDiagnostics prefix(context, "input \"" + input.name() + "\"");
    auto emitInputError = [&] { return emitError(UnknownLoc::get(context)); };
    if (llvm::is_contained(signature.names, input.name())) {
      emitInputError() << "expected one input of this name";
      hasFailed = true;
    }
    Type type = importType(context, input.name(), input.type(), options.dims,
                           emitInputError);
    hasFailed |= !type;
    signature.types.push_back(type);
    signature.names.push_back(input.name());
    signature.indices.push_back(inputIndex);
  }
  if (hasFailed)
    return failure();
  return signature;
}

/// A dimension to fix that no input has is a mistake of the caller.
static LogicalResult checkFixedDims(const onnx::GraphProto &graph,
                                    const ImportOptions &options,
                                    const Signature &signature,
                                    MLIRContext *context) {
  llvm::StringSet<> names;
  for (const onnx::ValueInfoProto &input : graph.input())
    for (const auto &dim : input.type().tensor_type().shape().dim())
      if (AffineExpr expr = dim.dim_param().empty()
                                ? AffineExpr()
                                : parseDim(context, dim.dim_param()))
        for (AffineSymbolExpr symbol : getDimSymbols({expr}))
          names.insert(getDimSymbolName(symbol));
      else
        names.insert(dim.dim_param());
  for (const auto &[name, value] : options.dims)
    if (!names.contains(name))
      return emitError(UnknownLoc::get(context))
             << "no input has a dimension \"" << name << "\" to set to "
             << value;
  return success();
}

/// Inputs with a value, as constants.
static LogicalResult createFixedInputs(GraphImporter &importer, Scope &scope,
                                       const onnx::GraphProto &graph,
                                       const ImportOptions &options) {
  MLIRContext *context = importer.getBuilder().getContext();
  bool hasFailed = false;
  for (const auto &[name, text] : options.values) {
    auto emitInputError = [&] {
      return emitError(UnknownLoc::get(context))
             << "input \"" << name << "\": ";
    };
    auto input = llvm::find_if(graph.input(), [&](const auto &candidate) {
      return candidate.name() == name;
    });
    if (input == graph.input().end()) {
      emitError(UnknownLoc::get(context))
          << "no input is called \"" << name << "\", to set to " << text;
      hasFailed = true;
      continue;
    }
    std::optional<onnx::TensorProto> tensor =
        readFixedInput(text, *input, emitInputError);
    ElementsAttr value =
        tensor ? importer.importTensor(name, *tensor, emitInputError)
               : ElementsAttr();
    hasFailed |= !value;
    if (value)
      scope.values[name] = ConstantOp::create(
          importer.getBuilder(), NameLoc::get(StringAttr::get(context, name)),
          value);
  }
  return failure(hasFailed);
}

static func::FuncOp createMain(OpBuilder &builder, const Signature &signature) {
  auto function =
      func::FuncOp::create(builder, builder.getUnknownLoc(), "main",
                           builder.getFunctionType(signature.types, {}));
  function.addEntryBlock();
  for (auto [index, name] : llvm::enumerate(signature.names))
    function.setArgAttr(index, nameAttrName, builder.getStringAttr(name));
  return function;
}

static void finishMain(func::FuncOp function, const onnx::GraphProto &graph,
                       ValueRange results) {
  OpBuilder builder = OpBuilder::atBlockEnd(&function.getBody().front());
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setType(
      builder.getFunctionType(function.getArgumentTypes(), results.getTypes()));
  for (auto [index, output] : llvm::enumerate(graph.output()))
    function.setResultAttr(index, nameAttrName,
                           builder.getStringAttr(output.name()));
  for (auto constant :
       llvm::make_early_inc_range(function.getOps<ConstantOp>()))
    if (constant->use_empty())
      constant->erase();
}

static FailureOr<OwningModule> importModel(const ModelFile &file,
                                           const ImportOptions &options,
                                           MLIRContext &context) {
  context.loadDialect<TenonDialect, func::FuncDialect>();
  const onnx::GraphProto &graph = file.proto.graph();
  FailureOr<Signature> signature = importInputs(graph, options, &context);
  if (failed(signature) ||
      failed(checkFixedDims(graph, options, *signature, &context)))
    return failure();

  OwningModule module = ModuleOp::create(UnknownLoc::get(&context));
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  func::FuncOp function = createMain(builder, *signature);
  builder.setInsertionPointToStart(&function.getBody().front());

  ExternalData externalData(file.bytes, file.folder);
  GraphImporter importer(file.proto, externalData, options.evaluator, builder);
  Scope scope = importer.makeModelScope();
  for (auto [name, argument] :
       llvm::zip_equal(signature->names, function.getArguments()))
    scope.values[name] = argument;
  if (failed(createFixedInputs(importer, scope, graph, options)))
    return failure();
  FailureOr<SmallVector<Value>> results = importer.importGraph(graph, scope);
  LogicalResult supported =
      importer.reportUnsupported(UnknownLoc::get(&context));
  if (options.valuesNeeded)
    for (unsigned argument : importer.getArgumentsNeeded())
      options.valuesNeeded->push_back(
          {signature->names[argument].str(), signature->indices[argument]});
  if (failed(results) || failed(supported))
    return failure();
  finishMain(function, graph, *results);
  if (failed(verify(*module)))
    return failure();
  return module;
}

static FailureOr<OwningModule> importFile(llvm::Expected<ModelFile> file,
                                          StringRef name,
                                          const ImportOptions &options,
                                          MLIRContext &context) {
  FileDiagnostics atFile(&context, name);
  if (!file)
    return emitError(UnknownLoc::get(&context))
           << llvm::toString(file.takeError());
  return importModel(*file, options, context);
}

FailureOr<OwningModule> tenon::importOnnx(StringRef path,
                                          const ImportOptions &options,
                                          MLIRContext &context) {
  return importFile(readModelFile(path), path, options, context);
}

FailureOr<OwningModule> tenon::importOnnxBytes(StringRef bytes, StringRef name,
                                               StringRef folder,
                                               const ImportOptions &options,
                                               MLIRContext &context) {
  return importFile(
      parseModelBytes(llvm::MemoryBuffer::getMemBufferCopy(bytes, name),
                      folder),
      name, options, context);
}

FailureOr<OwningModule> tenon::importOnnxText(StringRef text, StringRef name,
                                              StringRef folder,
                                              const ImportOptions &options,
                                              MLIRContext &context) {
  llvm::Expected<onnx::ModelProto> model = parseModel(text);
  if (!model)
    return importFile(model.takeError(), name, options, context);
  return importOnnxBytes(model->SerializeAsString(), name, folder, options,
                         context);
}
