//===- GraphBuilder.cpp - networks in C++ ---------------------------------===//

#include "tenon/Graph/GraphBuilder.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

using namespace mlir;
using namespace tenon;

GraphBuilder::GraphBuilder(MLIRContext &context, uint64_t seed)
    : context(context), seed(seed), builder(&context) {
  context.loadDialect<TenonDialect, func::FuncDialect>();
  module = ModuleOp::create(builder.getUnknownLoc());
  builder.setInsertionPointToEnd(module->getBody());
  function = func::FuncOp::create(builder, builder.getUnknownLoc(), "main",
                                  builder.getFunctionType({}, {}));
  builder.setInsertionPointToEnd(function.addEntryBlock());
}

GraphBuilder::~GraphBuilder() = default;

//===----------------------------------------------------------------------===//
// Names and errors
//===----------------------------------------------------------------------===//

GraphBuilder::Scope::Scope(GraphBuilder &builder, StringRef name)
    : builder(builder), outer(builder.scope) {
  builder.scope = outer.empty() ? name.str() : outer + "/" + name.str();
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

Tensor GraphBuilder::input(StringRef name, std::initializer_list<Size> shape) {
  SmallVector<AffineExpr> dims;
  for (const Size &size : shape) {
    const int64_t *constant = std::get_if<int64_t>(&size);
    dims.push_back(constant
                       ? getAffineConstantExpr(*constant, &context)
                       : getDimSymbol(&context, std::get<StringRef>(size)));
  }
  Type type = getTensorType(dims, builder.getF32Type());
  unsigned index = function.getNumArguments();
  DictionaryAttr attributes = builder.getDictionaryAttr(
      builder.getNamedAttr("tenon.name", builder.getStringAttr(name)));
  if (failed(function.insertArgument(index, type, attributes,
                                     builder.getUnknownLoc())))
    return fail(name, "expected another input");
  return Tensor(function.getArgument(index));
}

void GraphBuilder::output(StringRef name, Tensor value) {
  results.push_back(value);
  resultNames.push_back(name.str());
}

FailureOr<OwningOpRef<ModuleOp>> GraphBuilder::finish() {
  if (hasFailed || llvm::is_contained(results, Value()))
    return failure();
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(),
                                           ValueRange(results).getTypes()));
  for (auto [index, name] : llvm::enumerate(resultNames))
    function.setResultAttr(index, "tenon.name", builder.getStringAttr(name));
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
