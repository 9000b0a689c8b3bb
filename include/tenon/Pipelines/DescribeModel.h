//===- DescribeModel.h - what an artefact says of its model -----*- C++ -*-===//
#ifndef TENON_PIPELINES_DESCRIBEMODEL_H
#define TENON_PIPELINES_DESCRIBEMODEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Target/ModelDescription.h"
#include "tenon/Target/Weights.h"

namespace tenon {

/// What training changes in an imported graph, as findParameters has it, and
/// the trained states of a program; and how many elements they have together.
std::vector<ValueDescription> describeParameters(mlir::ModuleOp module);
int64_t countElements(llvm::ArrayRef<ValueDescription> parameters);

/// Inputs, outputs and symbols of a function, which is planned or still has the
/// ops that read and set states. Fails with a diagnostic where an input's
/// dimension is neither a constant nor a symbol.
mlir::FailureOr<FunctionDescription>
describeFunction(mlir::func::FuncOp function);

/// All functions and states of a planned module.
mlir::FailureOr<ModelDescription> describeModel(mlir::ModuleOp module,
                                                llvm::StringRef name);

/// The code of a planned module's functions, whose symbols begin with `symbol`.
ProgramDescription describeProgram(mlir::ModuleOp module,
                                   llvm::StringRef symbol);

} // namespace tenon

#endif // TENON_PIPELINES_DESCRIBEMODEL_H
