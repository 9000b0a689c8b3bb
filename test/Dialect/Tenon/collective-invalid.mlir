// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @product(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects sum, mean, minimum or maximum, got product}}
  %0 = tenon.all_reduce product %x : tensor<4xf32>
  return
}

// -----

func.func @mean_of_integers(%x: tensor<4xi32>) {
  // expected-error @+1 {{expects floats to make a mean of, got 'i32'}}
  %0 = tenon.all_reduce mean %x : tensor<4xi32>
  return
}

// -----

func.func @no_ranks(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected at least 1 rank and a first dimension, got 0 ranks and 'tensor<4xf32>'}}
  %0 = tenon.all_gather %x ranks 0 : tensor<4xf32> -> tensor<0xf32>
  return
}

// -----

func.func @other_size(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects results of type 'tensor<8xf32>', got 'tensor<12xf32>'}}
  %0 = tenon.all_gather %x ranks 2 : tensor<4xf32> -> tensor<12xf32>
  return
}

// -----

func.func @negative(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a rank of at least 0, got -1}}
  tenon.send %x to -1 tag 0 : tensor<4xf32>
  return
}

// -----

func.func @negative_root(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a rank of at least 0, got -1}}
  %0 = tenon.collective_broadcast %x from -1 : tensor<4xf32>
  return
}

// -----

func.func @unknown_size() {
  // expected-error @+1 {{expects a result of known sizes, got 'tensor<?xf32>'}}
  %0 = tenon.receive from 1 tag 0 : tensor<?xf32>
  return
}

// -----

func.func @not_started(%x: tensor<4xf32>) {
  // expected-error @+1 {{expects a value that a collective or a receive gives, and that nothing else uses}}
  %0 = tenon.await %x : tensor<4xf32>
  return
}

// -----

func.func @read_before(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tenon.all_reduce sum %x : tensor<4xf32>
  // expected-error @+1 {{expects a value that a collective or a receive gives, and that nothing else uses}}
  %1 = tenon.await %0 of %x : tensor<4xf32>, tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @other_operands(%x: tensor<4xf32>, %y: tensor<4xf32>) {
  %0 = tenon.all_reduce sum %x : tensor<4xf32>
  // expected-error @+1 {{expects the operands of what it waits for}}
  %1 = tenon.await %0 of %y : tensor<4xf32>, tensor<4xf32>
  return
}
