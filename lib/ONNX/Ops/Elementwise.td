//===- Elementwise.td - one scalar function over corresponding elements ---===//
include "OnnxTable.td"

class Unary<string op, list<int> versions, string mnemonic> : Onnx<op, versions, Op<mnemonic>>;
class Compare<string op, list<int> versions, string predicate>
    : Onnx<op, versions, Op<"compare", [Fixed<"predicate", "#tenon<comparison " # predicate # ">">]>>;

def : Unary<"Abs",        [1, 6, 13], "abs">;
def : Unary<"Neg",        [1, 6, 13], "neg">;
def : Unary<"Sign",       [9, 13], "sign">;
def : Unary<"Floor",      [1, 6, 13], "floor">;
def : Unary<"Ceil",       [1, 6, 13], "ceil">;
def : Unary<"Round",      [11, 22], "round">;
def : Unary<"Exp",        [1, 6, 13], "exp">;
def : Unary<"Log",        [1, 6, 13], "log">;
def : Unary<"Sqrt",       [1, 6, 13], "sqrt">;
def : Unary<"Reciprocal", [1, 6, 13], "reciprocal">;
def : Unary<"Sin",        [7, 22], "sin">;
def : Unary<"Cos",        [7, 22], "cos">;
def : Unary<"Tan",        [7, 22], "tan">;
def : Unary<"Asin",       [7, 22], "asin">;
def : Unary<"Acos",       [7, 22], "acos">;
def : Unary<"Atan",       [7, 22], "atan">;
def : Unary<"Sinh",       [9, 22], "sinh">;
def : Unary<"Cosh",       [9, 22], "cosh">;
def : Unary<"Tanh",       [1, 6, 13], "tanh">;
def : Unary<"Asinh",      [9, 22], "asinh">;
def : Unary<"Acosh",      [9, 22], "acosh">;
def : Unary<"Atanh",      [9, 22], "atanh">;
def : Unary<"Erf",        [9, 13], "erf">;
def : Unary<"Relu",       [1, 6, 13, 14], "relu">;
def : Unary<"Sigmoid",    [1, 6, 13], "sigmoid">;
def : Unary<"Softplus",   [1, 22], "softplus">;
def : Unary<"Not",        [1], "not">;
def : Unary<"BitwiseNot", [18], "not">;
def : Unary<"IsNaN",      [9, 13, 20], "is_nan">;

def : Onnx<"Elu",       [1, 6, 22], Op<"elu", [Float<"alpha", "1.0">]>>;
def : Onnx<"LeakyRelu", [1, 6, 16], Op<"leaky_relu", [Float<"alpha", "0.01">]>>;
def : Onnx<"IsInf",     [10, 20], Op<"is_inf", [Flag<"detect_positive", 1, "positive">, Flag<"detect_negative", 1, "negative">]>>;
def : Onnx<"Gelu",      [20], Import<"importGelu">>;

def : Onnx<"Add",        [7, 13, 14], Op<"add">>;
def : Onnx<"Sub",        [7, 13, 14], Op<"sub">>;
def : Onnx<"Mul",        [7, 13, 14], Op<"mul">>;
def : Onnx<"Div",        [7, 13, 14], Op<"div">>;
def : Onnx<"And",        [7], Op<"and">>;
def : Onnx<"Or",         [7], Op<"or">>;
def : Onnx<"Xor",        [7], Op<"xor">>;
def : Onnx<"BitwiseAnd", [18], Op<"and">>;
def : Onnx<"BitwiseOr",  [18], Op<"or">>;
def : Onnx<"BitwiseXor", [18], Op<"xor">>;
def : Onnx<"Max",        [1, 6, 8, 12, 13], Fold<"maximum">>;
def : Onnx<"Min",        [1, 6, 8, 12, 13], Fold<"minimum">>;
def : Onnx<"Sum",        [1, 6, 8, 13], Fold<"add">>;
def : Onnx<"Mean",       [1, 6, 8, 13], Import<"importMean">>;
def : Onnx<"Pow",        [7, 12, 13, 15], Import<"importPow">>;
def : Onnx<"Mod",        [10, 13], Import<"importMod">>;
def : Onnx<"BitShift",   [11], Import<"importBitShift">>;

def : Compare<"Equal",          [7, 11, 13, 19], "eq">;
def : Compare<"Less",           [7, 9, 13], "lt">;
def : Compare<"LessOrEqual",    [12, 16], "le">;
def : Compare<"Greater",        [7, 9, 13], "gt">;
def : Compare<"GreaterOrEqual", [12, 16], "ge">;

def : Onnx<"Where",    [9, 16], Op<"select">>;
def : Onnx<"Cast",     [6, 9, 13, 19, 21, 23, 24, 25], Import<"importCast">>;
def : Onnx<"CastLike", [15, 19, 21, 23, 24, 25], Import<"importCastLike">>;
def : Onnx<"Clip",     [1, 6], Import<"importClipByAttributes">>;
def : Onnx<"Clip",     [11, 12, 13], Import<"importClip">>;
def : Onnx<"Dropout",  [1, 6, 7, 10, 12, 13, 22], Import<"importDropout">>;

def : Onnx<"HardSigmoid", [1, 6, 22], Sugar<[{
  <alpha: float = 0.2, beta: float = 0.5> (x) => (y) {
    a = Constant <value_float: float = @alpha> ()
    b = Constant <value_float: float = @beta> ()
    zero = Constant <value_float = 0.0> ()
    one = Constant <value_float = 1.0> ()
    scale = CastLike(a, x)
    shift = CastLike(b, x)
    low = CastLike(zero, x)
    high = CastLike(one, x)
    scaled = Mul(x, scale)
    shifted = Add(scaled, shift)
    y = Clip(shifted, low, high)
  }
}]>>;

def : Onnx<"HardSwish", [1, 14, 22], Sugar<[{
  (x) => (y) {
    gate = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x)
    y = Mul(x, gate)
  }
}]>>;

