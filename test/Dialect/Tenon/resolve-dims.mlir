// RUN: tenon-opt %s --tenon-resolve-dims | FileCheck %s

// CHECK-LABEL: @equal
// CHECK: tenon.bind_dim <[n]> = %{{.*}}[0] : tensor<2xi64>
// CHECK-NEXT: tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[n]>>
// CHECK-NEXT: tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[n]>>
// CHECK-NEXT: tenon.bind_dim <[k]> = %{{.*}}[1] : tensor<2xi64>
// CHECK-NEXT: tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[k]>>
func.func @equal(%shape: tensor<2xi64>) -> tensor<?xi64, #tenon.dims<[m]>> {
  tenon.bind_dim <[n]> = %shape[0] : tensor<2xi64>
  %0 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[n]>>
  tenon.bind_dim <[m]> = %shape[0] : tensor<2xi64>
  %1 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[m]>>
  tenon.bind_dim <[k]> = %shape[1] : tensor<2xi64>
  %2 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[k]>>
  tenon.bind_dim <[unused]> = %shape[1] : tensor<2xi64>
  return %1 : tensor<?xi64, #tenon.dims<[m]>>
}

// What is known before a run is no late size, also where another follows from it.
// CHECK-LABEL: @known
// CHECK-NOT: tenon.bind_dim
// CHECK: tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[min(s + 1, 4)]>>
func.func @known(%x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xi64, #tenon.dims<[min(m, 4)]>> {
  %shape = tenon.symbolic_constant <[s + 1]> : tensor<1xi64>
  tenon.bind_dim <[n]> = %shape[0] : tensor<1xi64>
  %next = tenon.symbolic_constant <[n]> : tensor<i64>
  tenon.bind_dim <[m]> = %next[0] : tensor<i64>
  %0 = tenon.iota {axis = 0 : i64} : tensor<?xi64, #tenon.dims<[min(m, 4)]>>
  return %0 : tensor<?xi64, #tenon.dims<[min(m, 4)]>>
}
