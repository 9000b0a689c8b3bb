//===- ElementFolding.h - elementwise ops on small constants ----*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_IR_ELEMENTFOLDING_H
#define TENON_LIB_DIALECT_TENON_IR_ELEMENTFOLDING_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"

namespace tenon {

using FloatFunction = llvm::function_ref<std::optional<llvm::APFloat>(
    const llvm::APFloat &, const llvm::APFloat &)>;
using IntegerFunction = llvm::function_ref<std::optional<llvm::APInt>(
    const llvm::APInt &, const llvm::APInt &)>;

/// A binary function over two broadcast constants: null where one is not
/// `dense`, where they are large (the compiler evaluates those by running
/// itself), or where the function has no value.
mlir::OpFoldResult foldElements(llvm::ArrayRef<mlir::Attribute> operands,
                                mlir::RankedTensorType type,
                                FloatFunction onFloats,
                                IntegerFunction onIntegers);

/// A `dense` constant of type `from` with elements of type `to`.
mlir::OpFoldResult castElements(mlir::Attribute operand,
                                mlir::RankedTensorType from, mlir::Type to);

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_IR_ELEMENTFOLDING_H
