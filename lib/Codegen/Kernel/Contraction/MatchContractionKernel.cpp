//===- MatchContractionKernel.cpp - the model of a kernel -----------------===//

#include "MatchEpilogue.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Codegen/Kernel/Contraction/WinogradWeights.h"
#include "tenon/Codegen/Kernel/LinalgBody.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

using namespace mlir;
using namespace tenon;

static bool isConstantScalar(Value value) {
  return isa_and_nonnull<arith::ConstantOp>(value.getDefiningOp());
}

namespace {
/// Builds the model from the root outwards. Each step returns false after
/// setting the reason.
class Matcher {
public:
  Matcher(func::FuncOp function, std::string &reason)
      : function(function), context(function.getContext()), reason(reason) {}

  std::optional<ContractionKernel> match() {
    if (!findRoot() || !matchLoops() || !matchInputs() || !matchInit() ||
        !matchEpilogue(function, resultLoops, kernel, reason) ||
        (kernel.decoding == WeightDecoding::Winograd &&
         !isWinogradConv(kernel, reason)))
      return std::nullopt;
    mergeRowLoops();
    putUnknownRowsOutside();
    return kernel;
  }

private:
  bool fail(const Twine &why) {
    reason = why.str();
    return false;
  }

  bool findRoot() {
    for (auto op : function.getOps<linalg::GenericOp>()) {
      if (op.getNumReductionLoops() == 0 || restoresWinogradWeights(op))
        continue;
      if (kernel.root)
        return fail("more than one reduction");
      kernel.root = op;
    }
    if (!kernel.root)
      return fail("no reduction");
    if (kernel.root.getNumDpsInits() != 1)
      return fail("reduction with several results");
    if (!isVectorElement(kernel.getAccumulatorType()))
      return fail("reduction of elements that vectors cannot hold");
    if (!isElementwiseBody(kernel.root) || kernel.root.hasIndexSemantics())
      return fail("reduction whose body is not elementwise");
    return true;
  }

  /// Extents and roles of the root's loops.
  bool matchLoops() {
    linalg::GenericOp root = kernel.root;
    kernel.extents.resize(root.getNumLoops());
    for (OpOperand &operand : root->getOpOperands()) {
      auto sizes = getTensorSizes(operand.get(), function);
      AffineMap map = root.getMatchingIndexingMap(&operand);
      for (auto [i, expr] : llvm::enumerate(map.getResults()))
        if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && sizes)
          kernel.extents[dim.getPosition()] = (*sizes)[i];
    }
    if (llvm::is_contained(kernel.extents, AffineExpr()))
      return fail("loop of unknown extent");
    std::optional<Contraction> contraction = matchContraction(root);
    if (!contraction)
      return fail("result that is no permutation of the parallel loops");
    kernel.product = contraction->product;
    kernel.reductionLoops = contraction->depth;
    rootLoops = llvm::to_vector(llvm::seq<unsigned>(0, root.getNumLoops()));
    AffineMap result = root.getMatchingIndexingMap(root.getDpsInitOperand(0));
    for (AffineExpr expr : result.getResults())
      resultLoops.push_back(cast<AffineDimExpr>(expr).getPosition());
    kernel.columnLoop = resultLoops.back();
    for (unsigned loop : ArrayRef(resultLoops).drop_back())
      (llvm::is_contained(contraction->rows, loop) ? kernel.rowLoops
                                                   : kernel.batchLoops)
          .push_back(loop);
    return true;
  }

  bool matchInputs() {
    linalg::GenericOp root = kernel.root;
    for (OpOperand *input : root.getDpsInputOperands()) {
      kernel.inputs.emplace_back();
      if (root.payloadUsesValueFromOperand(input) && !matchInput(*input))
        return false;
    }
    auto variesWithColumns = [&](const std::optional<LoopOperand> &input) {
      return input && !input->isInvariant(kernel.columnLoop);
    };
    if (llvm::none_of(kernel.inputs, variesWithColumns))
      return fail("no input varies along the columns");
    // a copy of all that is read would cost more than the sum itself; general
    // kernels read vectors along the reduction
    if (kernel.isColumnwise() && !kernel.transposed.empty())
      return fail("nothing to multiply with, and columns that are not "
                  "contiguous");
    for (unsigned input : kernel.transposed)
      for (unsigned loop : kernel.rowLoops)
        if (!kernel.inputs[input]->isInvariant(loop))
          return fail("input of the rows whose columns are not contiguous");
    return true;
  }

