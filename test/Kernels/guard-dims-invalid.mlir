// RUN: tenon-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tenon-guard-dims))'

func.func @never(%x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xf32, #tenon.dims<[s + 2]>> {
  // expected-error @below {{expected s >= s + 2}}
  %0 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[s + 2]>>
  return %0 : tensor<?xf32, #tenon.dims<[s + 2]>>
}

// -----

func.func @predicate() {
  // expected-error @below {{expects 'ge' or 'eq', got 'lt'}}
  tenon.dim_guard lt <[s, 5]>
  return
}

// -----

func.func @count() {
  // expected-error @below {{expects 2 expressions, got 1}}
  tenon.dim_guard ge <[s]>
  return
}
