//===- DerivativeChecker.cpp - derivatives beside differences -------------===//

#include "DerivativeChecker.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "tenon/Pipelines/BuildModel.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Pipelines/PassList.h"
#include <cmath>
#include <random>

using namespace mlir;

namespace tenon::test {

MLIRContext &getContext() {
  static auto *context = [] {
    DialectRegistry registry;
    registerDialects(registry);
    auto *context = new MLIRContext(registry);
    context->loadAllAvailableDialects();
    return context;
  }();
  return *context;
}

LogicalResult differentiate(ModuleOp module, StringRef function, bool forward) {
  PassManager manager(module.getContext());
  DifferentiatePassOptions options;
  options.function = function.str();
  options.forward = forward;
  manager.addPass(createDifferentiatePass(options));
  return manager.run(module);
}

SmallVector<Value> inlineFunction(Composer &c, ModuleOp module, StringRef name,
                                  ValueRange arguments) {
  auto function = module.lookupSymbol<func::FuncOp>(name);
  IRMapping mapping;
  mapping.map(function.getArguments(), arguments);
  SmallVector<Operation *> clones;
  for (Operation &op : function.front().without_terminator())
    clones.push_back(c.clone(op, mapping));
  renameBoundDims(clones);
  return llvm::map_to_vector(
      function.front().getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

namespace {
/// One check of one function: builds a module that computes all there is to
/// compare, and runs it once.
class Check {
public:
  Check(ModuleOp source, StringRef name, Domain domain)
      : source(source), name(name), domain(domain) {}

  std::string run();

private:
  Value drawConstant(Composer &c, RankedTensorType type, double low,
                     double high) {
    SmallVector<double> values(type.getNumElements());
    std::uniform_real_distribution<double> distribution(low, high);
    for (double &value : values)
      value = distribution(random);
    return ConstantOp::create(c,
                              DenseElementsAttr::get(type, ArrayRef(values)));
  }
  std::string compare(ArrayRef<SmallVector<double>> values);

  ModuleOp source;
  std::string name;
  Domain domain;
  std::mt19937 random{7};
  /// Of the computed values: differences and tangents of each result, u of
  /// each, cotangents of each argument, v of each.
  unsigned numResults = 0, numArguments = 0;
};
} // namespace

static constexpr double step = 1e-5;

std::string Check::run() {
  auto function = source.lookupSymbol<func::FuncOp>(name);
  if (failed(differentiate(source, name, /*forward=*/true)) ||
      failed(differentiate(source, name, /*forward=*/false)))
    return name + " cannot be differentiated";
  OwningOpRef<ModuleOp> module = ModuleOp::create(source.getLoc());
  auto main = func::FuncOp::create(
      source.getLoc(), "main", FunctionType::get(source.getContext(), {}, {}));
  module->push_back(main);
  Composer c(source.getLoc(), OpBuilder::atBlockBegin(main.addEntryBlock()));

  SmallVector<Value> x, v, xPlus, xMinus, u;
  for (Type type : function.getArgumentTypes()) {
    auto tensor = cast<RankedTensorType>(type);
    x.push_back(drawConstant(c, tensor, domain.low, domain.high));
    v.push_back(drawConstant(c, tensor, -1, 1));
    Value shift = c.mul(v.back(), c.constant(v.back(), step));
    xPlus.push_back(c.add(x.back(), shift));
    xMinus.push_back(c.sub(x.back(), shift));
  }
  for (Type type : function.getResultTypes())
    u.push_back(drawConstant(c, cast<RankedTensorType>(type), -1, 1));
  numResults = u.size();
  numArguments = x.size();
  SmallVector<Value> all;
  for (auto [plus, minus] :
       llvm::zip_equal(inlineFunction(c, source, name, xPlus),
                       inlineFunction(c, source, name, xMinus)))
    all.push_back(c.div(c.sub(plus, minus), c.constant(plus, 2 * step)));
  auto append = [&](StringRef suffix, ArrayRef<Value> others) {
    SmallVector<Value> arguments = x;
    llvm::append_range(arguments, others);
    llvm::append_range(
        all, ArrayRef(inlineFunction(c, source, name + suffix.str(), arguments))
                 .drop_front(numResults));
  };
  append("_jvp", v);
  llvm::append_range(all, u);
  append("_vjp", u);
  llvm::append_range(all, v);
  func::ReturnOp::create(c, all);
  main.setType(
      FunctionType::get(source.getContext(), {}, ValueRange(all).getTypes()));
  if (failed(verify(*module)))
    return name + ": the derivative's IR is wrong";

  FailureOr<SmallVector<ElementsAttr>> values =
      evaluateGraph(std::move(module), TENON_RUNTIME_FOLDER);
  if (failed(values))
    return name + " cannot be run";
  return compare(llvm::map_to_vector(*values, [](ElementsAttr attr) {
    ArrayRef<char> bytes = *getConstantBytes(attr);
    return SmallVector<double>(
        ArrayRef(reinterpret_cast<const double *>(bytes.data()),
                 bytes.size() / sizeof(double)));
  }));
}

static double dot(ArrayRef<SmallVector<double>> a,
                  ArrayRef<SmallVector<double>> b) {
  double sum = 0;
  for (auto [x, y] : llvm::zip_equal(a, b))
    for (auto [p, q] : llvm::zip_equal(x, y))
      sum += p * q;
  return sum;
}

std::string Check::compare(ArrayRef<SmallVector<double>> values) {
  auto differences = values.take_front(numResults),
       tangents = values.slice(numResults, numResults),
       u = values.slice(2 * numResults, numResults),
       cotangents = values.slice(3 * numResults, numArguments),
       v = values.take_back(numArguments);
  double largest = 1e-3;
  for (ArrayRef<double> result : differences)
    for (double value : result)
      largest = std::max(largest, std::abs(value));
  std::string wrong;
  llvm::raw_string_ostream os(wrong);
  for (auto [index, pair] :
       llvm::enumerate(llvm::zip_equal(differences, tangents)))
    for (auto [expected, got] :
         llvm::zip_equal(std::get<0>(pair), std::get<1>(pair)))
      if (!(std::abs(expected - got) <= 1e-6 * largest)) {
        os << name << ": forward mode, result " << index << ": difference "
           << expected << ", tangent " << got << '\n';
        return wrong;
      }
  double forward = dot(u, tangents), reverse = dot(cotangents, v);
  if (!(std::abs(forward - reverse) <=
        1e-9 * std::max({std::abs(forward), std::abs(reverse), largest})))
    os << name << ": <u, J v> = " << forward << ", <J^T u, v> = " << reverse
       << '\n';
  return wrong;
}

std::string checkDerivatives(ModuleOp module, Domain domain, unsigned order) {
  std::string errors;
  ScopedDiagnosticHandler handler(&getContext(), [&](Diagnostic &diagnostic) {
    llvm::raw_string_ostream(errors) << diagnostic << '\n';
    return success();
  });
  std::string name = "f";
  for (unsigned i = 0; i < order; ++i, name += "_vjp") {
    std::string wrong = Check(module, name, domain).run();
    if (!wrong.empty())
      return wrong + errors;
  }
  return "";
}

std::string checkDerivatives(StringRef text, Domain domain, unsigned order) {
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(text, &getContext());
  return module ? checkDerivatives(*module, domain, order)
                : "cannot be parsed: " + text.str();
}

} // namespace tenon::test
