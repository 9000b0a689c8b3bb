//===- Dims.cpp - symbolic dimensions of tensor types ---------------------===//

#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "DimSymbolTable.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

unsigned DimSymbolTable::intern(StringRef name) {
  std::lock_guard lock(mutex);
  auto [it, inserted] = positions.try_emplace(name, names.size());
  if (inserted)
    names.push_back(it->first());
  return it->second;
}

StringRef DimSymbolTable::getName(unsigned position) {
  std::lock_guard lock(mutex);
  return names[position];
}

unsigned DimSymbolTable::internFresh(StringRef hint) {
  std::lock_guard lock(mutex);
  std::string name = hint.str();
  for (unsigned suffix = 1; positions.contains(name); ++suffix)
    name = (hint + "_" + Twine(suffix)).str();
  auto it = positions.try_emplace(name, names.size()).first;
  names.push_back(it->first());
  return it->second;
}

unsigned DimSymbolTable::internDerived(StringRef name,
                                       const DerivedDim &derived) {
  // a model may call one of its dimensions by a function's text
  unsigned position = intern(("\x01" + name).str());
  std::lock_guard lock(mutex);
  derivedDims.try_emplace(position, derived);
  return position;
}

std::optional<DerivedDim> DimSymbolTable::getDerived(unsigned position) {
  std::lock_guard lock(mutex);
  auto it = derivedDims.find(position);
  return it == derivedDims.end() ? std::nullopt : std::optional(it->second);
}

static DimSymbolTable &getTable(MLIRContext *context) {
  return context->getOrLoadDialect<TenonDialect>()->getDimSymbolTable();
}

AffineExpr tenon::getDimSymbol(MLIRContext *context, StringRef name) {
  return getAffineSymbolExpr(getTable(context).intern(name), context);
}

StringRef tenon::getDimSymbolName(AffineSymbolExpr symbol) {
  StringRef name = getTable(symbol.getContext()).getName(symbol.getPosition());
  name.consume_front("\x01");
  return name;
}

std::optional<DerivedDim> tenon::getDerivedDim(AffineSymbolExpr symbol) {
  return getTable(symbol.getContext()).getDerived(symbol.getPosition());
}

AffineExpr tenon::getFreshDimSymbol(MLIRContext *context, StringRef hint) {
  return getAffineSymbolExpr(getTable(context).internFresh(hint), context);
}

SmallVector<AffineSymbolExpr> tenon::getDimSymbols(ArrayRef<AffineExpr> exprs) {
  llvm::SetVector<AffineExpr> symbols;
  for (AffineExpr expr : exprs)
    if (expr)
      expr.walk([&](AffineExpr e) {
        if (isa<AffineSymbolExpr>(e))
          symbols.insert(e);
      });
  return llvm::map_to_vector(
      symbols, [](AffineExpr e) { return cast<AffineSymbolExpr>(e); });
}

SmallVector<AffineSymbolExpr>
tenon::getSourceSymbols(ArrayRef<AffineExpr> exprs) {
  llvm::SetVector<AffineExpr> sources;
  for (AffineSymbolExpr symbol : getDimSymbols(exprs)) {
    std::optional<DerivedDim> derived = getDerivedDim(symbol);
    if (!derived) {
      sources.insert(symbol);
      continue;
    }
    for (AffineSymbolExpr source :
         getSourceSymbols({derived->lhs, derived->rhs}))
      sources.insert(source);
  }
  return llvm::map_to_vector(
      sources, [](AffineExpr e) { return cast<AffineSymbolExpr>(e); });
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

AffineExpr tenon::getDim(RankedTensorType type, unsigned index) {
  if (!type.isDynamicDim(index))
    return getAffineConstantExpr(type.getDimSize(index), type.getContext());
  auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding());
  return dims ? dims.getExprs()[type.getDynamicDimIndex(index)] : AffineExpr();
}

SmallVector<AffineExpr> tenon::getDims(RankedTensorType type) {
  return llvm::map_to_vector(llvm::seq<unsigned>(0, type.getRank()),
                             [&](unsigned i) { return getDim(type, i); });
}

/// Whether no number in `expr` is one that no tensor's size comes from.
static bool isSize(AffineExpr expr) {
  bool isSmall = true;
  expr.walk([&](AffineExpr part) {
    std::optional<int64_t> number = getConstantDim(part);
    isSmall &= !number ||
               (*number >= -maxTensorElements && *number <= maxTensorElements);
  });
  return isSmall && getConstantDim(expr).value_or(0) >= 0;
}

