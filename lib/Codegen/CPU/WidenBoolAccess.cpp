//===- WidenBoolAccess.cpp - booleans in memory are bytes -----------------===//

#include "tenon/Codegen/CPU/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_WIDENBOOLACCESSPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

struct WidenBoolAccessPass
    : tenon::impl::WidenBoolAccessPassBase<WidenBoolAccessPass> {
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      if (auto load = dyn_cast<LLVM::LoadOp>(op);
          load && load.getType().isInteger(1))
        widen(load);
      else if (auto store = dyn_cast<LLVM::StoreOp>(op);
               store && store.getValue().getType().isInteger(1))
        widen(store);
    });
  }

  static void widen(LLVM::LoadOp load) {
    OpBuilder builder(load);
    Value byte = LLVM::LoadOp::create(builder, load.getLoc(),
                                      builder.getI8Type(), load.getAddr());
    load.replaceAllUsesWith(
        LLVM::TruncOp::create(builder, load.getLoc(), load.getType(), byte)
            .getResult());
    load.erase();
  }

  static void widen(LLVM::StoreOp store) {
    OpBuilder builder(store);
    Value byte = LLVM::ZExtOp::create(builder, store.getLoc(),
                                      builder.getI8Type(), store.getValue());
    LLVM::StoreOp::create(builder, store.getLoc(), byte, store.getAddr());
    store.erase();
  }
};

} // namespace
