// RUN: tenon-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tenon-verify-dims))' --verify-diagnostics

// What is bound is known behind, and inside of regions.
func.func @bound(%c: tensor<i1>, %count: tensor<i64>) {
  tenon.bind_dim <[n]> = %count[0] at_most <[8]> : tensor<i64>
  tenon.if %c : tensor<i1> {
    %0 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[n * 2]>>
    tenon.yield
  } else {
    tenon.yield
  }
  return
}

// -----

func.func @too_late(%count: tensor<i64>) {
  // expected-error @below {{expects dimension 'n' to be one of an input, or bound before}}
  %0 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[min(n, 4)]>>
  tenon.bind_dim <[n]> = %count[0] : tensor<i64>
  return
}

// -----

func.func @other_branch(%c: tensor<i1>, %count: tensor<i64>) {
  tenon.if %c : tensor<i1> {
    tenon.bind_dim <[n]> = %count[0] : tensor<i64>
    tenon.yield
  } else {
    // expected-error @below {{expects dimension 'n' to be one of an input, or bound before}}
    %0 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[n]>>
    tenon.yield
  }
  return
}

// -----

func.func @twice(%x: tensor<?xf32, #tenon.dims<[n]>>, %count: tensor<i64>) {
  // expected-error @below {{expects a symbol that is not bound yet, got 'n'}}
  tenon.bind_dim <[n]> = %count[0] : tensor<i64>
  return
}
