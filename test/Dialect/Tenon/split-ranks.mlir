// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-assign-ranks{ranks=2 places=first*,second*}),tenon-split-ranks)' | FileCheck %s

// What another rank computes is received, and every rank returns the same; states are of the rank that changes them, and are handed to all by a function.
// CHECK-LABEL: func.func @step
// CHECK-NEXT: %[[X:.*]] = tenon.receive from 0 tag 0 : tensor<8xf32>
// CHECK-NEXT: %[[W:.*]] = tenon.get_state @w
// CHECK-NEXT: %[[Y:.*]] = tenon.mul %[[X]], %[[W]]
// CHECK-NEXT: %[[Z:.*]] = tenon.add %[[Y]], %arg1
// CHECK-NEXT: tenon.set_state @w, %[[Z]]
// CHECK-NEXT: %[[R:.*]] = tenon.collective_broadcast %[[Y]] from 1
// CHECK-NEXT: return %[[R]]
// CHECK-LABEL: func.func @collect_states
// CHECK-NEXT: %[[MINE:.*]] = tenon.get_state @w
// CHECK-NEXT: %[[ALL:.*]] = tenon.collective_broadcast %[[MINE]] from 1
// CHECK-NEXT: tenon.set_state @w, %[[ALL]]
module attributes {tenon.stage = 1 : i64} {
  tenon.state @w trained = dense<0.0> : tensor<8xf32>
  func.func @step(%x: tensor<8xf32>, %n: tensor<8xf32>) -> tensor<8xf32> {
    %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32> loc("first")
    %w = tenon.get_state @w : tensor<8xf32>
    %1 = tenon.mul %0, %w : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> loc("second")
    %2 = tenon.add %1, %n : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    tenon.set_state @w, %2 : tensor<8xf32>
    return %1 : tensor<8xf32>
  }
}

// -----

// The same on the first rank.
// CHECK-LABEL: func.func @step
// CHECK-NEXT: %[[X:.*]] = tenon.exp %arg0
// CHECK-NEXT: tenon.send %[[X]] to 1 tag 0
// CHECK: %[[ZEROS:.*]] = tenon.broadcast
// CHECK-NEXT: %[[R:.*]] = tenon.collective_broadcast %[[ZEROS]] from 1
// CHECK-NEXT: return %[[R]]
module attributes {tenon.stage = 0 : i64} {
  tenon.state @w trained = dense<0.0> : tensor<8xf32>
  func.func @step(%x: tensor<8xf32>, %n: tensor<8xf32>) -> tensor<8xf32> {
    %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32> loc("first")
    %w = tenon.get_state @w : tensor<8xf32>
    %1 = tenon.mul %0, %w : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> loc("second")
    %2 = tenon.add %1, %n : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    tenon.set_state @w, %2 : tensor<8xf32>
    return %1 : tensor<8xf32>
  }
}
