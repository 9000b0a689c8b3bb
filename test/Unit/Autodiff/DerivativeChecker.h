//===- DerivativeChecker.h - derivatives beside differences -----*- C++ -*-===//
#ifndef TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H
#define TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/ValueRange.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include <string>

namespace tenon::test {

/// Random numbers for a function's float arguments.
struct Domain {
  double low = -1, high = 1;
};

/// Checks both derivatives of the function `@f` in `text`, whose arguments and
/// results are f64 tensors of static shape (other arguments are not allowed):
/// forward mode against central differences along a random direction v, and
/// both modes against each other by <u, J v> = <J^T u, v>. Then the same of the
/// reverse mode's own function, `order` - 1 times. Returns what is wrong; empty
/// where all is right.
std::string checkDerivatives(llvm::StringRef text, Domain domain,
                             unsigned order = 1);

/// The same of `@f`, a function in `module`.
std::string checkDerivatives(mlir::ModuleOp module, Domain domain,
                             unsigned order = 1);

/// Adds the derivative `@NAME_vjp` or, with `forward`, `@NAME_jvp`.
mlir::LogicalResult differentiate(mlir::ModuleOp module, llvm::StringRef name,
                                  bool forward);

/// Copies the body of `@name` to `c`, with other arguments; returns its
/// results.
llvm::SmallVector<mlir::Value> inlineFunction(Composer &c,
                                              mlir::ModuleOp module,
                                              llvm::StringRef name,
                                              mlir::ValueRange arguments);

/// The context that knows all dialects and derivatives.
mlir::MLIRContext &getContext();

} // namespace tenon::test

#endif // TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H
