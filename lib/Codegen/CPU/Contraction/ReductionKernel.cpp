//===- ReductionKernel.cpp - what a contraction kernel computes -----------===//

#include "tenon/Codegen/CPU/Contraction/ReductionKernel.h"
#include "tenon/Codegen/CPU/Contraction/VectorBody.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "tenon/Dialect/Tenon/IR/Winograd.h"

using namespace mlir;
using namespace tenon;

using Exprs = SmallVector<AffineExpr>;

std::optional<int64_t> ReductionKernel::getConstantExtent(unsigned loop) const {
  if (auto constant = dyn_cast<AffineConstantExpr>(extents[loop]))
    return constant.getValue();
  return std::nullopt;
}

bool ReductionKernel::isColumnwise() const {
  return llvm::none_of(inputs, [&](const std::optional<LoopOperand> &input) {
    return input && input->isInvariant(columnLoop);
  });
}

std::optional<int64_t> ReductionKernel::getPackedWidth() const {
  for (const std::optional<LoopOperand> &input : inputs)
    if (input && input->panelWidth)
      return input->panelWidth;
  return std::nullopt;
}

/// Adds `scale * expr` to an offset and the strides of the loops that are its
/// dimensions; false if `expr` is not linear.
static bool addLinear(AffineExpr expr, AffineExpr scale, AffineExpr &offset,
                      MutableArrayRef<AffineExpr> strides) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    strides[dim.getPosition()] = strides[dim.getPosition()] + scale;
    return true;
  }
  if (isa<AffineConstantExpr>(expr)) {
    offset = offset + expr * scale;
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), scale, offset, strides) &&
           addLinear(binary.getRHS(), scale, offset, strides);
  return binary.getKind() == AffineExprKind::Mul &&
         isa<AffineConstantExpr>(binary.getRHS()) &&
         addLinear(binary.getLHS(), scale * binary.getRHS(), offset, strides);
}

/// Booleans are bytes in memory but bits in vectors.
static bool isVectorElement(Type type) {
  return type.isIntOrFloat() && type.getIntOrFloatBitWidth() >= 8;
}

static bool isConstantScalar(Value value) {
  return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp());
}

namespace {

/// Builds the model from the root outwards. Each step returns false after
/// setting the reason.
class Matcher {
public:
  Matcher(func::FuncOp function, std::string &reason)
      : function(function), context(function.getContext()), reason(reason) {
    kernel.function = function;
  }

  std::optional<ReductionKernel> match() {
    if (findRoot() && matchLoops() && matchInputs() && matchInit() &&
        matchStages() && matchStores() && assignRoles() && checkWinograd()) {
      mergeRowLoops();
      return kernel;
    }
    return std::nullopt;
  }

private:
  bool fail(const Twine &why) {
    reason = why.str();
    return false;
  }

  bool findRoot() {
    for (auto op : function.getOps<linalg::GenericOp>()) {
      if (op.getNumReductionLoops() == 0 || op->hasAttr(kWinogradAttr))
        continue;
      if (kernel.root)
        return fail("more than one reduction");
      kernel.root = op;
    }
    if (!kernel.root)
      return fail("no reduction");
    if (kernel.root.getNumDpsInits() != 1)
      return fail("reduction with several results");
    if (!isVectorElement(getElementTypeOrSelf(kernel.root->getResult(0))))
      return fail("reduction of elements that vectors cannot hold");
    if (!isVectorizableBody(kernel.root))
      return fail("reduction whose body is not elementwise");
    return true;
  }

  /// Sizes and classes of the root's loops.
  bool matchLoops() {
    linalg::GenericOp root = kernel.root;
    kernel.extents.resize(root.getNumLoops());
    for (OpOperand &operand : root->getOpOperands()) {
      std::optional<Exprs> sizes = getTensorSizes(operand.get(), function);
      AffineMap map = root.getMatchingIndexingMap(&operand);
      for (auto [i, expr] : llvm::enumerate(map.getResults()))
        if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && sizes)
          kernel.extents[dim.getPosition()] = (*sizes)[i];
    }
    if (llvm::is_contained(kernel.extents, AffineExpr()))
      return fail("loop of unknown extent");
    AffineMap output = root.getMatchingIndexingMap(root.getDpsInitOperand(0));
    if (!output.isProjectedPermutation() || output.getNumResults() == 0 ||
        output.getNumResults() != root.getNumParallelLoops())
      return fail("result that is no permutation of the parallel loops");
    for (AffineExpr expr : output.getResults())
      resultLoops.push_back(cast<AffineDimExpr>(expr).getPosition());
    root.getReductionDims(kernel.reductionLoops);
    kernel.columnLoop = resultLoops.back();
    loopsOf[root->getResult(0)] = resultLoops;
    return true;
  }

