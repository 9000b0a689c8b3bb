//===- Losses.h - what training makes small ---------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_LOSSES_H
#define TENON_DIALECT_TENON_IR_LOSSES_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// The loss is the mean over all predictions, a scalar of their element type.
enum class Loss {
  /// Softmax cross-entropy of logits [N, C, ...] and labels i64 [N, ...].
  CrossEntropy,
  /// (prediction - target)^2.
  MeanSquaredError,
  /// |prediction - target|.
  MeanAbsoluteError,
  /// (Huber, 1964), with its bend at 1: PyTorch's SmoothL1Loss.
  Huber,
  /// Binary cross-entropy of logits and probabilities.
  BinaryCrossEntropy,
};

/// From its name on the command line; those, and what builds each loss, are the
/// table of Losses.cpp.
std::optional<Loss> parseLoss(llvm::StringRef name);
/// All names, for messages and help.
std::string getLossNames();

/// The type of the targets that belong to `predictions`; failure after a
/// diagnostic where the loss takes no such predictions.
mlir::FailureOr<mlir::RankedTensorType> getTargetType(Loss loss,
                                                      mlir::Value predictions);

/// The loss of predictions of `getTargetType`'s targets.
mlir::Value buildLoss(Composer &c, Loss loss, mlir::Value predictions,
                      mlir::Value targets);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_LOSSES_H
