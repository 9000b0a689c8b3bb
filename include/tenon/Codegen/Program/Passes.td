//===- Passes.td - the program that launches kernels ----------------------===//
#ifndef TENON_CODEGEN_PROGRAM_PASSES_TD
#define TENON_CODEGEN_PROGRAM_PASSES_TD

include "mlir/Pass/PassBase.td"

def EmitProgramPass : Pass<"tenon-emit-program", "::mlir::ModuleOp"> {
  let summary = "turn the planned graph into a function that launches its kernels";
  let description = [{
    The entry function (of a training program each function, under NAME_FUNCTION) becomes `NAME__run(frame)` and
    `NAME__sizes(dims, out)` of tenon-rt/program.h in the LLVM dialect. Every value is an address by now (plan-memory):
    an input, an output, or an offset in the weights or the arena. Kernels are declared by what the runtime calls: the
    launch records `NAME__launches`, one for each launch in the order of the program.
  }];
  let options = [Option<"name", "name", "std::string", "\"model\"", "the model's C name, with which its symbols begin">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // TENON_CODEGEN_PROGRAM_PASSES_TD
