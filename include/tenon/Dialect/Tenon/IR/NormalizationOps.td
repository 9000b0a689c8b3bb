//===- NormalizationOps.td - composites that rescale ----------------------===//
//
// Softmax, the norms and attention: composites that rescale along dimensions, kept whole because a kernel
// computes them at once.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_NORMALIZATION_OPS_TD
#define TENON_NORMALIZATION_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

/// The result has the type of operand 0. 16-bit floats are computed in f32.
class Tenon_NormalizationOp<string mnemonic, string text> : Tenon_InferredOp<mnemonic, [Tenon_Decomposable]> {
  let summary = text;
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc, Adaptor adaptor,
                                                      ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      types.push_back(adaptor.getOperands()[0].getType());
      return ::llvm::success();
    }
  }];
  let hasVerifier = 1;
}

class Tenon_AlongAxisOp<string mnemonic, string text> : Tenon_NormalizationOp<mnemonic, text> {
  let arguments = (ins Tenon_FloatTensor:$operand, I64Attr:$axis);
  let assemblyFormat = "$operand `axis` $axis attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_SoftmaxOp : Tenon_AlongAxisOp<"softmax", "exp(x) / sum(exp(x)) along a dimension">;
def Tenon_LogSoftmaxOp : Tenon_AlongAxisOp<"log_softmax", "x - log(sum(exp(x))) along a dimension">;
def Tenon_HardmaxOp : Tenon_AlongAxisOp<"hardmax", "1 at the first largest element along a dimension, 0 elsewhere">;

def Tenon_LayerNormOp : Tenon_NormalizationOp<"layer_norm", "mean 0 and variance 1 over the dimensions from `axis` on, then scale and bias"> {
  let description = "Scale and bias broadcast to the input from their last dimension on.";
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Optional<Tenon_FloatTensor>:$bias, I64Attr:$axis, F32Attr:$epsilon);
}

def Tenon_RmsNormOp : Tenon_NormalizationOp<"rms_norm", "root of the mean square 1 over the dimensions from `axis` on, then scale"> {
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, I64Attr:$axis, F32Attr:$epsilon);
}

def Tenon_BatchNormOp : Tenon_NormalizationOp<"batch_norm", "(x - mean) / sqrt(variance + epsilon) * scale + bias for each channel (dimension 1)"> {
  let description = [{
    With given statistics, as in inference. All operands but the first have one element a channel. A training step takes
    the batch's statistics instead, and moves the given ones towards them: they become `old * momentum + batch's * (1 -
    momentum)`, the variance that of the population.
  }];
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Tenon_FloatTensor:$bias, Tenon_FloatTensor:$mean,
                       Tenon_FloatTensor:$variance, F32Attr:$epsilon, DefaultValuedAttr<F32Attr, "0.9f">:$momentum);
}

def Tenon_GroupNormOp : Tenon_NormalizationOp<"group_norm", "mean 0 and variance 1 over each sample's groups of channels, then scale and bias for each channel"> {
  let description = "Input `[N, C, ...]`. With as many groups as channels it is instance normalization.";
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Tenon_FloatTensor:$bias, I64Attr:$groups, F32Attr:$epsilon);
}

def Tenon_LrnOp : Tenon_NormalizationOp<"lrn", "local response normalization across channels (Krizhevsky et al., 2012)"> {
  let description = "x / (offset + alpha / size * sum of squares of `size` channels around it) ** beta; input `[N, C, ...]`.";
  let arguments = (ins Tenon_FloatTensor:$input, I64Attr:$size, F32Attr:$alpha, F32Attr:$beta, F32Attr:$offset);
}

def Tenon_AttentionOp : Tenon_InferredOp<"attention", [Tenon_Decomposable]> {
  let summary = "softmax(scale * Q K^T + mask) V";
  let description = [{
    Query `[B, H, S, D]`, key `[B, Hk, T, D]`, value `[B, Hk, T, E]`, where Hk divides H; mask broadcasts to `[B, H, S,
    T]`: added if float, -infinity where false if boolean. `causal`: a query sees the keys that are not behind it, the
    last query all of them.
  }];
  let arguments = (ins Tenon_FloatTensor:$query, Tenon_FloatTensor:$key, Tenon_FloatTensor:$value, Optional<AnyRankedTensor>:$mask, F32Attr:$scale,
                       UnitAttr:$causal);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif // TENON_NORMALIZATION_OPS_TD
