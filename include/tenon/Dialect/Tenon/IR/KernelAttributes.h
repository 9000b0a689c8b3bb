//===- KernelAttributes.h - what a kernel's function says -------*- C++ -*-===//
//
// Names of the attributes that `outline-kernels` gives the function of a kernel
// and code generation reads. A program's function has strides, too.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_KERNELATTRIBUTES_H
#define TENON_DIALECT_TENON_IR_KERNELATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace tenon {

/// Marks the function.
inline constexpr llvm::StringLiteral kKernelAttr = "tenon.kernel";
/// On a function of tenon ops: the symbols whose values its index arguments
/// are, in order.
inline constexpr llvm::StringLiteral kSymbolsAttr = "tenon.symbols";
/// On an argument or result that `lower-to-linalg` took the encoding from: its
/// dims as a map of the index arguments.
inline constexpr llvm::StringLiteral kDimsAttr = "tenon.dims";
/// On an argument or result: how many elements one step along each dimension
/// is, over the symbols, and from `lower-to-linalg` on as a map of the index
/// arguments. None: it lies densely.
inline constexpr llvm::StringLiteral kStridesAttr = "tenon.strides";
/// On an argument or result: the bytes that its address is a multiple of, where
/// these are fewer than of the start of a buffer.
inline constexpr llvm::StringLiteral kAlignmentAttr = "tenon.alignment";
/// On a group, a launch, or a kernel's result: the number of the operand in
/// whose memory the result lies, for a part of it is written (form-views).
inline constexpr llvm::StringLiteral kUpdatesAttr = "tenon.updates";

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_KERNELATTRIBUTES_H
