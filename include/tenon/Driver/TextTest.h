//===- TextTest.h - numbers beside a function -------------------*- C++ -*-===//
//
// `tenon test FILE.mlir`: functions in the dialect that say what they are to
// compute.
//
//   func.func @relu(%x: tensor<?xf32>) -> tensor<?xf32> attributes {
//       tenon.inputs = [dense<[-1.0, 2.0]> : tensor<2xf32>],
//       tenon.expected = [dense<[0.0, 2.0]> : tensor<2xf32>]} {
//     ...
//   }
//
// `tenon.rtol` and `tenon.atol`, floats, replace the tolerances of the command
// line for one function.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DRIVER_TEXTTEST_H
#define TENON_DRIVER_TEXTTEST_H

#include "tenon/Driver/ModelTest.h"

namespace tenon {

/// Compiles each function of the module at `path` by itself, runs it on its
/// inputs and compares. A function without expected values is an error, so that
/// none is passed over.
TestResult testText(llvm::StringRef path, const TestOptions &options);

} // namespace tenon

#endif // TENON_DRIVER_TEXTTEST_H
