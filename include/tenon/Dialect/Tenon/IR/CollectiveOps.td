//===- CollectiveOps.td - what the ranks of a run do together -------------===//
//
// Ranks are the processes that run one program together. What is sent and received, and what is awaited.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_COLLECTIVE_OPS_TD
#define TENON_COLLECTIVE_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"

/// Not pure: every rank has to come to each of them, in the same order, also where nobody reads the result. They go through the communicator of the
/// context's options; without one, the only rank is 0.
class Tenon_CollectiveOp<string mnemonic> : Tenon_Op<mnemonic, [Tenon_InferShapes]>;

def Tenon_AllReduceOp : Tenon_CollectiveOp<"all_reduce"> {
  let summary = "the operands of all ranks, element by element, become one";
  let description = [{
    `kind` is `sum`, `mean`, `min` or `max`. Every rank gets the same bits.

    ```mlir
    %0 = tenon.all_reduce sum %gradient : tensor<10x84xf32>
    ```
  }];
  let arguments = (ins Tenon_ReduceKindAttr:$kind, Tenon_NumberTensor:$operand);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$kind $operand attr-dict `:` type($operand)";
  let hasVerifier = 1;
}

def Tenon_AllGatherOp : Tenon_CollectiveOp<"all_gather"> {
  let summary = "the operands of all ranks behind each other, along the first dimension";
  let description = [{
    A run with another number of ranks than `ranks` ends with a status.

    ```mlir
    %0 = tenon.all_gather %x ranks 4 : tensor<2x8xf32> -> tensor<8x8xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$operand, I64Attr:$ranks);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `ranks` $ranks attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_CollectiveBroadcastOp : Tenon_CollectiveOp<"collective_broadcast"> {
  let summary = "the operand of one rank";
  let arguments = (ins AnyRankedTensor:$operand, I64Attr:$root);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand `from` $root attr-dict `:` type($operand)";
  let hasVerifier = 1;
}

def Tenon_SendOp : Tenon_Op<"send"> {
  let summary = "hands a value to another rank";
  let description = "Values that go from one rank to another with the same tag arrive in their order.";
  let arguments = (ins AnyRankedTensor:$operand, I64Attr:$rank, I64Attr:$tag);
  let assemblyFormat = "$operand `to` $rank `tag` $tag attr-dict `:` type($operand)";
  let hasVerifier = 1;
}

def Tenon_ReceiveOp : Tenon_Op<"receive"> {
  let summary = "a value that another rank sends";
  let arguments = (ins I64Attr:$rank, I64Attr:$tag);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "`from` $rank `tag` $tag attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Tenon_RankOp : Tenon_CollectiveOp<"rank"> {
  let summary = "the number of this process among the ranks";
  let arguments = (ins);
  let results = (outs 0DTensorOf<[I64]>:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Tenon_AwaitOp : Tenon_Op<"await", [AllTypesMatch<["value", "result"]>]> {
  let summary = "a value that was started, when it is there";
  let description = [{
    `value` is the result of an op above that works while the program goes on; its memory may be written until here, and
    nothing else reads it. Nor does `sources`, what it works on, change until here. Made by `start-transfers`.

    ```mlir
    %0 = tenon.all_reduce sum %gradient : tensor<1000xf32>
    // ... what needs no result of it
    %1 = tenon.await %0 of %gradient : tensor<1000xf32>, tensor<1000xf32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value, Variadic<AnyRankedTensor>:$sources);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$value (`of` $sources^)? attr-dict `:` type($value) (`,` type($sources)^)?";
  let hasVerifier = 1;
}

#endif // TENON_COLLECTIVE_OPS_TD
