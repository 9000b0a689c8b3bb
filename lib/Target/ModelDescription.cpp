//===- ModelDescription.cpp - what an artefact says of its model ----------===//

#include "tenon/Target/ModelDescription.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tenon;

bool ValueDescription::hasStaticShape() const {
  return llvm::all_of(
      dims, [](const DimDescription &dim) { return dim.isConstant(); });
}

std::string ValueDescription::getShapeText() const {
  std::string text = "[";
  llvm::ListSeparator separator;
  for (const DimDescription &dim : dims)
    text += (StringRef(separator) + dim.text).str();
  return text + "]";
}

bool FunctionDescription::hasStaticShapes() const {
  auto isStatic = [](const ValueDescription &value) {
    return value.hasStaticShape();
  };
  return llvm::all_of(getOwnInputs(), isStatic) &&
         llvm::all_of(getOwnOutputs(), isStatic);
}

static bool isIdentifierCharacter(char c) {
  return llvm::isAlnum(c) || c == '_';
}

bool tenon::isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name, isIdentifierCharacter);
}

std::string tenon::makeIdentifier(StringRef name) {
  std::string identifier = name.str();
  for (char &c : identifier)
    if (!isIdentifierCharacter(c))
      c = '_';
  return identifier;
}

/// Whether NAME_`name` is, or could become, another name of the header.
static bool isNameOfHeader(StringRef name) {
  static const StringSet<> words = {
      "open", "close", "run", "prepare", "output_shapes", "model", "context"};
  return words.contains(name) || name.ends_with("_prepare") ||
         name.ends_with("_output_shapes") || name.contains("size_");
}

std::vector<std::string> ModelDescription::getEntryNames() const {
  if (functions.size() == 1)
    return {name + "_run"};
  StringSet<> taken;
  std::vector<std::string> names;
  for (const FunctionDescription &function : functions) {
    std::string identifier = makeIdentifier(function.name);
    if (isNameOfHeader(identifier))
      identifier += '_';
    std::string candidate = identifier;
    for (unsigned i = 2; !taken.insert(candidate).second; ++i)
      candidate = identifier + "_" + std::to_string(i);
    names.push_back(name + "_" + candidate);
  }
  return names;
}

std::string tenon::getModelName(StringRef path) {
  StringRef stem = sys::path::stem(path);
  // "lib.so" keeps its only name.
  if (stem.size() > 3)
    stem.consume_front("lib");
  std::string name = makeIdentifier(stem);
  return isIdentifier(name) ? name : "model_" + name;
}
