//===- TrainingProgram.h - training from a model for inference --*- C++ -*-===//
#ifndef TENON_AUTODIFF_TRAININGPROGRAM_H
#define TENON_AUTODIFF_TRAININGPROGRAM_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/Losses.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

namespace tenon {

struct TrainingOptions {
  Loss loss = Loss::CrossEntropy;
  OptimizerAttr optimizer;
  /// Patterns of the parameters to train, and of those to leave all the same.
  std::vector<std::string> parameters = {"*"}, frozen;
  /// The joint norm that gradients are scaled down to; 0: none.
  double clipNorm = 0;
  /// The output that the loss takes, by name; empty: the first one, with a
  /// warning where there are others.
  std::string predictions;
  /// What the masks of Dropout follow from.
  uint64_t seed = 0;
  /// Samples in a batch, and in the last, partial one of an epoch (0: there is
  /// none).
  int64_t batch = 1, lastBatch = 0;
  /// Whether several processes take each step together, with a part of the
  /// samples each.
  bool isShared = false;
  /// Whether batch norms then take the statistics of the whole batch.
  bool syncsBatchNorm = false;
  /// Of ranks that compute a part of the model each (1: there is one): how
  /// many, which of them the program is for, and what each computes
  /// (assignRanks).
  int64_t numStages = 1, stage = 0;
  std::vector<std::string> places;
  /// Parts of a batch that a step computes one after the other.
  int64_t microBatches = 1;
};

/// Makes dimension 0 of all inputs and outputs the symbol "batch", where it is
/// the same constant or symbol in all inputs, and returns that symbol. Reshapes
/// that say the batch's size are followed; null after a diagnostic where it is
/// mixed up with other dimensions, or result `predictions` has no row for each
/// sample.
mlir::AffineExpr makeBatchSymbolic(mlir::func::FuncOp function,
                                   unsigned predictions = 0);

/// The constants of `function` that a training step trains unless told
/// otherwise: floats that the model's file names, but for statistics of batch
/// norms, and for single numbers that exporters made initializers.
llvm::SmallVector<ConstantOp> findParameters(mlir::func::FuncOp function);

/// Puts batch norms and dropouts of `function`, whose parameters are read by
/// `get_state`, into training mode: batch norms take the batch's statistics
/// and move the running ones, dropouts drop. `seed` is a scalar of i64 that
/// differs from step to step. With `rankWeight`, batch norms take the
/// statistics of all ranks' samples, of which this one's count so much.
mlir::LogicalResult enterTrainingMode(mlir::func::FuncOp function,
                                      mlir::Value seed,
                                      mlir::Value rankWeight = {});

/// Makes of a module with a model for inference, `@main`, a training program:
/// its parameters, and the functions
/// - `@train(inputs, targets) -> loss`, a step by `options.optimizer` for
///   batches of `options.batch` samples, and `@train_last` for the last one,
/// - `@evaluate(inputs, targets) -> (loss, predictions)`,
/// - `@predict(inputs) -> outputs`, which is `@main`.
/// The predictions are the output that `options.predictions` names.
/// A final softmax is taken off under cross-entropy (the loss has one); the
/// predictions keep it. Fails after a diagnostic.
mlir::LogicalResult buildTrainingProgram(mlir::ModuleOp module,
                                         const TrainingOptions &options);

} // namespace tenon

#endif // TENON_AUTODIFF_TRAININGPROGRAM_H
