//===- LowerMath.cpp - elementary functions to arithmetic -----------------===//

#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "tenon/Codegen/Kernel/Math/Functions.h"
#include "tenon/Codegen/Kernel/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERMATHPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using tenon::FloatBuilder;

namespace {

bool hasElement(Value value, llvm::function_ref<bool(Type)> predicate) {
  return predicate(getElementTypeOrSelf(value.getType()));
}

Type withElement(Type type, Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

/// An operation on f16 or bf16 is one on f32 between conversions.
template <typename Op> struct ExtendToF32 : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!hasElement(op->getResult(0),
                    [](Type type) { return type.isF16() || type.isBF16(); }))
      return failure();
    Type type = op->getResult(0).getType();
    Type wide = withElement(type, rewriter.getF32Type());
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(
          arith::ExtFOp::create(rewriter, op.getLoc(), wide, operand));
    auto result = Op::create(rewriter, op.getLoc(), TypeRange{wide}, operands);
    rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, type, result);
    return success();
  }
};

bool isSmallFloat(Type type) { return type.isF16() || type.isBF16(); }

/// A comparison or conversion of f16 or bf16 is one of f32.
template <typename Op> struct ExtendOperandsToF32 : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Value first = op->getOperand(0);
    if (!hasElement(first, isSmallFloat))
      return failure();
    Type wide = withElement(first.getType(), rewriter.getF32Type());
    rewriter.modifyOpInPlace(op, [&] {
      for (OpOperand &operand : op->getOpOperands())
        operand.set(
            arith::ExtFOp::create(rewriter, op.getLoc(), wide, operand.get()));
    });
    return success();
  }
};

/// A conversion between f16 or bf16 and anything but f32 goes through f32: LLVM
/// would call a run-time library that artefacts do not have.
template <typename Op, typename SecondOp>
struct ConvertThroughF32 : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    Value from = op->getOperand(0);
    Type to = op->getResult(0).getType();
    auto isF32 = [](Type type) { return type.isF32(); };
    if (!(hasElement(from, isSmallFloat) ||
          isSmallFloat(getElementTypeOrSelf(to))) ||
        hasElement(from, isF32) || isF32(getElementTypeOrSelf(to)))
      return failure();
    Type wide = withElement(to, rewriter.getF32Type());
    Value middle = Op::create(rewriter, op.getLoc(), wide, from);
    rewriter.replaceOpWithNewOp<SecondOp>(op, to, middle);
    return success();
  }
};

using UnaryFunction = Value (*)(FloatBuilder &, Value);

template <typename Op> struct LowerUnary : OpRewritePattern<Op> {
  LowerUnary(MLIRContext *context, UnaryFunction function)
      : OpRewritePattern<Op>(context), function(function) {}

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!hasElement(op.getOperand(), [](Type type) { return type.isF32(); }))
      return failure();
    FloatBuilder builder(rewriter, op.getLoc(), op.getType());
    rewriter.replaceOp(op, function(builder, op.getOperand()));
    return success();
  }

  UnaryFunction function;
};

std::optional<float> getConstant(Value value) {
  FloatAttr number;
  SplatElementsAttr splat;
  if (matchPattern(value, m_Constant(&splat)))
    return splat.getSplatValue<APFloat>().convertToFloat();
  if (matchPattern(value, m_Constant(&number)))
    return number.getValue().convertToFloat();
  return std::nullopt;
}

struct LowerPow : OpRewritePattern<math::PowFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::PowFOp op,
                                PatternRewriter &rewriter) const override {
    if (!hasElement(op.getLhs(), [](Type type) { return type.isF32(); }))
      return failure();
    FloatBuilder builder(rewriter, op.getLoc(), op.getType());
    Value x = op.getLhs();
    if (Value power = buildConstantPower(builder, x, getConstant(op.getRhs())))
      rewriter.replaceOp(op, power);
    else
      rewriter.replaceOp(op, tenon::buildPow(builder, x, op.getRhs()));
    return success();
  }

  /// Exponents of which a few multiplications are exact to 1 ulp.
  static Value buildConstantPower(FloatBuilder &b, Value x,
                                  std::optional<float> exponent) {
    if (exponent == 1.0f)
      return x;
    if (exponent == 2.0f)
      return b.mul(x, x);
    if (exponent == 3.0f)
      return b.mul(b.mul(x, x), x);
    if (exponent == -1.0f)
      return b.div(b.f32(1.0f), x);
    return {};
  }
};

void populateFunctionPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  auto add = [&]<typename Op>(UnaryFunction function) {
    patterns.add<LowerUnary<Op>>(context, function);
    patterns.add<ExtendToF32<Op>>(context);
  };
  add.operator()<math::ExpOp>(
      [](FloatBuilder &b, Value x) { return tenon::buildExp(b, x); });
  add.operator()<math::Exp2Op>(tenon::buildExp2);
  add.operator()<math::ExpM1Op>(tenon::buildExpM1);
  add.operator()<math::LogOp>(tenon::buildLog);
  add.operator()<math::Log2Op>(tenon::buildLog2);
  add.operator()<math::Log10Op>(tenon::buildLog10);
  add.operator()<math::Log1pOp>(tenon::buildLog1p);
  add.operator()<math::RsqrtOp>(tenon::buildRsqrt);
  add.operator()<math::ErfOp>(tenon::buildErf);
  add.operator()<math::TanhOp>(tenon::buildTanh);
  add.operator()<math::SinhOp>(tenon::buildSinh);
  add.operator()<math::CoshOp>(tenon::buildCosh);
  add.operator()<math::AsinhOp>(tenon::buildAsinh);
  add.operator()<math::AcoshOp>(tenon::buildAcosh);
  add.operator()<math::AtanhOp>(tenon::buildAtanh);
  add.operator()<math::SinOp>(tenon::buildSin);
  add.operator()<math::CosOp>(tenon::buildCos);
  add.operator()<math::TanOp>(tenon::buildTan);
  add.operator()<math::AsinOp>(tenon::buildAsin);
  add.operator()<math::AcosOp>(tenon::buildAcos);
  add.operator()<math::AtanOp>(tenon::buildAtan);
  patterns.add<LowerPow, ExtendToF32<math::PowFOp>>(context);
}

/// Arithmetic that CPUs do not have in the small types; their conversions to
/// f32 are left, of which those of bf16 are integer operations.
void populateSmallFloatPatterns(RewritePatternSet &patterns) {
  patterns.add<ExtendToF32<arith::AddFOp>, ExtendToF32<arith::SubFOp>,
               ExtendToF32<arith::MulFOp>, ExtendToF32<arith::DivFOp>,
               ExtendToF32<arith::RemFOp>, ExtendToF32<arith::MaximumFOp>,
               ExtendToF32<arith::MinimumFOp>, ExtendToF32<arith::MaxNumFOp>,
               ExtendToF32<arith::MinNumFOp>, ExtendToF32<math::SqrtOp>,
               ExtendToF32<math::FmaOp>, ExtendToF32<math::CeilOp>,
               ExtendToF32<math::FloorOp>, ExtendToF32<math::RoundOp>,
               ExtendToF32<math::RoundEvenOp>, ExtendToF32<math::TruncOp>>(
      patterns.getContext());
  patterns.add<ExtendOperandsToF32<arith::CmpFOp>,
               ExtendOperandsToF32<arith::FPToSIOp>,
               ExtendOperandsToF32<arith::FPToUIOp>,
               ConvertThroughF32<arith::SIToFPOp, arith::TruncFOp>,
               ConvertThroughF32<arith::UIToFPOp, arith::TruncFOp>,
               ConvertThroughF32<arith::TruncFOp, arith::TruncFOp>,
               ConvertThroughF32<arith::ExtFOp, arith::ExtFOp>>(
      patterns.getContext());
  arith::populateExpandBFloat16Patterns(patterns);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
}

struct LowerMathPass : tenon::impl::LowerMathPassBase<LowerMathPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFunctionPatterns(patterns);
    populateSmallFloatPatterns(patterns);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }
};

} // namespace
