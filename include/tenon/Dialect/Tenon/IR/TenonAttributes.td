//===- TenonAttributes.td - attributes that are no enumerations -----------===//
#ifndef TENON_ATTRIBUTES_TD
#define TENON_ATTRIBUTES_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"

def Tenon_OptimizerAttr : Tenon_Attr<"Optimizer", "optimizer"> {
  let summary = "how a step changes its parameters";
  let description = [{
    A name (Autodiff/Optimizers.h) and its numbers, called as PyTorch calls them; those that are left out have PyTorch's
    defaults.

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
    As `tenon.step` of a function whose first result is a scalar loss: the step lowers it. `parameters` are patterns of
    the names of the `trained` states that are changed (`*` stands for any characters), `frozen` of those that are not
    even so. With `clip_norm` above 0 the gradients are scaled down to that joint Euclidean norm. What the optimizer
    keeps is kept under `name`, so that several functions can be one step, for batches of several sizes.

    ```mlir
    func.func @discriminator(%real: tensor<64x2xf32>) -> tensor<f32>
        attributes {tenon.step = #tenon.step<"discriminator", <"adam", {lr = 1.0e-3 : f64}>, parameters = ["d.*"], frozen = [], clip_norm = 0.0 : f64>}
    ```
  }];
  let parameters = (ins StringRefParameter<"the name of its state">:$name, "::tenon::OptimizerAttr":$optimizer, "::mlir::ArrayAttr":$parameters, "::mlir::ArrayAttr":$frozen,
                        "::mlir::FloatAttr":$clipNorm);
  let assemblyFormat = "`<` $name `,` $optimizer `,` `parameters` `=` $parameters `,` `frozen` `=` $frozen `,` `clip_norm` `=` $clipNorm `>`";
}

def Tenon_RegionAttr : Tenon_Attr<"Region", "region"> {
  let summary = "where a value of a program lies";
  let description = [{
    A root and, where there are several, which; an offset from its start in bytes; and, unless the elements lie densely
    in row-major order, how many elements one step along each dimension is. Offset and strides are expressions over the
    dimension symbols. The rounds of a loop use an offset of two expressions in turn: it and one that the second is
    added to, for what a round computes outlives the next one's reading of it. Offsets of root `late`, whose number is
    that of a growable block, have the number of blocks to the other one there.

    ```mlir
    #tenon.region<arena at <[b * 64]> strides <[4096, 256, 1]>>
    #tenon.region<output 0 at <[0]>>
    #tenon.region<arena at <[128, 64]>>
    #tenon.region<late 2 at <[0]>>
    ```
  }];
  let parameters = (ins EnumParameter<Tenon_RegionRoot>:$root, OptionalParameter<"std::optional<int64_t>">:$number, "::tenon::DimsAttr":$offset,
                        OptionalParameter<"::tenon::DimsAttr">:$strides);
  let assemblyFormat = "`<` $root ($number^)? `at` $offset (`strides` $strides^)? `>`";
}

#endif // TENON_ATTRIBUTES_TD
