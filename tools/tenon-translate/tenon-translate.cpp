//===- tenon-translate.cpp - ONNX in and out of the dialect, for tests ----===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"
#include "mlir/Tools/mlir-translate/Translation.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/ONNX/Export.h"
#include "tenon/ONNX/Import.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

static llvm::cl::list<std::string>
    fixedDims("dim", llvm::cl::desc("fix a symbolic dimension"),
              llvm::cl::value_desc("NAME=N"));

static tenon::ImportOptions getImportOptions() {
  tenon::ImportOptions options;
  for (llvm::StringRef fixed : fixedDims) {
    auto [name, value] = fixed.split('=');
    value.getAsInteger(10, options.dims[name]);
  }
  return options;
}

/// External data lies beside the file that was given.
template <auto import>
static OwningOpRef<Operation *> importWith(llvm::SourceMgr &sources,
                                           MLIRContext *context) {
  const llvm::MemoryBuffer *buffer =
      sources.getMemoryBuffer(sources.getMainFileID());
  llvm::StringRef path = buffer->getBufferIdentifier();
  llvm::StringRef folder = llvm::sys::path::parent_path(path);
  auto module = import(buffer->getBuffer(), llvm::sys::path::filename(path),
                       folder, getImportOptions(), *context);
  if (failed(module))
    return {};
  return OwningOpRef<Operation *>(module->release());
}

static LogicalResult exportChecked(ModuleOp module, llvm::raw_ostream &os) {
  std::optional<std::string> bytes = tenon::exportOnnxBytes(module);
  if (!bytes)
    return failure();
  if (llvm::Error error = tenon::checkOnnxBytes(*bytes))
    return module.emitError() << llvm::toString(std::move(error));
  os << *bytes;
  return success();
}

static void registerDialects(DialectRegistry &registry) {
  registry.insert<tenon::TenonDialect, func::FuncDialect>();
}

int main(int argc, char **argv) {
  TranslateToMLIRRegistration binary("onnx-to-mlir", "import an ONNX model",
                                     importWith<tenon::importOnnxBytes>,
                                     registerDialects);
  TranslateToMLIRRegistration text(
      "onnx-text-to-mlir", "import a model in ONNX's textual syntax",
      importWith<tenon::importOnnxText>, registerDialects);
  TranslateFromMLIRRegistration toBinary(
      "mlir-to-onnx", "export an ONNX model that ONNX's checker accepts",
      exportChecked, registerDialects);
  return failed(mlirTranslateMain(argc, argv, "Tenon's translations\n"));
}
