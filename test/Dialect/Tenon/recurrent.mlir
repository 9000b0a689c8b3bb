// RUN: tenon-opt %s --tenon-decompose --canonicalize | FileCheck %s

// One contraction for the inputs of all steps; the scan's body holds the other, and the gates.
// CHECK-LABEL: @lstm
// CHECK: tenon.contract %{{.*}} (tensor<?x3xf32, #tenon.dims<[s * 2]>>, tensor<3x16xf32>)
// CHECK: %[[INPUTS:.*]] = tenon.reshape %{{.*}} -> tensor<?x2x16xf32, #tenon.dims<[s]>>
// CHECK: %[[BIASED:.*]] = tenon.add %[[INPUTS]]
// CHECK: tenon.scan inits(%{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<2x4xf32>) inputs(%[[BIASED]] : {{.*}}) length <[s]> reverse [false, false]
// CHECK: tenon.contract {{.*}} (tensor<2x4xf32>, tensor<4x16xf32>) -> tensor<2x16xf32>
// CHECK-COUNT-3: tenon.sigmoid
// CHECK: tenon.yield
func.func @lstm(%x: tensor<?x2x3xf32, #tenon.dims<[s]>>, %w: tensor<1x16x3xf32>, %r: tensor<1x16x4xf32>, %b: tensor<1x32xf32>)
    -> (tensor<?x1x2x4xf32, #tenon.dims<[s]>>, tensor<1x2x4xf32>) {
  %y, %h, %c = tenon.lstm %x, %w, %r, %b {activations = ["Sigmoid", "Tanh", "Tanh"], alphas = array<f32>, betas = array<f32>,
                                          operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 0, 0>}
    : (tensor<?x2x3xf32, #tenon.dims<[s]>>, tensor<1x16x3xf32>, tensor<1x16x4xf32>, tensor<1x32xf32>)
    -> (tensor<?x1x2x4xf32, #tenon.dims<[s]>>, tensor<1x2x4xf32>, tensor<1x2x4xf32>)
  return %y, %h : tensor<?x1x2x4xf32, #tenon.dims<[s]>>, tensor<1x2x4xf32>
}

// The second direction walks from the end; sequences that have ended keep their state.
// CHECK-LABEL: @gru
// CHECK: tenon.scan {{.*}} length <[5]> reverse [false, false, false]
// CHECK: tenon.compare lt
// CHECK: tenon.select
// CHECK: tenon.scan {{.*}} length <[5]> reverse [true, true, true]
// CHECK: tenon.concat %{{.*}}, %{{.*}} {axis = 1 : i64}
func.func @gru(%x: tensor<5x2x3xf32>, %w: tensor<2x12x3xf32>, %r: tensor<2x12x4xf32>, %n: tensor<2xi32>) -> tensor<5x2x2x4xf32> {
  %y, %h = tenon.gru %x, %w, %r, %n {direction = #tenon.direction<bidirectional>, activations = ["Sigmoid", "Tanh", "Sigmoid", "Tanh"],
                                     alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 1, 0>}
    : (tensor<5x2x3xf32>, tensor<2x12x3xf32>, tensor<2x12x4xf32>, tensor<2xi32>) -> (tensor<5x2x2x4xf32>, tensor<2x2x4xf32>)
  return %y : tensor<5x2x2x4xf32>
}

// One step needs no loop.
// CHECK-LABEL: @rnn
// CHECK-NOT: tenon.scan
// CHECK: tenon.minimum
// CHECK: tenon.maximum
// CHECK: tenon.tanh
// CHECK: return
func.func @rnn(%x: tensor<1x2x3xf32>, %w: tensor<1x4x3xf32>, %r: tensor<1x4x4xf32>, %h: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %y, %last = tenon.rnn %x, %w, %r, %h {activations = ["Tanh"], alphas = array<f32>, betas = array<f32>, clip = 5.0 : f32,
                                        operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 1>}
    : (tensor<1x2x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>, tensor<1x2x4xf32>) -> (tensor<1x1x2x4xf32>, tensor<1x2x4xf32>)
  return %last : tensor<1x2x4xf32>
}
