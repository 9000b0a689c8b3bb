// RUN: tenon-opt %s --tenon-infer-shapes | FileCheck %s

// CHECK-LABEL: @reduce
func.func @reduce(%x: tensor<?x4x8xf32, #tenon.dims<[b]>>) {
  // CHECK: tenon.reduce mean {{.*}} -> tensor<?x1x1xf32, #tenon.dims<[b]>>
  %0 = tenon.reduce mean %x axes [1, 2] {keep_dims} : tensor<?x4x8xf32, #tenon.dims<[b]>> -> tensor<?x1x1xf32>
  // CHECK: tenon.arg_max {{.*}} -> tensor<?x4xi64, #tenon.dims<[b]>>
  %1 = tenon.arg_max %x axis 2 : tensor<?x4x8xf32, #tenon.dims<[b]>> -> tensor<?x4xi64>
  // CHECK: tenon.arg_min {{.*}} -> tensor<1x4x8xi64>
  %2 = tenon.arg_min %x axis 0 {keep_dims} : tensor<?x4x8xf32, #tenon.dims<[b]>> -> tensor<1x4x8xi64>
  // CHECK: tenon.cumsum {{.*}} -> tensor<?x4x8xf32, #tenon.dims<[b]>>
  %3 = tenon.cumsum %x axis 1 {reverse} : tensor<?x4x8xf32, #tenon.dims<[b]>> -> tensor<?x4x8xf32>
  return
}
