// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// CHECK-DAG: #[[ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[ALL:.*]] = affine_map<(d0, d1) -> (d0, d1)>

// The mean divides by a size that may be known at run time only; kept dimensions are views.
// CHECK-LABEL: func.func @mean
// CHECK-SAME: %[[X:[^:]*]]: tensor<4x?xf32> {{.*}}, %[[S:.*]]: index
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<4xf32>
// CHECK: linalg.generic {indexing_maps = [#[[ALL]], #[[ROW]]], iterator_types = ["parallel", "reduction"]} ins(%[[X]] : {{.*}}) outs(%[[ZERO]] : {{.*}})
// CHECK: arith.addf
// CHECK: arith.index_cast %[[S]]
// CHECK: arith.divf
// CHECK: tensor.expand_shape {{.*}} tensor<4xf32> into tensor<4x1xf32>
func.func @mean(%x: tensor<4x?xf32, #tenon.dims<[s]>>, %s: index) -> tensor<4x1xf32> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.reduce mean %x axes [1] {keep_dims} : tensor<4x?xf32, #tenon.dims<[s]>> -> tensor<4x1xf32>
  return %0 : tensor<4x1xf32>
}

// What is as large as a tensor that the lowering made has the sizes with which that was begun: none is asked of a tensor.
// CHECK-LABEL: func.func @mean_of_rows
// CHECK-NOT: tensor.dim
// CHECK: return
func.func @mean_of_rows(%x: tensor<?x8xf16, #tenon.dims<[s]>>, %s: index) -> tensor<?xf16, #tenon.dims<[s]>> attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %0 = tenon.reduce mean %x axes [1] : tensor<?x8xf16, #tenon.dims<[s]>> -> tensor<?xf16, #tenon.dims<[s]>>
  return %0 : tensor<?xf16, #tenon.dims<[s]>>
}

// 16-bit floats are summed in f32; unsigned integers start from 0.
// CHECK-LABEL: func.func @types
// CHECK: linalg.fill {{.*}} -> tensor<f32>
// CHECK: arith.extf
// CHECK: arith.truncf
// CHECK: arith.constant 0 : i8
// CHECK: arith.maxui
func.func @types(%x: tensor<4xf16>, %y: tensor<4xui8>) -> (tensor<f16>, tensor<ui8>) attributes {tenon.kernel} {
  %0 = tenon.reduce sum %x axes [0] : tensor<4xf16> -> tensor<f16>
  %1 = tenon.reduce maximum %y axes [0] : tensor<4xui8> -> tensor<ui8>
  return %0, %1 : tensor<f16>, tensor<ui8>
}

// CHECK-LABEL: func.func @where
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xi64>)
// CHECK: arith.cmpf olt
// CHECK: linalg.index 1
func.func @where(%x: tensor<4x8xf32>) -> tensor<4xi64> attributes {tenon.kernel} {
  %0 = tenon.arg_max %x axis 1 : tensor<4x8xf32> -> tensor<4xi64>
  return %0 : tensor<4xi64>
}

// CHECK-LABEL: func.func @running
// CHECK: scf.for {{.*}} -> (tensor<4x8xf32>, tensor<4xf32>)
// CHECK: tensor.extract_slice
// CHECK: tensor.insert_slice
func.func @running(%x: tensor<4x8xf32>) -> tensor<4x8xf32> attributes {tenon.kernel} {
  %0 = tenon.cumsum %x axis 1 {reverse} : tensor<4x8xf32> -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
