//===- Scratch.h - memory of a work item ------------------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_SCRATCH_H
#define TENON_CODEGEN_CPU_CONTRACTION_SCRATCH_H

#include "tenon/Codegen/CPU/Contraction/IndexMath.h"

namespace tenon {

/// A buffer of `size` elements, which `tenon-place-scratch` gives a place in
/// the worker's scratch memory.
mlir::Value allocateScratch(mlir::ImplicitLocOpBuilder &builder,
                            IndexMath &math, mlir::AffineExpr size,
                            mlir::Type elementType);

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_SCRATCH_H
