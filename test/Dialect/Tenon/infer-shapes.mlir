// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-infer-shapes))' | FileCheck %s

// A dimension without a name gets a symbol of its own, which reaches all that depends on it.
// CHECK-LABEL: @names_unknown_dimensions
// CHECK-SAME: tensor<?x3xf32, #tenon.dims<[[D:\[.*\]]]>>) -> tensor<?x3xf32, #tenon.dims<[[D]]>>
func.func @names_unknown_dimensions(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  // CHECK-NEXT: tenon.exp %{{.*}} -> tensor<?x3xf32, #tenon.dims<[[D]]>>
  %0 = tenon.exp %x : tensor<?x3xf32> -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// A constant that replaced a symbol in the arguments replaces it everywhere.
// CHECK-LABEL: @carries_constants
// CHECK-SAME: tensor<2x3xf32>) -> tensor<2x3xf32>
func.func @carries_constants(%x: tensor<2x3xf32>) -> tensor<?x3xf32, #tenon.dims<[b]>> {
  // CHECK-NEXT: tenon.exp %{{.*}} : tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = tenon.exp %x : tensor<2x3xf32> -> tensor<?x3xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x3xf32, #tenon.dims<[b]>>
}
