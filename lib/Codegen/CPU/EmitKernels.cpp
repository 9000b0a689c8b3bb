//===- EmitKernels.cpp - kernels to object code ---------------------------===//

#include "tenon/Codegen/CPU/EmitKernels.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tenon/Codegen/CPU/OptimizeLLVM.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;

namespace tenon {
namespace {

/// Kernels mostly call nothing; what remains of an inlined function's
/// attributes is the width of vectors, which LLVM would else choose smaller on
/// some CPUs.
void setAttributes(llvm::Module &module, const TargetInfo &target,
                   StringRef entry) {
  std::string bits = std::to_string(target.vectorBytes * 8);
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("prefer-vector-width", bits);
    function.addFnAttr("min-legal-vector-width", bits);
    function.addFnAttr(llvm::Attribute::NoUnwind);
    if (function.getName() == entry)
      function.setVisibility(llvm::GlobalValue::HiddenVisibility);
  }
}

bool isVectorized(ModuleOp kernel) {
  return llvm::any_of(kernel.getOps<LLVM::LLVMFuncOp>(),
                      [](LLVM::LLVMFuncOp function) {
                        return function->hasAttr(kVectorizedAttr);
                      });
}

void emitFile(llvm::Module &module, llvm::TargetMachine &machine,
              llvm::CodeGenFileType type, llvm::raw_pwrite_stream &stream) {
  llvm::legacy::PassManager passes;
  machine.addPassesToEmitFile(passes, stream, nullptr, type);
  passes.run(module);
}

FailureOr<CompiledKernel> emitKernel(ModuleOp kernel, const TargetInfo &target,
                                     const EmitKernelsOptions &options) {
  CompiledKernel result;
  result.name = kernel.getSymName().value_or("").str();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(kernel, context, result.name);
  if (!module)
    return failure();
  std::unique_ptr<llvm::TargetMachine> machine =
      target.createTargetMachine(llvm::CodeGenOptLevel::Default);
  module->setTargetTriple(llvm::Triple(target.triple));
  module->setDataLayout(machine->createDataLayout());
  setAttributes(*module, target, result.name);
  optimizeLLVM(*module, *machine, isVectorized(kernel));

  if (options.emitLLVMIR) {
    llvm::raw_string_ostream stream(result.llvmIR);
    module->print(stream, nullptr);
  }
  if (options.emitAssembly) {
    llvm::SmallVector<char, 0> text;
    llvm::raw_svector_ostream stream(text);
    emitFile(*llvm::CloneModule(*module), *machine,
             llvm::CodeGenFileType::AssemblyFile, stream);
    result.assembly.assign(text.begin(), text.end());
  }
  if (options.emitObject) {
    llvm::raw_svector_ostream stream(result.object);
    emitFile(*module, *machine, llvm::CodeGenFileType::ObjectFile, stream);
  }
  return result;
}

} // namespace

FailureOr<std::vector<CompiledKernel>>
emitKernels(ModuleOp parent, const TargetInfo &target,
            const EmitKernelsOptions &options) {
  SmallVector<ModuleOp> kernels(parent.getOps<ModuleOp>());
  std::vector<CompiledKernel> results(kernels.size());
  LogicalResult status = failableParallelForEachN(
      parent.getContext(), 0, kernels.size(), [&](size_t i) {
        FailureOr<CompiledKernel> kernel =
            emitKernel(kernels[i], target, options);
        if (failed(kernel))
          return failure();
        results[i] = std::move(*kernel);
        return success();
      });
  if (failed(status))
    return failure();
  return results;
}

} // namespace tenon
