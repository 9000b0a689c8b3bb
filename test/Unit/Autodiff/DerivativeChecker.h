//===- DerivativeChecker.h - derivatives beside differences -----*- C++ -*-===//
#ifndef TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H
#define TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringSet.h"
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

/// The context that knows all dialects and derivatives.
mlir::MLIRContext &getContext();

/// The ops that `checkDerivatives` has differentiated, by name.
const llvm::StringSet<> &getCheckedOps();

} // namespace tenon::test

#endif // TENON_TEST_UNIT_AUTODIFF_DERIVATIVECHECKER_H
