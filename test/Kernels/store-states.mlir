// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(tenon-store-states,func.func(tenon-form-views),tenon-outline-kernels,func.func(tenon-plan-memory))' 2>%t.remarks | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t.remarks

// What a cache that grows gets is computed behind it, with the strides of its capacity; nothing copies the cache.
// CHECK-LABEL: tenon.state @past
// CHECK-SAME: at_capacity
tenon.state @past kept of tensor<2x?x16xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<2x0x16xf32>

// CHECK-LABEL: @decode
// CHECK-SAME: {tenon.state = "past", tenon.strides = #tenon.dims<[1024, 16, 1]>}
// CHECK-SAME: tenon.state = "past", tenon.strides = #tenon.dims<[1024, 16, 1]>, tenon.updated
func.func @decode(%x: tensor<2x1x16xf32>, %past: tensor<2x?x16xf32, #tenon.dims<[q]>> {tenon.state = "past"})
    -> (tensor<2x16xf32>, tensor<2x?x16xf32, #tenon.dims<[q + 1]>> {tenon.state = "past"}) {
  // CHECK: tenon.launch @exp{{.*}}(%arg0) {{.*}}placement = [#tenon.region<state 1 at <[q * 64]> strides <[1024, 16, 1]>>]
  %0 = tenon.group (%a = %x) : (tensor<2x1x16xf32>) -> tensor<2x1x16xf32> {
    %5 = tenon.exp %a : tensor<2x1x16xf32> -> tensor<2x1x16xf32>
    tenon.yield %5 : tensor<2x1x16xf32>
  }
  // CHECK-NEXT: tenon.concat {{.*}}placement = [#tenon.region<state 1 at <[0]> strides <[1024, 16, 1]>>]
  %1 = tenon.group (%a = %past, %b = %0) : (tensor<2x?x16xf32, #tenon.dims<[q]>>, tensor<2x1x16xf32>) -> tensor<2x?x16xf32, #tenon.dims<[q + 1]>> {
    %5 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[q]>>, tensor<2x1x16xf32>) -> tensor<2x?x16xf32, #tenon.dims<[q + 1]>>
    tenon.yield %5 : tensor<2x?x16xf32, #tenon.dims<[q + 1]>>
  }
  // CHECK-NEXT: tenon.launch @reduce
  // CHECK-NEXT: return
  %2 = tenon.group (%a = %1) : (tensor<2x?x16xf32, #tenon.dims<[q + 1]>>) -> tensor<2x16xf32> {
    %5 = tenon.reduce sum %a axes [1] : tensor<2x?x16xf32, #tenon.dims<[q + 1]>> -> tensor<2x16xf32>
    tenon.yield %5 : tensor<2x16xf32>
  }
  return %2, %1 : tensor<2x16xf32>, tensor<2x?x16xf32, #tenon.dims<[q + 1]>>
}

