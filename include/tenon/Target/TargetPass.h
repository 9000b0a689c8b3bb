//===- TargetPass.h - passes that ask the machine ---------------*- C++ -*-===//

#ifndef TENON_TARGET_TARGETPASS_H
#define TENON_TARGET_TARGETPASS_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/Pass.h"
#include "tenon/Target/TargetInfo.h"
#include <optional>

namespace tenon {

/// What a pass whose record is a TargetPass (TargetPass.td) derives from, with
/// its generated class as `Base`. The pipeline makes it for a target, tenon-opt
/// for the CPU that its options name; `target` is there when it runs.
template <typename Base> class TargetPass : public Base {
public:
  using Base::Base;
  explicit TargetPass(const TargetInfo &target) : target(target) {}

  mlir::LogicalResult initialize(mlir::MLIRContext *context) override {
    if (target)
      return mlir::success();
    mlir::Location loc = mlir::UnknownLoc::get(context);
    if (this->cpu.empty())
      return mlir::emitError(loc)
             << "expected the CPU that " << this->getArgument()
             << " decides for, got none: give it by the option cpu "
                "(cpu=x86-64-v3, or cpu=native for this machine's)";
    llvm::Expected<TargetInfo> named = TargetInfo::get(this->triple, this->cpu);
    if (!named)
      return mlir::emitError(loc) << llvm::toString(named.takeError());
    target = *named;
    return mlir::success();
  }

protected:
  std::optional<TargetInfo> target;
};

} // namespace tenon

#endif // TENON_TARGET_TARGETPASS_H
