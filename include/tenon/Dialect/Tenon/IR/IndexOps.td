//===- IndexOps.td - ops whose positions are data -------------------------===//
//
// Gathers and scatters, and what makes or sorts indices (iota, top_k). Where positions are known at compile
// time, the op is in MovementOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_INDEX_OPS_TD
#define TENON_INDEX_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_IndexTensor : RankedTensorOf<[I32, I64]>;

def Tenon_GatherOp : Tenon_InferredOp<"gather", [Tenon_Movement, Tenon_Indexing]> {
  let summary = "slices of a tensor along a dimension, chosen by index";
  let description = [{
    The dimensions of `indices` take the place of dimension `axis`. Negative indices count from the end. One that is out
    of range ends the run (`guard-indices`).
  }];
  let arguments = (ins AnyRankedTensor:$operand, Tenon_IndexTensor:$indices, I64Attr:$axis, UnitAttr:$in_bounds);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `at` $indices attr-dict `:` `(` type($operand) `,` type($indices) `)` `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

def Tenon_GatherElementsOp : Tenon_InferredOp<"gather_elements", [Tenon_DimGuarded, Tenon_Indexing]> {
  let summary = "one element for each index, whose other coordinates are the index's own";
  let description = "`result[i, j] = operand[indices[i, j], j]` for axis 0. Indices as those of `gather`.";
  let arguments = (ins AnyRankedTensor:$operand, Tenon_IndexTensor:$indices, I64Attr:$axis, UnitAttr:$in_bounds);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `at` $indices attr-dict `:` `(` type($operand) `,` type($indices) `)` `->` type($result)";
}

def Tenon_GatherNDOp : Tenon_InferredOp<"gather_nd", [Tenon_Indexing]> {
  let summary = "slices chosen by coordinates, which are the last dimension of `indices`";
  let description = "The first `batch_dims` dimensions of operand and indices correspond. Indices as those of `gather`.";
  let arguments = (ins AnyRankedTensor:$operand, Tenon_IndexTensor:$indices, DefaultValuedAttr<I64Attr, "0">:$batch_dims, UnitAttr:$in_bounds);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `at` $indices attr-dict `:` `(` type($operand) `,` type($indices) `)` `->` type($result)";
}

def Tenon_ScatterElementsOp : Tenon_InferredOp<"scatter_elements", [Tenon_Cost, Tenon_DimGuarded, Tenon_Indexing]> {
  let summary = "a tensor with some elements updated: the counterpart of gather_elements";
  let description = [{
    `result[indices[i, j], j]` is combined with `updates[i, j]` for axis 0, in row-major order of the updates. Indices
    as those of `gather`.
  }];
  let arguments = (ins AnyRankedTensor:$operand, Tenon_IndexTensor:$indices, AnyRankedTensor:$updates, I64Attr:$axis,
    DefaultValuedAttr<Tenon_CombinerAttr, "Combiner::replace">:$combiner, UnitAttr:$in_bounds);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `at` $indices `with` $updates attr-dict `:` `(` type(operands) `)` `->` type($result)";
}

def Tenon_ScatterNDOp : Tenon_InferredOp<"scatter_nd", [Tenon_Cost, Tenon_Indexing]> {
  let summary = "a tensor with some slices updated: the counterpart of gather_nd";
  let description = "The coordinates of a slice are the last dimension of `indices`; updates are applied in row-major order.";
  let arguments = (ins AnyRankedTensor:$operand, Tenon_IndexTensor:$indices, AnyRankedTensor:$updates,
    DefaultValuedAttr<Tenon_CombinerAttr, "Combiner::replace">:$combiner, UnitAttr:$in_bounds);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `at` $indices `with` $updates attr-dict `:` `(` type(operands) `)` `->` type($result)";
}

def Tenon_InRangeOp : Tenon_InferredOp<"in_range", [Tenon_Decomposable]> {
  let summary = "its operand, none of whose elements is negative or reaches a size";
  let description = [{
    An element that does ends the run. For indices that are compared instead of looked up, such as labels.

    ```mlir
    %0 = tenon.in_range %labels below <[10]> : tensor<64xi64>
    ```
  }];
  let arguments = (ins Tenon_IndexTensor:$operand, Tenon_DimsAttr:$size);
  let results = (outs Tenon_IndexTensor:$result);
  let assemblyFormat = "$operand `below` $size attr-dict `:` type($operand)";
}

def Tenon_FindOutsideOp : Tenon_PureOp<"find_outside", [Tenon_Cost]> {
  let summary = "the position of the first index that is out of range";
  let description = [{
    Column j of `indices` lies below size j; with `from_end` an index may be negative as far as the size reaches. The
    position counts elements in row-major order, and is the largest number of i64 where all are in range.

    ```mlir
    %0 = tenon.find_outside %indices below <[n]> {from_end} : tensor<?x1xi64, #tenon.dims<[s]>>
    ```
  }];
  let arguments = (ins RankedTensorOf<[I32, I64]>:$indices, Tenon_DimsAttr:$sizes, UnitAttr:$from_end);
  let results = (outs 0DTensorOf<[I64]>:$result);
  let assemblyFormat = "$indices `below` $sizes attr-dict `:` type($indices) `->` type($result)";
  let hasVerifier = 1;
}

def Tenon_IotaOp : Tenon_PureOp<"iota", [Tenon_SymbolicValue]> {
  let summary = "each element's index along dimension `axis`";
  let arguments = (ins I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tenon_TruePositionsOp : Tenon_PureOp<"true_positions"> {
  let summary = "where a vector of booleans is true, in order";
  let description = [{
    As many positions as the result has room for: a program counts them first, and binds the count to a dimension
    symbol.

    ```mlir
    tenon.bind_dim <[n]> = %count[0] at_most <[s]> : tensor<i64>
    %0 = tenon.true_positions %mask : tensor<?xi1, #tenon.dims<[s]>> -> tensor<?xi64, #tenon.dims<[n]>>
    ```
  }];
  let arguments = (ins 1DTensorOf<[I1]>:$mask);
  let results = (outs 1DTensorOf<[I64]>:$result);
  let assemblyFormat = "$mask attr-dict `:` type($mask) `->` type($result)";
  let hasVerifier = 1;
}

def Tenon_NonMaxSuppressionOp : Tenon_InferredOp<"non_max_suppression"> {
  let summary = "of boxes that overlap, the one of the highest score";
  let description = [{
    For each batch and class of `scores` (batch x classes x boxes), the boxes whose score is above `score_threshold` are
    taken in the order of `order`, which names them from the highest score down, unless their intersection with one that
    is taken before is more than `iou_threshold` of their union; at most `limit` of them. `boxes` (batch x boxes x 4)
    are two corners (y, x, y, x), or center and size (x, y, width, height).

    `selected` has a row (batch, class, box) for each, and `count` says how many rows there are; further ones are
    undefined.
  }];
  let arguments = (ins 3DTensorOf<[F32]>:$boxes, 3DTensorOf<[F32]>:$scores, 3DTensorOf<[I64]>:$order, 0DTensorOf<[I64]>:$limit,
    0DTensorOf<[F32]>:$iou_threshold, 0DTensorOf<[F32]>:$score_threshold, Tenon_DimsAttr:$bound, UnitAttr:$is_centered);
  let results = (outs 2DTensorOf<[I64]>:$selected, 0DTensorOf<[I64]>:$count);
  let assemblyFormat = [{
    $boxes `,` $scores `in` $order `limit` $limit `iou` $iou_threshold `score` $score_threshold `bound` $bound attr-dict
      `:` functional-type(operands, results)
  }];
}

def Tenon_TopKOp : Tenon_InferredOp<"top_k", [Tenon_Cost, Tenon_DimGuarded]> {
  let summary = "the `k` largest (or smallest) elements along a dimension, in order, and where they were";
  let description = "Of equal elements the one with the lower index comes first. With k = the dimension's size this sorts.";
  let arguments = (ins AnyRankedTensor:$operand, Tenon_DimsAttr:$k, I64Attr:$axis, DefaultValuedAttr<BoolAttr, "true">:$largest);
  let results = (outs AnyRankedTensor:$values, RankedTensorOf<[I64]>:$indices);
  let assemblyFormat = "$operand `k` $k attr-dict `:` type($operand) `->` type($values) `,` type($indices)";
}

#endif // TENON_INDEX_OPS_TD
