//===- ContractOps.td - sums of products ----------------------------------===//
//
// Products summed over dimensions: einsums, and convolutions with what their gradients are made of. What is
// built from them (matmul, gemm) is Contractions.h's; attention is a norm's composite, and lies in
// NormalizationOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_CONTRACT_OPS_TD
#define TENON_CONTRACT_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ContractOp : Tenon_InferredOp<"contract", [Tenon_Cost, Tenon_DimGuarded]> {
  let summary = "an einsum of two tensors";
  let description = [{
    Loops over the dimensions of `indexing_maps` (for lhs, rhs and result, all of plain dimensions); those that the
    result lacks are summed over. With `result_element` the operands are extended to that type first. 16-bit floats
    accumulate in f32.

    ```mlir
    %0 = tenon.contract %a, %b {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
      : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
    ```
  }];
  let arguments = (ins Tenon_NumberTensor:$lhs, Tenon_NumberTensor:$rhs, AffineMapArrayAttr:$indexing_maps,
                       OptionalAttr<TypeAttr>:$result_element);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($result)";
  let extraClassDeclaration = [{
    ::mlir::AffineMap getMap(unsigned index) {
      return ::mlir::cast<::mlir::AffineMapAttr>(getIndexingMaps()[index]).getValue();
    }
  }];
}

def Tenon_ConvOp : Tenon_InferredOp<"conv", [Tenon_Cost, Tenon_DimGuarded]> {
  let summary = "convolution over any number of spatial dimensions";
  let description = [{
    Input `[N, C, spatial...]` and weights `[O, C / groups, window...]`; with `channels_last` `[N, spatial..., C]` and
    `[window..., C / groups, O]`. `pads` are zeros before, then after each spatial dimension. `input_dilations` put that
    many minus one zeros between the input's elements, before padding. With `result_element` the operands are extended
    to that type first. What text leaves out is 1, and no padding.

    ```mlir
    %0 = tenon.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 3, 3, 3, 3>}
      : (tensor<1x3x224x224xf32>, tensor<64x3x7x7xf32>) -> tensor<1x64x112x112xf32>
    ```
  }];
  let arguments = (ins Tenon_NumberTensor:$input, Tenon_NumberTensor:$weights, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$input_dilations, DefaultValuedAttr<I64Attr, "1">:$groups, UnitAttr:$channels_last,
                       OptionalAttr<TypeAttr>:$result_element);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = [{
    $input `,` $weights `` custom<ConvSignature>(attr-dict, type($input), type($weights), type($result), "getAttributeNames()")
  }];
  let extraClassDeclaration = [{
    unsigned getSpatialRank() { return getStrides().size(); }
  }];
}

def Tenon_ConvTransposeOp : Tenon_InferredOp<"conv_transpose", [Tenon_Decomposable]> {
  let summary = "the gradient of a convolution with respect to its input";
  let description = [{
    Input `[N, C, spatial...]`, weights `[C, O / groups, window...]`. `pads` are cut off the result before and after
    each spatial dimension, `output_pads` are rows that the strides leave open at its end. It is a convolution of the
    dilated input with reversed weights.
  }];
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$weights, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilations, DenseI64ArrayAttr:$output_pads, DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $weights `` custom<ConvSignature>(attr-dict, type($input), type($weights), type($result), "getAttributeNames()")
  }];
}

#endif // TENON_CONTRACT_OPS_TD
