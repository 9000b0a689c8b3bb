//===- TrainingProgram.h - training from a model for inference --*- C++ -*-===//
#ifndef TENON_AUTODIFF_TRAININGPROGRAM_H
#define TENON_AUTODIFF_TRAININGPROGRAM_H

#include "tenon/Autodiff/StepSettings.h"
#include "tenon/Autodiff/TrainingLoss.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"

namespace tenon {

struct TrainingOptions {
  TrainingLoss loss;
  OptimizerAttr optimizer;
  /// What else the steps do; `samples` follows from their batch.
  StepSettings step;
  /// The dimension of inputs that counts samples, by name; -1: none does. Of
  /// the others it is the first.
  std::vector<std::pair<std::string, int64_t>> batchAxes;
  /// Patterns of the parameters to train, and of those to leave all the same.
  std::vector<std::string> parameters = {"*"}, frozen;
  /// The joint norm that gradients are scaled down to; 0: none.
  double clipNorm = 0;
  /// What the masks of Dropout follow from.
  uint64_t seed = 0;
  /// Samples in a batch, and in the last, partial one of an epoch (0: there is
  /// none).
  int64_t batch = 1, lastBatch = 0;
  /// Whether several processes take each step together, with a part of the
  /// samples each.
  bool isShared = false;
  /// Then the samples of all of them.
  int64_t wholeBatch = 0, wholeLastBatch = 0;
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

/// Makes the dimension that counts samples, in the inputs that `axes` do not
/// except the first, a symbol, "batch", where it is the same constant or symbol
/// in all of them, and returns that symbol. It is followed through all ops;
/// null after a diagnostic where it is mixed up with other dimensions, or one
/// of the results `predictions` has no row for each sample, with the op that
/// lost them.
mlir::AffineExpr
makeBatchSymbolic(mlir::func::FuncOp function,
                  llvm::ArrayRef<unsigned> predictions,
                  llvm::ArrayRef<std::pair<std::string, int64_t>> axes = {});

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
/// - `@train(inputs, targets and weights) -> (loss, parts of the loss)`, a step
/// by
///   `options.optimizer` for batches of `options.batch` samples, and
///   `@train_last` for the last one,
/// - `@evaluate(inputs, targets and weights) -> (loss, predictions)`,
/// - `@predict(inputs) -> outputs`, which is `@main`,
/// - `@gradients`, where `options.step` asks for gradients: as `@train`, which
///   then trains nothing.
/// The predictions are the outputs that the loss takes. A final softmax is
/// taken off under cross-entropy (the loss has one); the predictions keep it.
/// Fails after a diagnostic.
mlir::LogicalResult buildTrainingProgram(mlir::ModuleOp module,
                                         const TrainingOptions &options);

} // namespace tenon

#endif // TENON_AUTODIFF_TRAININGPROGRAM_H
