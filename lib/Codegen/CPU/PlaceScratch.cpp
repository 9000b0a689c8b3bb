//===- PlaceScratch.cpp - memory for temporary buffers --------------------===//

#include "tenon/Codegen/CPU/Kernel.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/CPU/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_PLACESCRATCHPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// What may lie on the stack: enough for accumulators and the like, of which
/// LLVM makes registers.
constexpr int64_t kMaxStackBytes = 1024;
/// Buffers start at a cache line, which is also the widest vector.
constexpr int64_t kAlignment = 64;

int64_t getElementBytes(MemRefType type) {
  if (type.getElementType().isIndex())
    return 8;
  return llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

class ScratchPlacer {
public:
  explicit ScratchPlacer(func::FuncOp kernel)
      : kernel(kernel), context(kernel.getContext()),
        used(getAffineConstantExpr(0, context)) {}

  LogicalResult place(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (type.hasStaticShape() &&
        type.getNumElements() * getElementBytes(type) <= kMaxStackBytes) {
      placeOnStack(alloc);
      return success();
    }
    return placeInScratch(alloc);
  }

  AffineExpr getUsedBytes() const { return used; }

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

  /// The buffer becomes an argument of its own, which LLVM knows to alias no
  /// other. Where the allocation has sizes that a loop changes, the argument
  /// is a flat buffer of the largest.
  LogicalResult placeInScratch(memref::AllocOp alloc) {
    AffineExpr bytes = getBytes(alloc);
    if (!bytes)
      return alloc.emitOpError()
             << "expected a size that the kernel's dimension symbols bound";
    BlockArgument buffer = addArgument(alloc.getLoc(), bytes);
    OpBuilder builder(alloc);
    Value zero = arith::ConstantIndexOp::create(builder, alloc.getLoc(), 0);
    auto view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(),
                                       buffer, zero, alloc.getDynamicSizes());
    alloc.replaceAllUsesWith(view.getResult());
    alloc.erase();
    used = used + roundUp(bytes);
    return success();
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

  AffineExpr roundUp(AffineExpr bytes) {
    return bytes.ceilDiv(kAlignment) * kAlignment;
  }

  BlockArgument addArgument(Location loc, AffineExpr bytes) {
    Builder builder(context);
    auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    NamedAttrList attributes;
    attributes.set(tenon::kScratchOffsetAttr,
                   tenon::getSymbolicMap(used, kernel));
    attributes.set(tenon::kDimsAttr, tenon::getSymbolicMap(bytes, kernel));
    unsigned index = kernel.getNumArguments();
    (void)kernel.insertArgument(index, type, attributes.getDictionary(context),
                                loc);
    return kernel.getArgument(index);
  }

  func::FuncOp kernel;
  MLIRContext *context;
  AffineExpr used;
};

struct PlaceScratchPass : tenon::impl::PlaceScratchPassBase<PlaceScratchPass> {
  void runOnOperation() override {
    func::FuncOp kernel = tenon::getKernel(getOperation());
    if (!kernel)
      return;
    ScratchPlacer placer(kernel);
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
  }
};

} // namespace
