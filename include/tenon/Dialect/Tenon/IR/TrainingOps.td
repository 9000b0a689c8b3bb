//===- TrainingOps.td - steps, and what only training runs ----------------===//
#ifndef TENON_TRAINING_OPS_TD
#define TENON_TRAINING_OPS_TD

include "tenon/Dialect/Tenon/IR/ElementwiseOps.td"

def Tenon_OptimizerAttr : Tenon_Attr<"Optimizer", "optimizer"> {
  let summary = "how a step changes its parameters";
  let description = [{
    A name ("sgd", "adam", "adamw", "rmsprop") and its numbers, called as PyTorch calls them; those that are left out have PyTorch's defaults.

    ```mlir
    #tenon.optimizer<"sgd", {lr = 1.0e-1 : f64, momentum = 9.0e-1 : f64}>
    ```
  }];
  let parameters = (ins StringRefParameter<"the optimizer's name">:$name, "::mlir::DictionaryAttr":$options);
  let assemblyFormat = "`<` $name `,` $options `>`";
}

def Tenon_StepAttr : Tenon_Attr<"Step", "step"> {
  let summary = "marks a function as a training step";
  let description = [{
    As `tenon.step` of a function whose first result is a scalar loss: the step lowers it. `parameters` are patterns of the names of the `trained` states that
    are changed (`*` stands for any characters), `frozen` of those that are not even so. With `clip_norm` above 0 the gradients are scaled down to
    that joint Euclidean norm. What the optimizer keeps is kept under `name`, so that several functions can be one step, for batches of several sizes.

    ```mlir
    func.func @discriminator(%real: tensor<64x2xf32>) -> tensor<f32>
        attributes {tenon.step = #tenon.step<"discriminator", <"adam", {lr = 1.0e-3 : f64}>, parameters = ["d.*"], frozen = [], clip_norm = 0.0 : f64>}
    ```
  }];
  let parameters = (ins StringRefParameter<"the name of its state">:$name, "::tenon::OptimizerAttr":$optimizer, "::mlir::ArrayAttr":$parameters, "::mlir::ArrayAttr":$frozen,
                        "::mlir::FloatAttr":$clipNorm);
  let assemblyFormat = "`<` $name `,` $optimizer `,` `parameters` `=` $parameters `,` `frozen` `=` $frozen `,` `clip_norm` `=` $clipNorm `>`";
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
