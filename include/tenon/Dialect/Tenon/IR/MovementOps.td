//===- MovementOps.td - ops that put elements elsewhere, without indices ===//
//
// The result holds elements of the operand at places known at compile time, and fillers (pad, trilu). Reshapes,
// which move nothing, are in ShapeOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_MOVEMENT_OPS_TD
#define TENON_MOVEMENT_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_TransposeOp : Tenon_InferredOp<"transpose", [Tenon_Movement]> {
  let summary = "dimension i of the result is dimension `permutation[i]` of the operand";
  let arguments = (ins AnyRankedTensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand $permutation attr-dict `:` type($operand) `->` type($result)";
  let hasFolder = 1;
}

def Tenon_BroadcastOp : Tenon_PureOp<"broadcast", [Tenon_Movement, Tenon_DimGuarded]> {
  let summary = "repeats a tensor to the shape of the result's type, as NumPy's broadcast_to does";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tenon_SliceOp : Tenon_PureOp<"slice", [Tenon_Movement, Tenon_DimGuarded]> {
  let summary = "element i of the result is element `starts + i * steps` of the operand";
  let description = [{
    One start and one step for each dimension; steps may be negative, so a slice can reverse, and are 1 where text
    leaves them out. The sizes are those of the result's type. Starts may be expressions over dimension symbols.

    ```mlir
    %0 = tenon.slice %x starts <[0, s - 1]> steps [1, -1] : tensor<4x?xf32, #tenon.dims<[s]>> -> tensor<4x?xf32, #tenon.dims<[s]>>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$operand, Tenon_DimsAttr:$starts, DenseI64ArrayAttr:$steps);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `starts` $starts `` custom<Steps>($steps, ref($starts)) attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tenon_DynamicSliceOp : Tenon_PureOp<"dynamic_slice"> {
  let summary = "a slice of known size that starts where a tensor says";
  let description = [{
    `starts` has one element a dimension; each is clamped so that the slice lies inside the operand. The sizes are those
    of the result's type.
  }];
  let arguments = (ins AnyRankedTensor:$operand, 1DTensorOf<[I64]>:$starts);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `starts` $starts attr-dict `:` `(` type($operand) `,` type($starts) `)` `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Tenon_PadOp : Tenon_InferredOp<"pad"> {
  let summary = "adds `low` and `high` elements before and after each dimension";
  let description = [{
    Negative amounts cut off. In mode `constant` the new elements are `value`; `reflect` mirrors without the border
    element, `edge` repeats it, `wrap` continues at the other end.
  }];
  let arguments = (ins AnyRankedTensor:$operand, Optional<0DTensorOf<[AnyType]>>:$value, Tenon_DimsAttr:$low, Tenon_DimsAttr:$high,
    DefaultValuedAttr<Tenon_PadModeAttr, "PadMode::constant">:$mode);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $operand (`with` $value^)? `low` $low `high` $high attr-dict `:` type($operand) (`,` type($value)^)? `->` type($result)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Tenon_ConcatOp : Tenon_InferredOp<"concat", [Tenon_Movement, Tenon_DimGuarded]> {
  let summary = "tensors one after the other along a dimension";
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$inputs attr-dict `:` functional-type($inputs, $result)";
  let hasFolder = 1;
}

def Tenon_TileOp : Tenon_InferredOp<"tile", [Tenon_Decomposable]> {
  let summary = "`repeats[i]` copies of a tensor along each dimension i";
  let arguments = (ins AnyRankedTensor:$operand, Tenon_DimsAttr:$repeats);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `repeats` $repeats attr-dict `:` type($operand) `->` type($result)";
  let hasFolder = 1;
}

def Tenon_TriluOp : Tenon_InferredOp<"trilu"> {
  let summary = "the matrices' elements on one side of a diagonal, 0 elsewhere";
  let description = "`upper`: those at columns of row + `diagonal` or more; otherwise those at that or less.";
  let arguments = (ins AnyRankedTensor:$operand, DefaultValuedAttr<I64Attr, "0">:$diagonal, UnitAttr:$upper);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

#endif // TENON_MOVEMENT_OPS_TD
