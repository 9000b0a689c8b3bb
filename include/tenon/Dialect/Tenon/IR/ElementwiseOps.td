//===- ElementwiseOps.td - one scalar function over corresponding elements ===//
//
// Each element of the result is one scalar function of the elements at its place; operands broadcast.
// Activations with a formula of their own are here too; softmax and the norms, which look along a dimension,
// are in NormalizationOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_ELEMENTWISE_OPS_TD
#define TENON_ELEMENTWISE_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

/// Operands broadcast as NumPy's do. `rule` is the function of ShapeRules.h that infers the result type; the scalar function is in the table of
/// lib/Conversion/Elementwise.cpp.
class Tenon_ElementwiseOp<string mnemonic, string text, list<Trait> traits = [], string rule = "inferElementwise">
    : Tenon_InferredOp<mnemonic, !listconcat([Tenon_Cost], traits)> {
  let summary = text;
  let results = (outs AnyRankedTensor:$result);
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc, Adaptor adaptor,
                                                      ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::tenon::}] # rule # [{(loc, adaptor.getOperands(), types);
    }
    ::mlir::AffineExpr $cppClass::getFlops() { return ::tenon::getNumElements(getResult()); }
  }];
}

class Tenon_UnaryOp<string mnemonic, string text, Type operandType = Tenon_FloatTensor, list<Trait> traits = []>
    : Tenon_ElementwiseOp<mnemonic, text, traits> {
  let arguments = (ins operandType:$operand);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

/// Whether each element has a property.
class Tenon_TestOp<string mnemonic, string text> : Tenon_ElementwiseOp<mnemonic, text, [], "inferPredicate"> {
  let arguments = (ins Tenon_FloatTensor:$operand);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

class Tenon_BinaryOp<string mnemonic, string text, Type operandType = Tenon_NumberTensor, list<Trait> traits = []>
    : Tenon_ElementwiseOp<mnemonic, text, traits> {
  let arguments = (ins operandType:$lhs, operandType:$rhs);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($result)";
}

//===----------------------------------------------------------------------===//
// Functions of one number
//===----------------------------------------------------------------------===//

def Tenon_AbsOp : Tenon_UnaryOp<"abs", "absolute value", Tenon_NumberTensor>;
def Tenon_NegOp : Tenon_UnaryOp<"neg", "negated value", Tenon_NumberTensor, [Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_SignOp : Tenon_UnaryOp<"sign", "-1, 0 or 1", Tenon_NumberTensor>;
def Tenon_FloorOp : Tenon_UnaryOp<"floor", "largest integer that is not larger", Tenon_FloatTensor, [Tenon_SymbolicValue]>;
def Tenon_CeilOp : Tenon_UnaryOp<"ceil", "smallest integer that is not smaller", Tenon_FloatTensor, [Tenon_SymbolicValue]>;
def Tenon_RoundOp : Tenon_UnaryOp<"round", "nearest integer, halves to the even one">;
def Tenon_ExpOp : Tenon_UnaryOp<"exp", "e to the power of x">;
def Tenon_Expm1Op : Tenon_UnaryOp<"expm1", "exp(x) - 1, accurate near 0">;
def Tenon_LogOp : Tenon_UnaryOp<"log", "natural logarithm">;
def Tenon_Log1pOp : Tenon_UnaryOp<"log1p", "log(1 + x), accurate near 0">;
def Tenon_SqrtOp : Tenon_UnaryOp<"sqrt", "square root">;
def Tenon_RsqrtOp : Tenon_UnaryOp<"rsqrt", "1 / sqrt(x)">;
def Tenon_ReciprocalOp : Tenon_UnaryOp<"reciprocal", "1 / x">;
def Tenon_SinOp : Tenon_UnaryOp<"sin", "sine">;
def Tenon_CosOp : Tenon_UnaryOp<"cos", "cosine">;
def Tenon_TanOp : Tenon_UnaryOp<"tan", "tangent">;
def Tenon_AsinOp : Tenon_UnaryOp<"asin", "arc sine">;
def Tenon_AcosOp : Tenon_UnaryOp<"acos", "arc cosine">;
def Tenon_AtanOp : Tenon_UnaryOp<"atan", "arc tangent">;
def Tenon_SinhOp : Tenon_UnaryOp<"sinh", "hyperbolic sine">;
def Tenon_CoshOp : Tenon_UnaryOp<"cosh", "hyperbolic cosine">;
def Tenon_TanhOp : Tenon_UnaryOp<"tanh", "hyperbolic tangent">;
def Tenon_AsinhOp : Tenon_UnaryOp<"asinh", "inverse hyperbolic sine">;
def Tenon_AcoshOp : Tenon_UnaryOp<"acosh", "inverse hyperbolic cosine">;
def Tenon_AtanhOp : Tenon_UnaryOp<"atanh", "inverse hyperbolic tangent">;
def Tenon_ErfOp : Tenon_UnaryOp<"erf", "Gauss error function">;

def Tenon_ReluOp : Tenon_UnaryOp<"relu", "max(x, 0)", Tenon_NumberTensor> { let hasFolder = 1; }
def Tenon_SigmoidOp : Tenon_UnaryOp<"sigmoid", "1 / (1 + exp(-x))">;
def Tenon_SoftplusOp : Tenon_UnaryOp<"softplus", "log(1 + exp(x))">;
def Tenon_EluOp : Tenon_UnaryOp<"elu", "x where positive, alpha * (exp(x) - 1) elsewhere"> {
  let arguments = (ins Tenon_FloatTensor:$operand, DefaultValuedAttr<F32Attr, "1.0">:$alpha);
}
def Tenon_LeakyReluOp : Tenon_UnaryOp<"leaky_relu", "x where positive, alpha * x elsewhere"> {
  let arguments = (ins Tenon_FloatTensor:$operand, DefaultValuedAttr<F32Attr, "0.01f">:$alpha);
}
def Tenon_GeluOp : Tenon_UnaryOp<"gelu", "x times the normal distribution's cumulative function, or its tanh approximation"> {
  let arguments = (ins Tenon_FloatTensor:$operand, UnitAttr:$approximate);
}

//===----------------------------------------------------------------------===//
// Tests and choices
//===----------------------------------------------------------------------===//

def Tenon_IsNanOp : Tenon_TestOp<"is_nan", "whether x is NaN">;
def Tenon_IsInfOp : Tenon_TestOp<"is_inf", "whether x is an infinity of one of the given signs"> {
  let arguments = (ins Tenon_FloatTensor:$operand, DefaultValuedAttr<BoolAttr, "true">:$positive,
                       DefaultValuedAttr<BoolAttr, "true">:$negative);
}

def Tenon_CompareOp : Tenon_ElementwiseOp<"compare", "whether a comparison holds; with NaN only `ne` does", [Tenon_SymbolicValue], "inferPredicate"> {
  let arguments = (ins Tenon_ComparisonPredicateAttr:$predicate, Tenon_NumberTensor:$lhs, Tenon_NumberTensor:$rhs);
  let assemblyFormat = "$predicate $lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($result)";
}

def Tenon_SelectOp : Tenon_ElementwiseOp<"select", "`on_true` where the condition holds, `on_false` elsewhere", [Tenon_SymbolicValue], "inferSelect"> {
  let arguments = (ins Tenon_BoolTensor:$condition, AnyRankedTensor:$on_true, AnyRankedTensor:$on_false);
  let assemblyFormat = "$condition `,` $on_true `,` $on_false attr-dict `:` `(` type(operands) `)` `->` type($result)";
}

def Tenon_CastOp : Tenon_InferredOp<"cast", [Tenon_Cost, Tenon_SymbolicValue]> {
  let summary = "the same number in another element type";
  let description = [{
    To a float type: rounded to nearest. From float to integer: towards zero. To `i1`: whether it differs from zero.
    Values that the type cannot hold give an unspecified one, except between integers, where the low bits remain.
  }];
  let arguments = (ins AnyRankedTensor:$operand, TypeAttr:$to);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `to` $to attr-dict `:` type($operand) `->` type($result)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Functions of two numbers
//===----------------------------------------------------------------------===//

def Tenon_AddOp : Tenon_BinaryOp<"add", "sum", Tenon_NumberTensor, [Commutative, Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_SubOp : Tenon_BinaryOp<"sub", "difference", Tenon_NumberTensor, [Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_MulOp : Tenon_BinaryOp<"mul", "product", Tenon_NumberTensor, [Commutative, Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_DivOp : Tenon_BinaryOp<"div", "quotient; of integers, rounded towards zero", Tenon_NumberTensor, [Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_ModOp : Tenon_BinaryOp<"mod", "remainder with the sign of the divisor", Tenon_IntegerTensor, [Tenon_SymbolicValue]>;
def Tenon_RemainderOp : Tenon_BinaryOp<"remainder", "remainder with the sign of the dividend">;
def Tenon_MaximumOp : Tenon_BinaryOp<"maximum", "the larger value; NaN if either is NaN", Tenon_NumberTensor, [Commutative, Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_MinimumOp : Tenon_BinaryOp<"minimum", "the smaller value; NaN if either is NaN", Tenon_NumberTensor, [Commutative, Tenon_SymbolicValue]> { let hasFolder = 1; }
def Tenon_PowOp : Tenon_BinaryOp<"pow", "lhs to the power of rhs"> { let hasCanonicalizer = 1; }
def Tenon_Atan2Op : Tenon_BinaryOp<"atan2", "angle of the point (rhs, lhs)", Tenon_FloatTensor>;

def Tenon_AndOp : Tenon_BinaryOp<"and", "bitwise and; of booleans, whether both hold", Tenon_IntegerTensor, [Commutative, Tenon_SymbolicValue]>;
def Tenon_OrOp : Tenon_BinaryOp<"or", "bitwise or; of booleans, whether one holds", Tenon_IntegerTensor, [Commutative, Tenon_SymbolicValue]>;
def Tenon_XorOp : Tenon_BinaryOp<"xor", "bitwise exclusive or; of booleans, whether just one holds", Tenon_IntegerTensor, [Commutative, Tenon_SymbolicValue]>;
def Tenon_NotOp : Tenon_UnaryOp<"not", "bitwise complement; of booleans, whether it does not hold", Tenon_IntegerTensor, [Tenon_SymbolicValue]>;
def Tenon_ShiftLeftOp : Tenon_BinaryOp<"shift_left", "bits moved to higher places; 0 beyond the width", Tenon_IntegerTensor>;
def Tenon_ShiftRightOp : Tenon_BinaryOp<"shift_right", "bits moved to lower places; the sign fills in, 0 where unsigned", Tenon_IntegerTensor>;

#endif // TENON_ELEMENTWISE_OPS_TD
