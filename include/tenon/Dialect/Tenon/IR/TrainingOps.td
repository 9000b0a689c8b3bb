//===- TrainingOps.td - what only training runs ---------------------------===//
//
// Ops that act in training alone: stops of gradients, dropout, random numbers. Losses are no
// ops (Losses.h), nor are optimizers (Autodiff/Optimizers.h).
//
//===----------------------------------------------------------------------===//
#ifndef TENON_TRAINING_OPS_TD
#define TENON_TRAINING_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonAttributes.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_StopGradientOp : Tenon_InferredOp<"stop_gradient", [Tenon_Decomposable]> {
  let summary = "its operand, as a constant to derivatives";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

def Tenon_DropoutOp : Tenon_InferredOp<"dropout", [Tenon_Decomposable]> {
  let summary = "in training, a random part of the elements is zero and the others are scaled up; here, its operand";
  let description = [{
    Srivastava et al., 2014. What it decomposes to is inference: nothing is dropped. A training step replaces it
    (TrainingMode.h).
  }];
  let arguments = (ins Tenon_FloatTensor:$operand, F32Attr:$ratio);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_RandomUniformOp : Tenon_PureOp<"random_uniform", [Tenon_Decomposable]> {
  let summary = "numbers from [0, 1) that follow from a seed";
  let description = [{
    A pure function: equal seeds and streams give equal numbers, on every machine. Element i is a hash of seed, stream
    and i (lowbias32 by Chris Wellons, twice), with 24 random bits. Streams keep apart what one seed draws for several
    purposes.
  }];
  let arguments = (ins 0DTensorOf<[I64]>:$seed, I64Attr:$stream);
  let results = (outs TensorOf<[F32]>:$result);
  let assemblyFormat = "$seed `stream` $stream attr-dict `:` type($seed) `->` type($result)";
  let hasVerifier = 1;
}

#endif // TENON_TRAINING_OPS_TD
