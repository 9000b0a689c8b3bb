// RUN: tenon compile %s -o %t.so --cpu=x86-64-v3 --print-after=evaluate-constants 2>&1 | FileCheck %s
// RUN: tenon-opt %s --tenon-evaluate-constants | FileCheck %s --check-prefix=ALONE

// What depends on constants alone is compiled and run by the compiler; without an evaluator (tenon-opt has none) it stays.
// CHECK-LABEL: @main
// CHECK: tenon.constant {{.*}}4.000000e+00, 6.000000e+00], {{.}}5.000000e+00, 7.000000e+00]
// CHECK-NOT: tenon.transpose
// ALONE: tenon.transpose
func.func @main(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32> {
  %c = tenon.constant dense<[[[[4.0, 5.0], [6.0, 7.0]]]]> : tensor<1x1x2x2xf32>
  %t = tenon.transpose %c [0, 1, 3, 2] : tensor<1x1x2x2xf32> -> tensor<1x1x2x2xf32>
  %0 = tenon.add %x, %t : (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %0 : tensor<1x1x2x2xf32>
}
