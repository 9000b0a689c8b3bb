//===- TrainingProgram.cpp - training from a model for inference ----------===//

#include "tenon/Autodiff/TrainingProgram.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/Regex.h"

using namespace mlir;
using namespace tenon;

/// Whether every use of `value` is as a batch norm's statistic.
static bool isStatistic(Value value) {
  return !value.use_empty() &&
         llvm::all_of(value.getUses(), [](OpOperand &use) {
           auto norm = dyn_cast<BatchNormOp>(use.getOwner());
           return norm && (use.get() == norm.getMean() ||
                           use.get() == norm.getVariance());
         });
}

/// The initializer's, empty where the constant is none.
static StringRef getName(ConstantOp constant) {
  auto name = constant->getAttrOfType<StringAttr>(initializerAttrName);
  return name ? name.getValue() : StringRef();
}

static bool isWeight(ConstantOp constant) {
  return !getName(constant).empty() && isDifferentiable(constant.getType());
}

/// Whether an initializer is a number of the source that an exporter made one:
/// a parameter has the name that its module gave it, these are counted
/// (PyTorch's `val_7`, tf2onnx's `const_fold_opt__5`). Exponents are numbers
/// under any name: a base below zero has no derivative along them.
static bool isLiteral(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  if (type.getRank() > 1 || type.getNumElements() != 1)
    return false;
  static const llvm::Regex counted(
      "^(val|scalar_tensor_default|_tensor_constant|(c_)?lifted_tensor|"
      "const_fold_opt_|const_?|constant_?)(_?[0-9]+)?(:0)?$",
      llvm::Regex::IgnoreCase);
  return counted.match(getName(constant)) ||
         llvm::all_of(constant->getUses(), [](OpOperand &use) {
           return isa<PowOp>(use.getOwner()) && use.getOperandNumber() == 1;
         });
}

SmallVector<ConstantOp> tenon::findParameters(func::FuncOp function) {
  SmallVector<ConstantOp> found;
  function.walk([&](ConstantOp constant) {
    if (isWeight(constant) && !isStatistic(constant) && !isLiteral(constant))
      found.push_back(constant);
  });
  return found;
}

/// Whether one of `patterns` means `name`, more than all that is there; those
/// that are malformed are diagnosed where steps are differentiated.
static bool isNamed(ArrayRef<std::string> patterns, StringRef name) {
  return llvm::any_of(patterns, [&](StringRef text) {
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(text);
    if (!pattern)
      llvm::consumeError(pattern.takeError());
    return pattern && text != "*" && pattern->match(name);
  });
}

namespace {
class ProgramBuilder {
public:
  ProgramBuilder(ModuleOp module, const TrainingOptions &options)
      : module(module), options(options), symbols(module) {}

  LogicalResult build();

private:
  LogicalResult findModel();
  void extractParameters();
  func::FuncOp cloneModel(StringRef name);
  Value addSeed(func::FuncOp function);
  LogicalResult addStep(StringRef name, int64_t size,
                        bool givesGradients = false);

  ModuleOp module;
  const TrainingOptions &options;
  SymbolTable symbols;
  func::FuncOp model;
  SmallVector<unsigned> predictions;
  AffineExpr batch;
};
} // namespace

LogicalResult ProgramBuilder::findModel() {
  auto functions = module.getOps<func::FuncOp>();
  if (functions.empty())
    return module.emitError("expected a model to train, got a module without a "
                            "function");
  model = *functions.begin();
  if (model.getNumResults() < 1)
    return model.emitError("expected a model with an output to train");
  return success();
}

