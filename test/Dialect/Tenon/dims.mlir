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

// The smaller or larger of two sizes is a symbol of its own, where neither is certain.
// CHECK-LABEL: @derived
// CHECK-SAME: tensor<?x?xf32, #tenon.dims<[min(s, 5), min(s, 5) + 1]>>
// CHECK-SAME: tensor<?x7xf32, #tenon.dims<[s]>>
// CHECK-SAME: tensor<?x?xf32, #tenon.dims<[max(s, t), max(s - 3, 0)]>>
func.func @derived(%a: tensor<?x?xf32, #tenon.dims<[min(5, s), 1 + min(s, 5)]>>, %b: tensor<?x?xf32, #tenon.dims<[min(s, s + t), max(7, 4)]>>,
                   %c: tensor<?x?xf32, #tenon.dims<[max(t, s), max(0, s - 3)]>>) {
  return
}
// CHECK-LABEL: @differences
// CHECK-SAME: #tenon.dims<[max(s - 3, 0) * -1 + s - 1]>
func.func @differences(%a: tensor<?xf32, #tenon.dims<[min(s - 1, 2)]>>) {
  return
}
