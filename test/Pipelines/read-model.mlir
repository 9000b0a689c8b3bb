// RUN: tenon compile %s -o %t.mlir --dim b=4 && FileCheck %s --input-file=%t.mlir
// RUN: not tenon compile %s -o %t.mlir --dim c=4 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not tenon compile %s -o %t.so --precision=bf16 2>&1 | FileCheck %s --check-prefix=PRECISION

// A dimension that is fixed becomes part of the shape, also inside formulas.
// CHECK-LABEL: @main
// CHECK-SAME: tensor<4x8xf32>
// CHECK: tenon.reshape {{.*}} -> tensor<32xf32>
// UNKNOWN: error: expected the name of a dimension of the model's inputs, got 'c'
// PRECISION: error: expected precision f32
func.func @main(%x: tensor<?x8xf32, #tenon.dims<[b]>>) -> tensor<?xf32, #tenon.dims<[b * 8]>> {
  %0 = tenon.reshape %x : tensor<?x8xf32, #tenon.dims<[b]>> -> tensor<?xf32, #tenon.dims<[b * 8]>>
  return %0 : tensor<?xf32, #tenon.dims<[b * 8]>>
}
