// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// Sizes come from the index arguments, and say so for the code generator.
// CHECK-LABEL: func.func @broadcast
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x1x8xf32> {tenon.dims = affine_map<()[s0, s1] -> (s0, 1, 8)>}
// CHECK-SAME: %[[Y:[^:]*]]: tensor<?x8xf32> {tenon.dims = affine_map<()[s0, s1] -> (s1 + 1, 8)>}
// CHECK-SAME: %[[B:[^:]*]]: index, %[[S:[^:]*]]: index
// CHECK: %[[ROWS:.*]] = affine.apply #{{.*}}()[%[[S]]]
// CHECK: %[[INIT:.*]] = tensor.empty(%[[B]], %[[ROWS]]) : tensor<?x?x8xf32>
// CHECK: linalg.generic {indexing_maps = [#[[MX:.*]], #[[MY:.*]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel"]} ins(%[[X]], %[[Y]] : {{.*}}) outs(%[[INIT]] : {{.*}})
// CHECK: arith.addf
func.func @broadcast(%x: tensor<?x1x8xf32, #tenon.dims<[b]>>, %y: tensor<?x8xf32, #tenon.dims<[s + 1]>>, %b: index, %s: index)
    -> tensor<?x?x8xf32, #tenon.dims<[b, s + 1]>> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[b, s]>} {
  %0 = tenon.add %x, %y : (tensor<?x1x8xf32, #tenon.dims<[b]>>, tensor<?x8xf32, #tenon.dims<[s + 1]>>) -> tensor<?x?x8xf32, #tenon.dims<[b, s + 1]>>
  return %0 : tensor<?x?x8xf32, #tenon.dims<[b, s + 1]>>
}

// Half precision is computed in f32; splats are scalars; clipping to numbers is a comparison, not IEEE maximum.
// CHECK-LABEL: func.func @half
// CHECK: linalg.generic {{.*}} ins(%{{[^,]*}} : tensor<4xf16>)
// CHECK-DAG: %[[WIDE:.*]] = arith.extf %{{.*}} : f16 to f32
// CHECK: arith.cmpf olt, %[[WIDE]]
// CHECK: arith.select
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @half(%x: tensor<4xf16>) -> tensor<4xf16> attributes {tenon.kernel} {
  %low = tenon.constant dense<-1.0> : tensor<f16>
  %0 = tenon.maximum %x, %low : (tensor<4xf16>, tensor<f16>) -> tensor<4xf16>
  return %0 : tensor<4xf16>
}

// The graph's types say how integers are read.
// CHECK-LABEL: func.func @integers(%{{.*}}: tensor<4xi8>, %{{.*}}: tensor<4xi32>)
// CHECK: arith.divui
// CHECK: arith.extui %{{.*}} : i8 to i32
// CHECK: arith.divsi
// CHECK: arith.cmpi slt
func.func @integers(%x: tensor<4xui8>, %y: tensor<4xi32>) -> tensor<4xi1> attributes {tenon.kernel} {
  %0 = tenon.div %x, %x : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  %1 = tenon.cast %0 to i32 : tensor<4xui8> -> tensor<4xi32>
  %2 = tenon.div %1, %y : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  %3 = tenon.compare lt %2, %y : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
  return %3 : tensor<4xi1>
}
