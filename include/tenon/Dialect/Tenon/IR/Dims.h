//===- Dims.h - symbolic dimensions of tensor types -------------*- C++ -*-===//
//
// A dimension is an affine (or semi-affine: products of symbols) expression
// over the program's dimension symbols, or a constant. A symbol's number is the
// same in all expressions of a context, so two expressions are equal as values
// exactly when they are equal after simplification.
//
// What has no such form, the smaller or larger of two sizes, is a symbol of its
// own, which stands for a function of others: a derived one. Its text is the
// function's, `min(s, 5)`, so that equal functions are one symbol.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_DIMS_H
#define TENON_DIALECT_TENON_IR_DIMS_H

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace tenon {

/// The symbol called `name`.
mlir::AffineExpr getDimSymbol(mlir::MLIRContext *context, llvm::StringRef name);

/// The name of a symbol.
llvm::StringRef getDimSymbolName(mlir::AffineSymbolExpr symbol);

/// A symbol that no name of a model can meet, for sizes known only at run time
/// and anonymous dimensions: `hint`, or `hint_1`, ... where `taken`.
mlir::AffineExpr getFreshDimSymbol(mlir::MLIRContext *context,
                                   llvm::StringRef hint);

/// What a derived symbol stands for.
struct DerivedDim {
  bool isMax;
  mlir::AffineExpr lhs, rhs;
};
std::optional<DerivedDim> getDerivedDim(mlir::AffineSymbolExpr symbol);

/// The smaller or larger of two numbers: one of them where that is certain,
/// else an expression over a derived symbol. Symbols are never negative; where
/// the number may be, it is a difference of two.
mlir::AffineExpr getMinDim(mlir::AffineExpr a, mlir::AffineExpr b);
mlir::AffineExpr getMaxDim(mlir::AffineExpr a, mlir::AffineExpr b);

/// `expr` with expressions in place of symbols, also of those that derived ones
/// are functions of.
mlir::AffineExpr
replaceDims(mlir::AffineExpr expr,
            const llvm::DenseMap<mlir::AffineExpr, mlir::AffineExpr> &values);

/// Dimension `index` of `type`; null where it is dynamic and has no expression.
mlir::AffineExpr getDim(mlir::RankedTensorType type, unsigned index);

/// All dimensions of `type`.
llvm::SmallVector<mlir::AffineExpr> getDims(mlir::RankedTensorType type);

/// More elements than a tensor can have: x86-64 has addresses for 2^47 bytes.
inline constexpr int64_t maxTensorElements = int64_t(1) << 47;

/// The tensor type with these dimensions: constants become static sizes, other
/// expressions the encoding, null an unknown size. All sizes are unknown where
/// one is negative or the elements are more than `maxTensorElements`, so that
/// no type has sizes whose products overflow.
mlir::RankedTensorType getTensorType(llvm::ArrayRef<mlir::AffineExpr> dims,
                                     mlir::Type elementType);

/// Whether no size of `type` is unknown. Ops on such tensors have such results,
/// unless these would be negative or too large.
bool hasKnownSizes(mlir::RankedTensorType type);

/// `type` with another element type.
mlir::RankedTensorType withElementType(mlir::RankedTensorType type,
                                       mlir::Type elementType);

/// `expr` in the form in which equal expressions are identical. Numbers beyond
/// 64 bits become the largest or least of those.
mlir::AffineExpr simplifyDim(mlir::AffineExpr expr);

/// The product of `dims`; null if one of them is.
mlir::AffineExpr getProduct(llvm::ArrayRef<mlir::AffineExpr> dims,
                            mlir::MLIRContext *context);

/// `numerator / denominator` where it divides exactly for all values of the
/// symbols, e.g. (12 * b * s) / (4 * b) = 3 * s; null otherwise.
mlir::AffineExpr divideExactly(mlir::AffineExpr numerator,
                               mlir::AffineExpr denominator);

/// Whether `expr` is at least 0 for all values of its symbols, as its form
/// shows.
bool isNonNegative(mlir::AffineExpr expr);

/// Whether `larger >= smaller` for all nonnegative values of the symbols, as
/// far as comparing coefficients shows.
bool isProvablyAtLeast(mlir::AffineExpr larger, mlir::AffineExpr smaller);

/// The value of a constant expression; nullopt for others and for null.
std::optional<int64_t> getConstantDim(mlir::AffineExpr expr);

/// The symbols of `exprs` in order of first appearance.
llvm::SmallVector<mlir::AffineSymbolExpr>
getDimSymbols(llvm::ArrayRef<mlir::AffineExpr> exprs);

/// The symbols that `exprs` follow from: those of derived ones in their place.
llvm::SmallVector<mlir::AffineSymbolExpr>
getSourceSymbols(llvm::ArrayRef<mlir::AffineExpr> exprs);

/// Text of an expression with its symbols' names, and back (null where `text`
/// is no expression).
std::string printDim(mlir::AffineExpr expr);
mlir::AffineExpr parseDim(mlir::MLIRContext *context, llvm::StringRef text);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_DIMS_H
