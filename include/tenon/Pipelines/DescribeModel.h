//===- DescribeModel.h - what an artefact says of its model -----*- C++ -*-===//
#ifndef TENON_PIPELINES_DESCRIBEMODEL_H
#define TENON_PIPELINES_DESCRIBEMODEL_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Target/ModelDescription.h"
#include "tenon/Target/Weights.h"

namespace tenon {

/// The attribute with the name that an input or output has in the model.
inline constexpr llvm::StringLiteral nameAttrName = "tenon.name";

/// The dtype of an element type; nothing for types that no tensor of a user can
/// have.
std::optional<tenon_dtype> getDtype(mlir::Type type);

/// What training changes in an imported graph, as findParameters has it, and
/// how many elements they have together.
std::vector<ValueDescription> describeParameters(mlir::func::FuncOp program);
int64_t countElements(llvm::ArrayRef<ValueDescription> parameters);

/// Inputs, outputs, symbols and launches of a planned program. Fails with a
/// diagnostic where an input's dimension is neither a constant nor a symbol.
mlir::FailureOr<ModelDescription> describeModel(mlir::func::FuncOp program,
                                                llvm::StringRef name);

/// Functions and parameters of a planned training program. The parameters'
/// first values go to `initial`.
mlir::FailureOr<TrainingDescription> describeTraining(mlir::ModuleOp module,
                                                      llvm::StringRef name,
                                                      WeightImage &initial);

} // namespace tenon

#endif // TENON_PIPELINES_DESCRIBEMODEL_H
