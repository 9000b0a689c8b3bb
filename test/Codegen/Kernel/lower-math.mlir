// RUN: tenon-opt --pass-pipeline='builtin.module(func.func(tenon-lower-math))' %s | FileCheck %s

// CHECK-LABEL: func @vector_exp
// CHECK-NOT:     math.exp
// CHECK:         math.fma {{.*}} : vector<8xf32>
func.func @vector_exp(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.exp %x : vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: func @half_tanh
// CHECK:         arith.extf %{{.*}} : f16 to f32
// CHECK-NOT:     math.tanh
// CHECK:         arith.truncf %{{.*}} : f32 to f16
func.func @half_tanh(%x: f16) -> f16 {
  %y = math.tanh %x : f16
  return %y : f16
}

// bf16 is the upper half of f32.
// CHECK-LABEL: func @bfloat_add
// CHECK:         arith.shli
// CHECK:         arith.addf %{{.*}} : f32
// CHECK-NOT:     arith.truncf
func.func @bfloat_add(%x: bf16, %y: bf16) -> bf16 {
  %z = arith.addf %x, %y : bf16
  return %z : bf16
}

// CHECK-LABEL: func @square
// CHECK-NEXT:    arith.mulf
// CHECK-NEXT:    return
func.func @square(%x: f32) -> f32 {
  %two = arith.constant 2.0 : f32
  %y = math.powf %x, %two : f32
  return %y : f32
}

// CHECK-LABEL: func @double
// CHECK:         math.exp %{{.*}} : f64
func.func @double(%x: f64) -> f64 {
  %y = math.exp %x : f64
  return %y : f64
}
