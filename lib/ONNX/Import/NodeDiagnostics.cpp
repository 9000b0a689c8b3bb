//===- NodeDiagnostics.cpp - diagnostics that name their node -------------===//

#include "NodeDiagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace tenon;

/// `diagnostic` at `loc`, with `prefix`. Handlers may change what the handlers
/// outside of them see.
static LogicalResult change(Diagnostic &diagnostic, Location loc,
                            StringRef prefix) {
  Diagnostic changed(loc, diagnostic.getSeverity());
  changed << (prefix + diagnostic.str());
  for (Diagnostic &note : diagnostic.getNotes())
    changed.attachNote(note.getLocation()) << note.str();
  diagnostic = std::move(changed);
  return failure(); // not handled: the next handler gets it
}

PrefixedDiagnostics::PrefixedDiagnostics(MLIRContext *context,
                                         const Twine &prefix)
    : ScopedDiagnosticHandler(context) {
  setHandler([text = (prefix + ": ").str()](Diagnostic &diagnostic) {
    return change(diagnostic, diagnostic.getLocation(), text);
  });
}

FileDiagnostics::FileDiagnostics(MLIRContext *context, StringRef file)
    : ScopedDiagnosticHandler(context) {
  Location loc = NameLoc::get(StringAttr::get(context, file));
  setHandler(
      [loc](Diagnostic &diagnostic) { return change(diagnostic, loc, ""); });
}
