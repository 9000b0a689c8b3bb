// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-guard-indices))' | FileCheck %s
// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-guard-indices, tenon-guard-indices))' | FileCheck %s

// Equal indices of equal sizes are checked once.
// CHECK-LABEL: @embedding
// CHECK: %[[I:.*]] = tenon.reshape %{{.*}} -> tensor<?x1xi64
// CHECK-NEXT: %[[P:.*]] = tenon.find_outside %[[I]] below <[100]> {from_end}
// CHECK-NEXT: tenon.index_guard %[[P]] of %[[I]] below <[100]> {from_end}
// CHECK-NEXT: tenon.gather {{.*}}in_bounds
// CHECK-NEXT: tenon.gather {{.*}}in_bounds
func.func @embedding(%x: tensor<100x8xf32>, %y: tensor<100x4xf32>, %i: tensor<?xi64, #tenon.dims<[s]>>)
    -> (tensor<?x8xf32, #tenon.dims<[s]>>, tensor<?x4xf32, #tenon.dims<[s]>>) {
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<100x8xf32>, tensor<?xi64, #tenon.dims<[s]>>) -> tensor<?x8xf32, #tenon.dims<[s]>>
  %1 = tenon.gather %y at %i {axis = 0} : (tensor<100x4xf32>, tensor<?xi64, #tenon.dims<[s]>>) -> tensor<?x4xf32, #tenon.dims<[s]>>
  return %0, %1 : tensor<?x8xf32, #tenon.dims<[s]>>, tensor<?x4xf32, #tenon.dims<[s]>>
}

// -----

// Coordinates have a size each.
// CHECK-LABEL: @coordinates
// CHECK: tenon.find_outside %{{.*}} below <[4, n]> {from_end} : tensor<7x2xi64>
func.func @coordinates(%x: tensor<4x?x6xf32, #tenon.dims<[n]>>, %i: tensor<7x2xi64>) -> tensor<7x6xf32> {
  %0 = tenon.gather_nd %x at %i {batch_dims = 0} : (tensor<4x?x6xf32, #tenon.dims<[n]>>, tensor<7x2xi64>) -> tensor<7x6xf32>
  return %0 : tensor<7x6xf32>
}

// -----

// A guard stands behind what binds the size, also where the indices are known before.
// CHECK-LABEL: @late_size
// CHECK: tenon.bind_dim <[n]>
// CHECK: tenon.find_outside %{{.*}} below <[n]> {from_end}
// CHECK: tenon.index_guard %{{.*}} of %{{.*}} below <[n]> {from_end}
// CHECK: tenon.gather {{.*}}in_bounds
func.func @late_size(%mask: tensor<8xi1>, %count: tensor<i64>, %i: tensor<2xi64>) -> tensor<2xi64> {
  tenon.bind_dim <[n]> = %count[0] at_most <[8]> : tensor<i64>
  %0 = tenon.true_positions %mask : tensor<8xi1> -> tensor<?xi64, #tenon.dims<[n]>>
  %1 = tenon.gather %0 at %i {axis = 0} : (tensor<?xi64, #tenon.dims<[n]>>, tensor<2xi64>) -> tensor<2xi64>
  return %1 : tensor<2xi64>
}

// -----

// What is known to fit is not asked: positions, what top_k found, constants.
// CHECK-LABEL: @certain
// CHECK-NOT: index_guard
func.func @certain(%x: tensor<5xf32>) -> (tensor<3xf32>, tensor<5xf32>, tensor<2xf32>, tensor<1xf32>) {
  %v, %i = tenon.top_k %x k <[3]> {axis = 0 : i64, largest = true} : tensor<5xf32> -> tensor<3xf32>, tensor<3xi64>
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<5xf32>, tensor<3xi64>) -> tensor<3xf32>
  %1 = tenon.iota {axis = 0 : i64} : tensor<5xi64>
  %2 = tenon.gather %x at %1 {axis = 0} : (tensor<5xf32>, tensor<5xi64>) -> tensor<5xf32>
  %3 = tenon.constant dense<[-5, 4]> : tensor<2xi64>
  %4 = tenon.gather %x at %3 {axis = 0} : (tensor<5xf32>, tensor<2xi64>) -> tensor<2xf32>
  %5 = tenon.arg_max %x axis 0 {keep_dims} : tensor<5xf32> -> tensor<1xi64>
  %6 = tenon.gather %x at %5 {axis = 0} : (tensor<5xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0, %2, %4, %6 : tensor<3xf32>, tensor<5xf32>, tensor<2xf32>, tensor<1xf32>
}

// -----

// Labels: none is negative.
// CHECK-LABEL: @labels
// CHECK-SAME: (%[[L:.*]]: tensor<4xi64>)
// CHECK: tenon.find_outside %{{.*}} below <[10]> : tensor<4x1xi64>
// CHECK: tenon.index_guard %{{.*}} of %{{.*}} below <[10]> : tensor<i64>
// CHECK: return %[[L]]
func.func @labels(%labels: tensor<4xi64>) -> tensor<4xi64> {
  %0 = tenon.in_range %labels below <[10]> : tensor<4xi64>
  return %0 : tensor<4xi64>
}

// -----

// Behind a loop stands the guard for all of its rounds, with the index that the first bad round found.
// CHECK-LABEL: @rounds
// CHECK: %[[R:.*]]:4 = tenon.scan inits(%{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>, tensor<i64>, tensor<i64>)
// CHECK: ^{{.*}}(%{{.*}}: tensor<f32>, %[[P:.*]]: tensor<i64>, %[[V:.*]]: tensor<i64>, %{{.*}}: tensor<1xi64>):
// CHECK: %[[F:.*]] = tenon.find_outside
// CHECK: %[[NONE:.*]] = tenon.compare eq %[[P]]
// CHECK: tenon.select %[[NONE]], %[[F]], %[[P]]
// CHECK: tenon.index_guard %[[R]]#1 of %[[R]]#2 below <[5]> {from_end} : tensor<i64>, tensor<i64>
// CHECK: return %[[R]]#0, %[[R]]#3
func.func @rounds(%x: tensor<5xf32>, %h: tensor<f32>, %i: tensor<3x1xi64>) -> (tensor<f32>, tensor<3x1xf32>) {
  %0:2 = tenon.scan inits(%h : tensor<f32>) inputs(%i : tensor<3x1xi64>) length <[3]> reverse [false, false] -> tensor<f32>, tensor<3x1xf32> {
  ^body(%carried: tensor<f32>, %at: tensor<1xi64>):
    %1 = tenon.gather %x at %at {axis = 0} : (tensor<5xf32>, tensor<1xi64>) -> tensor<1xf32>
    tenon.yield %carried, %1 : tensor<f32>, tensor<1xf32>
  }
  return %0#0, %0#1 : tensor<f32>, tensor<3x1xf32>
}

// -----

// The branch that is not taken finds nothing; what it looks up says nothing of the code behind it.
// CHECK-LABEL: @branch
// CHECK: tenon.index_guard %{{.*}} of %{{.*}} below <[5]> {from_end} : tensor<i64>, tensor<1x1xi64>
// CHECK: %[[R:.*]]:3 = tenon.if
// CHECK: tenon.index_guard %[[R]]#1 of %[[R]]#2
// CHECK: tenon.gather
func.func @branch(%c: tensor<i1>, %x: tensor<5xf32>, %i: tensor<1xi64>) -> (tensor<1xf32>, tensor<1xf32>) {
  %0 = tenon.if %c : tensor<i1> -> tensor<1xf32> {
    %1 = tenon.gather %x at %i {axis = 0} : (tensor<5xf32>, tensor<1xi64>) -> tensor<1xf32>
    tenon.yield %1 : tensor<1xf32>
  } else {
    %2 = tenon.constant dense<0.0> : tensor<1xf32>
    tenon.yield %2 : tensor<1xf32>
  }
  %3 = tenon.gather %x at %i {axis = 0} : (tensor<5xf32>, tensor<1xi64>) -> tensor<1xf32>
  return %0, %3 : tensor<1xf32>, tensor<1xf32>
}
