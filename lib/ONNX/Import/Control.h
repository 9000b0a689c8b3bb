//===- Control.h - what If, Loop and Scan share -----------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_CONTROL_H
#define TENON_LIB_ONNX_IMPORT_CONTROL_H

#include "OnnxNode.h"

namespace tenon {

mlir::Block *createBlock(OnnxNode &node, mlir::Region &region,
                         mlir::TypeRange types);

/// The value of a condition that does not depend on the run.
std::optional<bool> getKnownCondition(mlir::Value condition);

/// Dimensions of a value; null where only a run knows.
using Shape = llvm::SmallVector<mlir::AffineExpr>;

Shape getShape(mlir::Value value);
mlir::Type getType(const Shape &shape, mlir::Value like);
bool haveEqualRanksAndElements(mlir::Value a, mlir::Value b);

/// Makes dimensions of `shape` that `other` has otherwise unknown; whether
/// there are any.
bool join(Shape &shape, llvm::ArrayRef<mlir::AffineExpr> other);

/// The sizes of `value`, as scalars, of which `shape` knows nothing.
void appendSizes(OnnxNode &node, mlir::Value value, const Shape &shape,
                 llvm::SmallVectorImpl<mlir::Value> &sizes);

/// `value` under the type of `shape`, with the next of `sizes`, which this
/// takes, for what that does not know.
mlir::Value refine(OnnxNode &node, mlir::Value value, Shape shape,
                   mlir::ValueRange &sizes);

/// A tensor of which each round takes a slice along the first dimension.
struct WalkedInput {
  mlir::Value value;
  bool isReversed;
};

/// What an ONNX node says of a loop. Scan is a loop over slices, whose body
/// sees neither the round's number nor the condition.
struct LoopOperands {
  mlir::Value tripCount, condition;
  llvm::ArrayRef<mlir::Value> inits;
  llvm::SmallVector<WalkedInput> walked;
  bool isScan;
};

/// The results of a loop whose body is the node's; those that are stacked in
/// the order of the rounds.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
createLoop(OnnxNode &node, LoopOperands operands);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_CONTROL_H