  /// The operand that reads (or writes) `view` at `map` of loops, loop i of
  /// the map being the kernel's `loops[i]`.
  std::optional<LoopOperand> getOperand(const StridedView &view, AffineMap map,
                                        Type elementType,
                                        ArrayRef<unsigned> loops) {
    AffineExpr zero = getAffineConstantExpr(0, context);
    Exprs strides(map.getNumDims(), zero);
    LoopOperand operand{view.argument, elementType, view.offset, {}, 0, {}};
    for (auto [i, expr] : llvm::enumerate(map.getResults())) {
      bool isColumn =
          isa<AffineDimExpr>(expr) &&
          loops[cast<AffineDimExpr>(expr).getPosition()] == kernel.columnLoop;
      if (view.panels && view.panels->dim == i) {
        if (!isColumn)
          return std::nullopt;
        operand.panelWidth = view.panels->width;
        operand.panelStride = view.panels->stride;
      }
      if (!addLinear(expr, view.strides[i], operand.offset, strides))
        return std::nullopt;
    }
    operand.strides.assign(kernel.extents.size(), zero);
    for (auto [i, stride] : llvm::enumerate(strides))
      operand.strides[loops[i]] = simplifyAffineExpr(stride, 0, 64);
    return operand;
  }

  std::optional<LoopOperand> getOperand(Value tensor, AffineMap map,
                                        ArrayRef<unsigned> loops) {
    std::optional<StridedView> view = getStridedView(tensor, function);
    if (!view || !isVectorElement(getElementTypeOrSelf(tensor)))
      return std::nullopt;
    return getOperand(*view, map,
                      cast<RankedTensorType>(tensor.getType()).getElementType(),
                      loops);
  }

  bool matchInputs() {
    linalg::GenericOp root = kernel.root;
    rootLoops = llvm::to_vector(llvm::seq<unsigned>(0, root.getNumLoops()));
    for (OpOperand *input : root.getDpsInputOperands()) {
      AffineMap map = root.getMatchingIndexingMap(input);
      kernel.inputs.emplace_back();
      if (!root.payloadUsesValueFromOperand(input))
        continue;
      if (auto pad = input->get().getDefiningOp<tensor::PadOp>()) {
        if (!matchPad(pad, map, input->getOperandNumber()))
          return false;
        continue;
      }
      Value tensor = input->get();
      if (Operation *restored = tensor.getDefiningOp();
          restored && restored->hasAttr(kWinogradAttr)) {
        // read as they lie: the loops of the window are those of the tile
        kernel.isWinograd = true;
        tensor = restored->getOperand(2);
      }
      kernel.inputs.back() = getOperand(tensor, map, rootLoops);
      if (!kernel.inputs.back())
        return fail("input that is not addressed in place");
      if (!isColumnAccess(*kernel.inputs.back()))
        kernel.transposed.push_back(input->getOperandNumber());
    }
    // a copy of all that is read would cost more than the sum itself; general
    // kernels read vectors along the reduction
    if (kernel.isColumnwise() && !kernel.transposed.empty())
      return fail("nothing to multiply with, and columns that are not "
                  "contiguous");
    return true;
  }

  bool isColumnAccess(const LoopOperand &operand) const {
    return operand.isUnitStride(kernel.columnLoop) ||
           operand.isInvariant(kernel.columnLoop);
  }

  bool matchPad(tensor::PadOp pad, AffineMap map, unsigned input) {
    if (kernel.padded)
      return fail("more than one padded input");
    std::optional<StridedView> source =
        getStridedView(pad.getSource(), function);
    std::optional<Exprs> sizes = getTensorSizes(pad.getResult(), function);
    Value padding = pad.getConstantPaddingValue();
    if (!source || source->panels || !sizes || !padding ||
        !isConstantScalar(padding))
      return fail("padded input that is not an argument");
    PaddedOperand padded{input, *source, map, {}, *sizes, padding};
    for (OpFoldResult low : pad.getMixedLowPad())
      padded.low.push_back(getSymbolicExpr(low, function));
    // only used for its strides: those of one buffer with the padded sizes
    StridedView whole{source->argument, getAffineConstantExpr(0, context),
                      *sizes, getRowMajorStrides(*sizes, context),
                      std::nullopt};
    kernel.inputs.back() = getOperand(
        whole, map, cast<RankedTensorType>(pad.getType()).getElementType(),
        rootLoops);
    if (!kernel.inputs.back() || !isColumnAccess(*kernel.inputs.back()))
      return fail("padded input with an unknown access");
    kernel.padded = padded;
    return true;
  }

