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

#endif // TENON_DIALECT_TENON_TRANSFORMS_PASSES_TD
