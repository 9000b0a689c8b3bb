//===- DiagnosticPrinter.cpp - diagnostics for people ---------------------===//

#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "mlir/IR/Location.h"
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

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, StringRef path,
                                     raw_ostream &os)
    : file(llvm::sys::path::filename(path).str()), os(os),
      handler(&context,
              [this](Diagnostic &diagnostic) { return print(diagnostic); }) {}

LogicalResult DiagnosticPrinter::print(Diagnostic &diagnostic) {
  static constexpr StringLiteral names[] = {"note", "warning", "error",
                                            "remark"};
  os << describeLocation(diagnostic.getLocation(), file) << ": "
     << names[static_cast<unsigned>(diagnostic.getSeverity())] << ": "
     << diagnostic.str() << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    os << "  note: " << note.str() << '\n';
  return success();
}
