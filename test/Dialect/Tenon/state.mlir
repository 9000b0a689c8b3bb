// RUN: tenon-opt %s | tenon-opt | FileCheck %s

// CHECK: tenon.state @w trained = dense<1.000000e+00> : tensor<4xf32>
tenon.state @w trained = dense<1.0> : tensor<4xf32>
// CHECK: tenon.state @draft scratch = dense<0> : tensor<i64>
tenon.state @draft scratch = dense<0> : tensor<i64>
// CHECK: tenon.state @past kept of tensor<1x?x8xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<1x0x8xf32>
tenon.state @past kept of tensor<1x?x8xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<1x0x8xf32>

// A function calls the symbols of a state as it likes, and sets it to another size.
// CHECK-LABEL: func.func @append
// CHECK: tenon.get_state @past : tensor<1x?x8xf32, #tenon.dims<[q]>>
// CHECK: tenon.set_state @past, %{{.*}} : tensor<1x?x8xf32, #tenon.dims<[q + 1]>>
func.func @append(%x: tensor<1x1x8xf32>) {
  %0 = tenon.get_state @past : tensor<1x?x8xf32, #tenon.dims<[q]>>
  %1 = tenon.concat %0, %x {axis = 1} : (tensor<1x?x8xf32, #tenon.dims<[q]>>, tensor<1x1x8xf32>) -> tensor<1x?x8xf32, #tenon.dims<[q + 1]>>
  tenon.set_state @past, %1 : tensor<1x?x8xf32, #tenon.dims<[q + 1]>>
  return
}
