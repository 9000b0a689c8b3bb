//===- Differentiate.cpp - the derivative of a function -------------------===//

#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "tenon/Autodiff/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Those of `values` that have derivatives.
static SmallVector<Value> getDifferentiable(ValueRange values) {
  return llvm::to_vector(llvm::make_filter_range(
      values, [](Value value) { return isDifferentiable(value.getType()); }));
}

/// A copy of `function` behind it, with `suffix` to its name.
static func::FuncOp cloneFunction(func::FuncOp function, StringRef suffix) {
  OpBuilder builder(function->getContext());
  builder.setInsertionPointAfter(function);
  auto clone = cast<func::FuncOp>(builder.clone(*function));
  clone.setName((function.getName() + suffix).str());
  return clone;
}

/// Appends an argument like each of `values`, for its derivative.
static SmallVector<ValueAndDerivative>
addDerivativeArguments(func::FuncOp function, ArrayRef<Value> values) {
  SmallVector<ValueAndDerivative> result;
  for (Value value : values) {
    unsigned index = function.getNumArguments();
    (void)function.insertArgument(index, value.getType(), {}, value.getLoc());
    result.push_back({value, function.getArgument(index)});
  }
  return result;
}

/// Returns `derivatives` behind the function's results.
static void returnDerivatives(func::FuncOp function, ArrayRef<Value> values,
                              ArrayRef<Value> derivatives) {
  Operation *terminator = function.front().getTerminator();
  Composer c(function.getLoc(), OpBuilder(terminator));
  SmallVector<Value> results(terminator->getOperands());
  for (auto [value, derivative] : llvm::zip_equal(values, derivatives))
    results.push_back(derivative ? derivative
                                 : c.zeros(getTensorTypeOf(value)));
  terminator->setOperands(results);
  auto attributes = function.getAllResultAttrs();
  SmallVector<Attribute> all;
  for (unsigned i = 0; i < results.size(); ++i)
    all.push_back(attributes && i < attributes.size()
                      ? attributes[i]
                      : DictionaryAttr::get(function.getContext()));
  function.setType(FunctionType::get(function.getContext(),
                                     function.getArgumentTypes(),
                                     ValueRange(results).getTypes()));
  function.setAllResultAttrs(ArrayAttr::get(function.getContext(), all));
}

namespace {
struct Differentiate : tenon::impl::DifferentiatePassBase<Differentiate> {
  using DifferentiatePassBase::DifferentiatePassBase;

  void runOnOperation() override {
    auto source = getOperation().lookupSymbol<func::FuncOp>(function);
    if (!source || source.isExternal()) {
      getOperation().emitError("expected a function @") << function;
      return signalPassFailure();
    }
    func::FuncOp clone = cloneFunction(source, forward ? "_jvp" : "_vjp");
    if (failed(forward ? differentiateForward(clone)
                       : differentiateInReverse(clone)))
      return signalPassFailure();
  }

  static LogicalResult differentiateForward(func::FuncOp function) {
    Block &body = function.front();
    SmallVector<ValueAndDerivative> tangents = addDerivativeArguments(
        function, getDifferentiable(body.getArguments()));
    SmallVector<Value> results =
        getDifferentiable(body.getTerminator()->getOperands());
    OpBuilder builder(body.getTerminator());
    auto derivatives = pushForward(builder, getOps(body), tangents, results);
    if (failed(derivatives))
      return failure();
    returnDerivatives(function, results, *derivatives);
    return success();
  }

  static LogicalResult differentiateInReverse(func::FuncOp function) {
    Block &body = function.front();
    SmallVector<Value> arguments = getDifferentiable(body.getArguments());
    SmallVector<ValueAndDerivative> cotangents = addDerivativeArguments(
        function, getDifferentiable(body.getTerminator()->getOperands()));
    OpBuilder builder(body.getTerminator());
    auto derivatives = pullBack(builder, getOps(body), cotangents, arguments);
    if (failed(derivatives))
      return failure();
    returnDerivatives(function, arguments, *derivatives);
    return success();
  }
};
} // namespace
