//===- EmitPTXTest.cpp - device kernels to PTX ----------------------------===//

#include "tenon/Codegen/GPU/EmitPTX.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace mlir;

namespace {

/// Doubles four floats a thread; the work is in a helper.
constexpr const char *kDouble = R"(
module @model__0 {
  llvm.func internal @model__0.body(%in: !llvm.ptr {llvm.align = 16, llvm.noalias, llvm.readonly}, %out: !llvm.ptr {llvm.align = 16, llvm.noalias}, %thread: i64) {
    %from = llvm.getelementptr %in[%thread] : (!llvm.ptr, i64) -> !llvm.ptr, vector<4xf32>
    %to = llvm.getelementptr %out[%thread] : (!llvm.ptr, i64) -> !llvm.ptr, vector<4xf32>
    %x = llvm.load %from {alignment = 16 : i64} : !llvm.ptr -> vector<4xf32>
    %y = llvm.fadd %x, %x : vector<4xf32>
    llvm.store %y, %to {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr
    llvm.return
  }
  llvm.func @model__0(%in: !llvm.ptr {llvm.align = 16, llvm.noalias, llvm.readonly}, %out: !llvm.ptr {llvm.align = 16, llvm.noalias}, %dim: i64) attributes {nvvm.kernel} {
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %thread = llvm.zext %t : i32 to i64
    llvm.call @model__0.body(%in, %out, %thread) : (!llvm.ptr, !llvm.ptr, i64) -> ()
    llvm.return
  }
})";

/// Puts its thread's number into shared memory.
constexpr const char *kShared = R"(
module @model__1 {
  llvm.mlir.global external @shared() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i8>
  llvm.func @model__1(%out: !llvm.ptr) attributes {nvvm.kernel} {
    %shared = llvm.mlir.addressof @shared : !llvm.ptr<3>
    %t = nvvm.read.ptx.sreg.tid.x : i32
    %at = llvm.getelementptr %shared[%t] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
    llvm.store %t, %at : i32, !llvm.ptr<3>
    nvvm.barrier0
    %x = llvm.load %shared : !llvm.ptr<3> -> i32
    llvm.store %x, %out : i32, !llvm.ptr
    llvm.return
  }
})";

constexpr const char *kCallsOutside = R"(
module @model__0 {
  llvm.func @expf(f32) -> f32
  llvm.func @model__0(%out: !llvm.ptr) attributes {nvvm.kernel} {
    %x = llvm.load %out : !llvm.ptr -> f32
    %y = llvm.call @expf(%x) : (f32) -> f32
    llvm.store %y, %out : f32, !llvm.ptr
    llvm.return
  }
})";

class EmitPTXTest : public testing::Test {
protected:
  EmitPTXTest() {
    DialectRegistry registry;
    registry.insert<LLVM::LLVMDialect>();
    registerBuiltinDialectTranslation(registry);
    registerLLVMDialectTranslation(registry);
    tenon::registerDeviceDialects(registry);
    context.appendDialectRegistry(registry);
  }

  /// Empty where it fails; `message` then says why.
  std::string emit(std::string kernels, StringRef arch) {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    auto module =
        parseSourceString<ModuleOp>("module {" + kernels + "}", &context);
    if (!module)
      return "";
    return tenon::emitPTX(*module, arch).value_or("");
  }

  MLIRContext context;
  std::string message;
};

bool holds(StringRef text, StringRef part) { return text.contains(part); }

TEST_F(EmitPTXTest, PutsKernelsIntoOneText) {
  std::string ptx = emit(std::string(kDouble) + kShared, "sm_80");
  EXPECT_EQ(message, "");
  EXPECT_TRUE(holds(ptx, ".entry model__0(")) << ptx;
  EXPECT_TRUE(holds(ptx, ".entry model__1(")) << ptx;
  EXPECT_FALSE(holds(ptx, ".func")) << "helpers are inlined: " << ptx;
}

TEST_F(EmitPTXTest, KeepsWideAccesses) {
  std::string ptx = emit(kDouble, "sm_80");
  EXPECT_TRUE(holds(ptx, "ld.global.nc.v4")) << message << ptx;
  EXPECT_TRUE(holds(ptx, "st.global.v4")) << ptx;
}

TEST_F(EmitPTXTest, NamesTheOldestPTXOfEachArchitecture) {
  for (auto [arch, version] :
       {std::pair("sm_80", ".version 7.0"), std::pair("sm_89", ".version 7.8"),
        std::pair("sm_90a", ".version 8.0"),
        std::pair("sm_100a", ".version 8.6")}) {
    std::string ptx = emit(kDouble, arch);
    EXPECT_TRUE(holds(ptx, version)) << arch << message << ptx;
    EXPECT_TRUE(holds(ptx, std::string(".target ") + arch)) << ptx;
  }
}

/// Whether `ptxas` makes machine code of the text.
bool isAssembled(StringRef ptxas, StringRef ptx, StringRef arch) {
  SmallString<128> path;
  int file;
  if (llvm::sys::fs::createTemporaryFile("kernels", "ptx", file, path))
    return false;
  llvm::FileRemover remover(path);
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << ptx;
  std::string option = ("-arch=" + arch).str();
  return llvm::sys::ExecuteAndWait(
             ptxas, {ptxas, option, path, "-o", "/dev/null"}) == 0;
}

TEST_F(EmitPTXTest, WritesWhatPtxasTakes) {
  llvm::ErrorOr<std::string> ptxas = llvm::sys::findProgramByName("ptxas");
  if (!ptxas)
    GTEST_SKIP() << "there is no ptxas in PATH";
  for (StringRef arch : {"sm_80", "sm_89", "sm_90a", "sm_100a"}) {
    std::string ptx = emit(std::string(kDouble) + kShared, arch);
    EXPECT_TRUE(isAssembled(*ptxas, ptx, arch)) << message << ptx;
  }
}

TEST_F(EmitPTXTest, RefusesWhatNoTextHolds) {
  EXPECT_EQ(emit(kCallsOutside, "sm_80"), "");
  EXPECT_EQ(message, "expected device kernels to call no function outside "
                     "them, got a call of 'expf'");
}

TEST_F(EmitPTXTest, RefusesAnArchitectureItDoesNotKnow) {
  EXPECT_EQ(emit(kDouble, "sm_12"), "");
  EXPECT_EQ(message, "expected the GPU architecture to be sm_80, sm_89, sm_90a "
                     "or sm_100a, got 'sm_12'");
}

} // namespace
