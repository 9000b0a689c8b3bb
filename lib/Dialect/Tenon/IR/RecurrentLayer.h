//===- RecurrentLayer.h - what recurrent ops decompose to -------*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_IR_RECURRENTLAYER_H
#define TENON_LIB_DIALECT_TENON_IR_RECURRENTLAYER_H

#include "tenon/Dialect/Tenon/IR/Composer.h"

namespace tenon {

/// One of a layer's functions.
struct Activation {
  llvm::StringRef name;
  std::optional<double> alpha, beta;
};

/// Builds the graph of one recurrent layer: every direction is one contraction
/// of all inputs and a scan over the steps, whose cell the ops define.
class RecurrentLayer {
public:
  template <typename Op>
  RecurrentLayer(Op op, mlir::OpBuilder &builder)
      : b(op.getLoc(), builder), x(op.getX()), weights(op.getWeights()),
        recurrence(op.getRecurrence()), bias(op.getBias()),
        lengths(op.getSequenceLengths()), direction(op.getDirection()),
        activations(op.getActivations()), alphas(op.getAlphas()),
        betas(op.getBetas()), clip(op.getClip()) {}

  /// What happens in one step: the next states from the step's projected
  /// inputs and the states before it; the first state is the output.
  using Cell = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      mlir::Value inputs, mlir::ValueRange states)>;

  unsigned getNumDirections() const {
    return direction == Direction::bidirectional ? 2 : 1;
  }
  mlir::AffineExpr getHidden() const;

  /// `value[direction]`, or null where the layer lacks it.
  mlir::Value takeDirection(mlir::Value value, unsigned d);
  /// `size` elements from `start` of the last dimension.
  mlir::Value takeLast(mlir::Value value, int64_t start, int64_t size);
  /// Gate `index` of values whose last dimension holds gates of `getHidden()`.
  mlir::Value takeGate(mlir::Value value, unsigned index);
  /// Direction `d` of weights, transposed, so that values multiply it from the
  /// left. Outside of the scan: the transpose of a constant is one.
  mlir::Value takeColumns(mlir::Value weights, unsigned d);
  /// The matrix product of the last dimension of `value` with `columns`.
  mlir::Value project(mlir::Value value, mlir::Value columns);
  /// The two halves of a direction's bias, null where there is none.
  std::pair<mlir::Value, mlir::Value> takeBias(unsigned d);

  /// 1 - value
  mlir::Value complement(mlir::Value value);
  mlir::Value number(double value);
  /// Function `index` of direction `d`, after clipping.
  mlir::Value activate(unsigned d, unsigned index, mlir::Value value);

  /// Runs direction `d` over `inputs`, which are projected for all steps;
  /// returns the outputs of all steps and the last states. Null states start
  /// at 0.
  llvm::SmallVector<mlir::Value> scan(unsigned d, mlir::Value inputs,
                                      llvm::ArrayRef<mlir::Value> states,
                                      Cell cell);
  /// Puts the results of all directions together: [direction][result].
  llvm::SmallVector<mlir::Value>
  join(llvm::ArrayRef<llvm::SmallVector<mlir::Value>> directions);

  Composer b;
  mlir::Value x, weights, recurrence, bias, lengths;

private:
  mlir::Type getElement() const;
  mlir::Value getInitialState(mlir::Value state);
  mlir::Value buildMask(mlir::Value step);
  Activation getActivation(unsigned d, unsigned index) const;

  Direction direction;
  mlir::ArrayAttr activations;
  llvm::ArrayRef<float> alphas, betas;
  std::optional<llvm::APFloat> clip;
};

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_IR_RECURRENTLAYER_H