  bool matchInit() {
    OpOperand *init = kernel.root.getDpsInitOperand(0);
    if (auto fill = init->get().getDefiningOp<linalg::FillOp>()) {
      kernel.initialScalar = fill.getInputs()[0];
      if (!isConstantScalar(kernel.initialScalar))
        return fail("reduction that starts from a computed scalar");
      return true;
    }
    kernel.initialOperand = getOperand(
        init->get(), kernel.root.getMatchingIndexingMap(init), rootLoops);
    if (!kernel.initialOperand || !isColumnAccess(*kernel.initialOperand))
      return fail("reduction that starts from a computed tensor");
    return true;
  }

  bool matchStages() {
    for (auto op : function.getOps<linalg::GenericOp>()) {
      if (op == kernel.root ||
          llvm::none_of(op.getOperands(),
                        [&](Value value) { return loopsOf.contains(value); }))
        continue;
      if (!matchStage(op))
        return false;
    }
    return true;
  }

  bool matchStage(linalg::GenericOp op) {
    if (op.getNumLoops() != resultLoops.size() || !isVectorizableBody(op))
      return fail("epilogue that is not elementwise");
    EpilogueStage stage{op, {}, SmallVector<unsigned>(op.getNumLoops(), 0)};
    for (OpOperand &operand : op->getOpOperands()) {
      auto loops = loopsOf.find(operand.get());
      AffineMap map = op.getMatchingIndexingMap(&operand);
      if (loops == loopsOf.end())
        continue;
      if (!map.isPermutation())
        return fail("epilogue that broadcasts the result");
      for (auto [loop, expr] : llvm::zip_equal(loops->second, map.getResults()))
        stage.loops[cast<AffineDimExpr>(expr).getPosition()] = loop;
    }
    for (OpOperand &operand : op->getOpOperands()) {
      stage.operands.emplace_back();
      AffineMap map = op.getMatchingIndexingMap(&operand);
      if (auto loops = loopsOf.find(operand.get()); loops != loopsOf.end()) {
        for (auto [loop, expr] :
             llvm::zip_equal(loops->second, map.getResults()))
          if (stage.loops[cast<AffineDimExpr>(expr).getPosition()] != loop)
            return fail("epilogue that transposes the result onto itself");
        continue;
      }
      if (!op.payloadUsesValueFromOperand(&operand))
        continue;
      std::optional<LoopOperand> external =
          getOperand(operand.get(), map, stage.loops);
      if (!external || !isColumnAccess(*external))
        return fail("epilogue operand that is not addressed in place");
      stage.operands.back() = external;
    }
    for (OpOperand &init : op.getDpsInitsMutable()) {
      AffineMap map = op.getMatchingIndexingMap(&init);
      if (!map.isPermutation())
        return fail("epilogue result that is no permutation");
      SmallVector<unsigned> loops;
      for (AffineExpr expr : map.getResults())
        loops.push_back(stage.loops[cast<AffineDimExpr>(expr).getPosition()]);
      loopsOf[op.getTiedOpResult(&init)] = loops;
    }
    kernel.stages.push_back(stage);
    return true;
  }

  /// A returned tensor is a stage's result, reshaped or not: both have the
  /// same row-major elements.
  bool matchStores() {
    auto returnOp =
        cast<func::ReturnOp>(function.getBody().front().getTerminator());
    for (auto [i, returned] : llvm::enumerate(returnOp.getOperands())) {
      Value tensor = returned;
      std::optional<StridedView> view = getResultView(function, i);
      while (view && !loopsOf.contains(tensor)) {
        view = lookThroughReshape(tensor, *view, function);
        if (view)
          tensor = tensor.getDefiningOp()->getOperand(0);
      }
      if (!view)
        return fail("result that is not computed from the reduction");
      AffineExpr zero = getAffineConstantExpr(0, context);
      Exprs strides(kernel.extents.size(), zero);
      for (auto [loop, stride] :
           llvm::zip_equal(loopsOf[tensor], view->strides))
        strides[loop] = stride;
      if (strides[kernel.columnLoop] != 1)
        return fail("result whose columns are not contiguous");
      Type elementType =
          cast<RankedTensorType>(tensor.getType()).getElementType();
      if (!isVectorElement(elementType))
        return fail("result of elements that vectors cannot hold");
      kernel.stores.push_back(
          {tensor, {view->argument, elementType, zero, strides, 0, {}}});
    }
    return true;
  }

