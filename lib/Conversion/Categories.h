//===- Categories.h - the lowerings, one file an op category ----*- C++ -*-===//
#ifndef TENON_LIB_CONVERSION_CATEGORIES_H
#define TENON_LIB_CONVERSION_CATEGORIES_H

namespace mlir {
class MLIRContext;
} // namespace mlir

namespace tenon {

void attachConstantLowerings(mlir::MLIRContext *context);
void attachContractLowerings(mlir::MLIRContext *context);
void attachControlLowerings(mlir::MLIRContext *context);
void attachConvLowerings(mlir::MLIRContext *context);
void attachElementwiseLowerings(mlir::MLIRContext *context);
void attachIndexLowerings(mlir::MLIRContext *context);
void attachMovementLowerings(mlir::MLIRContext *context);
void attachNormalizationLowerings(mlir::MLIRContext *context);
void attachPadLowerings(mlir::MLIRContext *context);
void attachPanelLowerings(mlir::MLIRContext *context);
void attachReduceLowerings(mlir::MLIRContext *context);
void attachResizeLowerings(mlir::MLIRContext *context);
void attachScatterLowerings(mlir::MLIRContext *context);
void attachSelectionLowerings(mlir::MLIRContext *context);
void attachShapeLowerings(mlir::MLIRContext *context);
void attachTopKLowerings(mlir::MLIRContext *context);
void attachTriluLowerings(mlir::MLIRContext *context);
void attachWindowLowerings(mlir::MLIRContext *context);

} // namespace tenon

#endif // TENON_LIB_CONVERSION_CATEGORIES_H
