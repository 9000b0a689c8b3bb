// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-strip-mine-loops))' | FileCheck %s

// The round's number counts on from block to block, and the last one is below the trip count.
// CHECK-LABEL: @counted
// CHECK-SAME: (%[[N:.*]]: tensor<i64>, %[[X:.*]]: tensor<f32>)
// CHECK: %[[ANY:.*]] = tenon.compare lt %{{.*}}, %[[N]]
// CHECK: tenon.loop while(%[[ANY]] : tensor<i1>) inits(%[[X]] : tensor<f32>)
// CHECK: ^bb0(%[[BLOCK:.*]]: tensor<i64>, %[[FIRST:.*]]: tensor<f32>)
// CHECK: %[[MOST:.*]] = tenon.constant dense<1024>
// CHECK: %[[DONE:.*]]:2 = tenon.loop trip_count(%[[MOST]] : tensor<i64>) inits(%{{.*}}, %[[FIRST]] : tensor<i1>, tensor<f32>)
// CHECK: ^bb0(%[[I:.*]]: tensor<i64>, %{{.*}}: tensor<i1>, %[[A:.*]]: tensor<f32>)
// CHECK: %[[BEFORE:.*]] = tenon.mul %[[BLOCK]]
// CHECK: %[[NUMBER:.*]] = tenon.add %[[BEFORE]], %[[I]]
// CHECK: %[[NEXT:.*]] = tenon.add %[[NUMBER]]
// CHECK: %[[BELOW:.*]] = tenon.compare lt %[[NEXT]], %[[N]]
// CHECK: %[[ON:.*]] = tenon.and %{{.*}}, %[[BELOW]]
// CHECK: tenon.yield %[[ON]], %[[ON]], %
// CHECK: tenon.yield %[[DONE]]#0, %[[DONE]]#1
func.func @counted(%n: tensor<i64>, %x: tensor<f32>) -> tensor<f32> {
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<f32>) -> tensor<f32> {
  ^body(%i: tensor<i64>, %a: tensor<f32>):
    %b = tenon.exp %a : tensor<f32> -> tensor<f32>
    %on = tenon.compare lt %b, %x : (tensor<f32>, tensor<f32>) -> tensor<i1>
    tenon.yield %on, %b : tensor<i1>, tensor<f32>
  }
  return %0 : tensor<f32>
}

// Many products take longer than launches.
// CHECK-LABEL: @large
// CHECK: tenon.loop trip_count
// CHECK-NOT: tenon.loop
func.func @large(%n: tensor<i64>, %x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %yes = tenon.constant dense<true> : tensor<i1>
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<64x64xf32>) -> tensor<64x64xf32> {
  ^body(%i: tensor<i64>, %a: tensor<64x64xf32>):
    %b = tenon.contract %a, %x {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
      : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    tenon.yield %yes, %b : tensor<i1>, tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// A list of slices is the program's, and few rounds need no blocks.
// CHECK-LABEL: @stacked
// CHECK-COUNT-2: tenon.loop
// CHECK-NOT: tenon.loop
func.func @stacked(%n: tensor<i64>, %go: tensor<i1>, %x: tensor<f32>) -> (tensor<?xf32>, tensor<f32>) {
  %yes = tenon.constant dense<true> : tensor<i1>
  %few = tenon.constant dense<100> : tensor<i64>
  %0:2 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<f32>) -> tensor<f32>, tensor<?xf32> {
  ^body(%i: tensor<i64>, %a: tensor<f32>):
    %b = tenon.exp %a : tensor<f32> -> tensor<f32>
    tenon.yield %yes, %b, %b : tensor<i1>, tensor<f32>, tensor<f32>
  }
  %1 = tenon.loop trip_count(%few : tensor<i64>) while(%go : tensor<i1>) inits(%x : tensor<f32>) -> tensor<f32> {
  ^body(%i: tensor<i64>, %a: tensor<f32>):
    %b = tenon.exp %a : tensor<f32> -> tensor<f32>
    %on = tenon.compare lt %b, %x : (tensor<f32>, tensor<f32>) -> tensor<i1>
    tenon.yield %on, %b : tensor<i1>, tensor<f32>
  }
  return %0#1, %1 : tensor<?xf32>, tensor<f32>
}
