// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @if(%c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expects yielded values 0 of type 'tensor<5xf32>', got 'tensor<4xf32>'}}
  %0 = tenon.if %c : tensor<i1> -> tensor<5xf32> {
    tenon.yield %x : tensor<4xf32>
  } else {
    tenon.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @scan(%x: tensor<3x4xf32>) {
  // expected-error @+1 {{expects region arguments 0 of type 'tensor<4xf32>', got 'tensor<3xf32>'}}
  tenon.scan inputs(%x : tensor<3x4xf32>) length <[3]> reverse [false] {
  ^body(%slice: tensor<3xf32>):
    tenon.yield
  }
  return
}

// -----

func.func @loop(%n: tensor<i64>, %x: tensor<4xf32>) {
  // expected-error @+1 {{expects 2 yielded values, got 1}}
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<4xf32>) -> tensor<4xf32> {
  ^body(%i: tensor<i64>, %previous: tensor<4xf32>):
    tenon.yield %previous : tensor<4xf32>
  }
  return
}
