//===- Elementwise.cpp - the table of scalar functions --------------------===//

#include "Categories.h"
#include "ElementwiseLowering.h"
#include "Scalars.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"

using namespace mlir;
using namespace tenon;

static Type getElementType(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

namespace {
/// The scalar function of `Op`; floats of fewer than 32 bits arrive as f32.
template <typename Op, auto emit>
struct ScalarFunction
    : ElementwiseOpInterface::ExternalModel<ScalarFunction<Op, emit>, Op> {
  Value emitScalar(Operation *op, OpBuilder &builder, Location loc,
                   ValueRange arguments) const {
    SmallVector<Value> wide;
    for (Value argument : arguments)
      wide.push_back(isa<FloatType>(argument.getType())
                         ? convertFloat(builder, loc, argument,
                                        getComputeType(argument.getType()))
                         : argument);
    // of several operands the last is a number: the first may be a condition
    Value number = op->getOperands().back();
    ScalarBuilder scalars(builder, loc, getNumberKind(getElementType(number)));
    Value result = emit(cast<Op>(op), scalars, wide);
    Type type = getElementType(op->getResult(0));
    return isa<FloatType>(type) ? convertFloat(builder, loc, result, type)
                                : result;
  }
};

/// All elementwise ops are lowered alike.
template <typename Op>
struct ElementwiseModel
    : LinalgLoweringOpInterface::ExternalModel<ElementwiseModel<Op>, Op> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    Value init = dims.createEmpty(builder, op->getLoc(), type);
    auto elementwise = cast<ElementwiseOpInterface>(op);
    return SmallVector<Value>{createElementwise(
        builder, op->getLoc(), operands, init,
        [&](OpBuilder &nested, Location loc, ValueRange scalars) {
          return elementwise.emitScalar(nested, loc, scalars);
        })};
  }
};
} // namespace

template <typename Op, auto emit> static void attach(MLIRContext *context) {
  Op::template attachInterface<ScalarFunction<Op, emit>, ElementwiseModel<Op>>(
      *context);
}

//===----------------------------------------------------------------------===//
// Functions that one op of arith or math computes
//===----------------------------------------------------------------------===//

template <typename ScalarOp>
static constexpr auto unary =
    [](auto, ScalarBuilder &b, ValueRange x) -> Value {
  return ScalarOp::create(b, x[0]);
};

template <typename ScalarOp>
static constexpr auto binary =
    [](auto, ScalarBuilder &b, ValueRange x) -> Value {
  return ScalarOp::create(b, x[0], x[1]);
};

/// A function of ScalarBuilder.
template <Value (ScalarBuilder::*function)(Value, Value)>
static constexpr auto arithmetic = [](auto, ScalarBuilder &b, ValueRange x) {
  return (b.*function)(x[0], x[1]);
};

//===----------------------------------------------------------------------===//
// The others
//===----------------------------------------------------------------------===//

static Value emitAbs(AbsOp, ScalarBuilder &b, ValueRange x) {
  if (b.isFloat())
    return math::AbsFOp::create(b, x[0]);
  return b.isUnsigned() ? x[0] : math::AbsIOp::create(b, x[0]).getResult();
}

static Value emitNeg(NegOp, ScalarBuilder &b, ValueRange x) {
  if (b.isFloat())
    return arith::NegFOp::create(b, x[0]);
  return b.sub(b.constant(x[0].getType(), 0), x[0]);
}

static Value emitSign(SignOp, ScalarBuilder &b, ValueRange x) {
  Type type = x[0].getType();
  Value zero = b.constant(type, 0), one = b.constant(type, 1);
  if (b.isUnsigned())
    return b.min(x[0], one);
  // x itself where it is neither above nor below zero: 0 or NaN
  Value notPositive = b.select(b.less(x[0], zero), b.constant(type, -1), x[0]);
  return b.select(b.less(zero, x[0]), one, notPositive);
}

static Value emitReciprocal(ReciprocalOp, ScalarBuilder &b, ValueRange x) {
  return b.div(b.constant(x[0].getType(), 1), x[0]);
}

static Value emitRelu(ReluOp, ScalarBuilder &b, ValueRange x) {
  return b.max(x[0], b.constant(x[0].getType(), 0));
}

static Value emitSigmoid(SigmoidOp, ScalarBuilder &b, ValueRange x) {
  Value one = b.constant(x[0].getType(), 1);
  Value decay = math::ExpOp::create(b, arith::NegFOp::create(b, x[0]));
  return b.div(one, b.add(one, decay));
}

