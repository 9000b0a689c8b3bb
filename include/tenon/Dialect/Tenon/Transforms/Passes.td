//===- Passes.td - passes from graphs to graphs ---------------------------===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD
#define TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def InferShapesPass : Pass<"tenon-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "infer the type of every value from the function's arguments";
  let description = [{
    Unknown dimensions of arguments get symbols of their own; result types are inferred again in order, so that symbolic dimensions and constants
    that the arguments carry reach every value. Compatible but less precise types in the text are replaced.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def FoldShapesPass : Pass<"tenon-fold-shapes", "::mlir::func::FuncOp"> {
  let summary = "replace shape arithmetic by what it computes over the dimension symbols";
  let description = [{
    Every small integer tensor whose elements follow from the dimensions becomes a `tenon.symbolic_constant`, or a constant.

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

def EvaluateConstantsPass : Pass<"tenon-evaluate-constants", "::mlir::func::FuncOp"> {
  let summary = "compute what depends on constants alone";
  let description = [{
    The ops of a function whose operands are all constants, weights included, become a module of their own, which the compiler compiles and runs;
    the results take their place. So folding batch norms into convolutions and packing weights need no second implementation.
    Does nothing where it was given no evaluator (in `tenon-opt`).
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numEvaluated", "num-evaluated", "ops computed">];
}

#endif // TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD
