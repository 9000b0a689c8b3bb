// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// Positions are written one after the other, and never beyond the end of the list.
// CHECK-LABEL: func.func @true_positions
// CHECK-SAME: %[[MASK:[a-z0-9]*]]: tensor<8xi1>, %[[N:[a-z0-9]*]]: index
// CHECK: %[[LIST:.*]] = tensor.empty(%[[N]]) : tensor<?xi64>
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%{{.*}} = %[[LIST]], %[[COUNT:.*]] = %{{.*}})
// CHECK: %[[HOLDS:.*]] = tensor.extract %[[MASK]][%[[I]]]
// CHECK: %[[ROOM:.*]] = arith.cmpi slt, %[[COUNT]], %[[N]]
// CHECK: %[[TAKES:.*]] = arith.andi %[[HOLDS]], %[[ROOM]]
// CHECK: scf.if %[[TAKES]]
// CHECK: tensor.insert %{{.*}} into %{{.*}}[%[[COUNT]]]
func.func @true_positions(%mask: tensor<8xi1>, %n: index) -> tensor<?xi64, #tenon.dims<[n]>> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[n]>} {
  %0 = tenon.true_positions %mask : tensor<8xi1> -> tensor<?xi64, #tenon.dims<[n]>>
  return %0 : tensor<?xi64, #tenon.dims<[n]>>
}

// A box is compared with those of its batch and class that were taken.
// CHECK-LABEL: func.func @suppression
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[BEGIN:.*]] = %{{.*}})
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[COUNT:.*]] = %[[BEGIN]])
// CHECK: %[[END:.*]] = arith.select %{{.*}}, %[[COUNT]], %[[BEGIN]]
// CHECK: scf.for %{{.*}} = %[[BEGIN]] to %[[END]]
func.func @suppression(%boxes: tensor<2x9x4xf32>, %scores: tensor<2x3x9xf32>, %order: tensor<2x3x9xi64>, %limit: tensor<i64>, %iou: tensor<f32>, %least: tensor<f32>)
    -> (tensor<54x3xi64>, tensor<i64>) attributes {tenon.kernel} {
  %0, %1 = tenon.non_max_suppression %boxes, %scores in %order limit %limit iou %iou score %least bound <[54]>
    : (tensor<2x9x4xf32>, tensor<2x3x9xf32>, tensor<2x3x9xi64>, tensor<i64>, tensor<f32>, tensor<f32>) -> (tensor<54x3xi64>, tensor<i64>)
  return %0, %1 : tensor<54x3xi64>, tensor<i64>
}
