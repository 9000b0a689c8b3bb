// RUN: tenon-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @gather_from_the_end
// CHECK-NEXT: %[[S:.*]] = tenon.slice %arg0 starts <[0, s - 1, 0]>
// CHECK-SAME: -> tensor<?x1x8xf32, #tenon.dims<[b]>>
// CHECK-NEXT: tenon.reshape %[[S]] {{.*}} -> tensor<?x8xf32, #tenon.dims<[b]>>
func.func @gather_from_the_end(%x: tensor<?x?x8xf32, #tenon.dims<[b, s]>>) -> tensor<?x8xf32, #tenon.dims<[b]>> {
  %index = tenon.constant dense<-1> : tensor<i64>
  %0 = tenon.gather %x at %index {axis = 1} : (tensor<?x?x8xf32, #tenon.dims<[b, s]>>, tensor<i64>) -> tensor<?x8xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x8xf32, #tenon.dims<[b]>>
}

// CHECK-LABEL: @gather_of_shape
// CHECK-NEXT: tenon.symbolic_constant <[s, b, 1]> : tensor<3xi64>
func.func @gather_of_shape(%x: tensor<?x?x8xf32, #tenon.dims<[b, s]>>) -> tensor<3xi64> {
  %0 = tenon.symbolic_constant <[s, b, 1]> : tensor<3xi64>
  return %0 : tensor<3xi64>
}

// CHECK-LABEL: @constant_gather
// CHECK-NEXT: tenon.constant dense<[30, 10]> : tensor<2xi64>
func.func @constant_gather() -> tensor<2xi64> {
  %x = tenon.constant dense<[10, 20, 30]> : tensor<3xi64>
  %i = tenon.constant dense<[-1, 0]> : tensor<2xi64>
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<3xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// CHECK-LABEL: @iota
// CHECK-NEXT: tenon.constant dense<[0, 1, 2]> : tensor<3xi32>
func.func @iota() -> tensor<3xi32> {
  %0 = tenon.iota {axis = 0} : tensor<3xi32>
  return %0 : tensor<3xi32>
}

// CHECK-LABEL: @shapes
func.func @shapes(%x: tensor<4x5x6xf32>, %i: tensor<7x2xi64>, %e: tensor<4x2x6xi64>, %u: tensor<7x6xf32>, %v: tensor<4x2x6xf32>)
    -> (tensor<7x6xf32>, tensor<4x2x6xf32>, tensor<4x5x6xf32>, tensor<4x5x6xf32>, tensor<4x3x6xf32>, tensor<4x3x6xi64>) {
  // CHECK: tenon.gather_nd %arg0 at %arg1 :
  %0 = tenon.gather_nd %x at %i {batch_dims = 0} : (tensor<4x5x6xf32>, tensor<7x2xi64>) -> tensor<7x6xf32>
  %1 = tenon.gather_elements %x at %e {axis = 1} : (tensor<4x5x6xf32>, tensor<4x2x6xi64>) -> tensor<4x2x6xf32>
  // CHECK: tenon.scatter_nd %arg0 at %arg1 with %arg3 {combiner = #tenon.combiner<add>}
  %2 = tenon.scatter_nd %x at %i with %u {combiner = #tenon.combiner<add>} : (tensor<4x5x6xf32>, tensor<7x2xi64>, tensor<7x6xf32>) -> tensor<4x5x6xf32>
  %3 = tenon.scatter_elements %x at %e with %v {axis = 1} : (tensor<4x5x6xf32>, tensor<4x2x6xi64>, tensor<4x2x6xf32>) -> tensor<4x5x6xf32>
  %4:2 = tenon.top_k %x k <[3]> {axis = 1, largest = true} : tensor<4x5x6xf32> -> tensor<4x3x6xf32>, tensor<4x3x6xi64>
  return %0, %1, %2, %3, %4#0, %4#1 : tensor<7x6xf32>, tensor<4x2x6xf32>, tensor<4x5x6xf32>, tensor<4x5x6xf32>, tensor<4x3x6xf32>, tensor<4x3x6xi64>
}
