// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(tenon-keep-state{pairs=past.*=present.*,auto capacities=p=16})' | FileCheck %s

// A cache that grows begins without elements; the batch, which it has alone, is a number.
// CHECK-LABEL: tenon.state @past.0 kept of tensor<1x?x8xf32, #tenon.dims<[p]>> capacity [16] = dense<> : tensor<1x0x8xf32> {input_number = 1 : i64, output_number = 1 : i64}
// CHECK: func.func @decode(%[[X:.*]]: tensor<1x1x8xf32> {tenon.name = "x"}) -> (tensor<1x?x8xf32, #tenon.dims<[p + 1]>> {tenon.name = "y"})
// CHECK-NEXT: %[[P:.*]] = tenon.get_state @past.0 : tensor<1x?x8xf32, #tenon.dims<[p]>>
// CHECK-NEXT: %[[N:.*]] = tenon.concat %[[P]], %[[X]]
// CHECK: tenon.set_state @past.0, %[[N]] : tensor<1x?x8xf32, #tenon.dims<[p + 1]>>
func.func @decode(%x: tensor<1x1x8xf32> {tenon.name = "x"}, %past: tensor<1x?x8xf32, #tenon.dims<[p]>> {tenon.name = "past.0"})
    -> (tensor<1x?x8xf32, #tenon.dims<[p + 1]>> {tenon.name = "y"}, tensor<1x?x8xf32, #tenon.dims<[p + 1]>> {tenon.name = "present.0"}) {
  %0 = tenon.concat %past, %x {axis = 1 : i64} : (tensor<1x?x8xf32, #tenon.dims<[p]>>, tensor<1x1x8xf32>) -> tensor<1x?x8xf32, #tenon.dims<[p + 1]>>
  %1 = tenon.exp %0 : tensor<1x?x8xf32, #tenon.dims<[p + 1]>> -> tensor<1x?x8xf32, #tenon.dims<[p + 1]>>
  return %1, %0 : tensor<1x?x8xf32, #tenon.dims<[p + 1]>>, tensor<1x?x8xf32, #tenon.dims<[p + 1]>>
}
