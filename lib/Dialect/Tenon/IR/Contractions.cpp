//===- Contractions.cpp - products in other notations, as contract --------===//

#include "tenon/Dialect/Tenon/IR/Contractions.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/TryCreate.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace tenon;

static bool hasRepeated(ArrayRef<int> labels) {
  llvm::SmallDenseSet<int> unique(labels.begin(), labels.end());
  return unique.size() != labels.size();
}

namespace {
/// A tensor with a name for each of its dimensions; equal names are one loop.
struct Term {
  Value value;
  SmallVector<int> labels;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(value.getType());
  }
  bool has(int label) const { return llvm::is_contained(labels, label); }
  bool hasRepeatedLabels() const { return hasRepeated(labels); }
};
} // namespace

static bool isUnit(const Term &term, unsigned index) {
  return term.getType().getDimSize(index) == 1;
}

/// Reshapes away dimensions of size 1 that broadcast to one of another size.
static void dropBroadcastUnits(OpBuilder &builder, Location loc,
                               MutableArrayRef<Term> terms) {
  llvm::SmallDenseSet<int> large;
  for (const Term &term : terms)
    for (auto [index, label] : llvm::enumerate(term.labels))
      if (!isUnit(term, index))
        large.insert(label);
  for (Term &term : terms) {
    SmallVector<AffineExpr> dims;
    SmallVector<int> labels;
    for (auto [index, label] : llvm::enumerate(term.labels)) {
      if (isUnit(term, index) && large.contains(label))
        continue;
      dims.push_back(getDim(term.getType(), index));
      labels.push_back(label);
    }
    if (labels.size() == term.labels.size())
      continue;
    Type type = getTensorType(dims, term.getType().getElementType());
    term = {ReshapeOp::create(builder, loc, type, term.value), labels};
  }
}

/// Matrices don't broadcast along the dimension that is summed.
static LogicalResult checkSummed(Location loc, const Term &lhs, const Term &rhs,
                                 int label) {
  auto getSize = [&](const Term &term) {
    return term.getType().getDimSize(
        std::distance(term.labels.begin(), llvm::find(term.labels, label)));
  };
  int64_t left = getSize(lhs), right = getSize(rhs);
  if (left == right || ShapedType::isDynamic(left) ||
      ShapedType::isDynamic(right))
    return success();
  return emitError(loc) << "expected dimensions that are summed to be equal, "
                           "got "
                        << left << " of " << lhs.getType() << " and " << right
                        << " of " << rhs.getType();
}

/// Sums over labels that neither `others` nor the result have.
static LogicalResult sumPrivateLabels(OpBuilder &builder, Location loc,
                                      Term &term, const Term &other,
                                      ArrayRef<int> result) {
  SmallVector<int64_t> axes;
  SmallVector<int> kept;
  for (auto [index, label] : llvm::enumerate(term.labels)) {
    bool isPrivate = !other.has(label) && !llvm::is_contained(result, label);
    if (isPrivate)
      axes.push_back(index);
    else
      kept.push_back(label);
  }
  if (axes.empty() || term.hasRepeatedLabels())
    return success();
  auto sum = tryCreate<ReduceOp>(builder, loc, ReduceKind::sum, term.value,
                                 axes, /*keep_dims=*/false);
  term = {sum ? sum.getResult() : Value(), kept};
  return success(bool(sum));
}

/// Loops in the order batch, m, n, k, which is how kernels are written.
static SmallVector<int> orderLoops(const Term &lhs, const Term &rhs,
                                   ArrayRef<int> result) {
  llvm::SetVector<int> loops;
  for (int label : result)
    if (lhs.has(label) && rhs.has(label))
      loops.insert(label);
  for (const Term *term : {&lhs, &rhs})
    for (int label : result)
      if (term->has(label))
        loops.insert(label);
  loops.insert(lhs.labels.begin(), lhs.labels.end());
  loops.insert(rhs.labels.begin(), rhs.labels.end());
  return loops.takeVector();
}

