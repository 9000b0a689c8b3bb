// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-form-views))' | FileCheck %s

// What a concatenation is made of is computed where it lies; what can't be (an argument) is copied there.
// CHECK-LABEL: @concat
func.func @concat(%x: tensor<8x16xf32>, %y: tensor<8x64xf32>) -> tensor<8x96xf32> {
  // CHECK: %[[A:.*]] = tenon.group (%{{.*}} = %arg0)
  // CHECK: tenon.exp
  %0 = tenon.group (%a = %x) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    %5 = tenon.exp %a : tensor<8x16xf32> -> tensor<8x16xf32>
    tenon.yield %5 : tensor<8x16xf32>
  }
  // CHECK: %[[B:.*]] = tenon.group (%{{.*}} = %arg0)
  %1 = tenon.group (%a = %x) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    %5 = tenon.abs %a : tensor<8x16xf32> -> tensor<8x16xf32>
    tenon.yield %5 : tensor<8x16xf32>
  }
  // CHECK: %[[C:.*]] = tenon.group (%{{.*}} = %arg1)
  // CHECK: tenon.copy
  // CHECK: tenon.concat %[[A]], %[[B]], %[[C]] {axis = 1 : i64}
  // CHECK-NOT: tenon.group
  %2 = tenon.group (%a = %0, %b = %1, %c = %y) : (tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x64xf32>) -> tensor<8x96xf32> {
    %5 = tenon.concat %a, %b, %c {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x64xf32>) -> tensor<8x96xf32>
    tenon.yield %5 : tensor<8x96xf32>
  }
  return %2 : tensor<8x96xf32>
}

// Features that grow lie in one buffer from the start.
// CHECK-LABEL: @dense_block
func.func @dense_block(%x: tensor<8x16xf32>) -> tensor<8x48xf32> {
  %0 = tenon.group (%a = %x) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    %5 = tenon.exp %a : tensor<8x16xf32> -> tensor<8x16xf32>
    tenon.yield %5 : tensor<8x16xf32>
  }
  %1 = tenon.group (%a = %0) : (tensor<8x16xf32>) -> tensor<8x16xf32> {
    %5 = tenon.exp %a : tensor<8x16xf32> -> tensor<8x16xf32>
    tenon.yield %5 : tensor<8x16xf32>
  }
  // CHECK: %[[INNER:.*]] = tenon.concat %{{.*}}, %{{.*}} {axis = 1 : i64} : {{.*}} -> tensor<8x32xf32>
  %2 = tenon.group (%a = %0, %b = %1) : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x32xf32> {
    %5 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  // CHECK: %[[LAST:.*]] = tenon.group (%{{.*}} = %[[INNER]])
  %3 = tenon.group (%a = %2) : (tensor<8x32xf32>) -> tensor<8x16xf32> {
    %5 = tenon.slice %a starts <[0, 0]> : tensor<8x32xf32> -> tensor<8x16xf32>
    %6 = tenon.exp %5 : tensor<8x16xf32> -> tensor<8x16xf32>
    tenon.yield %6 : tensor<8x16xf32>
  }
  // CHECK: tenon.concat %[[INNER]], %[[LAST]] {axis = 1 : i64}
  %4 = tenon.group (%a = %0, %b = %1, %c = %3) : (tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x48xf32> {
    %5 = tenon.concat %a, %b, %c {axis = 1 : i64} : (tensor<8x16xf32>, tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x48xf32>
    tenon.yield %5 : tensor<8x48xf32>
  }
  return %4 : tensor<8x48xf32>
}

// Pairs of numbers are no vectors: they are copied.
// CHECK-LABEL: @short_runs
func.func @short_runs(%x: tensor<64x1xf32>) -> tensor<64x2xf32> {
  %0 = tenon.group (%a = %x) : (tensor<64x1xf32>) -> tensor<64x1xf32> {
    %5 = tenon.exp %a : tensor<64x1xf32> -> tensor<64x1xf32>
    tenon.yield %5 : tensor<64x1xf32>
  }
  %1 = tenon.group (%a = %x) : (tensor<64x1xf32>) -> tensor<64x1xf32> {
    %5 = tenon.abs %a : tensor<64x1xf32> -> tensor<64x1xf32>
    tenon.yield %5 : tensor<64x1xf32>
  }
  // CHECK-COUNT-3: tenon.group
  // CHECK-NEXT: tenon.concat
  // CHECK-NEXT: tenon.yield
  %2 = tenon.group (%a = %0, %b = %1) : (tensor<64x1xf32>, tensor<64x1xf32>) -> tensor<64x2xf32> {
    %5 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<64x1xf32>, tensor<64x1xf32>) -> tensor<64x2xf32>
    tenon.yield %5 : tensor<64x2xf32>
  }
  return %2 : tensor<64x2xf32>
}

// A slice is read where it lies, unless it is returned, or a reshape of it asks for neighbours that are none.
// CHECK-LABEL: @slices
func.func @slices(%x: tensor<8x96xf32>) -> (tensor<8x32xf32>, tensor<8x32xf32>, tensor<256xf32>) {
  // CHECK-NEXT: %[[VIEW:.*]] = tenon.slice %arg0 starts <[0, 32]>
  %0 = tenon.group (%a = %x) : (tensor<8x96xf32>) -> tensor<8x32xf32> {
    %5 = tenon.slice %a starts <[0, 32]> : tensor<8x96xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  // CHECK-NEXT: tenon.group (%{{.*}} = %[[VIEW]])
  %1 = tenon.group (%a = %0) : (tensor<8x32xf32>) -> tensor<8x32xf32> {
    %5 = tenon.softmax %a axis 1 : tensor<8x32xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  // CHECK-COUNT-2: tenon.group (%{{.*}} = %arg0)
  %2 = tenon.group (%a = %x) : (tensor<8x96xf32>) -> tensor<8x32xf32> {
    %5 = tenon.slice %a starts <[0, 0]> : tensor<8x96xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  %3 = tenon.group (%a = %x) : (tensor<8x96xf32>) -> tensor<8x32xf32> {
    %5 = tenon.slice %a starts <[0, 64]> : tensor<8x96xf32> -> tensor<8x32xf32>
    tenon.yield %5 : tensor<8x32xf32>
  }
  %4 = tenon.reshape %3 : tensor<8x32xf32> -> tensor<256xf32>
  %6 = tenon.group (%a = %4) : (tensor<256xf32>) -> tensor<256xf32> {
    %5 = tenon.softmax %a axis 0 : tensor<256xf32> -> tensor<256xf32>
    tenon.yield %5 : tensor<256xf32>
  }
  return %1, %2, %6 : tensor<8x32xf32>, tensor<8x32xf32>, tensor<256xf32>
}
