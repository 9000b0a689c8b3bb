//===- WindowSyntax.cpp - text of ops with sliding windows ----------------===//

#include "WindowSyntax.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace tenon;

namespace {
/// A list whose numbers are all `value` unless text says otherwise: `perDim` of
/// them for each spatial dimension.
struct DefaultList {
  StringLiteral name;
  int64_t value;
  size_t perDim;
};
} // namespace

static constexpr DefaultList defaultLists[] = {
    {"strides", 1, 1},         {"dilations", 1, 1},   {"pads", 0, 2},
    {"input_dilations", 1, 1}, {"output_pads", 0, 1},
};

static void addDefaults(Builder &builder, NamedAttrList &attributes,
                        size_t spatialRank, ArrayRef<StringRef> names) {
  for (const DefaultList &list : defaultLists)
    if (llvm::is_contained(names, list.name) && !attributes.get(list.name))
      attributes.append(list.name,
                        builder.getDenseI64ArrayAttr(SmallVector<int64_t>(
                            spatialRank * list.perDim, list.value)));
}

/// Prints `attributes` but those in `elided` and those at their defaults.
static void printAttributes(OpAsmPrinter &printer, DictionaryAttr attributes,
                            size_t spatialRank,
                            SmallVector<StringRef> elided = {}) {
  for (const DefaultList &list : defaultLists) {
    auto given = attributes.getAs<DenseI64ArrayAttr>(list.name);
    if (given && size_t(given.size()) == spatialRank * list.perDim &&
        llvm::all_of(given.asArrayRef(),
                     [&](int64_t value) { return value == list.value; }))
      elided.push_back(list.name);
  }
  auto groups = attributes.getAs<IntegerAttr>("groups");
  if (groups && groups.getValue().isOne())
    elided.push_back("groups");
  printer.printOptionalAttrDict(attributes.getValue(), elided);
}

ParseResult tenon::parseWindowAttributes(OpAsmParser &parser,
                                         NamedAttrList &attributes,
                                         DenseI64ArrayAttr window,
                                         ArrayRef<StringRef> names) {
  if (parser.parseOptionalAttrDict(attributes))
    return failure();
  addDefaults(parser.getBuilder(), attributes, window.size(), names);
  return success();
}

void tenon::printWindowAttributes(OpAsmPrinter &printer, Operation *op,
                                  DictionaryAttr attributes,
                                  DenseI64ArrayAttr window,
                                  ArrayRef<StringRef> names) {
  printAttributes(printer, attributes, window.size(),
                  /*elided=*/{"kind", "window"}); // printed before
}

/// 0 for what is no tensor with channels, which the verifier refuses.
static size_t getSpatialRank(Type input) {
  auto tensor = dyn_cast<RankedTensorType>(input);
  return tensor && tensor.getRank() > 2 ? tensor.getRank() - 2 : 0;
}

ParseResult tenon::parseConvSignature(OpAsmParser &parser,
                                      NamedAttrList &attributes, Type &input,
                                      Type &weights, Type &result,
                                      ArrayRef<StringRef> names) {
  if (parser.parseOptionalAttrDict(attributes) || parser.parseColon() ||
      parser.parseLParen() || parser.parseType(input) || parser.parseComma() ||
      parser.parseType(weights) || parser.parseRParen() ||
      parser.parseArrow() || parser.parseType(result))
    return failure();
  addDefaults(parser.getBuilder(), attributes, getSpatialRank(input), names);
  return success();
}

void tenon::printConvSignature(OpAsmPrinter &printer, Operation *op,
                               DictionaryAttr attributes, Type input,
                               Type weights, Type result,
                               ArrayRef<StringRef> names) {
  printAttributes(printer, attributes, getSpatialRank(input));
  printer << " : (" << input << ", " << weights << ") -> " << result;
}
