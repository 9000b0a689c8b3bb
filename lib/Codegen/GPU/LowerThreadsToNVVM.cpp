//===- LowerThreadsToNVVM.cpp - threads, barriers and shuffles ------------===//

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Transforms/DialectConversion.h"
#include "tenon/Codegen/GPU/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERTHREADSTONVVMPASS
#include "tenon/Codegen/GPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {
struct LowerThreadsToNVVMPass
    : tenon::impl::LowerThreadsToNVVMPassBase<LowerThreadsToNVVMPass> {
  void runOnOperation() override {
    LLVMTypeConverter converter(&getContext());
    RewritePatternSet patterns(&getContext());
    populateGpuToNVVMConversionPatterns(converter, patterns);
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalDialect<gpu::GPUDialect>();
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
