//===- ModelDescription.cpp - what an artefact says of its model ----------===//

#include "tenon/Target/ModelDescription.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
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

bool ModelDescription::hasStaticShapes() const {
  auto isStatic = [](const ValueDescription &value) {
    return value.hasStaticShape();
  };
  return llvm::all_of(inputs, isStatic) && llvm::all_of(outputs, isStatic);
}

static bool isIdentifierCharacter(char c) {
  return llvm::isAlnum(c) || c == '_';
}

bool tenon::isIdentifier(StringRef name) {
  return !name.empty() && !llvm::isDigit(name.front()) &&
         llvm::all_of(name, isIdentifierCharacter);
}

std::string tenon::getModelName(StringRef path) {
  StringRef stem = sys::path::stem(path);
  // "lib.so" keeps its only name.
  if (stem.size() > 3)
    stem.consume_front("lib");
  std::string name = stem.str();
  for (char &c : name)
    if (!isIdentifierCharacter(c))
      c = '_';
  return isIdentifier(name) ? name : "model_" + name;
}
