//===- TileRoundProducts.cpp - products of a loop's rounds ----------------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Contraction/WorkItems.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "tenon/Target/TargetPass.h"

namespace tenon {
#define GEN_PASS_DEF_TILEROUNDPRODUCTSPASS
#include "tenon/Codegen/CPU/Contraction/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// How an operand of a product lies in memory, over the kernel's symbols; the
/// offset is the program's.
struct OperandView {
  AffineMap sizes, strides;
};
} // namespace

static std::optional<OperandView> getView(Value memory, func::FuncOp kernel) {
  auto type = cast<MemRefType>(memory.getType());
  MLIRContext *context = kernel.getContext();
  unsigned numSymbols = getDimSymbols(kernel).size();
  auto sizes = getTensorSizes(memory, kernel);
  if (!sizes)
    return std::nullopt;
  SmallVector<AffineExpr> strides;
  if (type.getLayout().isIdentity()) {
    strides = getRowMajorStrides(*sizes, context);
  } else {
    SmallVector<int64_t> numbers;
    int64_t offset;
    if (failed(type.getStridesAndOffset(numbers, offset)) ||
        llvm::is_contained(numbers, ShapedType::kDynamic))
      return std::nullopt;
    for (int64_t number : numbers)
      strides.push_back(getAffineConstantExpr(number, context));
  }
  return OperandView{AffineMap::get(0, numSymbols, *sizes, context),
                     AffineMap::get(0, numSymbols, strides, context)};
}

/// `op` as a kernel of its own, over tensors that lie as its operands do; the
/// destination is an argument too, what the sums begin with. It is in no
/// module.
static OwningOpRef<func::FuncOp> extractKernel(linalg::GenericOp op,
                                               func::FuncOp kernel) {
  OpBuilder builder(op.getContext());
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    std::optional<OperandView> view =
        type ? getView(operand, kernel) : std::nullopt;
    if (!view)
      return {};
    types.push_back(
        RankedTensorType::get(type.getShape(), type.getElementType()));
    attributes.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr(kDimsAttr, AffineMapAttr::get(view->sizes)),
         builder.getNamedAttr(kStridesAttr,
                              AffineMapAttr::get(view->strides))}));
  }
  Type result = types.back();
  DictionaryAttr ofResult = attributes.back();
  for ([[maybe_unused]] Value symbol : getDimSymbols(kernel)) {
    types.push_back(builder.getIndexType());
    attributes.push_back(builder.getDictionaryAttr({}));
  }
  OwningOpRef<func::FuncOp> extracted = func::FuncOp::create(
      op.getLoc(), "product", builder.getFunctionType(types, result));
  extracted->setAllArgAttrs(attributes);
  extracted->setResultAttrs(0, ofResult);
  builder.setInsertionPointToEnd(extracted->addEntryBlock());
  ValueRange arguments = extracted->getArguments();
  Operation *root = mlir::clone(builder, op, result,
                                arguments.take_front(op->getNumOperands()));
  func::ReturnOp::create(builder, op.getLoc(), root->getResults());
  return extracted;
}

/// `memory` from its first element on, counted in elements.
static Value flatten(ImplicitLocOpBuilder &builder, Value memory) {
  auto view = memref::ExtractStridedMetadataOp::create(builder, memory);
  // nothing asks for the size
  int64_t size = std::numeric_limits<int32_t>::max();
  auto layout =
      StridedLayoutAttr::get(builder.getContext(), ShapedType::kDynamic, {1});
  auto type = MemRefType::get(
      {size}, cast<MemRefType>(memory.getType()).getElementType(), layout);
  return memref::ReinterpretCastOp::create(
      builder, type, view.getBaseBuffer(), OpFoldResult(view.getOffset()),
      ArrayRef<OpFoldResult>(builder.getIndexAttr(size)),
      ArrayRef<OpFoldResult>(builder.getIndexAttr(1)));
}

/// Returns whether `op` is computed in register tiles now. What has to be
/// copied or transposed first would be so in each round.
static bool tileProduct(linalg::GenericOp op, func::FuncOp kernel,
                        const TargetInfo &target) {
  OwningOpRef<func::FuncOp> extracted = extractKernel(op, kernel);
  if (!extracted)
    return false;
  std::string reason;
  std::optional<ContractionKernel> model =
      matchContractionKernel(*extracted, reason);
  if (!model || !model->product || !model->transposed.empty() ||
      model->isColumnwise())
    return false;
  ImplicitLocOpBuilder builder(op.getLoc(), op);
  SmallVector<Value> buffers;
  for (Value operand : op->getOperands())
    buffers.push_back(flatten(builder, operand));
  SmallVector<Value> symbols = getDimSymbols(kernel);
  llvm::append_range(buffers, symbols);
  buffers.push_back(buffers[op->getNumOperands() - 1]);
  emitContraction(builder, *model, planTiles(*model, target), symbols, buffers,
                  ItemOrder::Sequential);
  op.erase();
  return true;
}

namespace {
struct TileRoundProducts
    : TargetPass<tenon::impl::TileRoundProductsPassBase<TileRoundProducts>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(kKernelAttr) || kernel->hasAttr(kVectorizedAttr))
      return;
    SmallVector<linalg::GenericOp> products;
    kernel.walk([&](linalg::GenericOp op) {
      if (op.hasPureBufferSemantics() && op.getNumReductionLoops() > 0 &&
          op->getParentOfType<scf::ForOp>())
        products.push_back(op);
    });
    bool changed = false;
    for (linalg::GenericOp op : products)
      changed |= tileProduct(op, kernel, *target);
    if (changed)
      kernel.walk(
          [](LoopLikeOpInterface loop) { moveLoopInvariantCode(loop); });
  }
};
} // namespace

std::unique_ptr<Pass>
tenon::createTileRoundProductsPass(const TargetInfo &target) {
  return std::make_unique<TileRoundProducts>(target);
}
