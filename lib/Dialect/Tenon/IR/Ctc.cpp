//===- Ctc.cpp - labels of unknown times ----------------------------------===//
//
// Connectionist temporal classification: the probability of all ways to spread
// a sample's labels over the steps, with blanks between them (Graves et al.,
// 2006). Its forward recursion runs over the logarithms of probabilities; the
// backward one is its derivative.
//
//===----------------------------------------------------------------------===//

#include "LossTable.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

/// The logarithm of 0, finite so that differences of two are numbers.
static constexpr double kLogOfZero = -1e30;

namespace {
class CtcBuilder {
public:
  explicit CtcBuilder(LossBuilder &b)
      : b(b), c(b.c), type(getTensorTypeOf(b.x)), samples(getDim(type, 0)),
        steps(getDim(type, 1)) {
    AffineExpr most = getDim(getTensorTypeOf(b.targets), 1);
    length = simplifyDim(2 * most + 1);
  }

  LossTerms build();

private:
  Value count(Value v, double number) { return c.constant(v, number); }
  Value putBlanks(Value labels);
  /// Row s becomes row s + distance; `filler` is before them.
  Value shift(Value rows, int64_t distance, double filler);
  /// log(exp(a) + exp(b) + ...)
  Value addProbabilities(ArrayRef<Value> logs);
  Value scan(Value emissions, Value maySkip);

  LossBuilder &b;
  Composer &c;
  RankedTensorType type;
  AffineExpr samples, steps, length;
};
} // namespace

/// [N, S] becomes [N, 2 S + 1]: blank, label, blank, ..., blank.
Value CtcBuilder::putBlanks(Value labels) {
  AffineExpr most = getDim(getTensorTypeOf(labels), 1),
             one = c.getAffineConstantExpr(1);
  auto getBlanks = [&](ArrayRef<AffineExpr> dims) {
    return c.broadcastTo(count(labels, b.get("blank")),
                         getTensorType(dims, c.getI64Type()));
  };
  SmallVector<AffineExpr> column{samples, most, one};
  Value pairs = ConcatOp::create(
      c, ValueRange{getBlanks(column), c.reshape(labels, column)}, 2);
  Value flat = c.reshape(pairs, {samples, simplifyDim(2 * most)});
  return ConcatOp::create(c, ValueRange{flat, getBlanks({samples, one})}, 1);
}

Value CtcBuilder::shift(Value rows, int64_t distance, double filler) {
  AffineExpr zero = c.getAffineConstantExpr(0);
  Type element = getTensorTypeOf(rows).getElementType();
  AffineExpr rest = simplifyDim(length - distance);
  Value kept = SliceOp::create(c, getTensorType({samples, rest}, element), rows,
                               DimsAttr::get(c.getContext(), {zero, zero}),
                               c.getDenseI64ArrayAttr({1, 1}));
  Value before = c.broadcastTo(
      count(rows, filler),
      getTensorType({samples, c.getAffineConstantExpr(distance)}, element));
  return ConcatOp::create(c, ValueRange{before, kept}, 1);
}

Value CtcBuilder::addProbabilities(ArrayRef<Value> logs) {
  Value most = logs.front();
  for (Value log : logs.drop_front())
    most = MaximumOp::create(c, most, log);
  Value sum;
  for (Value log : logs)
    sum = c.addIfAny(sum, c.exp(c.sub(log, most)));
  return c.add(most, c.log(sum));
}

/// Of each step's logarithms of probabilities, [T, N, 2 S + 1], those of all
/// ways to each label behind the last step.
Value CtcBuilder::scan(Value emissions, Value maySkip) {
  Type rows = getTensorType({samples, length}, type.getElementType());
  // before the first step, as if the first blank had been
  Value isStart = c.compare(ComparisonPredicate::eq, c.countUp(length),
                            c.constant(c.getI64Type(), 0));
  Value start =
      c.broadcastTo(c.select(isStart, count(b.x, 0), count(b.x, kLogOfZero)),
                    cast<RankedTensorType>(rows));
  auto scan = ScanOp::create(c, rows, start, emissions,
                             DimsAttr::get(c.getContext(), steps),
                             ArrayRef<bool>{false});
  OpBuilder::InsertionGuard guard(c);
  Block *body = c.createBlock(&scan.getBody(), {}, {rows, rows},
                              {c.getLoc(), c.getLoc()});
  Value now = body->getArgument(0);
  Value skipped =
      c.select(maySkip, shift(now, 2, kLogOfZero), count(now, kLogOfZero));
  Value next = addProbabilities({now, shift(now, 1, kLogOfZero), skipped});
  YieldOp::create(c, c.add(next, body->getArgument(1)));
  return scan.getResult(0);
}

LossTerms CtcBuilder::build() {
  Value isThere =
      c.compare(ComparisonPredicate::ge, b.targets, count(b.targets, 0));
  Value blank = count(b.targets, b.get("blank"));
  Value given = c.select(isThere, b.targets, blank);
  given = InRangeOp::create(c, given,
                            DimsAttr::get(c.getContext(), getDim(type, 2)));
  Value labels = putBlanks(given);
  Value maySkip = AndOp::create(
      c, c.compare(ComparisonPredicate::ne, labels, blank),
      c.compare(ComparisonPredicate::ne, labels, shift(labels, 2, -1)));

  Value logs = LogSoftmaxOp::create(c, b.x, /*axis=*/2);
  AffineExpr one = c.getAffineConstantExpr(1);
  Value indices =
      c.broadcastTo(c.reshape(labels, {samples, one, length}),
                    getTensorType({samples, steps, length}, c.getI64Type()));
  Value ofLabels = GatherElementsOp::create(c, logs, indices, /*axis=*/2);
  Value emissions =
      TransposeOp::create(c, ofLabels, ArrayRef<int64_t>{1, 0, 2});
  Value ways = scan(emissions, maySkip);

  // the last label, or the blank behind it
  Value number = c.reduce(ReduceKind::sum, c.cast(isThere, c.getI64Type()),
                          ArrayRef<int64_t>{1});
  Value end = c.mul(number, count(number, 2));
  Value place = c.alongAxis(c.countUp(length), 1, 2);
  Value isEnd = OrOp::create(
      c, c.compare(ComparisonPredicate::eq, place, end),
      c.compare(ComparisonPredicate::eq, place, c.sub(end, count(end, 1))));
  Value ends = c.select(isEnd, ways, count(ways, kLogOfZero));
  Value most = c.reduce(ReduceKind::maximum, ends, ArrayRef<int64_t>{1});
  Value sum = b.sumOfClasses(c.exp(c.sub(ends, most)));
  Value log = c.add(c.reshape(most, samples), c.log(sum));
  // as in PyTorch, a sample counts by its labels' number
  Value divisor = c.cast(MaximumOp::create(c, number, count(number, 1)),
                         type.getElementType());
  Value losses = c.div(c.neg(log), c.reshape(divisor, samples));
  // labels that do not fit into the steps have no probability
  Value isPossible =
      c.compare(ComparisonPredicate::gt, log, count(log, kLogOfZero / 2));
  return c.select(isPossible, losses,
                  count(losses, std::numeric_limits<double>::infinity()));
}

LossTerms tenon::buildCtc(LossBuilder &b) { return CtcBuilder(b).build(); }
