// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @ratio(%x: tensor<4xf32>) {
  // expected-error @+1 {{expected a ratio of at least 0 and below 1, got 1}}
  %0 = tenon.dropout %x {ratio = 1.0 : f32} : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

func.func @sizes(%seed: tensor<i64>) {
  // expected-error @below {{expects a result of known sizes, got 'tensor<?xf32>'}}
  %0 = tenon.random_uniform %seed stream 0 : tensor<i64> -> tensor<?xf32>
  return
}
