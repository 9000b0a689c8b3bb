//===- WindowOps.td - reductions over sliding windows ---------------------===//
//
// Pooling: reductions over windows that slide. Convolutions are in ContractOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_WINDOW_OPS_TD
#define TENON_WINDOW_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_PoolOp : Tenon_InferredOp<"pool", [Tenon_Cost]> {
  let summary = "the elements under a sliding window become one";
  let description = [{
    Input `[N, C, spatial...]`, with `channels_last` `[N, spatial..., C]`. Kinds are maximum, sum and mean; padding
    (`pads`: before, then after each spatial dimension) counts for none of them, but with `count_include_pad` as zeros
    in a mean. `ceil_mode` adds windows that begin inside the padded input and end outside; what lies there never
    counts.
  }];
  let arguments = (ins Tenon_ReduceKindAttr:$kind, Tenon_NumberTensor:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$pads, DenseI64ArrayAttr:$dilations, UnitAttr:$ceil_mode, UnitAttr:$count_include_pad,
                       UnitAttr:$channels_last);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = [{
    $kind $input `window` $window `` custom<WindowAttributes>(attr-dict, ref($window), "getAttributeNames()") `:` type($input) `->` type($result)
  }];
  let extraClassDeclaration = [{
    unsigned getSpatialRank() { return getWindow().size(); }
  }];
}

def Tenon_MaxPoolWithIndicesOp : Tenon_InferredOp<"max_pool_with_indices", [Tenon_Cost]> {
  let summary = "the largest element under a sliding window, and where it is";
  let description = [{
    Input `[N, C, spatial...]`. The indices count all elements of the input in row-major order, with `column_major`
    those of its spatial dimensions in column-major order.
  }];
  let arguments = (ins Tenon_NumberTensor:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilations, UnitAttr:$ceil_mode, UnitAttr:$column_major);
  let results = (outs Tenon_NumberTensor:$values, RankedTensorOf<[I64]>:$indices);
  let assemblyFormat = [{
    $input `window` $window `` custom<WindowAttributes>(attr-dict, ref($window), "getAttributeNames()") `:` type($input) `->` type($values) `,`
      type($indices)
  }];
}

#endif // TENON_WINDOW_OPS_TD
