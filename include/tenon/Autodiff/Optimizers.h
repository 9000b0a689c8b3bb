//===- Optimizers.h - how gradients change parameters -----------*- C++ -*-===//
#ifndef TENON_AUTODIFF_OPTIMIZERS_H
#define TENON_AUTODIFF_OPTIMIZERS_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// A tensor that an optimizer keeps for a parameter.
struct OptimizerSlot {
  std::string name; ///< "momentum", "first", "second"
  double initial = 0;
  /// One number for the parameter, not one for each of its elements.
  bool isScalar = false;
  /// Its value now, and the next one.
  mlir::Value now, next;
};

/// What one step of an optimizer needs of its surroundings, and leaves there.
struct OptimizerUpdate {
  mlir::Value parameter, gradient;
  /// f32 scalars: the learning rate, and the step's number, from 1 on.
  mlir::Value learningRate, step;
  /// Those of `getSlots`, with `now` set by the caller.
  llvm::SmallVector<OptimizerSlot> slots;
};

/// All optimizers with their numbers' defaults, one a line, for help; they are
/// the table of Optimizers.cpp.
void printOptimizers(llvm::raw_ostream &os);

/// Checks an optimizer's name and its numbers; diagnoses at `loc`.
mlir::LogicalResult verifyOptimizer(mlir::Location loc,
                                    OptimizerAttr optimizer);

/// From NAME[:KEY=VALUE,...], for example "sgd:lr=0.1,momentum=0.9"; diagnoses
/// at `loc`.
mlir::FailureOr<OptimizerAttr> parseOptimizer(mlir::Location loc,
                                              llvm::StringRef text);

/// `optimizer` with other numbers, KEY=VALUE,...; diagnoses at `loc`.
mlir::FailureOr<OptimizerAttr> withNumbers(mlir::Location loc,
                                           OptimizerAttr optimizer,
                                           llvm::StringRef numbers);

/// The learning rate that `optimizer` begins with.
double getLearningRate(OptimizerAttr optimizer);

/// What it keeps for each parameter.
llvm::SmallVector<OptimizerSlot> getSlots(OptimizerAttr optimizer);

/// The parameter's next value; sets the slots'. The formulas are PyTorch's,
/// where it has them.
mlir::Value applyOptimizer(Composer &c, OptimizerAttr optimizer,
                           OptimizerUpdate &update);

} // namespace tenon

#endif // TENON_AUTODIFF_OPTIMIZERS_H
