//===- ControlOps.td - branches and loops ---------------------------------===//
//
// Ops with regions that run zero, one or many times. Regions without a choice (groups) are in StructureOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_CONTROL_OPS_TD
#define TENON_CONTROL_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

/// Regions of one block that ends in `tenon.yield`. They may use values of the enclosing graph.
class Tenon_ControlOp<string mnemonic, list<Trait> traits = []>
    : Tenon_PureOp<mnemonic, !listconcat([SingleBlock], traits)> {
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}

def Tenon_IfOp : Tenon_ControlOp<"if", [Tenon_Cost]> {
  let summary = "the results of one of two graphs";
  let description = [{
    ```mlir
    %r = tenon.if %condition : tensor<i1> -> tensor<4xf32> {
      tenon.yield %x : tensor<4xf32>
    } else {
      tenon.yield %y : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins TensorOf<[I1]>:$condition);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let assemblyFormat = [{
    $condition `:` type($condition) (`->` type($results)^)? $thenRegion `else` $elseRegion attr-dict
  }];
}

def Tenon_ScanOp : Tenon_ControlOp<"scan", [AttrSizedOperandSegments, Tenon_Cost, Tenon_DimGuarded]> {
  let summary = "a graph for each slice of some tensors, which hands values on to the next";
  let description = [{
    Runs `length` times. The body's arguments are the carried values, `inits` to begin with, and one slice of each input
    along its first dimension; it yields the carried values for the next round and one slice of each further result,
    along whose first dimension they are stacked. `reverse` says for each input, then for each stacked result, whether
    it is walked from its end.

    ```mlir
    %last, %all = tenon.scan inits(%h : tensor<4xf32>) inputs(%x : tensor<?x4xf32, #tenon.dims<[s]>>) length <[s]> reverse [false, false]
        -> tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>> {
    ^body(%previous: tensor<4xf32>, %slice: tensor<4xf32>):
      %next = tenon.add %previous, %slice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      tenon.yield %next, %next : tensor<4xf32>, tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inits, Variadic<AnyRankedTensor>:$inputs, Tenon_DimsAttr:$length,
                       DenseBoolArrayAttr:$reverse);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`inits` `(` $inits^ `:` type($inits) `)`)? (`inputs` `(` $inputs^ `:` type($inputs) `)`)? `length` $length `reverse` $reverse
    (`->` type($results)^)? $body attr-dict
  }];
  let extraClassDeclaration = [{
    unsigned getNumCarried() { return getInits().size(); }
    unsigned getNumStacked() { return getNumResults() - getNumCarried(); }
    bool isInputReversed(unsigned index) { return getReverse()[index]; }
    bool isStackedReversed(unsigned index) { return getReverse()[getInputs().size() + index]; }
  }];
}

def Tenon_LoopOp : Tenon_ControlOp<"loop", [AttrSizedOperandSegments, Tenon_Cost]> {
  let summary = "a graph run again and again while a condition holds";
  let description = [{
    Runs at most `trip_count` times, while `condition` holds. The body's arguments are the round's number and the
    carried values; it yields the condition for the next round, the carried values for it, and one slice of each further
    result, which are stacked along its first dimension.
  }];
  let arguments = (ins Optional<TensorOf<[I64]>>:$trip_count, Optional<TensorOf<[I1]>>:$condition, Variadic<AnyRankedTensor>:$inits);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`trip_count` `(` $trip_count^ `:` type($trip_count) `)`)? (`while` `(` $condition^ `:` type($condition) `)`)?
    (`inits` `(` $inits^ `:` type($inits) `)`)? (`->` type($results)^)? $body attr-dict
  }];
  let extraClassDeclaration = [{
    unsigned getNumCarried() { return getInits().size(); }
    unsigned getNumStacked() { return getNumResults() - getNumCarried(); }
  }];
}

#endif // TENON_CONTROL_OPS_TD
