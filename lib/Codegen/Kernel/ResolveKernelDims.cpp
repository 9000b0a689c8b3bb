//===- ResolveKernelDims.cpp - sizes of arguments from symbols ------------===//

#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_RESOLVEKERNELDIMSPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

struct ResolveKernelDimsPass
    : tenon::impl::ResolveKernelDimsPassBase<ResolveKernelDimsPass> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    if (!kernel->hasAttr(tenon::kKernelAttr))
      return;
    for (BlockArgument argument : kernel.getArguments()) {
      if (!isa<RankedTensorType, MemRefType>(argument.getType()))
        continue;
      FailureOr<AffineMap> dims =
          tenon::getArgumentDims(kernel, argument.getArgNumber());
      if (failed(dims))
        return signalPassFailure();
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
        if (auto dim = dyn_cast<ShapedDimOpInterface>(user))
          resolve(dim, *dims);
    }
  }

  void resolve(ShapedDimOpInterface dim, AffineMap dims) {
    std::optional<int64_t> index = getConstantIntValue(dim.getDimension());
    if (!index)
      return;
    OpBuilder builder(dim);
    Value size = tenon::materialize(builder, dim.getLoc(),
                                    dims.getResult(*index), getOperation());
    dim->replaceAllUsesWith(ValueRange(size));
    dim.erase();
  }
};

} // namespace
