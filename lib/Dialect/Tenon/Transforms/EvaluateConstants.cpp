//===- EvaluateConstants.cpp - constant subgraphs, run by the compiler ----===//

#include "tenon/Dialect/Tenon/Transforms/EvaluateConstants.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/Transforms/NamedDims.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace tenon {
#define GEN_PASS_DEF_EVALUATECONSTANTSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Elements of a broadcast that is computed rather than left to kernels.
static constexpr int64_t maxRepeated = 1024;

/// Whether `op` computes something, with sizes and numbers that no input
/// decides.
static bool hasStaticResults(Operation *op) {
  return isa_and_nonnull<TenonDialect>(op->getDialect()) &&
         op->getNumRegions() == 0 && op->getNumResults() > 0 && isPure(op) &&
         llvm::all_of(op->getResultTypes(),
                      [](Type type) {
                        auto tensor = dyn_cast<RankedTensorType>(type);
                        return tensor && tensor.hasStaticShape();
                      }) &&
         getNamedDims(op).empty();
}

/// Runs `ops`, which are in order, and returns `results`. Other operands are in
/// `known`, or constants.
static FailureOr<SmallVector<ElementsAttr>>
runOps(ArrayRef<Operation *> ops, ArrayRef<Value> results,
       const llvm::MapVector<Value, ElementsAttr> &known,
       const ConstantEvaluator &evaluator, Location loc) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  auto function = func::FuncOp::create(
      builder, loc, "constants",
      builder.getFunctionType({}, ValueRange(results).getTypes()));
  builder.setInsertionPointToStart(function.addEntryBlock());
  IRMapping mapping;
  for (auto [value, attr] : known)
    mapping.map(value, ConstantOp::create(builder, loc, attr).getResult());
  for (Operation *op : ops) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand))
        builder.clone(*operand.getDefiningOp(), mapping);
    builder.clone(*op, mapping);
  }
  func::ReturnOp::create(
      builder, loc,
      llvm::map_to_vector(results, [&](Value v) { return mapping.lookup(v); }));
  // an importer's ops are verified when all are there, which is later
  if (failed(verify(*module)))
    return failure();
  return evaluator(std::move(module));
}

//===----------------------------------------------------------------------===//
// One value
//===----------------------------------------------------------------------===//

namespace {
/// What one value is computed from.
struct Slice {
  llvm::SetVector<Operation *> ops;
  llvm::MapVector<Value, ElementsAttr> known;

  /// False where an input decides `value`. With a stack of its own: no chain of
  /// ops is too long for it.
  bool add(Value value) {
    SmallVector<Value> open{value};
    while (!open.empty()) {
      Value next = open.back();
      Operation *op = next.getDefiningOp();
      if (!op)
        return false;
      if (isHere(next)) {
        open.pop_back();
        continue;
      }
      size_t before = open.size();
      if (ElementsAttr elements = getKnownElements(next))
        known[next] = elements;
      else if (!hasStaticResults(op))
        return false;
      else
        llvm::copy_if(op->getOperands(), std::back_inserter(open),
                      [&](Value operand) { return !isHere(operand); });
      if (open.size() > before)
        continue;
      if (!known.contains(next))
        ops.insert(op);
      open.pop_back();
    }
    return true;
  }

private:
  bool isHere(Value value) const {
    Operation *op = value.getDefiningOp();
    return op &&
           (isa<ConstantOp>(op) || ops.contains(op) || known.contains(value));
  }

  /// Sizes of a tensor, say, whatever it holds.
  static ElementsAttr getKnownElements(Value value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || !type.hasStaticShape() || !type.getElementType().isInteger(64))
      return {};
    auto elements = getSymbolicElements(value);
    if (!elements)
      return {};
    SmallVector<int64_t> integers;
    for (AffineExpr element : *elements) {
      std::optional<int64_t> constant =
          element ? getConstantDim(element) : std::nullopt;
      if (!constant)
        return {};
      integers.push_back(*constant);
    }
    return DenseElementsAttr::get(type, ArrayRef<int64_t>(integers));
  }
};
} // namespace

FailureOr<ElementsAttr>
tenon::evaluateConstant(Value value, const ConstantEvaluator &evaluator) {
  Slice slice;
  if (!slice.add(value) || slice.ops.empty())
    return ElementsAttr();
  auto results = runOps(slice.ops.getArrayRef(), value, slice.known, evaluator,
                        value.getLoc());
  if (failed(results))
    return failure();
  return results->front();
}

//===----------------------------------------------------------------------===//
// All values of a function
//===----------------------------------------------------------------------===//

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

  /// Whether `op` has constant operands and computes something.
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
  if (isa<ConstantOp>(op) || op->hasTrait<Unpacks>() ||
      op->getNumOperands() == 0 || !hasStaticResults(op))
    return false;
  // a repeated element is read where it is, not kept many times
  if (auto broadcast = dyn_cast<BroadcastOp>(op);
      broadcast && broadcast.getType().hasStaticShape() &&
      broadcast.getType().getNumElements() > maxRepeated)
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
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
  auto values =
      runOps(computed, frontier, {}, evaluator, getOperation().getLoc());
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