  bool assignRoles() {
    // The operand that rows share: varied by the columns, invariant in most of
    // the other parallel loops.
    const LoopOperand *shared = nullptr;
    auto countInvariant = [&](const LoopOperand &operand) {
      return llvm::count_if(resultLoops, [&](unsigned loop) {
        return operand.isInvariant(loop);
      });
    };
    for (const std::optional<LoopOperand> &input : kernel.inputs)
      if (input && !input->isInvariant(kernel.columnLoop) &&
          (!shared || countInvariant(*input) > countInvariant(*shared)))
        shared = &*input;
    if (!shared)
      return fail("no input varies along the columns");
    bool everyLoopIsRow = countInvariant(*shared) == 0;
    for (unsigned loop : ArrayRef(resultLoops).drop_back())
      (everyLoopIsRow || shared->isInvariant(loop) ? kernel.rowLoops
                                                   : kernel.batchLoops)
          .push_back(loop);
    for (unsigned input : kernel.transposed)
      for (unsigned loop : kernel.rowLoops)
        if (!kernel.inputs[input]->isInvariant(loop))
          return fail("input of the rows whose columns are not contiguous");
    return true;
  }

  bool checkWinograd() {
    if (!kernel.isWinograd)
      return true;
    bool isPanelConv =
        kernel.padded && kernel.getPackedWidth() && kernel.batchLoops.empty() &&
        kernel.rowLoops.size() == 3 && kernel.reductionLoops.size() == 3 &&
        !kernel.initialOperand;
    if (!isPanelConv)
      return fail("transformed weights of another operation");
    const LoopOperand &input = *kernel.inputs[kernel.padded->input];
    for (unsigned dim : {0, 1}) { // of the image
      unsigned window = kernel.reductionLoops[dim];
      if (kernel.getConstantExtent(window) != kWinogradWindow ||
          input.strides[window] != input.strides[kernel.rowLoops[dim + 1]])
        return fail("transformed weights for another window");
    }
    for (unsigned loop : {kernel.rowLoops[1], kernel.rowLoops[2],
                          kernel.reductionLoops[2], kernel.columnLoop})
      if (!kernel.getConstantExtent(loop))
        return fail("transformed weights for an unknown size");
    return true;
  }

  void forEachOperand(llvm::function_ref<void(LoopOperand &)> apply) {
    for (std::optional<LoopOperand> &input : kernel.inputs)
      if (input)
        apply(*input);
    if (kernel.initialOperand)
      apply(*kernel.initialOperand);
    for (EpilogueStage &stage : kernel.stages)
      for (std::optional<LoopOperand> &operand : stage.operands)
        if (operand)
          apply(*operand);
    for (KernelStore &store : kernel.stores)
      apply(store.destination);
  }

  /// Rows that lie evenly for every operand need one loop: then a tile's rows
  /// are one constant stride apart.
  void mergeRowLoops() {
    if (kernel.padded || usesIndices())
      return;
    for (int64_t i = int64_t(kernel.rowLoops.size()) - 2; i >= 0; --i) {
      unsigned outer = kernel.rowLoops[i], inner = kernel.rowLoops[i + 1];
      bool isEven = true;
      forEachOperand([&](LoopOperand &operand) {
        isEven &=
            isContiguousPair(operand.strides[outer], kernel.extents[inner],
                             operand.strides[inner]);
      });
      if (kernel.extents[inner] == 1) {
        kernel.rowLoops.erase(kernel.rowLoops.begin() + i + 1);
      } else if (isEven || kernel.extents[outer] == 1) {
        kernel.extents[inner] = kernel.extents[inner] * kernel.extents[outer];
        kernel.extents[outer] = getAffineConstantExpr(1, context);
        kernel.rowLoops.erase(kernel.rowLoops.begin() + i);
      }
    }
  }

  bool usesIndices() const {
    return llvm::any_of(kernel.stages, [](EpilogueStage stage) {
      return stage.op.hasIndexSemantics();
    });
  }

  func::FuncOp function;
  MLIRContext *context;
  std::string &reason;
  ReductionKernel kernel;
  SmallVector<unsigned> resultLoops, rootLoops;
  /// For each tensor that is computed: the kernel's loop of each dimension.
  DenseMap<Value, SmallVector<unsigned>> loopsOf;
};

} // namespace

std::optional<ReductionKernel>
tenon::matchReductionKernel(func::FuncOp kernel, std::string &reason) {
  return Matcher(kernel, reason).match();
}
