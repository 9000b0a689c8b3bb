//===- PlaceScratch.cpp - memory for temporary buffers --------------------===//

#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_PLACESCRATCHPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// What may lie on the stack: enough for accumulators and the like, of which
/// LLVM makes registers.
constexpr int64_t kMaxStackBytes = 1024;
constexpr int64_t kAlignment = tenon::MachineModel::kCacheLineBytes;

int64_t getElementBytes(MemRefType type) {
  if (type.getElementType().isIndex())
    return 8;
  return llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

class ScratchPlacer {
public:
  ScratchPlacer(func::FuncOp kernel, int64_t sharedBytes)
      : kernel(kernel), context(kernel.getContext()),
        used(getAffineConstantExpr(0, context)), sharedLeft(sharedBytes) {}

  LogicalResult place(memref::AllocOp alloc) {
    AffineExpr bytes = getBytes(alloc);
    if (!bytes)
      return alloc.emitOpError()
             << "expected a size that the kernel's dimension symbols bound";
    auto constant = dyn_cast<AffineConstantExpr>(bytes);
    if (constant && alignUp(constant.getValue()) <= sharedLeft)
      placeInShared(alloc, constant.getValue());
    else if (constant && !isDevice && alloc.getType().hasStaticShape() &&
             constant.getValue() <= kMaxStackBytes)
      placeOnStack(alloc);
    else
      placeInScratch(alloc, bytes);
    return success();
  }

  AffineExpr getUsedBytes() const { return used; }
  int64_t getSharedBytes() const { return shared; }

private:
  /// In the entry block, so that a loop does not grow the stack.
  void placeOnStack(memref::AllocOp alloc) {
    OpBuilder builder(kernel.getBody());
    auto buffer = memref::AllocaOp::create(
        builder, alloc.getLoc(), alloc.getType(), ValueRange(),
        builder.getI64IntegerAttr(kAlignment));
    alloc.replaceAllUsesWith(buffer.getResult());
    alloc.erase();
  }

  void placeInShared(memref::AllocOp alloc, int64_t bytes) {
    placeInArgument(alloc, tenon::kSharedOffsetAttr,
                    getAffineConstantExpr(shared, context),
                    getAffineConstantExpr(bytes, context));
    shared += alignUp(bytes);
    sharedLeft -= alignUp(bytes);
  }

  void placeInScratch(memref::AllocOp alloc, AffineExpr bytes) {
    placeInArgument(alloc, tenon::kScratchOffsetAttr, used, bytes);
    used = used + bytes.ceilDiv(kAlignment) * kAlignment;
  }

  /// The buffer becomes an argument of its own, which LLVM knows to alias no
  /// other. Where the allocation has sizes that a loop changes, the argument
  /// is a flat buffer of the largest.
  void placeInArgument(memref::AllocOp alloc, StringRef offsetAttr,
                       AffineExpr offset, AffineExpr bytes) {
    BlockArgument buffer =
        addArgument(alloc.getLoc(), offsetAttr, offset, bytes);
    OpBuilder builder(alloc);
    Value zero = arith::ConstantIndexOp::create(builder, alloc.getLoc(), 0);
    auto view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(),
                                       buffer, zero, alloc.getDynamicSizes());
    alloc.replaceAllUsesWith(view.getResult());
    alloc.erase();
  }

  AffineExpr getBytes(memref::AllocOp alloc) {
    AffineExpr bytes =
        getAffineConstantExpr(getElementBytes(alloc.getType()), context);
    for (OpFoldResult size : alloc.getMixedSizes()) {
      AffineExpr bound = tenon::getSymbolicUpperBound(size, kernel);
      if (!bound)
        return {};
      bytes = bytes * bound;
    }
    return bytes;
  }

  static int64_t alignUp(int64_t bytes) {
    return llvm::alignTo(bytes, kAlignment);
  }

  BlockArgument addArgument(Location loc, StringRef offsetAttr,
                            AffineExpr offset, AffineExpr bytes) {
    Builder builder(context);
    auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    NamedAttrList attributes;
    attributes.set(offsetAttr, tenon::getSymbolicMap(offset, kernel));
    attributes.set(tenon::kDimsAttr, tenon::getSymbolicMap(bytes, kernel));
    unsigned index = kernel.getNumArguments();
    (void)kernel.insertArgument(index, type, attributes.getDictionary(context),
                                loc);
    return kernel.getArgument(index);
  }

  func::FuncOp kernel;
  MLIRContext *context;
  AffineExpr used;
  int64_t shared = 0, sharedLeft;
  bool isDevice = sharedLeft > 0;
};

struct PlaceScratchPass : tenon::impl::PlaceScratchPassBase<PlaceScratchPass> {
  using PlaceScratchPassBase::PlaceScratchPassBase;

  void runOnOperation() override {
    func::FuncOp kernel = tenon::getKernel(getOperation());
    if (!kernel)
      return;
    ScratchPlacer placer(kernel, sharedBytes);
    SmallVector<memref::AllocOp> allocs;
    kernel.walk([&](Operation *op) {
      if (auto alloc = dyn_cast<memref::AllocOp>(op))
        allocs.push_back(alloc);
      else if (isa<memref::DeallocOp>(op))
        op->erase();
    });
    for (memref::AllocOp alloc : allocs)
      if (failed(placer.place(alloc)))
        return signalPassFailure();
    getOperation()->setAttr(
        tenon::kScratchAttr,
        tenon::getSymbolicMap(placer.getUsedBytes(), kernel));
    if (sharedBytes > 0)
      getOperation()->setAttr(
          tenon::kSharedAttr,
          Builder(&getContext()).getI64IntegerAttr(placer.getSharedBytes()));
  }
};

} // namespace