defvar selu = Sugar<[{
  <alpha: float = 1.67326319217681884765625, gamma: float = 1.05070102214813232421875> (x) => (y) {
    elu = Elu <alpha: float = @alpha> (x)
    g = Constant <value_float: float = @gamma> ()
    scale = CastLike(g, x)
    y = Mul(elu, scale)
  }
}]>;
def : Onnx<"Selu", [6, 22], selu>;

def : Onnx<"ThresholdedRelu", [10, 22], Sugar<[{
  <alpha: float = 1.0> (x) => (y) {
    a = Constant <value_float: float = @alpha> ()
    zero = Constant <value_float = 0.0> ()
    threshold = CastLike(a, x)
    low = CastLike(zero, x)
    passes = Greater(x, threshold)
    y = Where(passes, x, low)
  }
}]>>;

def : Onnx<"Shrink", [9], Sugar<[{
  <lambd: float = 0.5, bias: float = 0.0> (x) => (y) {
    l = Constant <value_float: float = @lambd> ()
    b = Constant <value_float: float = @bias> ()
    zero = Constant <value_float = 0.0> ()
    limit = CastLike(l, x)
    shift = CastLike(b, x)
    none = CastLike(zero, x)
    lower = Neg(limit)
    isBelow = Less(x, lower)
    isAbove = Greater(x, limit)
    raised = Add(x, shift)
    sunk = Sub(x, shift)
    above = Where(isAbove, sunk, none)
    y = Where(isBelow, raised, above)
  }
}]>>;

def : Onnx<"Softsign", [1, 22], Sugar<[{
  (x) => (y) {
    o = Constant <value_float = 1.0> ()
    one = CastLike(o, x)
    size = Abs(x)
    denominator = Add(size, one)
    y = Div(x, denominator)
  }
}]>>;

def : Onnx<"Mish", [18, 22], Sugar<[{
  (x) => (y) {
    plus = Softplus(x)
    gate = Tanh(plus)
    y = Mul(x, gate)
  }
}]>>;

def : Onnx<"Swish", [24], Sugar<[{
  <alpha: float = 1.0> (x) => (y) {
    a = Constant <value_float: float = @alpha> ()
    scale = CastLike(a, x)
    scaled = Mul(x, scale)
    gate = Sigmoid(scaled)
    y = Mul(x, gate)
  }
}]>>;

def : Onnx<"PRelu", [7, 9, 16], Sugar<[{
  (x, slope) => (y) {
    z = Constant <value_float = 0.0> ()
    zero = CastLike(z, x)
    negative = Less(x, zero)
    scaled = Mul(x, slope)
    y = Where(negative, scaled, x)
  }
}]>>;

// Exporters of ONNX Runtime leave these where the opset lacks them.
def : Onnx<"Gelu",     [1], Sugar<"(x) => (y) { y = Gelu(x) }">, "com.microsoft">;
def : Onnx<"FastGelu", [1], Sugar<[{
  (x, bias) => (y) {
    biased = Sum(x, bias)
    y = Gelu <approximate = "tanh"> (biased)
  }
}]>, "com.microsoft">;
def : Onnx<"QuickGelu", [1], Sugar<[{
  <alpha: float = 1.702> (x) => (y) { y = Swish <alpha: float = @alpha> (x) }
}]>, "com.microsoft">;

// Experimental operators of 2017, which some converters still write: scale and shift each element, or each channel.
def : Onnx<"Affine", [1], Sugar<[{
  <alpha: float = 1.0, beta: float = 0.0> (x) => (y) {
    a = Constant <value_float: float = @alpha> ()
    b = Constant <value_float: float = @beta> ()
    scaled = Mul(x, a)
    y = Add(scaled, b)
  }
}]>>;
def : Onnx<"ImageScaler", [1], Sugar<[{
  <bias: floats, scale: float = 1.0> (x) => (y) {
    b = Constant <value_floats: floats = @bias> ()
    s = Constant <value_float: float = @scale> ()
    axes = Constant <value_ints = [0, 2, 3]> ()
    channels = Unsqueeze(b, axes)
    scaled = Mul(x, s)
    y = Add(scaled, channels)
  }
}]>>;

def : Export<"cast", "exportCast">;
def : Export<"compare", "exportCompare">;
def : Export<"gelu", "exportGelu">;
def : Export<"pow", "exportPow">;
def : Export<"mod", "exportMod">;
def : Export<"remainder", "exportRemainder">;
def : Export<"and", "exportAnd">;
def : Export<"or", "exportOr">;
def : Export<"xor", "exportXor">;
def : Export<"not", "exportNot">;
def : Export<"shift_left", "exportShiftLeft">;
def : Export<"shift_right", "exportShiftRight">;
def : Export<"rsqrt", "exportRsqrt">;
def : Export<"expm1", "exportExpm1">;
def : Export<"log1p", "exportLog1p">;
