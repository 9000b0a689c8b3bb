// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-bind-parameters | FileCheck %s

tenon.parameter @w = dense<1.0> : tensor<4xf32>
tenon.parameter @count state = dense<0> : tensor<i64>

// Read twice, it is one argument; what is written is a result behind the function's own.
// CHECK-LABEL: func.func @step
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4xf32> {tenon.parameter = "w"})
// CHECK-SAME: -> (tensor<4xf32>, tensor<4xf32> {tenon.parameter = "w"})
func.func @step(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = tenon.mul %[[X]], %[[W]]
  // CHECK-NEXT: %[[Z:.*]] = tenon.add %[[Y]], %[[W]]
  // CHECK-NEXT: return %[[Y]], %[[Z]]
  %0 = tenon.get_parameter @w : tensor<4xf32>
  %1 = tenon.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = tenon.get_parameter @w : tensor<4xf32>
  %3 = tenon.add %1, %2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  tenon.set_parameter @w, %3 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

tenon.parameter @w = dense<1.0> : tensor<4xf32>
func.func @twice(%x: tensor<4xf32>) {
  tenon.set_parameter @w, %x : tensor<4xf32>
  // expected-error @below {{expects each parameter to be set once, got a second time}}
  tenon.set_parameter @w, %x : tensor<4xf32>
  return
}

// -----

func.func @unknown() -> tensor<4xf32> {
  // expected-error @below {{expects a parameter of this module, got @w}}
  %0 = tenon.get_parameter @w : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

tenon.parameter @w = dense<1.0> : tensor<4xf32>
func.func @other_type() -> tensor<5xf32> {
  // expected-error @below {{expects the type of parameter @w, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %0 = tenon.get_parameter @w : tensor<5xf32>
  return %0 : tensor<5xf32>
}

// -----

tenon.parameter @w = dense<1.0> : tensor<4xf32>
func.func @in_branch(%c: tensor<i1>, %x: tensor<4xf32>) {
  tenon.if %c : tensor<i1> {
    // expected-error @below {{expects to stand in a function, not in a branch or a loop}}
    tenon.set_parameter @w, %x : tensor<4xf32>
    tenon.yield
  } else {
    tenon.yield
  }
  return
}
