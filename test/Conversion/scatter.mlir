// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @scatter_elements
// CHECK-SAME: %[[X:[^:]*]]: tensor<4x5xf32>, %[[I:[^:]*]]: tensor<4x2xi64>, %[[U:[^:]*]]: tensor<4x2xf32>
// CHECK: scf.for %[[A:[a-z0-9]+]] = {{.*}} iter_args(%{{.*}} = %[[X]])
// CHECK: scf.for %[[B:[a-z0-9]+]] =
// CHECK: tensor.extract %[[I]][%[[A]], %[[B]]]
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult
// CHECK: %[[SUM:.*]] = arith.addf
// CHECK: %[[AFTER:.*]] = arith.select %[[INSIDE]], %[[SUM]]
// CHECK: tensor.insert %[[AFTER]]
func.func @scatter_elements(%x: tensor<4x5xf32>, %i: tensor<4x2xi64>, %u: tensor<4x2xf32>) -> tensor<4x5xf32> attributes {tenon.kernel} {
  %0 = tenon.scatter_elements %x at %i with %u {axis = 1, combiner = #tenon.combiner<add>}
    : (tensor<4x5xf32>, tensor<4x2xi64>, tensor<4x2xf32>) -> tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}

// CHECK-LABEL: func.func @scatter_nd
// CHECK-SAME: %{{[^:]*}}: tensor<4x5xf32>, %[[I:[^:]*]]: tensor<3x1xi64>, %[[U:[^:]*]]: tensor<3x5xf32>
// CHECK: scf.for %[[A:[a-z0-9]+]] =
// CHECK: scf.for %[[B:[a-z0-9]+]] =
// CHECK: tensor.extract %[[I]][%[[A]], %{{.*}}]
// CHECK: tensor.extract %[[U]][%[[A]], %[[B]]]
func.func @scatter_nd(%x: tensor<4x5xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) -> tensor<4x5xf32> attributes {tenon.kernel} {
  %0 = tenon.scatter_nd %x at %i with %u : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}

// CHECK-LABEL: func.func @top_k
// CHECK: scf.for %[[ROW:[a-z0-9]+]] =
// CHECK: scf.for %[[I:[a-z0-9]+]] =
// CHECK: tensor.extract %arg0[%[[ROW]], %[[I]]]
// CHECK: scf.for
// CHECK-COUNT-2: tensor.insert
func.func @top_k(%x: tensor<4x9xf32>) -> (tensor<4x3xf32>, tensor<4x3xi64>) attributes {tenon.kernel} {
  %0:2 = tenon.top_k %x k <[3]> {axis = 1, largest = true} : tensor<4x9xf32> -> tensor<4x3xf32>, tensor<4x3xi64>
  return %0#0, %0#1 : tensor<4x3xf32>, tensor<4x3xi64>
}