  bool matchInput(OpOperand &input) {
    AffineMap map = kernel.root.getMatchingIndexingMap(&input);
    Value tensor = input.get();
    if (auto pad = tensor.getDefiningOp<tensor::PadOp>())
      return matchPad(pad, map, input.getOperandNumber());
    if (Value tiles = getWinogradTiles(tensor)) {
      // read as they lie: the loops of the window are those of the tile
      kernel.decoding = WeightDecoding::Winograd;
      tensor = tiles;
    }
    std::optional<LoopOperand> operand =
        getLoopOperand(tensor, map, rootLoops, kernel, function);
    if (!operand)
      return fail("input that is not addressed in place");
    if (!kernel.hasColumnAccess(*operand))
      kernel.transposed.push_back(input.getOperandNumber());
    kernel.inputs.back() = operand;
    return true;
  }

  bool matchPad(tensor::PadOp pad, AffineMap map, unsigned input) {
    if (kernel.padded)
      return fail("more than one padded input");
    std::optional<StridedView> source =
        getStridedView(pad.getSource(), function);
    auto sizes = getTensorSizes(pad.getResult(), function);
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
    kernel.inputs.back() =
        getLoopOperand(whole, map, pad.getResultType().getElementType(),
                       rootLoops, rootLoops.size(), kernel.columnLoop);
    if (!kernel.inputs.back() || !kernel.hasColumnAccess(*kernel.inputs.back()))
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
    kernel.initialOperand =
        getLoopOperand(init->get(), kernel.root.getMatchingIndexingMap(init),
                       rootLoops, kernel, function);
    if (!kernel.initialOperand ||
        !kernel.hasColumnAccess(*kernel.initialOperand))
      return fail("reduction that starts from a computed tensor");
    return true;
  }

  /// Rows that lie evenly for every operand need one loop: then a tile's rows
  /// are one constant stride apart.
  void mergeRowLoops() {
    if (kernel.padded || usesIndices())
      return;
    for (int64_t i = int64_t(kernel.rowLoops.size()) - 2; i >= 0; --i) {
      unsigned outer = kernel.rowLoops[i], inner = kernel.rowLoops[i + 1];
      bool isEven = true;
      kernel.forEachOperand([&](const LoopOperand &operand) {
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

  /// Rows of a tile are neighbours in the last loops. A loop of unknown extent,
  /// the batch, is 1 as often as not: it goes before one that is known to fill
  /// tiles. (Transformers with a transposed batch ran at a twelfth.)
  void putUnknownRowsOutside() {
    constexpr int64_t kFullTile = 16;
    if (kernel.padded || kernel.decoding != WeightDecoding::None)
      return;
    auto fillsTiles = [&](unsigned loop) {
      return kernel.getConstantExtent(loop).value_or(0) >= kFullTile;
    };
    if (llvm::any_of(kernel.rowLoops, fillsTiles))
      std::stable_partition(
          kernel.rowLoops.begin(), kernel.rowLoops.end(),
          [&](unsigned loop) { return !kernel.getConstantExtent(loop); });
  }

  bool usesIndices() const {
    return llvm::any_of(kernel.stages, [](EpilogueStage stage) {
      return stage.op.hasIndexSemantics();
    });
  }

  func::FuncOp function;
  MLIRContext *context;
  std::string &reason;
  ContractionKernel kernel;
  SmallVector<unsigned> resultLoops, rootLoops;
};
} // namespace

std::optional<ContractionKernel>
tenon::matchContractionKernel(func::FuncOp kernel, std::string &reason) {
  return Matcher(kernel, reason).match();
}
