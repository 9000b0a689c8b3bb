// RUN: tenon-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{expects a value of its type, 'tensor<?x8xf32, #tenon.dims<[p]>>', got 'tensor<0x7xf32>'}}
tenon.state @past kept of tensor<?x8xf32, #tenon.dims<[p]>> capacity [64] = dense<> : tensor<0x7xf32>

// -----

// expected-error @below {{expects a capacity for each of 1 dimensions that change, got 2}}
tenon.state @past kept of tensor<?x8xf32, #tenon.dims<[p]>> capacity [64, 8] = dense<> : tensor<0x8xf32>

// -----

// expected-error @below {{expects dimension 0 of its type to be a number or a symbol, got 'tensor<?x8xf32, #tenon.dims<[p + 1]>>'}}
tenon.state @past kept of tensor<?x8xf32, #tenon.dims<[p + 1]>> capacity [64] = dense<> : tensor<0x8xf32>

// -----

// expected-error @below {{expects a value of at most 4 in dimension 0, its capacity, got 5}}
tenon.state @past kept of tensor<?xf32, #tenon.dims<[p]>> capacity [4] = dense<0.0> : tensor<5xf32>

// -----

func.func @unknown() -> tensor<4xf32> {
  // expected-error @below {{expects a state of this module, got @w}}
  %0 = tenon.get_state @w : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<4xf32>
func.func @other_type() -> tensor<5xf32> {
  // expected-error @below {{expects the type of state @w, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %0 = tenon.get_state @w : tensor<5xf32>
  return %0 : tensor<5xf32>
}

// -----

tenon.state @past kept of tensor<?xf32, #tenon.dims<[p]>> capacity [4] = dense<> : tensor<0xf32>
func.func @formula() -> tensor<?xf32, #tenon.dims<[q + 1]>> {
  // expected-error @below {{expects the type of state @past}}
  %0 = tenon.get_state @past : tensor<?xf32, #tenon.dims<[q + 1]>>
  return %0 : tensor<?xf32, #tenon.dims<[q + 1]>>
}