/// max(x, 0) + log1p(exp(-|x|)), which never overflows.
static Value emitSoftplus(SoftplusOp, ScalarBuilder &b, ValueRange x) {
  Value magnitude = math::AbsFOp::create(b, x[0]);
  Value decay = math::ExpOp::create(b, arith::NegFOp::create(b, magnitude));
  return b.add(b.max(x[0], b.constant(x[0].getType(), 0)),
               math::Log1pOp::create(b, decay));
}

static Value emitElu(EluOp op, ScalarBuilder &b, ValueRange x) {
  Type type = x[0].getType();
  Value zero = b.constant(type, 0);
  // exp only of negative numbers: elsewhere it could overflow to no purpose
  Value negative = math::ExpM1Op::create(b, b.min(x[0], zero));
  Value scaled =
      b.mul(b.constant(type, op.getAlpha().convertToDouble()), negative);
  return b.select(b.less(x[0], zero), scaled, x[0]);
}

static Value emitLeakyRelu(LeakyReluOp op, ScalarBuilder &b, ValueRange x) {
  Type type = x[0].getType();
  Value scaled = b.mul(b.constant(type, op.getAlpha().convertToDouble()), x[0]);
  return b.select(b.less(x[0], b.constant(type, 0)), scaled, x[0]);
}

/// Hendrycks and Gimpel, "Gaussian Error Linear Units".
static Value emitGelu(GeluOp op, ScalarBuilder &b, ValueRange x) {
  Type type = x[0].getType();
  Value one = b.constant(type, 1), half = b.constant(type, 0.5), inner;
  if (op.getApproximate()) {
    Value cube = b.mul(b.mul(x[0], x[0]), x[0]);
    Value sum = b.add(x[0], b.mul(b.constant(type, 0.044715), cube));
    inner = math::TanhOp::create(
        b, b.mul(b.constant(type, 0.7978845608028654), sum));
  } else {
    inner = math::ErfOp::create(
        b, b.mul(b.constant(type, 0.7071067811865476), x[0]));
  }
  return b.mul(b.mul(half, x[0]), b.add(one, inner));
}

static Value emitIsNan(IsNanOp, ScalarBuilder &b, ValueRange x) {
  return b.notEqual(x[0], x[0]);
}

static Value emitIsInf(IsInfOp op, ScalarBuilder &b, ValueRange x) {
  Value infinity = b.constant(x[0].getType(), INFINITY);
  if (op.getPositive() && op.getNegative())
    return b.equal(math::AbsFOp::create(b, x[0]), infinity);
  if (op.getPositive())
    return b.equal(x[0], infinity);
  if (op.getNegative())
    return b.equal(x[0], b.constant(x[0].getType(), -INFINITY));
  return b.constant(b.getI1Type(), 0);
}

static Value emitCompare(CompareOp op, ScalarBuilder &b, ValueRange x) {
  switch (op.getPredicate()) {
  case ComparisonPredicate::eq:
    return b.equal(x[0], x[1]);
  case ComparisonPredicate::ne:
    return b.notEqual(x[0], x[1]);
  case ComparisonPredicate::lt:
    return b.less(x[0], x[1]);
  case ComparisonPredicate::le:
    return b.lessEqual(x[0], x[1]);
  case ComparisonPredicate::gt:
    return b.less(x[1], x[0]);
  case ComparisonPredicate::ge:
    return b.lessEqual(x[1], x[0]);
  }
  llvm_unreachable("covered");
}

static Value emitSelect(SelectOp, ScalarBuilder &b, ValueRange x) {
  return b.select(x[0], x[1], x[2]);
}

static Value emitCast(CastOp op, ScalarBuilder &b, ValueRange x) {
  Type to = getKernelType(op.getType()).getElementType();
  return b.cast(x[0], to, getNumberKind(op.getTo()));
}

static Value emitMod(ModOp, ScalarBuilder &b, ValueRange x) {
  Value rest = b.remainder(x[0], x[1]);
  if (b.isUnsigned())
    return rest;
  Value zero = b.constant(x[0].getType(), 0);
  Value differs =
      arith::XOrIOp::create(b, b.less(rest, zero), b.less(x[1], zero));
  Value adjust = arith::AndIOp::create(b, differs, b.notEqual(rest, zero));
  return b.select(adjust, b.add(rest, x[1]), rest);
}

static Value emitPow(PowOp, ScalarBuilder &b, ValueRange x) {
  if (b.isFloat())
    return math::PowFOp::create(b, x[0], x[1]);
  return math::IPowIOp::create(b, x[0], x[1]);
}

static Value emitNot(NotOp, ScalarBuilder &b, ValueRange x) {
  return arith::XOrIOp::create(b, x[0], b.constant(x[0].getType(), -1));
}

