//===- KernelRunner.cpp - compiles and calls kernels in tests -------------===//

#include "KernelRunner.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "tenon/Codegen/Kernel/Dialects.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Pipelines/PassList.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include <cstring>

using namespace mlir;

namespace tenon::test {

static DialectRegistry getRegistry() {
  DialectRegistry registry;
  registerKernelDialects(registry);
  return registry;
}

static std::unique_ptr<llvm::orc::LLJIT> createJIT() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  return llvm::cantFail(llvm::orc::LLJITBuilder().create());
}

KernelRunner::KernelRunner(llvm::StringRef function, const TargetInfo &target)
    : context(getRegistry(), MLIRContext::Threading::DISABLED) {
  OwningOpRef<ModuleOp> child = parseSourceString<ModuleOp>(function, &context);
  if (!child)
    return;
  child->setSymName("test_kernel");
  parent = ModuleOp::create(child->getLoc());
  parent->push_back(child.release());
  PassManager manager(&context);
  manager.enableVerifier(false);
  PipelineOptions pipeline;
  pipeline.target = target;
  buildKernelPipeline(manager.nest<ModuleOp>(), pipeline);
  if (failed(manager.run(*parent)))
    return;
  EmitKernelsOptions options;
  options.emitAssembly = true;
  options.emitLLVMIR = true;
  FailureOr<std::vector<CompiledKernel>> kernels =
      emitKernels(*parent, target, options);
  if (failed(kernels))
    return;
  kernel = std::move(kernels->front());
  ModuleOp module = *parent->getOps<ModuleOp>().begin();
  grid = module->getAttrOfType<AffineMapAttr>(kGridAttr).getValue();
  scratch = module->getAttrOfType<AffineMapAttr>(kScratchAttr).getValue();

  jit = createJIT();
  // the JIT looks for exported symbols only
  std::string object(kernel.object.begin(), kernel.object.end());
  llvm::cantFail(jit->addObjectFile(
      llvm::MemoryBuffer::getMemBufferCopy(object, kernel.name)));
  entry = llvm::cantFail(jit->lookup(kernel.name)).toPtr<Entry>();
}

KernelRunner::~KernelRunner() = default;

static int64_t evaluate(AffineMap map, ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> symbols;
  for (int64_t dim : dims)
    symbols.push_back(getAffineConstantExpr(dim, map.getContext()));
  AffineExpr value = map.getResult(0).replaceSymbols(symbols);
  return cast<AffineConstantExpr>(simplifyAffineExpr(value, 0, 0)).getValue();
}

int64_t KernelRunner::getNumWorkItems(ArrayRef<int64_t> dims) const {
  return evaluate(grid, dims);
}

int64_t KernelRunner::getScratchBytes(ArrayRef<int64_t> dims) const {
  return evaluate(scratch, dims);
}

void KernelRunner::run(ArrayRef<void *> buffers, ArrayRef<int64_t> dims,
                       int64_t numParts) const {
  int64_t numItems = getNumWorkItems(dims);
  int64_t bytes = llvm::alignTo(getScratchBytes(dims) + 1, 64);
  std::unique_ptr<void, decltype(&free)> memory(aligned_alloc(64, bytes),
                                                &free);
  for (int64_t part = numParts - 1; part >= 0; --part) {
    memset(memory.get(), 0xff, bytes);
    entry(buffers.data(), dims.data(), memory.get(), part * numItems / numParts,
          (part + 1) * numItems / numParts);
  }
}

KernelRunner::Call KernelRunner::prepare(ArrayRef<void *> buffers,
                                         ArrayRef<int64_t> dims) const {
  int64_t bytes = llvm::alignTo(getScratchBytes(dims) + 1, 64);
  std::shared_ptr<void> memory(aligned_alloc(64, bytes), &free);
  return [memory, entry = entry, numItems = getNumWorkItems(dims),
          buffers = SmallVector<void *>(buffers),
          dims = SmallVector<int64_t>(dims)] {
    entry(buffers.data(), dims.data(), memory.get(), 0, numItems);
  };
}

} // namespace tenon::test
