// RUN: tenon-opt %s --tenon-outline-kernels | FileCheck %s

// Kernels that are equal but for the strides of an operand are one, with the stride as index argument.
// CHECK-LABEL: @main
func.func @main(%x: tensor<8x96xf32>, %y: tensor<8x64xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>, tensor<8x32xf32>) {
  %0 = tenon.slice %x starts <[0, 32]> : tensor<8x96xf32> -> tensor<8x32xf32>
  %1 = tenon.slice %y starts <[0, 32]> : tensor<8x64xf32> -> tensor<8x32xf32>
  // CHECK: tenon.launch @[[EXP:exp_.*]](%{{.*}}) dims<[96]>
  %2 = tenon.group (%a = %0) : (tensor<8x32xf32>) -> tensor<8x32xf32> {
    %5 = tenon.exp %a : tensor<8x32xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  // CHECK: tenon.launch @[[EXP]](%{{.*}}) dims<[64]>
  %3 = tenon.group (%a = %1) : (tensor<8x32xf32>) -> tensor<8x32xf32> {
    %5 = tenon.exp %a : tensor<8x32xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  // CHECK: tenon.launch @[[ABS:abs_.*]](%{{.*}}) dims<[]>
  %4 = tenon.group (%a = %0) : (tensor<8x32xf32>) -> tensor<8x32xf32> {
    %5 = tenon.abs %a : tensor<8x32xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  return %2, %3, %4 : tensor<8x32xf32>, tensor<8x32xf32>, tensor<8x32xf32>
}
// CHECK: module @[[EXP]]
// CHECK-NEXT: func.func @kernel(%{{.*}}: tensor<8x32xf32> {tenon.strides = #tenon.dims<[k0, 1]>}, %{{.*}}: index)
// CHECK: module @[[ABS]]
// CHECK-NEXT: func.func @kernel(%{{.*}}: tensor<8x32xf32> {tenon.strides = #tenon.dims<[96, 1]>})
