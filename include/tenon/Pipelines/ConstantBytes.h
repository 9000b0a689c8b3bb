//===- ConstantBytes.h - the bytes of a program's constants -----*- C++ -*-===//
#ifndef TENON_PIPELINES_CONSTANTBYTES_H
#define TENON_PIPELINES_CONSTANTBYTES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "tenon/Target/Weights.h"

namespace tenon {

/// The elements of `attr` as they lie in memory. Resources are not copied; what
/// has to be made (splats, booleans) is kept by the attribute's context.
mlir::FailureOr<llvm::ArrayRef<char>> getConstantBytes(mlir::ElementsAttr attr);

/// An attribute that holds the blob's bytes: `dense` where they are few, else a
/// resource called `name`, which owns the blob.
mlir::ElementsAttr makeConstant(mlir::RankedTensorType type,
                                mlir::AsmResourceBlob blob,
                                llvm::StringRef name);

/// The constants of a planned module's functions and, in a program for the
/// host, the first values of its states, at the offsets that place-weights gave
/// them.
mlir::FailureOr<WeightImage> collectWeights(mlir::ModuleOp module,
                                            bool withStates);

} // namespace tenon

#endif // TENON_PIPELINES_CONSTANTBYTES_H