/// Shifts by the width or more have no value in arith.
static Value emitShift(ScalarBuilder &b, ValueRange x, Value shifted) {
  Type type = x[0].getType();
  Value width = arith::ConstantOp::create(
      b, b.getIntegerAttr(type, type.getIntOrFloatBitWidth()));
  Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, x[1], width);
  return b.select(fits, shifted, b.constant(type, 0));
}

static Value emitShiftLeft(ShiftLeftOp, ScalarBuilder &b, ValueRange x) {
  return emitShift(b, x, arith::ShLIOp::create(b, x[0], x[1]));
}

static Value emitShiftRight(ShiftRightOp, ScalarBuilder &b, ValueRange x) {
  if (b.isUnsigned())
    return emitShift(b, x, arith::ShRUIOp::create(b, x[0], x[1]));
  Type type = x[0].getType();
  Value last = b.constant(type, type.getIntOrFloatBitWidth() - 1);
  return arith::ShRSIOp::create(b, x[0], arith::MinUIOp::create(b, x[1], last));
}

void tenon::attachElementwiseLowerings(MLIRContext *context) {
  attach<AbsOp, emitAbs>(context);
  attach<NegOp, emitNeg>(context);
  attach<SignOp, emitSign>(context);
  attach<FloorOp, unary<math::FloorOp>>(context);
  attach<CeilOp, unary<math::CeilOp>>(context);
  attach<RoundOp, unary<math::RoundEvenOp>>(context);
  attach<ExpOp, unary<math::ExpOp>>(context);
  attach<Expm1Op, unary<math::ExpM1Op>>(context);
  attach<LogOp, unary<math::LogOp>>(context);
  attach<Log1pOp, unary<math::Log1pOp>>(context);
  attach<SqrtOp, unary<math::SqrtOp>>(context);
  attach<RsqrtOp, unary<math::RsqrtOp>>(context);
  attach<ReciprocalOp, emitReciprocal>(context);
  attach<SinOp, unary<math::SinOp>>(context);
  attach<CosOp, unary<math::CosOp>>(context);
  attach<TanOp, unary<math::TanOp>>(context);
  attach<AsinOp, unary<math::AsinOp>>(context);
  attach<AcosOp, unary<math::AcosOp>>(context);
  attach<AtanOp, unary<math::AtanOp>>(context);
  attach<SinhOp, unary<math::SinhOp>>(context);
  attach<CoshOp, unary<math::CoshOp>>(context);
  attach<TanhOp, unary<math::TanhOp>>(context);
  attach<AsinhOp, unary<math::AsinhOp>>(context);
  attach<AcoshOp, unary<math::AcoshOp>>(context);
  attach<AtanhOp, unary<math::AtanhOp>>(context);
  attach<ErfOp, unary<math::ErfOp>>(context);
  attach<ReluOp, emitRelu>(context);
  attach<SigmoidOp, emitSigmoid>(context);
  attach<SoftplusOp, emitSoftplus>(context);
  attach<EluOp, emitElu>(context);
  attach<LeakyReluOp, emitLeakyRelu>(context);
  attach<GeluOp, emitGelu>(context);
  attach<IsNanOp, emitIsNan>(context);
  attach<IsInfOp, emitIsInf>(context);
  attach<CompareOp, emitCompare>(context);
  attach<SelectOp, emitSelect>(context);
  attach<CastOp, emitCast>(context);
  attach<AddOp, arithmetic<&ScalarBuilder::add>>(context);
  attach<SubOp, arithmetic<&ScalarBuilder::sub>>(context);
  attach<MulOp, arithmetic<&ScalarBuilder::mul>>(context);
  attach<DivOp, arithmetic<&ScalarBuilder::div>>(context);
  attach<ModOp, emitMod>(context);
  attach<RemainderOp, arithmetic<&ScalarBuilder::remainder>>(context);
  attach<MaximumOp, arithmetic<&ScalarBuilder::max>>(context);
  attach<MinimumOp, arithmetic<&ScalarBuilder::min>>(context);
  attach<PowOp, emitPow>(context);
  attach<Atan2Op, binary<math::Atan2Op>>(context);
  attach<AndOp, binary<arith::AndIOp>>(context);
  attach<OrOp, binary<arith::OrIOp>>(context);
  attach<XorOp, binary<arith::XOrIOp>>(context);
  attach<NotOp, emitNot>(context);
  attach<ShiftLeftOp, emitShiftLeft>(context);
  attach<ShiftRightOp, emitShiftRight>(context);
}
