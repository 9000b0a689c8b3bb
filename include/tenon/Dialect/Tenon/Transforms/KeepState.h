//===- KeepState.h - inputs and outputs that become state -------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_KEEPSTATE_H
#define TENON_DIALECT_TENON_TRANSFORMS_KEEPSTATE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace tenon {

/// What a model is handed back of its own outputs.
struct StatePairs {
  /// "INPUT=OUTPUT", by their names in the model; a `*` of INPUT stands for any
  /// characters, that of OUTPUT for the same. "auto": what names and types say.
  std::vector<std::string> pairs;
  /// Up to which size a dimension of a state grows, by its symbol's name.
  llvm::StringMap<int64_t> capacities;
};

/// Makes of each input that `pairs` names, and of the output that is its next
/// value, a state of the module, of the input's name: zero at first, and where
/// its size changes of no elements. It knows the numbers of both in the model
/// (`input_number`, `output_number`). Each pair is a remark. Fails after a
/// diagnostic.
mlir::LogicalResult keepState(mlir::func::FuncOp function,
                              const StatePairs &pairs);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_KEEPSTATE_H