/// Whether memory has addresses for the elements; dimensions of unknown size
/// count as 1.
static bool haveAddresses(ArrayRef<int64_t> shape) {
  int64_t elements = 1;
  for (int64_t size : shape) {
    if (ShapedType::isDynamic(size))
      continue;
    // strides are products, also of the sizes of an empty tensor
    if (llvm::MulOverflow(elements, std::max<int64_t>(size, 1), elements))
      return false;
  }
  return elements <= maxTensorElements;
}

RankedTensorType tenon::getTensorType(ArrayRef<AffineExpr> dims,
                                      Type elementType) {
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> dynamic;
  bool isPossible = true;
  for (AffineExpr dim : dims) {
    AffineExpr simplified = dim ? simplifyDim(dim) : dim;
    std::optional<int64_t> constant = getConstantDim(simplified);
    shape.push_back(constant.value_or(ShapedType::kDynamic));
    if (!constant)
      dynamic.push_back(simplified);
    isPossible &= !simplified || isSize(simplified);
  }
  if (!isPossible || !haveAddresses(shape))
    return RankedTensorType::get(
        SmallVector<int64_t>(dims.size(), ShapedType::kDynamic), elementType);
  bool known = !dynamic.empty() &&
               llvm::all_of(dynamic, [](AffineExpr e) { return bool(e); });
  Attribute encoding =
      known ? DimsAttr::get(elementType.getContext(), dynamic) : Attribute();
  return RankedTensorType::get(shape, elementType, encoding);
}

bool tenon::hasKnownSizes(RankedTensorType type) {
  return type.hasStaticShape() || isa_and_nonnull<DimsAttr>(type.getEncoding());
}

