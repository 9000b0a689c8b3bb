//===- MakeTrainable.h - what users ask of a training -----------*- C++ -*-===//
#ifndef TENON_PIPELINES_MAKETRAINABLE_H
#define TENON_PIPELINES_MAKETRAINABLE_H

#include "tenon/Pipelines/Compile.h"

namespace tenon {

/// Makes a training program of a module with a model, as `request` says. Fails
/// after a diagnostic.
mlir::LogicalResult makeTrainable(mlir::ModuleOp module,
                                  const TrainingRequest &request);

} // namespace tenon

#endif // TENON_PIPELINES_MAKETRAINABLE_H
