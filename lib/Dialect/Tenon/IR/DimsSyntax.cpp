//===- DimsSyntax.cpp - text of dimension expressions ---------------------===//
//
// expr   ::= term (('+' | '-') term)*
// term   ::= factor (('*' | 'floordiv' | 'ceildiv' | 'mod') factor)*
// factor ::= integer | symbol | '-' factor | '(' expr ')'
//          | ('min' | 'max') '(' expr ',' expr ')'
// symbol ::= identifier | string       (names that are no identifier are
// quoted)
//
//===----------------------------------------------------------------------===//

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/DialectImplementation.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static bool isIdentifier(StringRef name) {
  if (name.empty() ||
      llvm::is_contained({"floordiv", "ceildiv", "mod"}, name) ||
      llvm::isDigit(name[0]))
    return false;
  return llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

static void printName(raw_ostream &os, StringRef name) {
  if (isIdentifier(name)) {
    os << name;
    return;
  }
  os << '"';
  llvm::printEscapedString(name, os);
  os << '"';
}

static StringRef getOperatorText(AffineExprKind kind) {
  switch (kind) {
  case AffineExprKind::Mul:
    return " * ";
  case AffineExprKind::FloorDiv:
    return " floordiv ";
  case AffineExprKind::CeilDiv:
    return " ceildiv ";
  case AffineExprKind::Mod:
    return " mod ";
  default:
    return " + ";
  }
}

static void print(raw_ostream &os, AffineExpr expr, bool isFactor) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    os << constant.getValue();
    return;
  }
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr)) {
    if (getDerivedDim(symbol))
      os << getDimSymbolName(symbol);
    else
      printName(os, getDimSymbolName(symbol));
    return;
  }
  auto binary = cast<AffineBinaryOpExpr>(expr);
  bool isSum = binary.getKind() == AffineExprKind::Add;
  if (isFactor)
    os << '(';
  print(os, binary.getLHS(),
        /*isFactor=*/!isSum &&
            !isa<AffineSymbolExpr, AffineConstantExpr>(binary.getLHS()));
  auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (isSum && constant && constant.getValue() < 0) {
    os << " - " << -constant.getValue();
  } else {
    os << getOperatorText(binary.getKind());
    print(os, binary.getRHS(),
          /*isFactor=*/!isSum &&
              !isa<AffineSymbolExpr, AffineConstantExpr>(binary.getRHS()));
  }
  if (isFactor)
    os << ')';
}

std::string tenon::printDim(AffineExpr expr) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (expr)
    print(os, expr, /*isFactor=*/false);
  else
    os << '?';
  return text;
}

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

static ParseResult parseSum(AsmParser &parser, AffineExpr &result);

static ParseResult parseFactor(AsmParser &parser, AffineExpr &result) {
  MLIRContext *context = parser.getContext();
  int64_t integer;
  if (OptionalParseResult parsed = parser.parseOptionalInteger(integer);
      parsed.has_value()) {
    result = getAffineConstantExpr(integer, context);
    return *parsed;
  }
  if (succeeded(parser.parseOptionalLParen()))
    return failure(parseSum(parser, result) || parser.parseRParen());
  if (succeeded(parser.parseOptionalMinus())) {
    if (parseFactor(parser, result))
      return failure();
    result = -result;
    return success();
  }
  std::string name;
  if (failed(parser.parseOptionalKeywordOrString(&name)))
    return parser.emitError(parser.getCurrentLocation(),
                            "expected an integer, a dimension symbol or '('");
  bool isMax = name == "max";
  if ((isMax || name == "min") && succeeded(parser.parseOptionalLParen())) {
    AffineExpr lhs, rhs;
    if (parseSum(parser, lhs) || parser.parseComma() || parseSum(parser, rhs) ||
        parser.parseRParen())
      return failure();
    result = isMax ? getMaxDim(lhs, rhs) : getMinDim(lhs, rhs);
    return success();
  }
  result = getDimSymbol(context, name);
  return success();
}

static ParseResult parseProduct(AsmParser &parser, AffineExpr &result) {
  if (parseFactor(parser, result))
    return failure();
  while (true) {
    AffineExprKind kind;
    if (succeeded(parser.parseOptionalStar()))
      kind = AffineExprKind::Mul;
    else if (succeeded(parser.parseOptionalKeyword("floordiv")))
      kind = AffineExprKind::FloorDiv;
    else if (succeeded(parser.parseOptionalKeyword("ceildiv")))
      kind = AffineExprKind::CeilDiv;
    else if (succeeded(parser.parseOptionalKeyword("mod")))
      kind = AffineExprKind::Mod;
    else
      return success();
    AffineExpr rhs;
    if (parseFactor(parser, rhs))
      return failure();
    result = getAffineBinaryOpExpr(kind, result, rhs);
  }
}

static ParseResult parseSum(AsmParser &parser, AffineExpr &result) {
  if (parseProduct(parser, result))
    return failure();
  while (true) {
    bool isMinus = false;
    if (failed(parser.parseOptionalPlus())) {
      // the lexer reads "s -1" as a symbol and the integer -1
      isMinus = succeeded(parser.parseOptionalMinus());
      int64_t integer;
      OptionalParseResult negative = isMinus
                                         ? OptionalParseResult(std::nullopt)
                                         : parser.parseOptionalInteger(integer);
      if (negative.has_value()) {
        if (failed(*negative))
          return failure();
        result = result + integer;
        continue;
      }
      if (!isMinus)
        return success();
    }
    AffineExpr rhs;
    if (parseProduct(parser, rhs))
      return failure();
    result = isMinus ? result - rhs : result + rhs;
  }
}

AffineExpr tenon::parseDim(MLIRContext *context, StringRef text) {
  ScopedDiagnosticHandler silence(context,
                                  [](Diagnostic &) { return success(); });
  auto attr = dyn_cast_or_null<DimsAttr>(
      parseAttribute(("#tenon.dims<[" + text + "]>").str(), context));
  return attr && attr.getExprs().size() == 1 ? attr.getExprs()[0]
                                             : AffineExpr();
}

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<AffineExpr> exprs;
  auto parseExpr = [&]() -> ParseResult {
    AffineExpr expr;
    if (parseSum(parser, expr))
      return failure();
    exprs.push_back(simplifyDim(expr));
    return success();
  };
  if (parser.parseLess() ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parseExpr) ||
      parser.parseGreater())
    return {};
  return get(parser.getContext(), exprs);
}

void DimsAttr::print(AsmPrinter &printer) const {
  raw_ostream &os = printer.getStream();
  os << "<[";
  llvm::interleaveComma(getExprs(), os,
                        [&](AffineExpr expr) { os << printDim(expr); });
  os << "]>";
}
