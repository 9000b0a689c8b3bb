// RUN: tenon-opt %s --tenon-place-weights | FileCheck %s

// Functions share what is equal, and states begin with what may be a constant elsewhere.
// CHECK: tenon.state @w trained = dense<[3.0{{.*}} {weight_offset = 64 : i64}
tenon.state @w trained = dense<[3.0, 2.0]> : tensor<2xf32>
// CHECK: tenon.state @count kept = dense<0> : tensor<i64> {weight_offset = 128 : i64}
tenon.state @count kept = dense<0> : tensor<i64>

// CHECK-LABEL: @first
func.func @first() {
  // CHECK: tenon.constant {weight_offset = 0 : i64} dense<[1.0
  %0 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: tenon.constant {weight_offset = 64 : i64} dense<[3.0
  %1 = tenon.constant dense<[3.0, 2.0]> : tensor<2xf32>
  return
}

// CHECK-LABEL: @second
func.func @second() {
  // CHECK: tenon.constant {weight_offset = 0 : i64} dense<[1.0
  %0 = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return
}
