//===- Passes.td - which ops form kernels, and where values lie -----------===//
#ifndef TENON_KERNELS_PASSES_TD
#define TENON_KERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

def FormGroupsPass : Pass<"tenon-form-groups", "::mlir::func::FuncOp"> {
  let summary = "gather ops into groups that become one kernel each (operator fusion)";
  let description = [{
    A producer joins the group of its consumer when all its uses are there and their roles (FusionRoles.h) fit: elementwise ops follow a
    contraction into its registers, and surround a row reduction; movements are read through by elementwise ops. A group lies where its last op
    was, so that fusion never needs to reorder anything else. Reshapes and large constants stay outside: they cost nothing.

    ```mlir
    %0 = tenon.group (%a = %x, %b = %bias) : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32> {
      %1 = tenon.add %a, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
      %2 = tenon.exp %1 : tensor<4x8xf32> -> tensor<4x8xf32>
      tenon.yield %2 : tensor<4x8xf32>
    }
    ```
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
  let statistics = [Statistic<"numGroups", "num-groups", "kernel launches of the graph">];
}

def IsolateResultsPass : Pass<"tenon-isolate-results", "::mlir::func::FuncOp"> {
  let summary = "copy results that would share memory with something else";
  let description = [{
    A function's results are buffers of the caller, a region's are those of its op: what is returned must be computed into memory of its own. Where
    an argument, a constant, a value from outside the region, or one value twice is returned, a `tenon.copy` comes between.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

def OutlineKernelsPass : Pass<"tenon-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "make each group a kernel of its own, equal ones once";
  let description = [{
    Each group becomes a module that holds one function, named by a hash of its content, and a `tenon.launch` of it. Dimension symbols are
    renamed in order of appearance and become index arguments, so that kernels are equal wherever they come from.
  }];
  let dependentDialects = ["::tenon::TenonDialect", "::mlir::func::FuncDialect"];
  let options = [Option<"prefix", "prefix", "std::string", "\"\"", "with which kernels' names begin">];
  let statistics = [Statistic<"numKernels", "num-kernels", "different kernels">];
}

def PlanMemoryPass : Pass<"tenon-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "give every intermediate result its place in the arena";
  let description = [{
    Values whose lifetimes do not meet share memory. Static sizes are packed largest first at the lowest free offset; where sizes are symbolic, a
    value reuses memory that is provably large enough for all values of the symbols. Each op that produces values gets the attribute `placement`
    (see Placement.h), and the function `tenon.arena_bytes`, as expressions over its symbols, and `tenon.weight_bytes`.
  }];
  let dependentDialects = ["::tenon::TenonDialect"];
}

#endif // TENON_KERNELS_PASSES_TD
