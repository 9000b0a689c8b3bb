//===- Elementwise.cpp - derivatives of scalar functions ------------------===//
//
// Each rule is a function `v -> v * df/dx_i`, element by element: for a
// cotangent in reverse mode, for a tangent in forward mode. Where a function
// has a kink, the derivative is that of one side, as in PyTorch: 0 for relu and
// abs at 0, that of the first operand where both of a maximum are equal.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// `scale` multiplies a value by the derivative with respect to operand
/// `index`; null where that is zero.
template <typename Op, Value (*scale)(Op, Composer &, unsigned index, Value)>
struct ElementwiseDerivative
    : DifferentiableOpInterface::ExternalModel<ElementwiseDerivative<Op, scale>,
                                               Op> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    SmallVector<Value> result;
    for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
      Value value = isDifferentiable(operand.getType())
                        ? scale(cast<Op>(op), c, index, cotangents[0])
                        : Value();
      result.push_back(value ? c.sumTo(value, getTensorTypeOf(operand))
                             : value);
    }
    return result;
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Value sum;
    for (auto [index, tangent] : llvm::enumerate(tangents))
      if (tangent)
        if (Value value = scale(cast<Op>(op), c, index, tangent))
          sum = c.addIfAny(sum, c.broadcastTo(value, type));
    return SmallVector<Value>{sum};
  }
};
} // namespace

static Value times(Composer &c, Value v, double factor) {
  return c.mul(v, c.constant(v, factor));
}

static Value plus(Composer &c, Value v, double number) {
  return c.add(v, c.constant(v, number));
}

static Value where(Composer &c, Value condition, Value v) {
  return c.select(condition, v, c.constant(v, 0));
}

//===----------------------------------------------------------------------===//
// Functions of one number: x, y = f(x)
//===----------------------------------------------------------------------===//

#define UNARY(Op, expression)                                                  \
  static Value scale##Op(Op op, Composer &c, unsigned, Value v) {              \
    [[maybe_unused]] Value x = op.getOperand(), y = op.getResult();            \
    return expression;                                                         \
  }

UNARY(AbsOp, c.mul(v, SignOp::create(c, x)))
UNARY(NegOp, c.neg(v))
UNARY(ExpOp, c.mul(v, y))
UNARY(Expm1Op, c.mul(v, plus(c, y, 1)))
UNARY(LogOp, c.div(v, x))
UNARY(Log1pOp, c.div(v, plus(c, x, 1)))
UNARY(SqrtOp, c.div(times(c, v, 0.5), y))
UNARY(RsqrtOp, c.mul(times(c, v, -0.5), c.mul(y, c.square(y))))
UNARY(ReciprocalOp, c.neg(c.mul(v, c.square(y))))
UNARY(SinOp, c.mul(v, CosOp::create(c, x)))
UNARY(CosOp, c.neg(c.mul(v, SinOp::create(c, x))))
UNARY(TanOp, c.mul(v, plus(c, c.square(y), 1)))
UNARY(AsinOp, c.mul(v, c.rsqrt(c.sub(c.constant(x, 1), c.square(x)))))
UNARY(AcosOp, c.neg(c.mul(v, c.rsqrt(c.sub(c.constant(x, 1), c.square(x))))))
UNARY(AtanOp, c.div(v, plus(c, c.square(x), 1)))
UNARY(SinhOp, c.mul(v, CoshOp::create(c, x)))
UNARY(CoshOp, c.mul(v, SinhOp::create(c, x)))
UNARY(TanhOp, c.mul(v, c.sub(c.constant(y, 1), c.square(y))))
UNARY(AsinhOp, c.mul(v, c.rsqrt(plus(c, c.square(x), 1))))
UNARY(AcoshOp, c.mul(v, c.rsqrt(plus(c, c.square(x), -1))))
UNARY(AtanhOp, c.div(v, c.sub(c.constant(x, 1), c.square(x))))
UNARY(ErfOp, c.mul(times(c, v, 2 / std::sqrt(M_PI)), c.exp(c.neg(c.square(x)))))
// by the result, so that the operand need not be kept
UNARY(ReluOp,
      where(c, c.compare(ComparisonPredicate::gt, y, c.constant(y, 0)), v))
UNARY(SigmoidOp, c.mul(v, c.mul(y, c.sub(c.constant(y, 1), y))))
UNARY(SoftplusOp, c.mul(v, SigmoidOp::create(c, x)))
UNARY(EluOp, c.select(c.compare(ComparisonPredicate::gt, x, c.constant(x, 0)),
                      v, c.mul(v, plus(c, y, op.getAlpha().convertToDouble()))))
UNARY(LeakyReluOp,
      c.select(c.compare(ComparisonPredicate::gt, x, c.constant(x, 0)), v,
               times(c, v, op.getAlpha().convertToDouble())))
#undef UNARY

/// Phi(x) + x phi(x); of the tanh approximation y = x (1 + t) / 2 with
/// t = tanh(u), u = k (x + a x^3): (1 + t) / 2 + x (1 - t^2) u' / 2.
static Value scaleGeluOp(GeluOp op, Composer &c, unsigned, Value v) {
  Value x = op.getOperand();
  if (!op.getApproximate()) {
    Value below = times(
        c, plus(c, ErfOp::create(c, times(c, x, std::sqrt(0.5))), 1), 0.5);
    Value density =
        times(c, c.exp(times(c, c.square(x), -0.5)), 1 / std::sqrt(2 * M_PI));
    return c.mul(v, c.add(below, c.mul(x, density)));
  }
  constexpr double a = 0.044715;
  const double k = std::sqrt(2 / M_PI);
  Value squared = c.square(x);
  Value u = c.mul(x, plus(c, times(c, squared, k * a), k));
  Value slope = plus(c, times(c, squared, 3 * k * a), k);
  Value t = TanhOp::create(c, u);
  Value rise = c.mul(c.mul(x, c.sub(c.constant(t, 1), c.square(t))), slope);
  return c.mul(v, times(c, c.add(plus(c, t, 1), rise), 0.5));
}

//===----------------------------------------------------------------------===//
// Functions of two numbers: a, b, y = f(a, b)
//===----------------------------------------------------------------------===//

#define BINARY(Op, ofLhs, ofRhs)                                               \
  static Value scale##Op(Op op, Composer &c, unsigned index, Value v) {        \
    [[maybe_unused]] Value a = op.getLhs(), b = op.getRhs(),                   \
                           y = op.getResult();                                 \
    return index == 0 ? (ofLhs) : (ofRhs);                                     \
  }

BINARY(AddOp, v, v)
BINARY(SubOp, v, c.neg(v))
BINARY(MulOp, c.mul(v, b), c.mul(v, a))
BINARY(DivOp, c.div(v, b), c.neg(c.div(c.mul(v, y), b)))
BINARY(MaximumOp, where(c, c.compare(ComparisonPredicate::ge, a, b), v),
       where(c, c.compare(ComparisonPredicate::lt, a, b), v))
BINARY(MinimumOp, where(c, c.compare(ComparisonPredicate::le, a, b), v),
       where(c, c.compare(ComparisonPredicate::gt, a, b), v))
BINARY(Atan2Op, c.div(c.mul(v, b), c.add(c.square(a), c.square(b))),
       c.neg(c.div(c.mul(v, a), c.add(c.square(a), c.square(b)))))
#undef BINARY

/// a - b trunc(a / b)
static Value scaleRemainderOp(RemainderOp op, Composer &c, unsigned index,
                              Value v) {
  if (index == 0)
    return v;
  Value quotient = c.div(c.sub(op.getLhs(), op.getResult()), op.getRhs());
  return c.neg(c.mul(v, RoundOp::create(c, quotient)));
}

