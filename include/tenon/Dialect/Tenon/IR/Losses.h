//===- Losses.h - what training makes small ---------------------*- C++ -*-===//
//
// A loss takes predictions, targets where it has some, and says how far they
// are from each other: a number for each sample, position or element, of which
// the mean is the loss. Each number may count with a weight: those of the loss
// itself (classes), and those that come with the data.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_LOSSES_H
#define TENON_DIALECT_TENON_IR_LOSSES_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

#include <map>
#include <string>
#include <vector>

namespace tenon {

/// x are predictions, t targets. Logits are numbers whose softmax along
/// dimension 1 (whose sigmoid, for two classes) are probabilities;
/// log-probabilities are logits too. The formulas are PyTorch's.
enum class Loss {
  /// Softmax cross-entropy of logits [N, C, ...] and labels i64 [N, ...], or
  /// probabilities [N, C, ...].
  CrossEntropy,
  /// -x[label] of log-probabilities.
  NegativeLogLikelihood,
  /// (x - t)^2.
  MeanSquaredError,
  /// |x - t|.
  MeanAbsoluteError,
  /// (Huber, 1964): (x - t)^2 / 2 up to a distance of `delta`, then delta *
  /// (|x - t| - delta / 2).
  Huber,
  /// Huber's divided by `beta`, its delta.
  SmoothL1,
  /// Binary cross-entropy of logits and probabilities.
  BinaryCrossEntropy,
  /// (Lin et al., 2017): binary cross-entropy in which what is right already
  /// counts less.
  Focal,
  /// Kullback and Leibler's divergence of the softmax of logits from
  /// probabilities, for each sample; Jensen and Shannon's.
  KullbackLeibler,
  JensenShannon,
  /// max(0, margin - t * x), of targets -1 and 1.
  Hinge,
  /// max(0, margin - x[label] + x[class]), `squared` or not, summed over all
  /// other classes and divided by the number of classes.
  MultiClassMargin,
  /// (Balntas et al., 2016): max(0, margin + |a - b| - |a - c|) of anchors,
  /// samples like them and others, three predictions [N, D].
  Triplet,
  /// (van den Oord et al., 2018): cross-entropy of the cosines of queries and
  /// keys, two predictions [N, D], in which each query should find its own key.
  InfoNce,
  /// (Graves et al., 2006): labels i64 [N, S] of unknown times, negative ones
  /// behind their end, of logits [N, T, C].
  Ctc,
};

/// A loss with its numbers.
struct LossFunction {
  LossFunction(Loss loss = Loss::CrossEntropy) : loss(loss) {}

  Loss loss;
  /// What was given, by name; a list has a number for each class. What is
  /// missing is as the table of Losses.cpp says.
  std::map<std::string, std::vector<double>> numbers;
};

/// From NAME[:KEY=NUMBER,...], as "huber:delta=2"; NUMBER/NUMBER/... is a list.
/// Diagnoses at `loc`.
mlir::FailureOr<LossFunction> parseLoss(mlir::Location loc,
                                        llvm::StringRef text);
/// All names, for messages; with their numbers, one a line, for help.
std::string getLossNames();
void printLosses(llvm::raw_ostream &os);
bool isLossName(llvm::StringRef name);

/// How many predictions a loss takes: mostly one.
unsigned getNumPredictions(Loss loss);

/// The type of the targets that belong to `predictions`, null where the loss
/// takes none; failure after a diagnostic where it takes no such predictions.
mlir::FailureOr<mlir::RankedTensorType>
getTargetType(const LossFunction &loss, mlir::ValueRange predictions);

/// The dimensions of the numbers whose mean the loss of `predictions` is: [N]
/// at least.
llvm::SmallVector<mlir::AffineExpr> getLossDims(const LossFunction &loss,
                                                mlir::ValueRange predictions);

/// What the data says of how much the numbers of a loss count. The loss is the
/// sum of all weighted numbers by the sum of the weights, 0 where that is 0.
struct LossWeights {
  /// [N]: for each sample; null: they are equal.
  mlir::Value ofSamples;
  /// Of `getLossDims`: for each number; null: they are equal.
  mlir::Value ofTargets;
};

/// The loss of predictions and `getTargetType`'s targets, a scalar of the
/// predictions' element type.
mlir::Value buildLoss(Composer &c, const LossFunction &loss,
                      mlir::ValueRange predictions, mlir::Value targets,
                      const LossWeights &weights = {});

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_LOSSES_H
