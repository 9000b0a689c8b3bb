//===- Delinearize.h - indices of an iteration's number ---------*- C++ -*-===//

#ifndef TENON_CODEGEN_KERNEL_DELINEARIZE_H
#define TENON_CODEGEN_KERNEL_DELINEARIZE_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace tenon {

/// The indices of iteration `linear` of a nest of loops of `sizes`; the last
/// varies fastest, and the first is not reduced, for `linear` is in range.
/// `divide` and `getRemainder` take two numbers.
template <typename Index>
llvm::SmallVector<Index>
delinearize(Index linear, llvm::ArrayRef<Index> sizes,
            llvm::function_ref<Index(Index, Index)> divide,
            llvm::function_ref<Index(Index, Index)> getRemainder) {
  llvm::SmallVector<Index> indices(sizes.size());
  for (size_t i = sizes.size(); i-- > 1;) {
    indices[i] = getRemainder(linear, sizes[i]);
    linear = divide(linear, sizes[i]);
  }
  if (!indices.empty())
    indices[0] = linear;
  return indices;
}

/// The same, in ops of arith.
inline llvm::SmallVector<mlir::Value>
delinearize(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value linear,
            llvm::ArrayRef<mlir::Value> sizes) {
  using mlir::Value;
  return delinearize<Value>(
      linear, sizes,
      [&](Value a, Value b) {
        return mlir::arith::DivUIOp::create(builder, loc, a, b);
      },
      [&](Value a, Value b) {
        return mlir::arith::RemUIOp::create(builder, loc, a, b);
      });
}

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_DELINEARIZE_H
