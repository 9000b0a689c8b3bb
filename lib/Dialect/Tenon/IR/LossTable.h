//===- LossTable.h - what a loss's record says ------------------*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_IR_LOSSTABLE_H
#define TENON_LIB_DIALECT_TENON_IR_LOSSTABLE_H

#include "tenon/Dialect/Tenon/IR/Losses.h"

#include <cmath>

namespace tenon {

/// A number that users may give.
struct LossNumber {
  llvm::StringLiteral name;
  double defaultValue;
  double least = 0, most = HUGE_VAL;
  /// It may be one for each class as well.
  bool isList = false;
};

/// What a loss's formula yields: numbers whose mean the loss is, each with its
/// weight in them already, and these weights, null where all are 1.
struct LossTerms {
  LossTerms(mlir::Value losses, mlir::Value weights = {})
      : losses(losses), weights(weights) {}

  mlir::Value losses, weights;
};

/// What a formula is made of.
class LossBuilder {
public:
  using Value = mlir::Value;

  LossBuilder(Composer &c, const LossFunction &loss,
              mlir::ValueRange predictions, Value targets)
      : c(c), loss(loss), predictions(predictions), targets(targets),
        x(predictions.front()) {}

  /// A number that is given, or its default.
  double get(llvm::StringRef name) const;
  /// A list of numbers of the predictions' element type, null where none is
  /// given: a scalar, or one dimension.
  Value getList(llvm::StringRef name);
  /// The sum along dimension 1, which is gone then.
  Value sumOfClasses(Value v);
  /// [N, 1, ...]: labels that are checked to be those of a class.
  Value getLabels();
  /// [N, C, ...]: whether this is the label's class.
  Value isLabel();
  Value zero() { return c.constant(x, 0); }

  Composer &c;
  const LossFunction &loss;
  mlir::ValueRange predictions;
  Value targets;
  /// The first prediction.
  Value x;
};

/// A loss: how the command line calls it, its numbers, how many predictions and
/// what targets it takes, and what computes it.
struct LossRecord {
  enum Targets { None, LikePredictions, Labels, LabelSequences };

  llvm::StringLiteral name;
  Loss loss;
  llvm::ArrayRef<LossNumber> numbers;
  unsigned numPredictions;
  Targets targets;
  LossTerms (*build)(LossBuilder &);
  /// Whether a number stands for all classes, dimension 1.
  bool sumsClasses = targets == Labels;
};

/// The table of Losses.cpp.
llvm::ArrayRef<LossRecord> getLossTable();

/// (Graves et al., 2006), in Ctc.cpp.
LossTerms buildCtc(LossBuilder &b);

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_IR_LOSSTABLE_H
