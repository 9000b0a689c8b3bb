//===- Activations.h - activations of recurrent layers ----------*- C++ -*-===//
//
// ONNX lists alphas and betas for those activations alone that take them.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_ONNX_IMPORT_ACTIVATIONS_H
#define TENON_LIB_ONNX_IMPORT_ACTIVATIONS_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

namespace tenon {

inline bool takesAlpha(llvm::StringRef name) {
  return llvm::is_contained({"Affine", "LeakyRelu", "ThresholdedRelu",
                             "ScaledTanh", "HardSigmoid", "Elu"},
                            name);
}

inline bool takesBeta(llvm::StringRef name) {
  return llvm::is_contained({"Affine", "ScaledTanh", "HardSigmoid"}, name);
}

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_ACTIVATIONS_H
