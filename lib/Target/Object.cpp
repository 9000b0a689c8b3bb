//===- Object.cpp - LLVM modules to objects -------------------------------===//

#include "tenon/Target/Object.h"

#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;
using namespace tenon;

static void hideDefinitions(Module &module) {
  for (GlobalValue &value : module.global_values())
    if (!value.isDeclaration() && value.hasExternalLinkage() &&
        value.hasDefaultVisibility() && !value.isDSOLocal())
      value.setVisibility(GlobalValue::HiddenVisibility);
}

static Error emitFile(Module &module, TargetMachine &tm, raw_pwrite_stream &os,
                      CodeGenFileType type) {
  module.setTargetTriple(tm.getTargetTriple());
  module.setDataLayout(tm.createDataLayout());
  hideDefinitions(module);
  legacy::PassManager passes;
  if (tm.addPassesToEmitFile(passes, os, nullptr, type))
    return createStringError("the target %s cannot emit this file type",
                             tm.getTargetTriple().str().c_str());
  passes.run(module);
  return Error::success();
}

Expected<std::unique_ptr<MemoryBuffer>> tenon::emitObject(Module &module,
                                                          TargetMachine &tm) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream os(bytes);
  if (Error error = emitFile(module, tm, os, CodeGenFileType::ObjectFile))
    return error;
  return std::make_unique<SmallVectorMemoryBuffer>(
      std::move(bytes), module.getModuleIdentifier(),
      /*RequiresNullTerminator=*/false);
}

Error tenon::emitAssembly(Module &module, TargetMachine &tm,
                          raw_pwrite_stream &os) {
  return emitFile(module, tm, os, CodeGenFileType::AssemblyFile);
}

std::unique_ptr<MemoryBuffer> tenon::emitBitcode(const Module &module) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream os(bytes);
  WriteBitcodeToFile(module, os);
  return std::make_unique<SmallVectorMemoryBuffer>(
      std::move(bytes), module.getModuleIdentifier(),
      /*RequiresNullTerminator=*/false);
}

Error tenon::mergeModules(Module &destination,
                          ArrayRef<std::unique_ptr<MemoryBuffer>> modules) {
  for (const std::unique_ptr<MemoryBuffer> &buffer : modules) {
    SMDiagnostic diagnostic;
    std::unique_ptr<Module> module = parseIR(
        buffer->getMemBufferRef(), diagnostic, destination.getContext());
    if (!module || Linker::linkModules(destination, std::move(module)))
      return createStringError("cannot merge the module " +
                               buffer->getBufferIdentifier() + ": " +
                               diagnostic.getMessage());
  }
  return Error::success();
}
