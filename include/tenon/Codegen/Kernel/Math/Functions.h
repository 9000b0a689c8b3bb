//===- Functions.h - elementary functions as arithmetic ---------*- C++ -*-===//
//
// Each builds the f32 function within 2 ulp (tan: 3) over all inputs, with
// IEEE's answers for NaN, infinities, zeros and denormals, without branches or
// tables.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_KERNEL_MATH_FUNCTIONS_H
#define TENON_CODEGEN_KERNEL_MATH_FUNCTIONS_H

#include "tenon/Codegen/Kernel/Math/FloatBuilder.h"

namespace tenon {

/// e^x 2^shift: the shift is exact, where adding to x would not be.
mlir::Value buildExp(FloatBuilder &b, mlir::Value x, int32_t shift = 0);
mlir::Value buildExp2(FloatBuilder &b, mlir::Value x);
mlir::Value buildExpM1(FloatBuilder &b, mlir::Value x);
mlir::Value buildLog(FloatBuilder &b, mlir::Value x);
mlir::Value buildLog2(FloatBuilder &b, mlir::Value x);
mlir::Value buildLog10(FloatBuilder &b, mlir::Value x);
mlir::Value buildLog1p(FloatBuilder &b, mlir::Value x);
mlir::Value buildPow(FloatBuilder &b, mlir::Value x, mlir::Value y);
mlir::Value buildRsqrt(FloatBuilder &b, mlir::Value x);

mlir::Value buildErf(FloatBuilder &b, mlir::Value x);
mlir::Value buildTanh(FloatBuilder &b, mlir::Value x);
mlir::Value buildSinh(FloatBuilder &b, mlir::Value x);
mlir::Value buildCosh(FloatBuilder &b, mlir::Value x);
mlir::Value buildAsinh(FloatBuilder &b, mlir::Value x);
mlir::Value buildAcosh(FloatBuilder &b, mlir::Value x);
mlir::Value buildAtanh(FloatBuilder &b, mlir::Value x);

mlir::Value buildSin(FloatBuilder &b, mlir::Value x);
mlir::Value buildCos(FloatBuilder &b, mlir::Value x);
mlir::Value buildTan(FloatBuilder &b, mlir::Value x);
mlir::Value buildAsin(FloatBuilder &b, mlir::Value x);
mlir::Value buildAcos(FloatBuilder &b, mlir::Value x);
mlir::Value buildAtan(FloatBuilder &b, mlir::Value x);

/// x = 2^exponent * mantissa, mantissa in [sqrt(1/2), sqrt(2)), exponent as
/// f32; for x positive and finite.
struct ExponentAndMantissa {
  mlir::Value exponent, mantissa;
};
ExponentAndMantissa buildSplit(FloatBuilder &b, mlir::Value x);

} // namespace tenon

#endif // TENON_CODEGEN_KERNEL_MATH_FUNCTIONS_H
