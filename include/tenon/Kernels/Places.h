//===- Places.h - values that lie in the memory of others -------*- C++ -*-===//
//
// Between kernels, `reshape`, `slice` and `concat` compute nothing: the first
// two are other ways to look at their operand's memory, and the operands of a
// concatenation are computed where they lie in its result. What a function
// returns as the next value of a state lies as that is stored, and one that is
// updated in place lies in the state's memory from the start. So where a value
// lies follows from the graph.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_KERNELS_PLACES_H
#define TENON_KERNELS_PLACES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <optional>

namespace tenon {
class SliceOp;

/// Element (i0, i1, ...) of a value lies `offset + sum(i * strides)` elements
/// behind the start of `buffer`: an argument, a constant, or the result of a
/// kernel or concatenation that lies in no other (the next value of a state
/// that is updated in place lies in the argument that is its present one). All
/// are expressions over the program's dimension symbols.
struct Place {
  mlir::Value buffer;
  mlir::AffineExpr offset;
  /// Empty: the elements lie densely in row-major order.
  llvm::SmallVector<mlir::AffineExpr> strides;

  bool isDense() const { return strides.empty(); }
};

/// Where a value of a program whose groups or kernels are formed lies.
Place getPlace(mlir::Value value);

/// The use of `value`, or of a reshape of it, as an operand of a concatenation
/// between kernels: `value` is computed where that lies. Null if there is none.
mlir::OpOperand *findConcatUse(mlir::Value value);

/// The argument of `function` that is the state which result `index` is the
/// next value of; null if there is none.
mlir::BlockArgument findPresentValue(mlir::func::FuncOp function,
                                     unsigned index);

/// The strides of a tensor of `dims` in dense row-major order.
llvm::SmallVector<mlir::AffineExpr>
getDenseStrides(llvm::ArrayRef<mlir::AffineExpr> dims,
                mlir::MLIRContext *context);

/// `strides` of a tensor of `dims` in the form of Place: those of dimensions of
/// size 1, which mean nothing, follow from the others; none if it is dense.
llvm::SmallVector<mlir::AffineExpr>
normalizeStrides(llvm::ArrayRef<mlir::AffineExpr> dims,
                 llvm::ArrayRef<mlir::AffineExpr> strides);

/// The strides, as those of a Place, with which memory of a tensor of `from`
/// is one of `to` with the same elements in row-major order; nullopt if there
/// are none.
std::optional<llvm::SmallVector<mlir::AffineExpr>>
reshapeStrides(llvm::ArrayRef<mlir::AffineExpr> from,
               llvm::ArrayRef<mlir::AffineExpr> strides,
               llvm::ArrayRef<mlir::AffineExpr> to);

/// The place of operand `index` in a concatenation along `axis` to a tensor of
/// type `result` that lies at `place`.
Place getPieceOf(const Place &place, mlir::RankedTensorType result,
                 mlir::OperandRange operands, int64_t axis, unsigned index);

/// The place of `slice` where its operand lies at `place`.
Place getSliceOf(Place place, SliceOp slice);

} // namespace tenon

#endif // TENON_KERNELS_PLACES_H
