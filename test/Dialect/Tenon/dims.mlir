// RUN: tenon-opt %s --tenon-infer-shapes | FileCheck %s

// CHECK-LABEL: @broadcast
// CHECK-SAME: %[[X:.*]]: tensor<?x?x8xf32, #tenon.dims<[b, s + 1]>>
func.func @broadcast(%x: tensor<?x?x8xf32, #tenon.dims<[b, 1 + s]>>, %y: tensor<8xf32>, %z: tensor<?xf32>) -> tensor<?x?x8xf32> {
  // CHECK: tenon.add {{.*}} -> tensor<?x?x8xf32, #tenon.dims<[b, s + 1]>>
  %0 = tenon.add %x, %y : (tensor<?x?x8xf32, #tenon.dims<[b, 1 + s]>>, tensor<8xf32>) -> tensor<?x?x8xf32>
  // CHECK: tenon.reshape {{.*}} -> tensor<?x8xf32, #tenon.dims<[b * s + b]>>
  %1 = tenon.reshape %0 : tensor<?x?x8xf32> -> tensor<?x8xf32, #tenon.dims<[b * (s + 1)]>>
  return %0 : tensor<?x?x8xf32>
}
