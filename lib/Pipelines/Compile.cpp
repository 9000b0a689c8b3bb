//===- Compile.cpp - a model in, an artefact out --------------------------===//

#include "tenon/Pipelines/Compile.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/MLIRContext.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/ONNX/Import.h"
#include "tenon/Pipelines/BuildModel.h"
#include "tenon/Pipelines/PassList.h"
#include "tenon/Pipelines/ReadModel.h"
#include "tenon/Target/TemporaryFolder.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;

/// The text of a location for people: the node's name, or file and line.
static std::string describeLocation(Location loc, StringRef file) {
  std::string text;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part); name && text.empty())
      text = (file + ": node \"" + name.getName().getValue() + "\"").str();
    else if (auto position = dyn_cast<FileLineColLoc>(part);
             position && text.empty())
      text = (position.getFilename().getValue() + ":" +
              Twine(position.getLine()) + ":" + Twine(position.getColumn()))
                 .str();
    return text.empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  return text.empty() ? file.str() : text;
}

static void printDiagnostic(Diagnostic &diagnostic, StringRef file,
                            raw_ostream &os) {
  static constexpr StringLiteral names[] = {"note", "warning", "error",
                                            "remark"};
  os << describeLocation(diagnostic.getLocation(), file) << ": "
     << names[static_cast<unsigned>(diagnostic.getSeverity())] << ": "
     << diagnostic.str() << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    os << "  note: " << note.str() << '\n';
}

static llvm::Error writeModule(ModuleOp module,
                               const ArtefactOptions &options) {
  return writeFile(
      options.path, [&](llvm::raw_pwrite_stream &os) -> llvm::Error {
        if (options.kind == ArtefactKind::MLIRBytecode) {
          if (failed(writeBytecodeToFile(module, os)))
            return llvm::createStringError("cannot write bytecode");
          return llvm::Error::success();
        }
        module.print(os);
        return llvm::Error::success();
      });
}

CompileStatus tenon::compileModel(StringRef path,
                                  const CompileOptions &givenOptions,
                                  raw_ostream &diagnostics) {
  CompileOptions options = givenOptions;
  if (options.name.empty())
    options.name = getModelName(options.artefact.path);
  llvm::Expected<TargetInfo> target =
      TargetInfo::get(options.triple, options.cpu);
  if (!target) {
    diagnostics << "error: " << llvm::toString(target.takeError()) << '\n';
    return CompileStatus::InvalidModel;
  }
  DialectRegistry registry;
  registerDialects(registry);
  MLIRContext context(registry);
  StringRef file = llvm::sys::path::filename(path);
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    printDiagnostic(diagnostic, file, diagnostics);
    return success();
  });
  FailureOr<OwningOpRef<ModuleOp>> module =
      readModel(path, options.dims, context);
  if (failed(module))
    return CompileStatus::InvalidModel;
  auto finish = [&](llvm::Error error) {
    if (!error)
      return CompileStatus::Success;
    diagnostics << "error: " << llvm::toString(std::move(error)) << '\n';
    return CompileStatus::MachineFault;
  };
  if (options.artefact.kind == ArtefactKind::MLIR ||
      options.artefact.kind == ArtefactKind::MLIRBytecode)
    return finish(writeModule(**module, options.artefact));
  FailureOr<CompiledModel> model = buildModel(**module, *target, options);
  if (failed(model))
    return CompileStatus::Unsupported;
  model->description.source = file.str();
  return finish(packageArtefact(*model, options.artefact));
}