// Another function that puts its rows in another order writes them to memory of its own, in the same form. A reshape that needs its elements
// close together is of a copy.
// CHECK-LABEL: @reorder
// CHECK: tenon.launch @copy{{.*}}(%arg0) {{.*}}placement = [#tenon.region<arena at <[0]>>]
// CHECK-NEXT: tenon.reshape
// CHECK: tenon.launch @slice{{.*}}placement = [#tenon.region<output 1 at <[0]> strides <[1024, 16, 1]>>]
// REMARK: remark: state 'past' is written anew by each call: its next value is not the present one with more behind it
func.func @reorder(%past: tensor<2x?x16xf32, #tenon.dims<[q]>> {tenon.state = "past"})
    -> (tensor<?x16xf32, #tenon.dims<[q * 2]>>, tensor<2x?x16xf32, #tenon.dims<[q]>> {tenon.state = "past"}) {
  %0 = tenon.reshape %past : tensor<2x?x16xf32, #tenon.dims<[q]>> -> tensor<?x16xf32, #tenon.dims<[q * 2]>>
  %1 = tenon.group (%a = %0) : (tensor<?x16xf32, #tenon.dims<[q * 2]>>) -> tensor<?x16xf32, #tenon.dims<[q * 2]>> {
    %5 = tenon.exp %a : tensor<?x16xf32, #tenon.dims<[q * 2]>> -> tensor<?x16xf32, #tenon.dims<[q * 2]>>
    tenon.yield %5 : tensor<?x16xf32, #tenon.dims<[q * 2]>>
  }
  %2 = tenon.group (%a = %past) : (tensor<2x?x16xf32, #tenon.dims<[q]>>) -> tensor<2x?x16xf32, #tenon.dims<[q]>> {
    %5 = tenon.slice %a starts <[1, 0, 0]> steps [-1, 1, 1] : tensor<2x?x16xf32, #tenon.dims<[q]>> -> tensor<2x?x16xf32, #tenon.dims<[q]>>
    tenon.yield %5 : tensor<2x?x16xf32, #tenon.dims<[q]>>
  }
  return %1, %2 : tensor<?x16xf32, #tenon.dims<[q * 2]>>, tensor<2x?x16xf32, #tenon.dims<[q]>>
}

// -----

// A window that slides is a state that lies densely, and is copied.
// CHECK-LABEL: tenon.state @window
// CHECK-NOT: at_capacity
tenon.state @window kept = dense<0.0> : tensor<4x16xf32>

// CHECK-LABEL: @slide
// CHECK: tenon.launch @concat
func.func @slide(%x: tensor<1x16xf32>, %window: tensor<4x16xf32> {tenon.state = "window"}) -> (tensor<4x16xf32> {tenon.state = "window"}) {
  %0 = tenon.group (%a = %window, %b = %x) : (tensor<4x16xf32>, tensor<1x16xf32>) -> tensor<5x16xf32> {
    %5 = tenon.concat %a, %b {axis = 0 : i64} : (tensor<4x16xf32>, tensor<1x16xf32>) -> tensor<5x16xf32>
    tenon.yield %5 : tensor<5x16xf32>
  }
  %1 = tenon.group (%a = %0) : (tensor<5x16xf32>) -> tensor<4x16xf32> {
    %5 = tenon.slice %a starts <[1, 0]> steps [1, 1] : tensor<5x16xf32> -> tensor<4x16xf32>
    tenon.yield %5 : tensor<4x16xf32>
  }
  return %1 : tensor<4x16xf32>
}

// -----

// Keys and values in one state: the parts of the present value lie where they will, what is new is computed behind each.
tenon.state @both kept of tensor<2x?x16xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<2x0x16xf32>

// CHECK-LABEL: @stacked
// CHECK-SAME: tenon.updated
// CHECK-NOT: tenon.launch @{{slice|copy|concat}}
// CHECK: tenon.launch @exp{{.*}}placement = [#tenon.region<state 1 at <[p * 64]>>]
// CHECK: tenon.launch @exp{{.*}}placement = [#tenon.region<state 1 at <[p * 64 + 4096]>>]
// CHECK-NOT: tenon.launch
// CHECK: return
func.func @stacked(%x: tensor<1x1x16xf32>, %both: tensor<2x?x16xf32, #tenon.dims<[p]>> {tenon.state = "both"})
    -> (tensor<2x?x16xf32, #tenon.dims<[p + 1]>> {tenon.state = "both"}) {
  %0 = tenon.group (%a = %x) : (tensor<1x1x16xf32>) -> tensor<1x1x16xf32> {
    %9 = tenon.exp %a : tensor<1x1x16xf32> -> tensor<1x1x16xf32>
    tenon.yield %9 : tensor<1x1x16xf32>
  }
  %1 = tenon.group (%a = %0) : (tensor<1x1x16xf32>) -> tensor<1x1x16xf32> {
    %9 = tenon.exp %a : tensor<1x1x16xf32> -> tensor<1x1x16xf32>
    tenon.yield %9 : tensor<1x1x16xf32>
  }
  %2 = tenon.group (%a = %both) : (tensor<2x?x16xf32, #tenon.dims<[p]>>) -> tensor<1x?x16xf32, #tenon.dims<[p]>> {
    %9 = tenon.slice %a starts <[0, 0, 0]> steps [1, 1, 1] : tensor<2x?x16xf32, #tenon.dims<[p]>> -> tensor<1x?x16xf32, #tenon.dims<[p]>>
    tenon.yield %9 : tensor<1x?x16xf32, #tenon.dims<[p]>>
  }
  %3 = tenon.group (%a = %both) : (tensor<2x?x16xf32, #tenon.dims<[p]>>) -> tensor<1x?x16xf32, #tenon.dims<[p]>> {
    %9 = tenon.slice %a starts <[1, 0, 0]> steps [1, 1, 1] : tensor<2x?x16xf32, #tenon.dims<[p]>> -> tensor<1x?x16xf32, #tenon.dims<[p]>>
    tenon.yield %9 : tensor<1x?x16xf32, #tenon.dims<[p]>>
  }
  %4 = tenon.group (%a = %2, %b = %0) : (tensor<1x?x16xf32, #tenon.dims<[p]>>, tensor<1x1x16xf32>) -> tensor<1x?x16xf32, #tenon.dims<[p + 1]>> {
    %9 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<1x?x16xf32, #tenon.dims<[p]>>, tensor<1x1x16xf32>) -> tensor<1x?x16xf32, #tenon.dims<[p + 1]>>
    tenon.yield %9 : tensor<1x?x16xf32, #tenon.dims<[p + 1]>>
  }
  %5 = tenon.group (%a = %3, %b = %1) : (tensor<1x?x16xf32, #tenon.dims<[p]>>, tensor<1x1x16xf32>) -> tensor<1x?x16xf32, #tenon.dims<[p + 1]>> {
    %9 = tenon.concat %a, %b {axis = 1 : i64} : (tensor<1x?x16xf32, #tenon.dims<[p]>>, tensor<1x1x16xf32>) -> tensor<1x?x16xf32, #tenon.dims<[p + 1]>>
    tenon.yield %9 : tensor<1x?x16xf32, #tenon.dims<[p + 1]>>
  }
  %6 = tenon.group (%a = %4, %b = %5) : (tensor<1x?x16xf32, #tenon.dims<[p + 1]>>, tensor<1x?x16xf32, #tenon.dims<[p + 1]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + 1]>> {
    %9 = tenon.concat %a, %b {axis = 0 : i64} : (tensor<1x?x16xf32, #tenon.dims<[p + 1]>>, tensor<1x?x16xf32, #tenon.dims<[p + 1]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + 1]>>
    tenon.yield %9 : tensor<2x?x16xf32, #tenon.dims<[p + 1]>>
  }
  return %6 : tensor<2x?x16xf32, #tenon.dims<[p + 1]>>
}
