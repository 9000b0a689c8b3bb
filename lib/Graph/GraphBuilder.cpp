//===- GraphBuilder.cpp - networks in C++ ---------------------------------===//

#include "tenon/Graph/GraphBuilder.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"

using namespace mlir;
using namespace tenon;

GraphBuilder::GraphBuilder(MLIRContext &context, uint64_t seed)
    : context(context), seed(seed), builder(&context) {
  context.loadDialect<TenonDialect, func::FuncDialect>();
  module = ModuleOp::create(builder.getUnknownLoc());
  function = createFunction("main");
}

GraphBuilder::~GraphBuilder() = default;

//===----------------------------------------------------------------------===//
// Names and errors
//===----------------------------------------------------------------------===//

GraphBuilder::Scope::Scope(GraphBuilder &builder, StringRef name, bool isShared)
    : builder(builder), outer(builder.scope) {
  builder.scope = outer.empty() ? name.str() : outer + "/" + name.str();
  if (!isShared)
    return;
  std::string prefix = builder.scope + "/";
  for (auto &entry : builder.used)
    if (entry.getKey().starts_with(prefix))
      entry.second = 0;
}

GraphBuilder::Scope::~Scope() { builder.scope = outer; }

std::string GraphBuilder::makeName(StringRef layer) {
  std::string name = scope.empty() ? layer.str() : scope + "/" + layer.str();
  unsigned count = used[name]++;
  return count ? name + "_" + std::to_string(count) : name;
}

Tensor GraphBuilder::fail(StringRef layer, const Twine &message) {
  hasFailed = true;
  emitError(NameLoc::get(builder.getStringAttr(layer)))
      << "layer \"" << layer << "\": " << message;
  return {};
}

//===----------------------------------------------------------------------===//
// Inputs, outputs
//===----------------------------------------------------------------------===//

Tensor GraphBuilder::addInput(StringRef name, std::initializer_list<Size> shape,
                              Type element) {
  SmallVector<AffineExpr> dims;
  for (const Size &size : shape) {
    const int64_t *constant = std::get_if<int64_t>(&size);
    dims.push_back(constant
                       ? getAffineConstantExpr(*constant, &context)
                       : getDimSymbol(&context, std::get<StringRef>(size)));
  }
  Type type = getTensorType(dims, element);
  unsigned index = function.getNumArguments();
  DictionaryAttr attributes = builder.getDictionaryAttr(
      builder.getNamedAttr(nameAttrName, builder.getStringAttr(name)));
  if (failed(function.insertArgument(index, type, attributes,
                                     builder.getUnknownLoc())))
    return fail(name, "expected another input");
  return Tensor(function.getArgument(index));
}

Tensor GraphBuilder::input(StringRef name, std::initializer_list<Size> shape) {
  return addInput(name, shape, builder.getF32Type());
}

Tensor GraphBuilder::labels(StringRef name, std::initializer_list<Size> shape) {
  return addInput(name, shape, builder.getI64Type());
}

void GraphBuilder::output(StringRef name, Tensor value) {
  results.push_back(value);
  resultNames.push_back(name.str());
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

func::FuncOp GraphBuilder::createFunction(StringRef name) {
  builder.setInsertionPointToEnd(module->getBody());
  auto created = func::FuncOp::create(builder, builder.getUnknownLoc(), name,
                                      builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(created.addEntryBlock());
  used.clear();
  return created;
}

void GraphBuilder::endFunction() {
  hasFailed |= llvm::is_contained(results, Value());
  if (hasFailed)
    return;
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(),
                                           ValueRange(results).getTypes()));
  for (auto [index, name] : llvm::enumerate(resultNames))
    function.setResultAttr(index, nameAttrName, builder.getStringAttr(name));
  results.clear();
  resultNames.clear();
}

void GraphBuilder::beginFunction(StringRef name) {
  if (isProgram) {
    endFunction();
  } else if (!function.front().empty() || function.getNumArguments()) {
    fail(name, "expected functions to begin before there are inputs and "
               "layers");
  } else {
    function.erase();
  }
  isProgram = true;
  if (!hasFailed)
    function = createFunction(name);
}

void GraphBuilder::beginStep(StringRef name, const StepOptions &options) {
  beginFunction(name);
  if (hasFailed)
    return;
  SmallVector<NamedAttribute> numbers;
  for (const auto &[key, number] : options.numbers)
    numbers.push_back(
        builder.getNamedAttr(key, builder.getF64FloatAttr(number)));
  auto getTexts = [&](ArrayRef<std::string> texts) {
    return builder.getStrArrayAttr(
        SmallVector<StringRef>(texts.begin(), texts.end()));
  };
  auto optimizer = OptimizerAttr::get(&context, options.optimizer,
                                      builder.getDictionaryAttr(numbers));
  function->setAttr(stepAttrName,
                    StepAttr::get(&context, name, optimizer,
                                  getTexts(options.parameters),
                                  getTexts(options.frozen),
                                  builder.getF64FloatAttr(options.clipNorm)));
}

FailureOr<OwningOpRef<ModuleOp>> GraphBuilder::finish() {
  if (!hasFailed)
    endFunction();
  if (hasFailed)
    return failure();
  return std::move(module);
}

//===----------------------------------------------------------------------===//
// Elementwise layers
//===----------------------------------------------------------------------===//

Tensor GraphBuilder::relu(Tensor x) {
  return create<ReluOp>(makeName("relu"), x);
}

Tensor GraphBuilder::tanh(Tensor x) {
  return create<TanhOp>(makeName("tanh"), x);
}

Tensor GraphBuilder::sigmoid(Tensor x) {
  return create<SigmoidOp>(makeName("sigmoid"), x);
}

Tensor GraphBuilder::softmax(Tensor x, int64_t axis) {
  return create<SoftmaxOp>(makeName("softmax"), x,
                           builder.getI64IntegerAttr(axis));
}

Tensor GraphBuilder::add(Tensor a, Tensor b) {
  return create<AddOp>(makeName("add"), a, b);
}

Tensor GraphBuilder::mul(Tensor a, Tensor b) {
  return create<MulOp>(makeName("mul"), a, b);
}
