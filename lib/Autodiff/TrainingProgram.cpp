//===- TrainingProgram.cpp - training from a model for inference ----------===//

#include "tenon/Autodiff/TrainingProgram.h"
#include "MicroBatches.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Dialect/Tenon/Transforms/ReplaceDimSymbols.h"
#include "tenon/Dialect/Tenon/Transforms/SplitRanks.h"
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
  Value addRankWeight(func::FuncOp function);
  /// Reads a state of the steps, made where it is missing, in the beginning.
  Value readState(func::FuncOp function, StringRef name, StateKind kind,
                  DenseElementsAttr first);
  /// `samples` are those of all ranks together.
  LogicalResult addStep(StringRef name, int64_t size, int64_t samples,
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
Value ProgramBuilder::readState(func::FuncOp function, StringRef name,
                                StateKind kind, DenseElementsAttr first) {
  if (!symbols.lookup(name)) {
    OpBuilder builder(function);
    symbols.insert(
        StateOp::create(builder, function.getLoc(), name, kind, first));
  }
  OpBuilder builder = OpBuilder::atBlockBegin(&function.front());
  return GetStateOp::create(builder, function.getLoc(), first.getType(), name);
}

Value ProgramBuilder::addSeed(func::FuncOp function) {
  StringRef name = "train/seed";
  auto type =
      RankedTensorType::get({}, IntegerType::get(module.getContext(), 64));
  Value seed = readState(function, name, StateKind::kept,
                         DenseElementsAttr::get(type, APInt(64, options.seed)));
  Composer c(function.getLoc(), OpBuilder(function.getContext()));
  c.setInsertionPointAfterValue(seed);
  SetStateOp::create(c, name, c.add(seed, c.constant(seed, 1)));
  // ranks that drop the same would be one with a smaller batch
  if (options.isShared)
    seed = c.add(seed, c.mul(RankOp::create(c), c.constant(seed, 0x9E3779B9)));
  return seed;
}

Value ProgramBuilder::addRankWeight(func::FuncOp function) {
  if (!options.isShared || !options.syncsBatchNorm)
    return {};
  auto type = RankedTensorType::get({}, Float32Type::get(module.getContext()));
  return readState(function, ("train/" + rankWeightStateName).str(),
                   StateKind::scratch, DenseElementsAttr::get(type, 1.0f));
}

/// The dimension of each argument that counts samples; -1: none does.
static SmallVector<int64_t> findBatchAxes(func::FuncOp function,
                                          AffineExpr batch) {
  return llvm::map_to_vector(function.getArgumentTypes(), [&](Type type) {
    SmallVector<AffineExpr> dims = getDims(cast<RankedTensorType>(type));
    const auto *axis = llvm::find(dims, batch);
    return axis == dims.end() ? int64_t(-1) : int64_t(axis - dims.begin());
  });
}

/// A training step for batches of `size` samples.
LogicalResult ProgramBuilder::addStep(StringRef name, int64_t size,
                                      int64_t samples, bool givesGradients) {
  int64_t parts = size % options.microBatches == 0 ? options.microBatches : 1;
  func::FuncOp step = cloneModel(name);
  if (failed(addLoss(step, options.loss, predictions,
                     /*keepsPredictions=*/false)))
    return failure();
  SmallVector<int64_t> axes = findBatchAxes(step, batch);
  replaceDimSymbols(
      step, {{batch, getAffineConstantExpr(size / parts, batch.getContext())}});
  if (failed(enterTrainingMode(step, addSeed(step), addRankWeight(step))))
    return failure();
  repeatForMicroBatches(step, parts, axes);
  Builder builder(module.getContext());
  auto strings = [&](ArrayRef<std::string> texts) {
    SmallVector<StringRef> refs(texts.begin(), texts.end());
    return builder.getStrArrayAttr(refs);
  };
  if (options.isShared)
    step->setAttr(sharedStepAttrName, UnitAttr::get(module.getContext()));
  step->setAttr(stepAttrName,
                StepAttr::get(module.getContext(), "train", options.optimizer,
                              givesGradients ? builder.getArrayAttr({})
                                             : strings(options.parameters),
                              strings(options.frozen),
                              builder.getF64FloatAttr(options.clipNorm)));
  StepSettings others = options.step;
  others.samples = others.accumulate == 1 ? 1 : samples;
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
  if (options.numStages > 1) {
    if (failed(assignRanks(model, options.numStages, options.places)))
      return failure();
    module->setAttr(
        stageAttrName,
        Builder(module.getContext()).getI64IntegerAttr(options.stage));
  }
  extractParameters();
  int64_t whole = options.isShared ? options.wholeBatch : options.batch,
          wholeLast =
              options.isShared ? options.wholeLastBatch : options.lastBatch;
  if (failed(addStep("train", options.batch, whole)) ||
      (options.lastBatch &&
       failed(addStep("train_last", options.lastBatch, wholeLast))) ||
      (!options.step.gradients.empty() &&
       failed(addStep("gradients", options.batch, whole,
                      /*givesGradients=*/true))) ||
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
