//===- CorruptFilesTest.cpp - damaged models end in diagnostics -----------===//

#include "mlir/IR/MLIRContext.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/ONNX/Import.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace tenon;

namespace {

class CorruptFiles : public testing::Test {
protected:
  CorruptFiles() : context(MLIRContext::Threading::DISABLED) {
    context.loadDialect<TenonDialect>();
  }

  void SetUp() override {
    auto file = llvm::MemoryBuffer::getFile(TENON_SOURCE_FOLDER
                                            "/examples/digits/digits.onnx");
    ASSERT_TRUE(bool(file));
    model = (*file)->getBuffer().str();
  }

  /// Imports `bytes`; a failure must have said why.
  bool imports(StringRef bytes) {
    unsigned numErrors = 0;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      numErrors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
      return success();
    });
    bool imported =
        succeeded(importOnnxBytes(bytes, "digits.onnx", "", {}, context));
    EXPECT_EQ(numErrors == 0, imported);
    return imported;
  }

  MLIRContext context;
  std::string model;
};

TEST_F(CorruptFiles, WholeOneImports) { EXPECT_TRUE(imports(model)); }

TEST_F(CorruptFiles, TruncatedOnesAreErrors) {
  for (size_t size = 0; size < model.size(); size += size < 1024 ? 1 : 97)
    imports(StringRef(model).take_front(size));
  EXPECT_FALSE(imports(StringRef(model).drop_back(1)));
}

TEST_F(CorruptFiles, ChangedBytesAreErrorsOrOtherModels) {
  std::mt19937 random(0); // the same changes in every run
  for (int round = 0; round < 2000; ++round) {
    std::string changed = model;
    for (int change = 0; change <= round % 3; ++change)
      changed[random() % changed.size()] ^= 1 << random() % 8;
    imports(changed);
  }
}

// Most of the file is weights; what describes the graph lies before and after
// them, in short runs of printable names.
TEST_F(CorruptFiles, ChangedStructureIsAnErrorOrAnotherModel) {
  std::mt19937 random(1);
  SmallVector<size_t> structure;
  for (size_t i = 8; i + 8 < model.size(); ++i)
    if (llvm::all_of(StringRef(model).substr(i, 4), llvm::isPrint))
      for (size_t near = i - 8; near < i + 8; ++near)
        structure.push_back(near);
  ASSERT_FALSE(structure.empty());
  for (int round = 0; round < 3000; ++round) {
    std::string changed = model;
    for (int change = 0; change <= round % 3; ++change)
      changed[structure[random() % structure.size()]] = char(random());
    imports(changed);
  }
}

} // namespace