RankedTensorType tenon::withElementType(RankedTensorType type,
                                        Type elementType) {
  return RankedTensorType::get(type.getShape(), elementType,
                               type.getEncoding());
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

std::optional<int64_t> tenon::getConstantDim(AffineExpr expr) {
  if (auto constant = dyn_cast_or_null<AffineConstantExpr>(expr))
    return constant.getValue();
  return std::nullopt;
}

namespace {
/// A sum of products: each term a constant times factors (symbols and
/// quotients), sorted so that equal sums are equal lists.
struct Term {
  int64_t coefficient;
  SmallVector<AffineExpr> factors;
};
using Sum = SmallVector<Term>;
} // namespace

static bool isLess(ArrayRef<AffineExpr> a, ArrayRef<AffineExpr> b) {
  if (a.size() != b.size())
    return a.size() > b.size();
  for (auto [x, y] : llvm::zip_equal(a, b))
    if (x != y) {
      auto symbolX = dyn_cast<AffineSymbolExpr>(x),
           symbolY = dyn_cast<AffineSymbolExpr>(y);
      if (symbolX && symbolY)
        return getDimSymbolName(symbolX) < getDimSymbolName(symbolY);
      if (symbolX || symbolY)
        return bool(symbolX);
      return printDim(x) < printDim(y);
    }
  return false;
}

static int64_t getLimit(bool isNegative) {
  return isNegative ? std::numeric_limits<int64_t>::min()
                    : std::numeric_limits<int64_t>::max();
}

/// Numbers beyond 64 bits stay at their limits, which no tensor's size reaches.
static int64_t add(int64_t a, int64_t b) {
  int64_t sum;
  return llvm::AddOverflow(a, b, sum) ? getLimit(a < 0) : sum;
}
static int64_t multiply(int64_t a, int64_t b) {
  int64_t product;
  return llvm::MulOverflow(a, b, product) ? getLimit((a < 0) != (b < 0))
                                          : product;
}

static void addTerm(Sum &sum, Term term) {
  for (Term &other : sum)
    if (other.factors == term.factors) {
      other.coefficient = add(other.coefficient, term.coefficient);
      return;
    }
  sum.push_back(std::move(term));
}

static Sum multiply(const Sum &a, const Sum &b) {
  Sum product;
  for (const Term &x : a)
    for (const Term &y : b) {
      Term term{multiply(x.coefficient, y.coefficient), x.factors};
      llvm::append_range(term.factors, y.factors);
      llvm::sort(term.factors,
                 [](AffineExpr p, AffineExpr q) { return isLess({p}, {q}); });
      addTerm(product, std::move(term));
    }
  return product;
}

static AffineExpr toExpr(Sum sum, MLIRContext *context) {
  llvm::erase_if(sum, [](const Term &term) { return term.coefficient == 0; });
  llvm::sort(sum, [](const Term &a, const Term &b) {
    return isLess(a.factors, b.factors);
  });
  AffineExpr result = getAffineConstantExpr(0, context);
  for (const Term &term : sum) {
    AffineExpr product = getAffineConstantExpr(1, context);
    for (AffineExpr factor : term.factors)
      product = product * factor;
    result = result + product * term.coefficient;
  }
  return result;
}

static Sum toSum(AffineExpr expr);

/// The quotient of two sums when every term divides, which is all that shapes
/// need.
static std::optional<Sum> divide(const Sum &numerator, const Sum &denominator) {
  if (denominator.size() != 1 || denominator[0].coefficient == 0)
    return std::nullopt;
  const Term &divisor = denominator[0];
  Sum quotient;
  for (const Term &term : numerator) {
    // the least number has no opposite
    if (term.coefficient == getLimit(/*isNegative=*/true) ||
        term.coefficient % divisor.coefficient != 0)
      return std::nullopt;
    Term result{term.coefficient / divisor.coefficient, term.factors};
    for (AffineExpr factor : divisor.factors) {
      auto *it = llvm::find(result.factors, factor);
      if (it == result.factors.end())
        return std::nullopt;
      result.factors.erase(it);
    }
    quotient.push_back(std::move(result));
  }
  return quotient;
}

static AffineExpr simplifyDivision(AffineBinaryOpExpr expr) {
  Sum numerator = toSum(expr.getLHS()), denominator = toSum(expr.getRHS());
  MLIRContext *context = expr.getContext();
  if (std::optional<Sum> quotient = divide(numerator, denominator))
    return expr.getKind() == AffineExprKind::Mod
               ? getAffineConstantExpr(0, context)
               : toExpr(*quotient, context);
  return getAffineBinaryOpExpr(expr.getKind(), toExpr(numerator, context),
                               toExpr(denominator, context));
}

static Sum toSum(AffineExpr expr) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return {{constant.getValue(), {}}};
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return {{1, {expr}}};
  if (binary.getKind() == AffineExprKind::Mul)
    return multiply(toSum(binary.getLHS()), toSum(binary.getRHS()));
  if (binary.getKind() == AffineExprKind::Add) {
    Sum sum = toSum(binary.getLHS());
    for (Term &term : toSum(binary.getRHS()))
      addTerm(sum, std::move(term));
    return sum;
  }
  AffineExpr quotient = simplifyDivision(binary);
  auto stuck = dyn_cast<AffineBinaryOpExpr>(quotient);
  bool isQuotient = stuck && stuck.getKind() != AffineExprKind::Add &&
                    stuck.getKind() != AffineExprKind::Mul;
  return isQuotient ? Sum{{1, {quotient}}} : toSum(quotient);
}

AffineExpr tenon::simplifyDim(AffineExpr expr) {
  return toExpr(toSum(expr), expr.getContext());
}

AffineExpr tenon::getProduct(ArrayRef<AffineExpr> dims, MLIRContext *context) {
  AffineExpr product = getAffineConstantExpr(1, context);
  for (AffineExpr dim : dims) {
    if (!dim)
      return {};
    product = product * dim;
  }
  return simplifyDim(product);
}

AffineExpr tenon::divideExactly(AffineExpr numerator, AffineExpr denominator) {
  std::optional<Sum> quotient = divide(toSum(numerator), toSum(denominator));
  return quotient ? toExpr(*quotient, numerator.getContext()) : AffineExpr();
}

bool tenon::isNonNegative(AffineExpr expr) {
  if (std::optional<int64_t> value = getConstantDim(expr))
    return *value >= 0;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return isa<AffineSymbolExpr>(expr);
  if (binary.getKind() == AffineExprKind::Add ||
      binary.getKind() == AffineExprKind::Mul)
    return isNonNegative(binary.getLHS()) && isNonNegative(binary.getRHS());
  return isNonNegative(binary.getLHS()) &&
         getConstantDim(binary.getRHS()).value_or(0) > 0;
}

/// What `factor` certainly does not exceed.
static SmallVector<AffineExpr> getUpperBounds(AffineExpr factor) {
  if (auto symbol = dyn_cast<AffineSymbolExpr>(factor)) {
    std::optional<DerivedDim> derived = getDerivedDim(symbol);
    return derived && !derived->isMax
               ? SmallVector<AffineExpr>{derived->lhs, derived->rhs}
               : SmallVector<AffineExpr>();
  }
  auto quotient = cast<AffineBinaryOpExpr>(factor);
  return isNonNegative(quotient) ? SmallVector<AffineExpr>{quotient.getLHS()}
                                 : SmallVector<AffineExpr>();
}

