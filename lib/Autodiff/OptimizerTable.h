//===- OptimizerTable.h - what an optimizer's record says -------*- C++ -*-===//
#ifndef TENON_LIB_AUTODIFF_OPTIMIZERTABLE_H
#define TENON_LIB_AUTODIFF_OPTIMIZERTABLE_H

#include "tenon/Autodiff/Optimizers.h"

namespace tenon {

/// A number that users may give, as PyTorch calls it.
struct OptimizerNumber {
  llvm::StringLiteral name;
  double defaultValue;
};

/// A tensor that is kept for each parameter.
struct OptimizerSlotRecord {
  llvm::StringLiteral name;
  /// The number without which, at 0, it is not kept; empty: always kept.
  llvm::StringLiteral onlyWith = "";
  /// The number that it is at first; empty: `initial`.
  llvm::StringLiteral initialFrom = "";
  double initial = 0;
  /// One number for the parameter, not one for each element.
  bool isScalar = false;
};

class Update;

/// An optimizer, its numbers with PyTorch's defaults, and its formula.
struct OptimizerRecord {
  llvm::StringLiteral name;
  llvm::ArrayRef<OptimizerNumber> numbers;
  llvm::ArrayRef<OptimizerSlotRecord> slots;
  mlir::Value (*apply)(Update &);
};

/// The table of Optimizers.cpp.
llvm::ArrayRef<OptimizerRecord> getOptimizerTable();

/// What all optimizers take besides: bounds of the parameters.
inline constexpr OptimizerNumber boundNumbers[] = {{"clip", 0},
                                                   {"max_norm", 0}};

/// The record of `optimizer`, which has been verified.
const OptimizerRecord &getRecord(OptimizerAttr optimizer);

/// What was given, or the default.
double getNumber(OptimizerAttr optimizer, llvm::StringRef name);

/// One update under construction.
class Update {
public:
  using Value = mlir::Value;

  Update(Composer &c, OptimizerAttr optimizer, OptimizerUpdate &update)
      : c(c), optimizer(optimizer), parameter(update.parameter),
        gradient(update.gradient), learningRate(update.learningRate),
        step(update.step), slots(update.slots) {}

  double get(llvm::StringRef name) const { return getNumber(optimizer, name); }
  /// The tensor that is kept under `slot`.
  Value now(llvm::StringRef slot) { return find(slot).now; }
  Value setNext(llvm::StringRef slot, Value value) {
    return find(slot).next = value;
  }

  Value times(Value v, double factor) {
    return factor == 1 ? v : c.mul(v, c.constant(v, factor));
  }
  Value plus(Value v, double number) { return c.add(v, c.constant(v, number)); }
  /// decay * average + (1 - decay) * value
  Value average(llvm::StringRef slot, double decay, Value value) {
    return setNext(slot,
                   c.add(times(now(slot), decay), times(value, 1 - decay)));
  }
  /// 1 - decay^step, without the cancellation at small steps.
  Value getCorrection(double decay);
  /// The gradient, with that of weight_decay / 2 * parameter^2.
  Value getDecayedGradient();
  /// The parameter, less its part of the decay that is none of the gradient's
  /// (Loshchilov and Hutter, 2019).
  Value getDecayedParameter();
  Value moveBy(Value from, Value direction) {
    return c.sub(from, c.mul(direction, learningRate));
  }
  /// The sum over all elements of a * b.
  Value dot(Value a, Value b);

  Composer &c;
  OptimizerAttr optimizer;
  Value parameter, gradient, learningRate, step;

private:
  OptimizerSlot &find(llvm::StringRef slot);

  llvm::SmallVectorImpl<OptimizerSlot> &slots;
};

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_OPTIMIZERTABLE_H
