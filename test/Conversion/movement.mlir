// RUN: tenon-opt %s --tenon-lower-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @copy
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>
// CHECK: %[[COPY:.*]] = linalg.generic {{.*}} ins(%[[X]]
// CHECK: return %[[COPY]]
func.func @copy(%x: tensor<2x3xf32>) -> tensor<2x3xf32> attributes {tenon.kernel} {
  %0 = tenon.copy %x : tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// CHECK-DAG: #[[READ:.*]] = affine_map<(d0, d1, d2) -> (d1, d2, d0)>
// CHECK-LABEL: func.func @transpose
// CHECK: linalg.generic {indexing_maps = [#[[READ]], #{{.*}}]
// CHECK-SAME: outs(%{{.*}} : tensor<4x2x3xf32>)
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> attributes {tenon.kernel} {
  %0 = tenon.transpose %x [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
  return %0 : tensor<4x2x3xf32>
}

// -----

// CHECK-DAG: #[[READ:.*]] = affine_map<(d0, d1, d2) -> (0, d2)>
// CHECK-LABEL: func.func @broadcast
// CHECK: linalg.generic {indexing_maps = [#[[READ]], #{{.*}}]
func.func @broadcast(%x: tensor<1x4xf32>, %b: index) -> tensor<?x3x4xf32, #tenon.dims<[b]>> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[b]>} {
  %0 = tenon.broadcast %x : tensor<1x4xf32> -> tensor<?x3x4xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x3x4xf32, #tenon.dims<[b]>>
}

// -----

// CHECK-LABEL: func.func @slice
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>{{.*}}, %[[S:.*]]: index
// CHECK: %[[START:.*]] = affine.apply {{.*}}()[%[[S]]]
// CHECK: tensor.extract_slice %[[X]][%[[START]], 1] [1, 3] [1, 2] : tensor<?x8xf32> to tensor<1x3xf32>
func.func @slice(%x: tensor<?x8xf32, #tenon.dims<[s]>>, %s: index) -> tensor<1x3xf32> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.slice %x starts <[s - 1, 1]> steps [1, 2] : tensor<?x8xf32, #tenon.dims<[s]>> -> tensor<1x3xf32>
  return %0 : tensor<1x3xf32>
}

// -----

// CHECK-LABEL: func.func @reverse
// CHECK: linalg.generic
// CHECK: tensor.extract
func.func @reverse(%x: tensor<4xf32>) -> tensor<4xf32> attributes {tenon.kernel} {
  %0 = tenon.slice %x starts <[3]> steps [-1] : tensor<4xf32> -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @concat
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<2x?xf32>
// CHECK: %[[FIRST:.*]] = tensor.insert_slice %[[X]] into %{{.*}}[0, 0] [2, 3] [1, 1]
// CHECK: tensor.insert_slice %[[Y]] into %[[FIRST]][0, 3] [2, %{{.*}}] [1, 1]
func.func @concat(%x: tensor<2x3xf32>, %y: tensor<2x?xf32, #tenon.dims<[s]>>, %s: index) -> tensor<2x?xf32, #tenon.dims<[s + 3]>>
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.concat %x, %y {axis = 1} : (tensor<2x3xf32>, tensor<2x?xf32, #tenon.dims<[s]>>) -> tensor<2x?xf32, #tenon.dims<[s + 3]>>
  return %0 : tensor<2x?xf32, #tenon.dims<[s + 3]>>
}

// -----

// Dimensions that stay are not merged with those that change.
// CHECK-LABEL: func.func @reshape
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2]] : tensor<?x8x4xf32> into tensor<?x32xf32>
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2]] output_shape [%{{.*}}, 16, 2] : tensor<?x32xf32> into tensor<?x16x2xf32>
func.func @reshape(%x: tensor<?x8x4xf32, #tenon.dims<[b]>>, %b: index) -> tensor<?x16x2xf32, #tenon.dims<[b]>>
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[b]>} {
  %0 = tenon.reshape %x : tensor<?x8x4xf32, #tenon.dims<[b]>> -> tensor<?x16x2xf32, #tenon.dims<[b]>>
  return %0 : tensor<?x16x2xf32, #tenon.dims<[b]>>
}

// -----

// Two unknown sizes that come out of one are told apart by index.
// CHECK-LABEL: func.func @expand_unknown
// CHECK-SAME: %[[X:.*]]: tensor<?x8xf32>
// CHECK-NOT: tensor.expand_shape
// CHECK: linalg.generic
// CHECK: %[[ROW:.*]] = arith.muli %{{.*}}, %arg2
// CHECK: %[[AT:.*]] = arith.addi %[[ROW]]
// CHECK: tensor.extract %[[X]][%[[AT]], %{{.*}}]
func.func @expand_unknown(%x: tensor<?x8xf32, #tenon.dims<[s * b]>>, %s: index, %b: index) -> tensor<?x?x8xf32, #tenon.dims<[s, b]>>
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s, b]>} {
  %0 = tenon.reshape %x : tensor<?x8xf32, #tenon.dims<[s * b]>> -> tensor<?x?x8xf32, #tenon.dims<[s, b]>>
  return %0 : tensor<?x?x8xf32, #tenon.dims<[s, b]>>
}

// -----

// CHECK-LABEL: func.func @pad
// CHECK: %[[CUT:.*]] = tensor.extract_slice %{{.*}}[1] [3] [1]
// CHECK: tensor.pad %[[CUT]] low[0] high[2]
func.func @pad(%x: tensor<4xf32>) -> tensor<5xf32> attributes {tenon.kernel} {
  %0 = tenon.pad %x low <[-1]> high <[2]> : tensor<4xf32> -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// -----

// CHECK-LABEL: func.func @symbolic_constant
// CHECK: tensor.from_elements %{{.*}}, %{{.*}} : tensor<2xi64>
func.func @symbolic_constant(%s: index) -> tensor<2xi64> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.symbolic_constant <[2 * s, 7]> : tensor<2xi64>
  return %0 : tensor<2xi64>
}