/// What certainly does not exceed `factor`, apart from 0.
static SmallVector<AffineExpr> getLowerBounds(AffineExpr factor) {
  auto symbol = dyn_cast<AffineSymbolExpr>(factor);
  std::optional<DerivedDim> derived =
      symbol ? getDerivedDim(symbol) : std::nullopt;
  return derived && derived->isMax
             ? SmallVector<AffineExpr>{derived->lhs, derived->rhs}
             : SmallVector<AffineExpr>();
}

/// Whether the sum is at least 0, with bounds in place of up to `depth`
/// factors.
static bool isNonNegative(const Sum &sum, unsigned depth) {
  if (llvm::all_of(sum, [](const Term &term) { return term.coefficient >= 0; }))
    return true;
  if (depth == 0)
    return false;
  for (auto [index, term] : llvm::enumerate(sum))
    for (AffineExpr factor : term.factors) {
      SmallVector<AffineExpr> bounds = term.coefficient < 0
                                           ? getUpperBounds(factor)
                                           : getLowerBounds(factor);
      for (AffineExpr bound : bounds) {
        Term rest = term;
        rest.factors.erase(llvm::find(rest.factors, factor));
        Sum bounded = multiply({rest}, toSum(bound));
        for (auto [other, otherTerm] : llvm::enumerate(sum))
          if (other != index)
            addTerm(bounded, otherTerm);
        if (isNonNegative(bounded, depth - 1))
          return true;
      }
    }
  return false;
}

bool tenon::isProvablyAtLeast(AffineExpr larger, AffineExpr smaller) {
  constexpr unsigned maxBounds = 3;
  return ::isNonNegative(toSum(larger - smaller), maxBounds);
}

//===----------------------------------------------------------------------===//
// Derived symbols
//===----------------------------------------------------------------------===//

static AffineExpr getDerivedSymbol(bool isMax, AffineExpr a, AffineExpr b) {
  std::string first = printDim(a), second = printDim(b);
  bool isSwapped = getConstantDim(a) || (!getConstantDim(b) && second < first);
  if (isSwapped) {
    std::swap(a, b);
    std::swap(first, second);
  }
  std::string name =
      ((isMax ? "max(" : "min(") + Twine(first) + ", " + second + ")").str();
  return getAffineSymbolExpr(
      getTable(a.getContext()).internDerived(name, {isMax, a, b}),
      a.getContext());
}

AffineExpr tenon::getMaxDim(AffineExpr a, AffineExpr b) {
  a = simplifyDim(a), b = simplifyDim(b);
  AffineExpr difference = simplifyDim(a - b);
  if (isNonNegative(difference) || isProvablyAtLeast(a, b))
    return a;
  if (isNonNegative(simplifyDim(-difference)) || isProvablyAtLeast(b, a))
    return b;
  if (isNonNegative(a) || isNonNegative(b))
    return getDerivedSymbol(/*isMax=*/true, a, b);
  return simplifyDim(
      b + getMaxDim(difference, getAffineConstantExpr(0, a.getContext())));
}

AffineExpr tenon::getMinDim(AffineExpr a, AffineExpr b) {
  a = simplifyDim(a), b = simplifyDim(b);
  AffineExpr larger = getMaxDim(a, b);
  if (larger == a)
    return b;
  if (larger == b)
    return a;
  if (isNonNegative(a) && isNonNegative(b))
    return getDerivedSymbol(/*isMax=*/false, a, b);
  return simplifyDim(
      a - getMaxDim(a - b, getAffineConstantExpr(0, a.getContext())));
}

AffineExpr tenon::replaceDims(AffineExpr expr,
                              const DenseMap<AffineExpr, AffineExpr> &values) {
  DenseMap<AffineExpr, AffineExpr> replaced(values);
  for (AffineSymbolExpr symbol : getDimSymbols(expr)) {
    std::optional<DerivedDim> derived = getDerivedDim(symbol);
    if (!derived || values.contains(symbol))
      continue;
    AffineExpr lhs = replaceDims(derived->lhs, values),
               rhs = replaceDims(derived->rhs, values);
    replaced[symbol] =
        derived->isMax ? getMaxDim(lhs, rhs) : getMinDim(lhs, rhs);
  }
  return simplifyDim(expr.replace(replaced));
}
