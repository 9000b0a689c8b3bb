// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-start-transfers))' | FileCheck %s

// A transfer starts where its operands are there, and is awaited where its result is needed.
// CHECK-LABEL: @overlap
// CHECK: %[[X:.*]] = tenon.group
// CHECK: %[[R:.*]] = tenon.all_reduce sum %[[X]]
// CHECK: %[[Y:.*]] = tenon.group
// CHECK: %[[A:.*]] = tenon.await %[[R]] of %[[X]] : tensor<8xf32>, tensor<8xf32>
// CHECK: tenon.group (%{{.*}} = %[[Y]], %{{.*}} = %[[A]])
func.func @overlap(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = tenon.group (%a = %x) : (tensor<8xf32>) -> tensor<8xf32> {
    %n = tenon.neg %a : tensor<8xf32> -> tensor<8xf32>
    tenon.yield %n : tensor<8xf32>
  }
  %1 = tenon.group (%a = %x) : (tensor<8xf32>) -> tensor<8xf32> {
    %n = tenon.exp %a : tensor<8xf32> -> tensor<8xf32>
    tenon.yield %n : tensor<8xf32>
  }
  %2 = tenon.all_reduce sum %0 : tensor<8xf32>
  %3 = tenon.group (%a = %1, %b = %2) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> {
    %n = tenon.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    tenon.yield %n : tensor<8xf32>
  }
  return %3 : tensor<8xf32>
}

// -----

// Ranks come to all of them in the order that they had. Those whose results nothing needs before the last start are awaited together: a state
// is changed when nothing can fail any more.
// CHECK-LABEL: @together
// CHECK: %[[R:.*]] = tenon.all_reduce mean %arg0
// CHECK-NEXT: tenon.send %arg1 to 1 tag 0
// CHECK-NEXT: %[[S:.*]] = tenon.all_reduce mean %arg1
// CHECK-NEXT: tenon.await %[[R]]
// CHECK-NEXT: tenon.await %[[S]]
// CHECK-NEXT: tenon.group
func.func @together(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = tenon.all_reduce mean %x : tensor<8xf32>
  tenon.send %y to 1 tag 0 : tensor<8xf32>
  %1 = tenon.group (%a = %0) : (tensor<8xf32>) -> tensor<8xf32> {
    %n = tenon.neg %a : tensor<8xf32> -> tensor<8xf32>
    tenon.yield %n : tensor<8xf32>
  }
  %2 = tenon.all_reduce mean %y : tensor<8xf32>
  %3 = tenon.group (%a = %2) : (tensor<8xf32>) -> tensor<8xf32> {
    %n = tenon.neg %a : tensor<8xf32> -> tensor<8xf32>
    tenon.yield %n : tensor<8xf32>
  }
  return %1, %3 : tensor<8xf32>, tensor<8xf32>
}
