// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-bind-state | FileCheck %s

tenon.state @w trained = dense<1.0> : tensor<4xf32>
tenon.state @count kept = dense<0> : tensor<i64>
tenon.state @past kept of tensor<?xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<0xf32>

// Read twice, it is one argument; what is written is a result behind the function's own.
// CHECK-LABEL: func.func @step
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4xf32> {tenon.state = "w"})
// CHECK-SAME: -> (tensor<4xf32>, tensor<4xf32> {tenon.state = "w"})
func.func @step(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = tenon.mul %[[X]], %[[W]]
  // CHECK-NEXT: %[[Z:.*]] = tenon.add %[[Y]], %[[W]]
  // CHECK-NEXT: return %[[Y]], %[[Z]]
  %0 = tenon.get_state @w : tensor<4xf32>
  %1 = tenon.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = tenon.get_state @w : tensor<4xf32>
  %3 = tenon.add %1, %2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  tenon.set_state @w, %3 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// A state that grows binds a symbol of the function, as an input would.
// CHECK-LABEL: func.func @append
// CHECK-SAME: %[[PAST:.*]]: tensor<?xf32, #tenon.dims<[q]>> {tenon.state = "past"})
// CHECK-SAME: -> (tensor<?xf32, #tenon.dims<[q + 4]>> {tenon.state = "past"})
func.func @append(%x: tensor<4xf32>) {
  %0 = tenon.get_state @past : tensor<?xf32, #tenon.dims<[q]>>
  %1 = tenon.concat %0, %x {axis = 0} : (tensor<?xf32, #tenon.dims<[q]>>, tensor<4xf32>) -> tensor<?xf32, #tenon.dims<[q + 4]>>
  tenon.set_state @past, %1 : tensor<?xf32, #tenon.dims<[q + 4]>>
  return
}

// -----

tenon.state @w trained = dense<1.0> : tensor<4xf32>
func.func @twice(%x: tensor<4xf32>) {
  tenon.set_state @w, %x : tensor<4xf32>
  // expected-error @below {{expects each state to be set once, got a second time}}
  tenon.set_state @w, %x : tensor<4xf32>
  return
}

// -----

tenon.state @w trained = dense<1.0> : tensor<4xf32>
func.func @in_branch(%c: tensor<i1>, %x: tensor<4xf32>) {
  tenon.if %c : tensor<i1> {
    // expected-error @below {{expects to stand in a function, not in a branch or a loop}}
    tenon.set_state @w, %x : tensor<4xf32>
    tenon.yield
  } else {
    tenon.yield
  }
  return
}