/// Weights become trained states, statistics of batch norms kept ones.
void ProgramBuilder::extractParameters() {
  SmallVector<ConstantOp> constants;
  model.walk([&](ConstantOp constant) {
    if (isWeight(constant) && (!isLiteral(constant) ||
                               isNamed(options.parameters, getName(constant))))
      constants.push_back(constant);
  });
  OpBuilder builder(model);
  for (ConstantOp constant : constants) {
    StringRef name = getName(constant);
    if (!symbols.lookup(name))
      symbols.insert(StateOp::create(builder, constant.getLoc(), name,
                                     isStatistic(constant) ? StateKind::kept
                                                           : StateKind::trained,
                                     constant.getValue()));
    OpBuilder at(constant);
    constant.replaceAllUsesWith(
        GetStateOp::create(at, constant.getLoc(), constant.getType(), name)
            .getResult());
    constant.erase();
  }
}

func::FuncOp ProgramBuilder::cloneModel(StringRef name) {
  OpBuilder builder(module.getContext());
  builder.setInsertionPointToEnd(module.getBody());
  auto clone = cast<func::FuncOp>(builder.clone(*model));
  clone.setName(name);
  return clone;
}

/// A number that differs from step to step: how many there have been, and the
/// seed.
Value ProgramBuilder::addSeed(func::FuncOp function) {
  auto type =
      RankedTensorType::get({}, IntegerType::get(module.getContext(), 64));
  StringRef name = "train/seed";
  if (!symbols.lookup(name)) {
    OpBuilder builder(function);
    symbols.insert(
        StateOp::create(builder, function.getLoc(), name, StateKind::kept,
                        DenseElementsAttr::get(type, APInt(64, options.seed))));
  }
  Composer c(function.getLoc(), OpBuilder::atBlockBegin(&function.front()));
  Value seed = GetStateOp::create(c, type, name);
  SetStateOp::create(c, name, c.add(seed, c.constant(seed, 1)));
  return seed;
}

/// A training step for batches of `size` samples.
LogicalResult ProgramBuilder::addStep(StringRef name, int64_t size,
                                      bool givesGradients) {
  func::FuncOp step = cloneModel(name);
  replaceDimSymbols(step,
                    {{batch, getAffineConstantExpr(size, batch.getContext())}});
  if (failed(addLoss(step, options.loss, predictions,
                     /*keepsPredictions=*/false)) ||
      failed(enterTrainingMode(step, addSeed(step))))
    return failure();
  Builder builder(module.getContext());
  auto strings = [&](ArrayRef<std::string> texts) {
    SmallVector<StringRef> refs(texts.begin(), texts.end());
    return builder.getStrArrayAttr(refs);
  };
  step->setAttr(stepAttrName,
                StepAttr::get(module.getContext(), "train", options.optimizer,
                              givesGradients ? builder.getArrayAttr({})
                                             : strings(options.parameters),
                              strings(options.frozen),
                              builder.getF64FloatAttr(options.clipNorm)));
  StepOptions others = options.step;
  others.samples = others.accumulate == 1 ? 1 : size;
  if (!givesGradients)
    others.gradients.clear();
  others.set(step);
  return success();
}

LogicalResult ProgramBuilder::build() {
  if (failed(findModel()))
    return failure();
  FailureOr<SmallVector<unsigned>> found = findPredictions(model, options.loss);
  if (failed(found))
    return failure();
  predictions = std::move(*found);
  if (!(batch = makeBatchSymbolic(model, predictions, options.batchAxes)))
    return failure();
  extractParameters();
  if (failed(addStep("train", options.batch)) ||
      (options.lastBatch && failed(addStep("train_last", options.lastBatch))) ||
      (!options.step.gradients.empty() &&
       failed(addStep("gradients", options.batch, /*givesGradients=*/true))) ||
      failed(addLoss(cloneModel("evaluate"), options.loss, predictions,
                     /*keepsPredictions=*/true)))
    return failure();
  // last, behind what is made of it
  model.setName("predict");
  model->moveBefore(module.getBody(), module.getBody()->end());
  return success();
}

LogicalResult tenon::buildTrainingProgram(ModuleOp module,
                                          const TrainingOptions &options) {
  return ProgramBuilder(module, options).build();
}