static FailureOr<Term> contractTerms(OpBuilder &builder, Location loc, Term lhs,
                                     Term rhs, SmallVector<int> result,
                                     Type resultElement = {}) {
  Term terms[] = {lhs, rhs};
  dropBroadcastUnits(builder, loc, terms);
  if (!resultElement)
    if (failed(sumPrivateLabels(builder, loc, terms[0], terms[1], result)) ||
        failed(sumPrivateLabels(builder, loc, terms[1], terms[0], result)))
      return failure();
  SmallVector<int> loops = orderLoops(terms[0], terms[1], result);
  auto getMap = [&](ArrayRef<int> labels) -> Attribute {
    SmallVector<AffineExpr> exprs;
    for (int label : labels)
      exprs.push_back(builder.getAffineDimExpr(
          std::distance(loops.begin(), llvm::find(loops, label))));
    return AffineMapAttr::get(
        AffineMap::get(loops.size(), 0, exprs, builder.getContext()));
  };
  ArrayAttr maps = builder.getArrayAttr(
      {getMap(terms[0].labels), getMap(terms[1].labels), getMap(result)});
  auto contract = tryCreate<ContractOp>(
      builder, loc, terms[0].value, terms[1].value, maps,
      resultElement ? TypeAttr::get(resultElement) : TypeAttr());
  if (!contract)
    return failure();
  return Term{contract.getResult(), result};
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

FailureOr<Value> tenon::buildMatmul(OpBuilder &builder, Location loc, Value lhs,
                                    Value rhs, Type resultElement) {
  enum { m = -1, n = -2, k = -3 };
  Term a{lhs, {}}, b{rhs, {}};
  unsigned rankA = a.getType().getRank(), rankB = b.getType().getRank();
  if (rankA == 0 || rankB == 0)
    return emitError(loc) << "expected matrices or vectors to multiply, got "
                          << lhs.getType() << " and " << rhs.getType();
  // batch dimensions are labelled by their distance from the matrices
  auto addBatch = [](SmallVector<int> &labels, unsigned rank) {
    for (unsigned i = rank; i > 2; --i)
      labels.push_back(i);
  };
  addBatch(a.labels, rankA);
  addBatch(b.labels, rankB);
  SmallVector<int> result;
  addBatch(result, std::max(rankA, rankB));
  if (rankA > 1) {
    a.labels.push_back(m);
    result.push_back(m);
  }
  a.labels.push_back(k);
  b.labels.push_back(k);
  if (rankB > 1) {
    b.labels.push_back(n);
    result.push_back(n);
  }
  if (failed(checkSummed(loc, a, b, k)))
    return failure();
  FailureOr<Term> product =
      contractTerms(builder, loc, a, b, result, resultElement);
  if (failed(product))
    return failure();
  return product->value;
}

FailureOr<Value> tenon::buildGemm(OpBuilder &builder, Location loc, Value lhs,
                                  Value rhs, bool transposeLhs,
                                  bool transposeRhs) {
  for (Value operand : {lhs, rhs})
    if (cast<RankedTensorType>(operand.getType()).getRank() != 2)
      return emitError(loc) << "expected a matrix, got " << operand.getType();
  using Labels = SmallVector<int>;
  Term a{lhs, transposeLhs ? Labels{'k', 'm'} : Labels{'m', 'k'}},
      b{rhs, transposeRhs ? Labels{'n', 'k'} : Labels{'k', 'n'}};
  if (failed(checkSummed(loc, a, b, 'k')))
    return failure();
  FailureOr<Term> product = contractTerms(builder, loc, a, b, {'m', 'n'});
  if (failed(product))
    return failure();
  return product->value;
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

/// The labels of one term of an equation: letters, and for an ellipsis that
/// stands for `n` dimensions -n, ..., -1.
static FailureOr<SmallVector<int>> parseLabels(Location loc, StringRef text,
                                               int64_t ellipsis) {
  SmallVector<int> labels;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t i = ellipsis; i > 0; --i)
        labels.push_back(-i);
      continue;
    }
    if (!llvm::isAlpha(text.front()))
      return emitError(loc)
             << "expected letters and '...' in an equation, got '" << text
             << "'";
    labels.push_back(text.front());
    text = text.drop_front();
  }
  return labels;
}

static int64_t countLetters(StringRef text) {
  return text.size() - (text.contains("...") ? 3 : 0);
}

/// Without `->` the result has the ellipsis, then the letters that occur once.
static SmallVector<int> getImplicitResult(ArrayRef<Term> terms,
                                          int64_t ellipsis) {
  std::map<int, int> counts;
  for (const Term &term : terms)
    for (int label : term.labels)
      ++counts[label];
  SmallVector<int> result;
  for (int64_t i = ellipsis; i > 0; --i)
    result.push_back(-i);
  for (auto [label, count] : counts)
    if (label > 0 && count == 1)
      result.push_back(label);
  return result;
}

