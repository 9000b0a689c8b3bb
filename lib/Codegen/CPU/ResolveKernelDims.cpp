//===- ResolveKernelDims.cpp - sizes of arguments from symbols ------------===//

#include "tenon/Codegen/CPU/Kernel.h"
#include "tenon/Codegen/CPU/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_RESOLVEKERNELDIMSPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

/// The value of `dims`' result `index` over the kernel's symbols.
Value materializeDim(OpBuilder &builder, Location loc, AffineMap dims,
                     int64_t index, ValueRange symbols) {
  AffineExpr expr = dims.getResult(index);
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(builder, loc, constant.getValue());
  auto map = AffineMap::get(0, dims.getNumSymbols(), expr);
  return affine::AffineApplyOp::create(
      builder, loc, map, symbols.take_front(dims.getNumSymbols()));
}

struct ResolveKernelDimsPass
    : tenon::impl::ResolveKernelDimsPassBase<ResolveKernelDimsPass> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(tenon::kKernelAttr))
      return;
    SmallVector<Value> symbols = tenon::getDimSymbols(kernel);
    for (BlockArgument argument : kernel.getArguments()) {
      if (!isa<RankedTensorType, MemRefType>(argument.getType()))
        continue;
      FailureOr<AffineMap> dims =
          tenon::getArgumentDims(kernel, argument.getArgNumber());
      if (failed(dims))
        return signalPassFailure();
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
        if (auto dim = dyn_cast<ShapedDimOpInterface>(user))
          resolve(dim, *dims, symbols);
    }
  }

  static void resolve(ShapedDimOpInterface dim, AffineMap dims,
                      ValueRange symbols) {
    std::optional<int64_t> index = getConstantIntValue(dim.getDimension());
    if (!index)
      return;
    OpBuilder builder(dim);
    dim->replaceAllUsesWith(ValueRange(
        materializeDim(builder, dim.getLoc(), dims, *index, symbols)));
    dim.erase();
  }
};

} // namespace
