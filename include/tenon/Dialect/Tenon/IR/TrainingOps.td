//===- TrainingOps.td - parameters, steps, and what only training runs ----===//
//
// Parameters, and ops that act in training alone: stops of gradients, dropout, random numbers. Losses are no
// ops (Losses.h), nor are optimizers (Autodiff/Optimizers.h).
//
//===----------------------------------------------------------------------===//
#ifndef TENON_TRAINING_OPS_TD
#define TENON_TRAINING_OPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonAttributes.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ParameterOp : Tenon_Op<"parameter", [Symbol]> {
  let summary = "a tensor that outlives a step: a weight, or with `state` something that steps keep";
  let description = [{
    Shared by all functions of the module. `value` is what it is at first.

    ```mlir
    tenon.parameter @fc.weight = dense_resource<fc.weight> : tensor<10x84xf32>
    tenon.parameter @norm.running_mean state = dense<0.0> : tensor<64xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, UnitAttr:$state, ElementsAttr:$value);
  let assemblyFormat = "$sym_name (`state` $state^)? `=` $value attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() {
      return ::mlir::cast<::mlir::RankedTensorType>(getValue().getType());
    }
  }];
}

def Tenon_GetParameterOp : Tenon_PureOp<"get_parameter", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a parameter's value when the function was called";
  let arguments = (ins FlatSymbolRefAttr:$parameter);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$parameter attr-dict `:` type($result)";
}

def Tenon_SetParameterOp : Tenon_Op<"set_parameter", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "gives a parameter another value, from the next call on";
  let description = "At most once for each parameter in a function.";
  let arguments = (ins FlatSymbolRefAttr:$parameter, AnyStaticShapeTensor:$operand);
  let assemblyFormat = "$parameter `,` $operand attr-dict `:` type($operand)";
}

def Tenon_StopGradientOp : Tenon_InferredOp<"stop_gradient", [Tenon_Decomposable]> {
  let summary = "its operand, as a constant to derivatives";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

def Tenon_DropoutOp : Tenon_InferredOp<"dropout", [Tenon_Decomposable]> {
  let summary = "in training, a random part of the elements is zero and the others are scaled up; here, its operand";
  let description = [{
    Srivastava et al., 2014. What it decomposes to is inference: nothing is dropped. A training step replaces it (TrainingMode.h).
  }];
  let arguments = (ins Tenon_FloatTensor:$operand, F32Attr:$ratio);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_RandomUniformOp : Tenon_PureOp<"random_uniform", [Tenon_Decomposable]> {
  let summary = "numbers from [0, 1) that follow from a seed";
  let description = [{
    A pure function: equal seeds and streams give equal numbers, on every machine. Element i is a hash of seed, stream and i (lowbias32 by Chris
    Wellons, twice), with 24 random bits. Streams keep apart what one seed draws for several purposes.
  }];
  let arguments = (ins 0DTensorOf<[I64]>:$seed, I64Attr:$stream);
  let results = (outs TensorOf<[F32]>:$result);
  let assemblyFormat = "$seed `stream` $stream attr-dict `:` type($seed) `->` type($result)";
  let hasVerifier = 1;
}

#endif // TENON_TRAINING_OPS_TD
