// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// The index is read as an operand of the generic; wrapped, clamped, and only then used.
// CHECK-LABEL: func.func @gather
// CHECK-SAME: %[[X:.*]]: tensor<100x8xf32>, %[[I:.*]]: tensor<?xi64>
// CHECK: linalg.generic {{.*}} ins(%[[I]] : tensor<?xi64>)
// CHECK: arith.select
// CHECK: arith.minsi
// CHECK: %[[ROW:.*]] = arith.maxsi
// CHECK: tensor.extract %[[X]][%[[ROW]], %{{.*}}]
func.func @gather(%x: tensor<100x8xf32>, %i: tensor<?xi64, #tenon.dims<[s]>>, %s: index) -> tensor<?x8xf32, #tenon.dims<[s]>>
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<100x8xf32>, tensor<?xi64, #tenon.dims<[s]>>) -> tensor<?x8xf32, #tenon.dims<[s]>>
  return %0 : tensor<?x8xf32, #tenon.dims<[s]>>
}

// CHECK-LABEL: func.func @gather_nd
// CHECK-COUNT-2: tensor.extract %{{.*}} : tensor<7x2xi64>
// CHECK: tensor.extract %{{.*}} : tensor<4x5x6xf32>
func.func @gather_nd(%x: tensor<4x5x6xf32>, %i: tensor<7x2xi64>) -> tensor<7x6xf32> attributes {tenon.kernel} {
  %0 = tenon.gather_nd %x at %i {batch_dims = 0} : (tensor<4x5x6xf32>, tensor<7x2xi64>) -> tensor<7x6xf32>
  return %0 : tensor<7x6xf32>
}

// CHECK-LABEL: func.func @gather_elements
// CHECK: linalg.generic {{.*}} ins(%{{.*}} : tensor<4x2xi32>)
func.func @gather_elements(%x: tensor<4x5xf32>, %i: tensor<4x2xi32>) -> tensor<4x2xf32> attributes {tenon.kernel} {
  %0 = tenon.gather_elements %x at %i {axis = 1} : (tensor<4x5xf32>, tensor<4x2xi32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// CHECK-LABEL: func.func @iota
// CHECK: linalg.index 1
// CHECK: arith.sitofp
func.func @iota() -> tensor<4x5xf32> attributes {tenon.kernel} {
  %0 = tenon.iota {axis = 1} : tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}
