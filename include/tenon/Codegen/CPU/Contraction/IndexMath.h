//===- IndexMath.h - addresses ----------------------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_INDEXMATH_H
#define TENON_CODEGEN_CPU_CONTRACTION_INDEXMATH_H

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tenon {

using mlir::OpFoldResult;

/// Arithmetic on non-negative indices that folds constants, so that what is
/// known when compiling costs no instruction.
class IndexMath {
public:
  /// `symbols` are the values of the expressions' symbols. The builder stands
  /// in the entry block of the kernel.
  IndexMath(mlir::ImplicitLocOpBuilder &builder, mlir::ValueRange symbols)
      : builder(builder), symbols(symbols), entry(builder.getBlock()) {}

  OpFoldResult constant(int64_t value) { return builder.getIndexAttr(value); }
  mlir::Value value(OpFoldResult index);
  /// The value of an expression over the symbols.
  OpFoldResult evaluate(mlir::AffineExpr expr);

  OpFoldResult add(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult sub(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult mul(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult floorDiv(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult ceilDiv(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult rem(OpFoldResult lhs, OpFoldResult rhs);
  /// Signed: operands may be negative.
  OpFoldResult min(OpFoldResult lhs, OpFoldResult rhs);
  OpFoldResult max(OpFoldResult lhs, OpFoldResult rhs);

  /// The indices of `linear` in a box of `sizes`, the last fastest; the first
  /// is not reduced.
  llvm::SmallVector<OpFoldResult>
  delinearize(OpFoldResult linear, llvm::ArrayRef<OpFoldResult> sizes);

  /// A loop over [lower, upper); no loop where that is one iteration.
  void forEach(OpFoldResult lower, OpFoldResult upper, int64_t step,
               llvm::function_ref<void(OpFoldResult)> body);

private:
  mlir::ImplicitLocOpBuilder &builder;
  llvm::SmallVector<mlir::Value> symbols;
  mlir::Block *entry;
  llvm::DenseMap<int64_t, mlir::Value> constants;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_INDEXMATH_H
