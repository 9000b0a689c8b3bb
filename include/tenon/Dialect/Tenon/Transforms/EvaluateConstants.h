//===- EvaluateConstants.h - constant subgraphs, run by the compiler -*- C++
//-*-===//
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

std::unique_ptr<mlir::Pass>
createEvaluateConstantsPass(ConstantEvaluator evaluator);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_EVALUATECONSTANTS_H
