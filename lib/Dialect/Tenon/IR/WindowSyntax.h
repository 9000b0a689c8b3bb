//===- WindowSyntax.h - text of ops with sliding windows --------*- C++ -*-===//
//
// Strides, pads and dilations have one number for each spatial dimension, so
// that their defaults depend on an op's rank. Text leaves out the lists that
// are all default, and the parsers fill them in.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_DIALECT_TENON_IR_WINDOWSYNTAX_H
#define TENON_LIB_DIALECT_TENON_IR_WINDOWSYNTAX_H

#include "mlir/IR/OpImplementation.h"

namespace tenon {

/// `custom<WindowAttributes>`: the attributes of an op that has `window`;
/// `names` are those that it may have.
mlir::ParseResult parseWindowAttributes(mlir::OpAsmParser &parser,
                                        mlir::NamedAttrList &attributes,
                                        mlir::DenseI64ArrayAttr window,
                                        llvm::ArrayRef<llvm::StringRef> names);
void printWindowAttributes(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                           mlir::DictionaryAttr attributes,
                           mlir::DenseI64ArrayAttr window,
                           llvm::ArrayRef<llvm::StringRef> names);

/// `custom<ConvSignature>`: the attributes and types of an op whose input
/// `[N, C, spatial...]` says how many spatial dimensions there are.
mlir::ParseResult parseConvSignature(mlir::OpAsmParser &parser,
                                     mlir::NamedAttrList &attributes,
                                     mlir::Type &input, mlir::Type &weights,
                                     mlir::Type &result,
                                     llvm::ArrayRef<llvm::StringRef> names);
void printConvSignature(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                        mlir::DictionaryAttr attributes, mlir::Type input,
                        mlir::Type weights, mlir::Type result,
                        llvm::ArrayRef<llvm::StringRef> names);

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_IR_WINDOWSYNTAX_H