/// b a^(b - 1), which is 0 for b = 0 also where a^-1 is infinite; and
/// a^b log(a), 0 where a is 0.
static Value scalePowOp(PowOp op, Composer &c, unsigned index, Value v) {
  Value a = op.getLhs(), b = op.getRhs(), zero = c.constant(a, 0);
  // ONNX's Pow may have an exponent of another type, even an integer
  Value exponent = c.cast(b, getTensorTypeOf(a).getElementType());
  if (index == 0) {
    Value power = PowOp::create(c, a, plus(c, exponent, -1));
    Value slope = c.mul(exponent, power);
    return c.mul(v, c.select(c.compare(ComparisonPredicate::eq, exponent, zero),
                             zero, slope));
  }
  Value isZero = c.compare(ComparisonPredicate::eq, a, zero);
  Value log = c.log(c.select(isZero, c.constant(a, 1), a));
  return c.cast(c.mul(v, c.mul(op.getResult(), log)),
                getTensorTypeOf(b).getElementType());
}

static Value scaleSelectOp(SelectOp op, Composer &c, unsigned index, Value v) {
  Value zero = c.constant(v, 0);
  return index == 1 ? c.select(op.getCondition(), v, zero)
                    : c.select(op.getCondition(), zero, v);
}

static FailureOr<Value> transposeCast(CastOp op, Composer &c, Value v) {
  return c.cast(v, getTensorTypeOf(op.getOperand()).getElementType());
}

namespace {
/// A cast to an integer or from one has no derivative.
struct CastDerivative
    : DifferentiableOpInterface::ExternalModel<CastDerivative, CastOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    if (!isDifferentiable(op->getOperand(0).getType()))
      return SmallVector<Value>(1);
    return SmallVector<Value>{
        *transposeCast(cast<CastOp>(op), c, cotangents[0])};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    if (!tangents[0] || !isDifferentiable(op->getResult(0).getType()))
      return SmallVector<Value>(1);
    return SmallVector<Value>{c.cast(
        tangents[0], getTensorTypeOf(op->getResult(0)).getElementType())};
  }
};
} // namespace

void tenon::attachElementwiseDerivatives(MLIRContext *context) {
#define ATTACH(Op)                                                             \
  Op::attachInterface<ElementwiseDerivative<Op, scale##Op>>(*context);
  ATTACH(AbsOp)
  ATTACH(NegOp)
  ATTACH(ExpOp)
  ATTACH(Expm1Op)
  ATTACH(LogOp)
  ATTACH(Log1pOp)
  ATTACH(SqrtOp)
  ATTACH(RsqrtOp)
  ATTACH(ReciprocalOp)
  ATTACH(SinOp)
  ATTACH(CosOp)
  ATTACH(TanOp)
  ATTACH(AsinOp)
  ATTACH(AcosOp)
  ATTACH(AtanOp)
  ATTACH(SinhOp)
  ATTACH(CoshOp)
  ATTACH(TanhOp)
  ATTACH(AsinhOp)
  ATTACH(AcoshOp)
  ATTACH(AtanhOp)
  ATTACH(ErfOp)
  ATTACH(ReluOp)
  ATTACH(SigmoidOp)
  ATTACH(SoftplusOp)
  ATTACH(EluOp)
  ATTACH(LeakyReluOp)
  ATTACH(GeluOp)
  ATTACH(AddOp)
  ATTACH(SubOp)
  ATTACH(MulOp)
  ATTACH(DivOp)
  ATTACH(MaximumOp)
  ATTACH(MinimumOp)
  ATTACH(Atan2Op)
  ATTACH(RemainderOp)
  ATTACH(PowOp)
  ATTACH(SelectOp)
#undef ATTACH
  CastOp::attachInterface<CastDerivative>(*context);
  SignOp::attachInterface<ZeroDerivative<SignOp>>(*context);
  FloorOp::attachInterface<ZeroDerivative<FloorOp>>(*context);
  CeilOp::attachInterface<ZeroDerivative<CeilOp>>(*context);
  RoundOp::attachInterface<ZeroDerivative<RoundOp>>(*context);
}
