//===- TenonDialect.h - the dialect -----------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_TENONDIALECT_H
#define TENON_DIALECT_TENON_IR_TENONDIALECT_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"

namespace tenon {
class DimSymbolTable;

/// Of functions' arguments and results that are states: their names
/// (bind-state).
inline constexpr llvm::StringLiteral stateAttrName = "tenon.state";

/// Of functions' arguments and results: their names in the model.
inline constexpr llvm::StringLiteral nameAttrName = "tenon.name";

/// Of a state that was an input and an output of the model: their numbers
/// there (keep-state).
inline constexpr llvm::StringLiteral inputNumberAttrName = "input_number";
inline constexpr llvm::StringLiteral outputNumberAttrName = "output_number";

/// Of a constant that is a weight in the model's file: its name there.
inline constexpr llvm::StringLiteral initializerAttrName = "tenon.initializer";

/// Whether `given` could be the type of a value inferred to have type
/// `inferred`: equal element types, compatible shapes.
bool areCompatibleTypes(mlir::TypeRange inferred, mlir::TypeRange given);
} // namespace tenon

#include "tenon/Dialect/Tenon/IR/TenonDialect.h.inc"

#include "tenon/Dialect/Tenon/IR/TenonEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "tenon/Dialect/Tenon/IR/TenonAttributes.h.inc"

#endif // TENON_DIALECT_TENON_IR_TENONDIALECT_H
