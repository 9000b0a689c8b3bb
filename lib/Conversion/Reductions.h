//===- Reductions.h - what the kinds of reduction compute -------*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_REDUCTIONS_H
#define TENON_LIB_CONVERSION_REDUCTIONS_H

#include "Scalars.h"
#include "tenon/Dialect/Tenon/IR/KernelDims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {

/// The value, of the type in which numbers of `elementType` are computed, that
/// changes no result of `kind`. A mean is a sum here.
mlir::TypedAttr getNeutralElement(ReduceKind kind, mlir::Type elementType);

/// One step of `kind`.
mlir::Value combine(ScalarBuilder &builder, ReduceKind kind,
                    mlir::Value accumulator, mlir::Value element);

/// A tensor like `type`, but of `value` everywhere and of its type.
mlir::Value createFilled(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::RankedTensorType type, mlir::TypedAttr value,
                         const KernelDims &dims);

/// `tensor`, whose floats may be wider, with the kernel's element type for
/// `elementType`.
mlir::Value narrowElements(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value tensor, mlir::Type elementType);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_REDUCTIONS_H
