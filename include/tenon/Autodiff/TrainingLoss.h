//===- TrainingLoss.h - which outputs become the loss -----------*- C++ -*-===//
#ifndef TENON_AUTODIFF_TRAININGLOSS_H
#define TENON_AUTODIFF_TRAININGLOSS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/Losses.h"

namespace tenon {

/// factor * loss(outputs).
struct LossTerm {
  double factor = 1;
  /// The outputs of the model that the loss takes, by name; empty: the first.
  std::vector<std::string> outputs;
  LossFunction loss;
};

/// What training makes small: a sum of losses of outputs, or an output.
struct TrainingLoss {
  std::vector<LossTerm> terms = {LossTerm()};
  /// The output, one number, that is the loss as it is; empty: the terms are.
  std::string output;
  /// The inputs that the targets of outputs come by: (output, input).
  std::vector<std::pair<std::string, std::string>> targets;
  /// The inputs with the weights of samples and of targets; empty: none.
  std::string sampleWeight, targetWeight;
};

/// From TERM [+ TERM ...], a term being [FACTOR*][OUTPUT[,OUTPUT...]:]LOSS, and
/// LOSS as parseLoss takes it. Diagnoses at `loc`.
mlir::FailureOr<std::vector<LossTerm>> parseLossTerms(mlir::Location loc,
                                                      llvm::StringRef text);

/// The name of result `index`.
std::string getOutputName(mlir::func::FuncOp function, unsigned index);

/// The results of `function` that `loss` takes, ascending, but for the one that
/// is the loss. Warns of those that nothing trains; fails after a diagnostic
/// for names of none.
mlir::FailureOr<llvm::SmallVector<unsigned>>
findPredictions(mlir::func::FuncOp function, const TrainingLoss &loss);

/// Gives `function` an input for each target, and for weights, and makes its
/// results `loss` and, of several terms, `loss/OUTPUT` for each; with
/// `keepsPredictions`, `loss` and the results `predictions` (or all but the
/// loss, where that is an output). Fails after a diagnostic.
mlir::LogicalResult addLoss(mlir::func::FuncOp function,
                            const TrainingLoss &loss,
                            llvm::ArrayRef<unsigned> predictions,
                            bool keepsPredictions);

} // namespace tenon

#endif // TENON_AUTODIFF_TRAININGLOSS_H
