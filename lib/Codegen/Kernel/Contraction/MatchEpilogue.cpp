//===- MatchEpilogue.cpp - what follows the reduction ---------------------===//

#include "MatchEpilogue.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"

using namespace mlir;
using namespace tenon;

static unsigned getLoop(AffineExpr expr) {
  return cast<AffineDimExpr>(expr).getPosition();
}

namespace {
class EpilogueMatcher {
public:
  EpilogueMatcher(func::FuncOp function, ContractionKernel &kernel,
                  std::string &reason)
      : function(function), kernel(kernel), reason(reason) {}

  bool match(ArrayRef<unsigned> resultLoops) {
    loopsOf[kernel.root->getResult(0)] = llvm::to_vector(resultLoops);
    for (auto op : function.getOps<linalg::GenericOp>())
      if (op != kernel.root && readsComputed(op) && !matchStage(op))
        return false;
    auto results = function.getBody().front().getTerminator()->getOperands();
    for (auto [i, tensor] : llvm::enumerate(results))
      if (!matchStore(tensor, i))
        return false;
    return true;
  }

private:
  bool fail(const Twine &why) {
    reason = why.str();
    return false;
  }

  bool readsComputed(linalg::GenericOp op) const {
    return llvm::any_of(op.getOperands(),
                        [&](Value value) { return loopsOf.contains(value); });
  }

  bool matchStage(linalg::GenericOp op) {
    if (op.getNumLoops() != kernel.root.getNumParallelLoops() ||
        !isElementwiseBody(op))
      return fail("epilogue that is not elementwise");
    EpilogueStage stage{op, {}, SmallVector<unsigned>(op.getNumLoops(), 0)};
    if (!matchLoops(stage))
      return false;
    for (OpOperand &operand : op->getOpOperands())
      if (!matchOperand(operand, stage))
        return false;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      AffineMap map = op.getMatchingIndexingMap(&init);
      if (!map.isPermutation())
        return fail("epilogue result that is no permutation");
      SmallVector<unsigned> &loops = loopsOf[op.getTiedOpResult(&init)];
      for (AffineExpr expr : map.getResults())
        loops.push_back(stage.loops[getLoop(expr)]);
    }
    kernel.stages.push_back(stage);
    return true;
  }

  /// The kernel's loops that the stage's are, by what it reads of the result.
  bool matchLoops(EpilogueStage &stage) {
    for (OpOperand &operand : stage.op->getOpOperands()) {
      auto loops = loopsOf.find(operand.get());
      AffineMap map = stage.op.getMatchingIndexingMap(&operand);
      if (loops == loopsOf.end())
        continue;
      if (!map.isPermutation())
        return fail("epilogue that broadcasts the result");
      for (auto [loop, expr] : llvm::zip_equal(loops->second, map.getResults()))
        stage.loops[getLoop(expr)] = loop;
    }
    return true;
  }

  bool matchOperand(OpOperand &operand, EpilogueStage &stage) {
    stage.operands.emplace_back();
    AffineMap map = stage.op.getMatchingIndexingMap(&operand);
    if (auto loops = loopsOf.find(operand.get()); loops != loopsOf.end()) {
      for (auto [loop, expr] : llvm::zip_equal(loops->second, map.getResults()))
        if (stage.loops[getLoop(expr)] != loop)
          return fail("epilogue that transposes the result onto itself");
      return true;
    }
    if (!stage.op.payloadUsesValueFromOperand(&operand))
      return true;
    stage.operands.back() =
        getLoopOperand(operand.get(), map, stage.loops, kernel, function);
    if (!stage.operands.back() ||
        !kernel.hasColumnAccess(*stage.operands.back()))
      return fail("epilogue operand that is not addressed in place");
    return true;
  }

  /// A returned tensor is a stage's result, reshaped or not: both have the
  /// same row-major elements.
  bool matchStore(Value tensor, unsigned result) {
    std::optional<StridedView> view = getResultView(function, result);
    while (view && !loopsOf.contains(tensor)) {
      view = lookThroughReshape(tensor, *view, function);
      if (view)
        tensor = tensor.getDefiningOp()->getOperand(0);
    }
    if (!view)
      return fail("result that is not computed from the reduction");
    AffineExpr zero = getAffineConstantExpr(0, function.getContext());
    SmallVector<AffineExpr> strides(kernel.extents.size(), zero);
    for (auto [loop, stride] : llvm::zip_equal(loopsOf[tensor], view->strides))
      strides[loop] = stride;
    if (strides[kernel.columnLoop] != 1)
      return fail("result whose columns are not contiguous");
    Type elementType = getElementTypeOrSelf(tensor);
    if (!isVectorElement(elementType))
      return fail("result of elements that vectors cannot hold");
    kernel.stores.push_back(
        {tensor, {view->argument, elementType, zero, strides}});
    return true;
  }

  func::FuncOp function;
  ContractionKernel &kernel;
  std::string &reason;
  /// For each tensor that is computed: the kernel's loop of each dimension.
  DenseMap<Value, SmallVector<unsigned>> loopsOf;
};
} // namespace

bool tenon::matchEpilogue(func::FuncOp function, ArrayRef<unsigned> resultLoops,
                          ContractionKernel &kernel, std::string &reason) {
  return EpilogueMatcher(function, kernel, reason).match(resultLoops);
}
