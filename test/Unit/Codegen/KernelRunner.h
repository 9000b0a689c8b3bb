//===- KernelRunner.h - compiles and calls kernels in tests -----*- C++ -*-===//

#ifndef TENON_TEST_UNIT_CODEGEN_KERNELRUNNER_H
#define TENON_TEST_UNIT_CODEGEN_KERNELRUNNER_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "tenon/Codegen/CPU/EmitKernels.h"
#include <functional>
#include <memory>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace tenon::test {

/// One kernel in the form of lib/Conversion, compiled for this machine and
/// linked into the process.
class KernelRunner {
public:
  /// `function` is the text of the kernel's func.func (and what it refers to).
  /// Check `isValid` before use.
  explicit KernelRunner(llvm::StringRef function,
                        const TargetInfo &target = TargetInfo::getHost());
  ~KernelRunner();

  bool isValid() const { return entry != nullptr; }
  const CompiledKernel &getKernel() const { return kernel; }
  int64_t getNumWorkItems(llvm::ArrayRef<int64_t> dims) const;
  int64_t getScratchBytes(llvm::ArrayRef<int64_t> dims) const;

  /// Runs all work items in `numParts` calls, the last part first: results must
  /// not depend on it. Scratch is filled with NaNs before each.
  void run(llvm::ArrayRef<void *> buffers, llvm::ArrayRef<int64_t> dims = {},
           int64_t numParts = 1) const;

  /// A call that runs all work items, for repeated use: scratch is allocated
  /// once and left as it is.
  using Call = std::function<void()>;
  Call prepare(llvm::ArrayRef<void *> buffers,
               llvm::ArrayRef<int64_t> dims = {}) const;

private:
  using Entry = void (*)(void *const *buffers, const int64_t *dims,
                         void *scratch, int64_t begin, int64_t end);

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> parent;
  CompiledKernel kernel;
  mlir::AffineMap grid, scratch;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  Entry entry = nullptr;
};

} // namespace tenon::test

#endif // TENON_TEST_UNIT_CODEGEN_KERNELRUNNER_H
