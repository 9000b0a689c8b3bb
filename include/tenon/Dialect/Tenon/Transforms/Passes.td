//===- Passes.td - passes from graphs to graphs ---------------------------===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD
#define TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def InferShapesPass : Pass<"tenon-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "infer the type of every value from the function's arguments";
  let description = [{
    Unknown dimensions of arguments get symbols of their own; result types are inferred again in order, so that symbolic
    dimensions and constants that the arguments carry reach every value. Compatible but less precise types in the text
    are replaced.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def DecomposePass : Pass<"tenon-decompose", "::mlir::func::FuncOp"> {
  let summary = "replace composites that no kernel computes as a whole by their parts";
  let description = [{
    An op with a decomposition (DecomposableOpInterface) and without a lowering of its own becomes what it consists of,
    again until all parts can be lowered. Softmax and the norms over rows stay whole.

    ```mlir
    %0 = tenon.conv_transpose %x, %w {...} : (tensor<1x2x4x4xf32>, tensor<2x4x3x3xf32>) -> tensor<1x4x9x9xf32>
    // becomes
    %1 = tenon.slice %w starts <[0, 0, 2, 2]> steps [1, 1, -1, -1] : tensor<2x4x3x3xf32> -> tensor<2x4x3x3xf32>
    %2 = tenon.transpose ...
    %3 = tenon.conv %x, %2 {input_dilations = array<i64: 2, 2>, ...} : (tensor<1x2x4x4xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x9x9xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numDecomposed", "num-decomposed", "composites replaced">];
}

def DeferScanSumsPass : Pass<"tenon-defer-scan-sums", "::mlir::func::FuncOp"> {
  let summary = "compute sums over the rounds of a scan behind it";
  let description = [{
    A carried value to which each round only adds, as the reverse of a scan does with the cotangents of weights, is one
    product or reduction of what the rounds stack: with the rounds for one more dimension that is summed over. It has
    long loops there, all threads, and the rounds keep what they hand on in cache.

    ```mlir
    %w = tenon.scan inits(%zero ...) inputs(%x ...) ... {
    ^body(%sum: tensor<4x8xf32>, %slice: tensor<2x4xf32>):
      ...
      %part = tenon.contract %slice, %d {indexing_maps = [(m, n, k) -> (k, m), (m, n, k) -> (k, n), (m, n, k) -> (m, n)]}
      %next = tenon.add %sum, %part
      tenon.yield %next
    }
    // becomes
    %ds = tenon.scan inputs(%x ...) ... {
      ...
      tenon.yield %d
    }
    %part = tenon.contract %x, %ds {indexing_maps = [(m, n, k, t) -> (t, k, m), (m, n, k, t) -> (t, k, n), (m, n, k, t) -> (m, n)]}
    %w = tenon.add %zero, %part
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numDeferred", "num-deferred", "sums taken out of scans">];
}

def HoistRoundProductsPass : Pass<"tenon-hoist-round-products", "::mlir::func::FuncOp"> {
  let summary = "compute products that no round has to wait for in one";
  let description = [{
    A product in a scan of an input's slice with what is the same in all rounds is that of the whole input, in front of
    the scan; one that a round only stacks follows behind the scan from the stack of what it multiplies. Each is one
    large product in place of many small ones. Stacks that would be much larger than what they replace are not made.

    ```mlir
    %all = tenon.scan inits(%h0 ...) inputs(%x : tensor<8x4x16xf32>) ... {
    ^body(%h: tensor<4x32xf32>, %slice: tensor<4x16xf32>):
      %0 = tenon.contract %slice, %w ... : (tensor<4x16xf32>, tensor<16x32xf32>) -> tensor<4x32xf32>
      %1 = tenon.add %h, %0
      %2 = tenon.tanh %1
      %3 = tenon.contract %2, %v ... : (tensor<4x32xf32>, tensor<32x16xf32>) -> tensor<4x16xf32>
      tenon.yield %2, %3
    }
    // becomes
    %0 = tenon.contract %x, %w ... : (tensor<8x4x16xf32>, tensor<16x32xf32>) -> tensor<8x4x32xf32>
    %h = tenon.scan inits(%h0 ...) inputs(%0 : tensor<8x4x32xf32>) ... {
    ^body(%h: tensor<4x32xf32>, %slice: tensor<4x32xf32>):
      %1 = tenon.add %h, %slice
      %2 = tenon.tanh %1
      tenon.yield %2, %2
    }
    %all = tenon.contract %h, %v ... : (tensor<8x4x32xf32>, tensor<32x16xf32>) -> tensor<8x4x16xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numMoved", "num-moved", "products taken out of scans">];
}

def JoinPadsPass : Pass<"tenon-join-pads", "::mlir::func::FuncOp"> {
  let summary = "put padded parts of a sum side by side";
  let description = [{
    The cotangents of slices are parts with zeros all around, and what was sliced gets their sum. Where they lie apart
    along one dimension, that is their concatenation, which adds nothing and is computed in place.

    ```mlir
    %0 = tenon.pad %a with %zero low <[0]> high <[4]> : tensor<4xf32>, tensor<f32> -> tensor<8xf32>
    %1 = tenon.pad %b with %zero low <[4]> high <[0]> : tensor<4xf32>, tensor<f32> -> tensor<8xf32>
    %2 = tenon.add %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    // becomes
    %2 = tenon.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numJoined", "num-joined", "sums that became concatenations">];
}

def FoldShapesPass : Pass<"tenon-fold-shapes", "::mlir::func::FuncOp"> {
  let summary = "replace shape arithmetic by what it computes over the dimension symbols";
  let description = [{
    Every small integer tensor whose elements follow from the dimensions becomes a `tenon.symbolic_constant`, or a
    constant. So does every tensor that has no elements, so that no later pass meets one that something computes.

    ```mlir
    %0 = tenon.shape %x {start = 0, end = 2} : tensor<?x?x8xf32, #tenon.dims<[b, s]>> -> tensor<2xi64>
    %1 = tenon.gather %0 at %one {axis = 0} : (tensor<2xi64>, tensor<1xi64>) -> tensor<1xi64>
    %2 = tenon.mul %1, %eight : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
    // becomes
    %2 = tenon.symbolic_constant <[s * 8]> : tensor<1xi64>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numFolded", "num-folded", "values folded">];
}

def ResolveDimsPass : Pass<"tenon-resolve-dims", "::mlir::func::FuncOp"> {
  let summary = "use one dimension symbol for one size";
  let description = [{
    A symbol that is bound in the middle of a run to what is known before it becomes that expression, and one that is
    bound to the element that another was bound to becomes the other. Symbols that nothing names are not bound.

    ```mlir
    tenon.bind_dim <[n]> = %shape[0] : tensor<2xi64>
    tenon.bind_dim <[m]> = %shape[0] : tensor<2xi64>
    // becomes, with n for m everywhere
    tenon.bind_dim <[n]> = %shape[0] : tensor<2xi64>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numResolved", "num-resolved", "symbols replaced">];
}

def VerifyDimsPass : Pass<"tenon-verify-dims", "::mlir::func::FuncOp"> {
  let summary = "check that every dimension symbol has a value where it is used";
  let description = [{
    The symbols of the function's arguments have theirs when a run begins. Any other is bound by one `tenon.bind_dim`,
    which has to stand before every op that names the symbol, in the same region or around it. Changes nothing.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def KeepStatePass : Pass<"tenon-keep-state", "::mlir::ModuleOp"> {
  string whyUnlisted = "it runs when the model is read, where --state asks for it";
  let summary = "make a state of an input and the output that is its next value";
  let description = [{
    A model whose caller hands outputs back as inputs (a cache of keys and values, the hidden state of a recurrent
    layer) keeps them itself. Not in the pipeline's list: `--state` runs it when the model is read.

    ```mlir
    func.func @main(%x: tensor<4xf32> {tenon.name = "x"}, %h: tensor<4xf32> {tenon.name = "h"}) -> (tensor<4xf32> {tenon.name = "hn"}) {
      %0 = tenon.add %x, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    // becomes, with pairs=h=hn
    tenon.state @h kept = dense<0.0> : tensor<4xf32>
    func.func @main(%x: tensor<4xf32> {tenon.name = "x"}) {
      %h = tenon.get_state @h : tensor<4xf32>
      %0 = tenon.add %x, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      tenon.set_state @h, %0 : tensor<4xf32>
      return
    }
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let options = [
    ListOption<"pairs", "pairs", "std::string", "INPUT=OUTPUT with a * each, or auto">,
    ListOption<"capacities", "capacities", "std::string", "NAME=N: up to which size a dimension grows">];
}

def AssignRanksPass : Pass<"tenon-assign-ranks", "::mlir::func::FuncOp"> {
  string whyUnlisted = "it runs on a model before a training program is made of it, where --split-model asks for it";
  let summary = "decide which rank computes which nodes of a model";
  let description = [{
    By the names of an op's nodes where there is a pattern for each rank, else so that each rank computes a run of ops
    that costs about as much as others'. It becomes part of the op's location, which what is made of the op inherits: so
    a derivative is where the op is.
  }];
  let options = [
    Option<"numRanks", "ranks", "int64_t", "2", "how many there are">,
    ListOption<"places", "places", "std::string", "a pattern of nodes' names for each rank">];
}

def SplitRanksPass : Pass<"tenon-split-ranks", "::mlir::ModuleOp"> {
  let summary = "leave one rank's part of functions that several ranks compute";
  let description = [{
    In a module with `tenon.stage`, the number of a rank, functions keep what `assign-ranks` gave that rank, and send
    and receive what others need or have. What no node of the model says (sums of gradients, updates) is where the most
    of its operands are; what depends on nothing that has a place is computed everywhere. A state that one rank changes
    is that rank's; `@collect_states` hands all of these to all ranks. Every rank returns the same results.

    ```mlir
    %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>     // rank 0
    %1 = tenon.neg %0 : tensor<8xf32> -> tensor<8xf32>     // rank 1
    return %1 : tensor<8xf32>
    // becomes on rank 0
    %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32>
    tenon.send %0 to 1 tag 0 : tensor<8xf32>
    %1 = tenon.collective_broadcast %zeros from 1 : tensor<8xf32>
    return %1 : tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::func::FuncDialect"];
}

def BindStatePass : Pass<"tenon-bind-state", "::mlir::ModuleOp"> {
  let summary = "make states arguments and results of the functions that use them";
  let description = [{
    A function that reads a state gets it as an argument, marked `tenon.state`, and returns its next value as a result
    with the same mark: from here on it is a function like any other. Arguments stand behind the function's own, results
    behind its results.

    ```mlir
    func.func @fit(%x: tensor<4xf32>, %w: tensor<4xf32> {tenon.state = "w"}) -> (tensor<f32>, tensor<4xf32> {tenon.state = "w"})
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def EvaluateConstantsPass : Pass<"tenon-evaluate-constants", "::mlir::ModuleOp"> {
  let summary = "compute what depends on constants alone";
  let description = [{
    The ops of a function whose operands are all constants, weights included, become a module of their own, which the
    compiler compiles and runs; the results take their place. So packing weights needs no second implementation. Does
    nothing where it was given no evaluator (in `tenon-opt`).
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numEvaluated", "num-evaluated", "ops computed">];
}

#endif // TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD
