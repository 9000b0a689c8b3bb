//===- EvaluateConstants.h - constant subgraphs, run by the compiler ------===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_EVALUATECONSTANTS_H
#define TENON_DIALECT_TENON_TRANSFORMS_EVALUATECONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include <functional>

namespace tenon {

/// Runs a module whose entry function has no arguments, and returns its results
/// in order. The module is consumed. Fails after a diagnostic.
using ConstantEvaluator =
    std::function<mlir::FailureOr<llvm::SmallVector<mlir::ElementsAttr>>(
        mlir::OwningOpRef<mlir::ModuleOp>)>;

/// The value as a constant, where it follows from constants and from sizes that
/// no input decides; null where it does not. Fails after a diagnostic.
mlir::FailureOr<mlir::ElementsAttr>
evaluateConstant(mlir::Value value, const ConstantEvaluator &evaluator);

std::unique_ptr<mlir::Pass>
createEvaluateConstantsPass(ConstantEvaluator evaluator);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_EVALUATECONSTANTS_H
