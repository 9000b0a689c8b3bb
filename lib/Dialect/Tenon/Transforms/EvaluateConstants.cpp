//===- EvaluateConstants.cpp - constant subgraphs, run by the compiler ----===//

#include "tenon/Dialect/Tenon/Transforms/EvaluateConstants.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/SetVector.h"

namespace tenon {
#define GEN_PASS_DEF_EVALUATECONSTANTSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Elements of a broadcast that is computed rather than left to kernels.
static constexpr int64_t maxRepeated = 1024;

namespace {
struct EvaluateConstants
    : tenon::impl::EvaluateConstantsPassBase<EvaluateConstants> {
  EvaluateConstants() = default;
  explicit EvaluateConstants(ConstantEvaluator evaluator)
      : evaluator(std::move(evaluator)) {}

  void runOnOperation() override {
    if (!evaluator)
      return;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(runOn(function)))
        return signalPassFailure();
  }

  LogicalResult runOn(func::FuncOp function) {
    llvm::SetVector<Operation *> computed;
    function->walk([&](Operation *op) {
      if (isComputable(op, computed))
        computed.insert(op);
    });
    SmallVector<Value> frontier = getFrontier(computed);
    return frontier.empty() ? success()
                            : evaluate(computed.getArrayRef(), frontier);
  }

  /// Whether `op` has constant operands and computes something, with sizes that
  /// no input decides.
  static bool isComputable(Operation *op,
                           const llvm::SetVector<Operation *> &computed);
  /// The values of computed ops that others read.
  static SmallVector<Value>
  getFrontier(const llvm::SetVector<Operation *> &computed);
  LogicalResult evaluate(ArrayRef<Operation *> computed,
                         ArrayRef<Value> frontier);

  ConstantEvaluator evaluator;
};
} // namespace

bool EvaluateConstants::isComputable(
    Operation *op, const llvm::SetVector<Operation *> &computed) {
  // unpacking belongs to the contraction that reads the panels
  if (isa<ConstantOp, UnpackPanelsOp, WinogradRestoreOp>(op) ||
      !isa_and_nonnull<TenonDialect>(op->getDialect()) || op->getNumRegions() ||
      op->getNumResults() == 0 || op->getNumOperands() == 0 || !isPure(op))
    return false;
  // a repeated element is read where it is, not kept many times
  if (auto broadcast = dyn_cast<BroadcastOp>(op);
      broadcast && broadcast.getType().hasStaticShape() &&
      broadcast.getType().getNumElements() > maxRepeated)
    return false;
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  return llvm::all_of(op->getResultTypes(), isStatic) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           Operation *producer = operand.getDefiningOp();
           return producer &&
                  (isa<ConstantOp>(producer) || computed.contains(producer));
         });
}

SmallVector<Value>
EvaluateConstants::getFrontier(const llvm::SetVector<Operation *> &computed) {
  SmallVector<Value> frontier;
  for (Operation *op : computed)
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(), [&](Operation *user) {
            return !computed.contains(user);
          }))
        frontier.push_back(result);
  return frontier;
}

LogicalResult EvaluateConstants::evaluate(ArrayRef<Operation *> computed,
                                          ArrayRef<Value> frontier) {
  Location loc = getOperation().getLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto function = func::FuncOp::create(
      builder, loc, "constants",
      builder.getFunctionType({}, ValueRange(frontier).getTypes()));
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping mapping;
  for (Operation *op : computed) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand))
        builder.clone(*operand.getDefiningOp(), mapping);
    builder.clone(*op, mapping);
  }
  func::ReturnOp::create(builder, loc,
                         llvm::map_to_vector(frontier, [&](Value v) {
                           return mapping.lookup(v);
                         }));

  FailureOr<SmallVector<ElementsAttr>> values = evaluator(std::move(module));
  if (failed(values))
    return failure();
  for (auto [computedValue, attr] : llvm::zip_equal(frontier, *values)) {
    Value value = computedValue;
    OpBuilder at(value.getDefiningOp());
    value.replaceAllUsesWith(ConstantOp::create(at, value.getLoc(), attr));
  }
  numEvaluated += computed.size();
  for (Operation *op : llvm::reverse(computed))
    if (op->use_empty())
      op->erase();
  return success();
}

std::unique_ptr<Pass>
tenon::createEvaluateConstantsPass(ConstantEvaluator evaluator) {
  return std::make_unique<EvaluateConstants>(std::move(evaluator));
}