/// One operand: diagonals as a product with 1, otherwise sums and a transpose.
static FailureOr<Value> buildUnary(OpBuilder &builder, Location loc, Term term,
                                   ArrayRef<int> result) {
  auto element = term.getType().getElementType();
  if (term.hasRepeatedLabels()) {
    Attribute one = isa<FloatType>(element)
                        ? Attribute(builder.getFloatAttr(element, 1))
                        : Attribute(builder.getIntegerAttr(element, 1));
    Value unit = ConstantOp::create(
        builder, loc,
        DenseElementsAttr::get(RankedTensorType::get({}, element), one));
    FailureOr<Term> product =
        contractTerms(builder, loc, term, {unit, {}}, SmallVector<int>(result));
    if (failed(product))
      return failure();
    return product->value;
  }
  if (failed(sumPrivateLabels(builder, loc, term, Term(), result)))
    return failure();
  SmallVector<int64_t> permutation;
  for (int label : result)
    permutation.push_back(
        std::distance(term.labels.begin(), llvm::find(term.labels, label)));
  if (llvm::is_sorted(permutation))
    return term.value;
  return TransposeOp::create(builder, loc, term.value, permutation).getResult();
}

/// The labels that a partial product must keep: those of the result and of the
/// terms still to come.
static SmallVector<int> getKeptLabels(const Term &lhs, const Term &rhs,
                                      ArrayRef<Term> rest,
                                      ArrayRef<int> result) {
  llvm::SetVector<int> kept;
  for (const Term *term : {&lhs, &rhs})
    for (int label : term->labels)
      if (llvm::is_contained(result, label) ||
          llvm::any_of(rest, [&](const Term &t) { return t.has(label); }))
        kept.insert(label);
  return kept.takeVector();
}

FailureOr<Value> tenon::buildEinsum(OpBuilder &builder, Location loc,
                                    StringRef equation, ValueRange operands) {
  std::string compact;
  llvm::copy_if(equation, std::back_inserter(compact),
                [](char c) { return c != ' '; });
  auto [left, right] = StringRef(compact).split("->");
  SmallVector<StringRef> texts;
  left.split(texts, ',');
  if (texts.size() != operands.size())
    return emitError(loc) << "expected an equation of " << operands.size()
                          << " operands, got '" << equation << "'";
  SmallVector<Term> terms;
  int64_t ellipsis = 0;
  for (auto [text, operand] : llvm::zip_equal(texts, operands)) {
    int64_t rank = cast<RankedTensorType>(operand.getType()).getRank();
    int64_t inEllipsis = rank - countLetters(text);
    if (inEllipsis < 0 || (inEllipsis > 0 && !text.contains("...")))
      return emitError(loc)
             << "expected an operand of rank " << countLetters(text) << " for '"
             << text << "', got " << operand.getType();
    FailureOr<SmallVector<int>> labels = parseLabels(loc, text, inEllipsis);
    if (failed(labels))
      return failure();
    if (int64_t(labels->size()) != rank)
      return emitError(loc) << "expected one '...' at most in '" << text << "'";
    ellipsis = std::max(ellipsis, inEllipsis);
    terms.push_back({operand, *labels});
  }
  SmallVector<int> result = getImplicitResult(terms, ellipsis);
  if (StringRef(compact).contains("->")) {
    FailureOr<SmallVector<int>> labels = parseLabels(loc, right, ellipsis);
    if (failed(labels))
      return failure();
    result = *labels;
    if (hasRepeated(result))
      return emitError(loc) << "expected different letters in the result of '"
                            << equation << "'";
  }
  for (int label : result)
    if (llvm::none_of(terms, [&](const Term &t) { return t.has(label); }))
      return emitError(loc) << "expected letters of the operands in the result "
                               "of '"
                            << equation << "'";
  if (terms.size() == 1)
    return buildUnary(builder, loc, terms[0], result);
  Term product = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) {
    ArrayRef<Term> rest = ArrayRef<Term>(terms).drop_front(i + 1);
    SmallVector<int> kept =
        rest.empty() ? result : getKeptLabels(product, terms[i], rest, result);
    FailureOr<Term> next = contractTerms(builder, loc, product, terms[i], kept);
    if (failed(next))
      return failure();
    product = *next;
  }
  return product.value;
}
