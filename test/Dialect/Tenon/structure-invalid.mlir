// RUN: tenon-opt %s --split-input-file --verify-diagnostics

func.func @expression(%count: tensor<i64>) {
  // expected-error @below {{expects one dimension symbol, got}}
  tenon.bind_dim <[n + 1]> = %count[0] : tensor<i64>
  return
}

// -----

func.func @derived(%count: tensor<i64>) {
  // expected-error @below {{expects one dimension symbol, got}}
  tenon.bind_dim <[min(n, 4)]> = %count[0] : tensor<i64>
  return
}

// -----

func.func @position(%shape: tensor<2xi64>) {
  // expected-error @below {{expects a position below 2, got 2}}
  tenon.bind_dim <[n]> = %shape[2] : tensor<2xi64>
  return
}

// -----

func.func @bounds(%count: tensor<i64>) {
  // expected-error @below {{expects one upper bound, got 2}}
  tenon.bind_dim <[n]> = %count[0] at_most <[4, 5]> : tensor<i64>
  return
}
