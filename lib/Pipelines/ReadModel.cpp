//===- ReadModel.cpp - a model's file as a graph --------------------------===//

#include "tenon/Pipelines/ReadModel.h"
#include "mlir/Parser/Parser.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/ONNX/Import.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;

static FailureOr<OwningOpRef<ModuleOp>> readModule(StringRef path,
                                                   MLIRContext &context) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return failure();
  if (!getProgram(*module))
    return emitError(module->getLoc())
           << "expected a module with an entry function";
  return module;
}

FailureOr<OwningOpRef<ModuleOp>>
tenon::readModel(StringRef path, ArrayRef<std::pair<std::string, int64_t>> dims,
                 MLIRContext &context) {
  StringRef suffix = llvm::sys::path::extension(path);
  if (suffix == ".mlir" || suffix == ".mlirbc")
    return readModule(path, context);
  if (suffix != ".onnx")
    return emitError(UnknownLoc::get(&context))
           << "expected a model in a file .onnx, .mlir or .mlirbc, got '"
           << path << "'";
  ImportOptions options;
  for (const auto &[name, value] : dims)
    options.dims[name] = value;
  return importOnnx(path, options, context);
}
