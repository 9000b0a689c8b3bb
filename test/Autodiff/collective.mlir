// RUN: tenon-opt %s --pass-pipeline='builtin.module(tenon-differentiate{function=sum},tenon-differentiate{function=gather},tenon-differentiate{function=broadcast})' | FileCheck %s

// What every rank gets has the cotangents of all of them.
func.func @sum(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tenon.all_reduce sum %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-LABEL: @sum_vjp
// CHECK: tenon.all_reduce sum %arg0
// CHECK: tenon.all_reduce sum %arg1

func.func @gather(%x: tensor<2x3xf32>) -> tensor<8x3xf32> {
  %0 = tenon.all_gather %x ranks 4 : tensor<2x3xf32> -> tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}
// CHECK-LABEL: @gather_vjp
// CHECK: %[[SUM:.*]] = tenon.all_reduce sum %arg1
// CHECK: %[[PARTS:.*]] = tenon.reshape %[[SUM]] : tensor<8x3xf32> -> tensor<4x2x3xf32>
// CHECK: %[[RANK:.*]] = tenon.rank
// CHECK: tenon.gather %[[PARTS]] at %[[RANK]]

func.func @broadcast(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tenon.collective_broadcast %x from 2 : tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK-LABEL: @broadcast_vjp
// CHECK: tenon.all_reduce sum %arg1
// CHECK: tenon.rank
// CHECK: tenon.select
