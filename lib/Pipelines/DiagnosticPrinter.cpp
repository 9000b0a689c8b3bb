//===- DiagnosticPrinter.cpp - diagnostics for people ---------------------===//

#include "tenon/Pipelines/DiagnosticPrinter.h"
#include "mlir/IR/Location.h"

using namespace mlir;
using namespace tenon;

/// The first node's name in `loc`; empty if there is none but the model's file,
/// which stands for the model as a whole.
static StringRef getNode(Location loc, StringRef path) {
  StringRef node;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part); name && name.getName() != path)
      node = name.getName();
    return node.empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  return node;
}

/// "model.mlir:3:7" for text, else the model's file.
static std::string getPosition(Location loc, StringRef path) {
  auto position = loc->findInstanceOf<FileLineColLoc>();
  if (!position)
    return path.str();
  return (position.getFilename().getValue() + ":" + Twine(position.getLine()) +
          ":" + Twine(position.getColumn()))
      .str();
}

DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context, StringRef path,
                                     raw_ostream &os)
    : path(path.str()), os(os),
      handler(&context,
              [this](Diagnostic &diagnostic) { return print(diagnostic); }) {
  // a note with a whole kernel says nothing to those who know the model
  context.printOpOnDiagnostic(false);
}

LogicalResult DiagnosticPrinter::print(Diagnostic &diagnostic) {
  static constexpr StringLiteral names[] = {"note", "warning", "error",
                                            "remark"};
  Location loc = diagnostic.getLocation();
  std::string message = diagnostic.str();
  StringRef node = getNode(loc, path);
  // the graph for a GPU goes through the passes that the host's has
  if (diagnostic.getSeverity() == DiagnosticSeverity::Remark &&
      !remarks.insert({loc.getAsOpaquePointer(), message}).second)
    return success();
  os << getPosition(loc, path) << ": "
     << names[static_cast<unsigned>(diagnostic.getSeverity())] << ": ";
  // The importer's messages name the node with its operator.
  if (!node.empty() && !StringRef(message).starts_with("node \""))
    os << "node \"" << node << "\": ";
  os << message << '\n';
  for (Diagnostic &note : diagnostic.getNotes())
    os << "  note: " << note.str() << '\n';
  return success();
}
