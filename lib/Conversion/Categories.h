//===- Categories.h - the lowerings, one file an op category ----*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_CATEGORIES_H
#define TENON_LIB_CONVERSION_CATEGORIES_H

namespace mlir {
class MLIRContext;
} // namespace mlir

namespace tenon {

void attachConstantLowerings(mlir::MLIRContext *context);
void attachControlLowerings(mlir::MLIRContext *context);
void attachElementwiseLowerings(mlir::MLIRContext *context);
void attachIndexLowerings(mlir::MLIRContext *context);
void attachMovementLowerings(mlir::MLIRContext *context);
void attachPadLowerings(mlir::MLIRContext *context);
void attachScatterLowerings(mlir::MLIRContext *context);
void attachShapeLowerings(mlir::MLIRContext *context);
void attachTopKLowerings(mlir::MLIRContext *context);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_CATEGORIES_H
