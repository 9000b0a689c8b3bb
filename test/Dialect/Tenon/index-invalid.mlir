// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @gather(%x: tensor<4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{expected an axis in [0, 1), got 1}}
  %0 = tenon.gather %x at %i {axis = 1} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_elements(%x: tensor<4x4xf32>, %i: tensor<2xi64>) {
  // expected-error @+1 {{expected indices of rank 2 (the operand's), got 1}}
  %0 = tenon.gather_elements %x at %i {axis = 1} : (tensor<4x4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_nd(%x: tensor<4x4xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+1 {{expected at most 2 coordinates in the last dimension of the indices, got 3}}
  %0 = tenon.gather_nd %x at %i {batch_dims = 0} : (tensor<4x4xf32>, tensor<2x3xi64>) -> tensor<2xf32>
  return
}

// -----

func.func @scatter_nd(%x: tensor<4x4xf32>, %i: tensor<2x1xi64>, %u: tensor<2xf32>) {
  // expected-error @+1 {{expected updates of type 'tensor<2x4xf32>', got 'tensor<2xf32>'}}
  %0 = tenon.scatter_nd %x at %i with %u : (tensor<4x4xf32>, tensor<2x1xi64>, tensor<2xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @iota() {
  // expected-error @+1 {{expects an axis in [0, 1), got 2}}
  %0 = tenon.iota {axis = 2} : tensor<4xi64>
  return
}

// -----

func.func @top_k(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected k between 0 and 4 (dimension 0), got 5}}
  %0:2 = tenon.top_k %x k <[5]> {axis = 0, largest = true} : tensor<4xf32> -> tensor<5xf32>, tensor<5xi64>
  return
}

// -----

func.func @gather_elements(%x: tensor<1x4xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+1 {{expected at most 1 indices in dimension 0, got 2}}
  %0 = tenon.gather_elements %x at %i {axis = 1 : i64} : (tensor<1x4xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @too_many_positions(%mask: tensor<4xi1>) {
  // expected-error @below {{expects at most as many positions as the mask has elements, got 5 of 4}}
  %0 = tenon.true_positions %mask : tensor<4xi1> -> tensor<5xi64>
  return
}
