//===- Rounds.h - derivatives of what runs again and again ------*- C++ -*-===//
//
// The reverse of rounds are rounds from the last to the first. Each computes
// its forward part again, from what it began with: the tape, a list of that.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_AUTODIFF_ROUNDS_H
#define TENON_LIB_AUTODIFF_ROUNDS_H

#include "Activity.h"
#include "Rules.h"
#include "mlir/IR/IRMapping.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"

namespace tenon {

/// Clones the ops of `block` at `builder`, with dimension symbols of their own
/// for sizes that they bind; `mapping` has values for the arguments.
llvm::SmallVector<mlir::Operation *> cloneOps(mlir::OpBuilder &builder,
                                              mlir::Block &block,
                                              mlir::IRMapping &mapping);

/// What a clone of `block` yields.
llvm::SmallVector<mlir::Value> getYielded(mlir::Block &block,
                                          const mlir::IRMapping &mapping);

/// Derivatives with the values' shapes, where these are known.
llvm::SmallVector<ValueAndDerivative> pairUp(Composer &c,
                                             llvm::ArrayRef<mlir::Value> values,
                                             mlir::ValueRange derivatives);

mlir::Value orZeros(Composer &c, mlir::Value derivative, mlir::Value like);

/// Values that the regions of `op` use from outside and that have derivatives.
/// Fails after a diagnostic where the size of one is unknown.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
getCaptured(mlir::Operation *op);

/// Forward mode through one round of `op`, a loop or scan whose operands and
/// captured values have `tangents`: clones the body, with `primal` for its
/// arguments and `derivatives` for those that have one. Returns the first
/// `numKept` values that the clone yields, and the tangents of all it yields.
Derivatives pushForwardRound(Composer &c, mlir::Operation *op,
                             mlir::ValueRange primal,
                             mlir::ValueRange derivatives,
                             mlir::ValueRange tangents, unsigned numKept);

/// A symbol for the number that `scalar` holds.
mlir::AffineExpr bindSize(Composer &c, mlir::Value scalar);

/// A scan under construction: what it carries, what it walks, what it stacks.
class ScanBuilder {
public:
  ScanBuilder(Composer &c, DimsAttr length) : c(c), length(length) {}

  /// `type` is what all rounds' values have in common.
  void carry(mlir::Value init, mlir::Type type) {
    inits.push_back(init);
    carried.push_back(type);
  }
  void carry(mlir::Value init) { carry(init, init.getType()); }
  void walk(mlir::Value input, bool isReversed) {
    inputs.push_back(input);
    inputReversed.push_back(isReversed);
  }
  void stack(mlir::Type slice, bool isReversed);

  /// Makes the op, and a body that `write` fills: it gets the arguments, and
  /// returns what to yield. A loop takes its place where one kernel can't run
  /// all rounds.
  Derivatives
  build(llvm::function_ref<Derivatives(Composer &, mlir::ValueRange)> write);

private:
  Composer &c;
  DimsAttr length;
  llvm::SmallVector<mlir::Value> inits, inputs;
  llvm::SmallVector<mlir::Type> carried, stacked;
  llvm::SmallVector<bool> inputReversed, stackedReversed;
};

/// What the rounds began with of one carried value.
struct TapedValue {
  /// Stacked; or, where its size changes, one behind the other in one
  /// dimension.
  mlir::Value states;
  /// Of the latter: where each round's begins, how many elements it has, and
  /// how many the last round left.
  mlir::Value starts, counts, lastCount = {};
};

/// What all rounds computed of one value of the body, stacked in the order of
/// the rounds: it is dear enough to be kept, not computed again.
struct KeptResult {
  mlir::Operation *op;
  mlir::Value all;
};

/// Reverse mode through `scan`, which has run: cotangents of its operands and
/// captured values. Each of `cotangents` of a stacked result has one slice for
/// each round, of any shape.
Derivatives pullBackRounds(Composer &c, ScanOp scan,
                           llvm::ArrayRef<TapedValue> tape,
                           llvm::ArrayRef<KeptResult> kept,
                           mlir::ValueRange cotangents);

} // namespace tenon

#endif // TENON_LIB_AUTODIFF_ROUNDS_H
