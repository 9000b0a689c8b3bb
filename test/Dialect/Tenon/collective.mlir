// RUN: tenon-opt %s | tenon-opt | FileCheck %s
// RUN: tenon-opt %s --pass-pipeline='builtin.module(canonicalize,cse)' | FileCheck %s

// Every rank comes to each of them, also where two are equal or nobody reads one.
// CHECK-LABEL: @all
func.func @all(%x: tensor<?x8xf32, #tenon.dims<[s]>>) -> (tensor<?x8xf32, #tenon.dims<[s * 4]>>, tensor<i64>) {
  // CHECK: tenon.all_reduce sum %arg0 : tensor<?x8xf32, #tenon.dims<[s]>>
  %0 = tenon.all_reduce sum %x : tensor<?x8xf32, #tenon.dims<[s]>>
  // CHECK-NEXT: tenon.all_reduce sum
  %1 = tenon.all_reduce sum %x : tensor<?x8xf32, #tenon.dims<[s]>>
  // CHECK-NEXT: %[[ALL:.*]] = tenon.all_gather %arg0 ranks 4 : tensor<?x8xf32, #tenon.dims<[s]>> -> tensor<?x8xf32, #tenon.dims<[s * 4]>>
  %2 = tenon.all_gather %x ranks 4 : tensor<?x8xf32, #tenon.dims<[s]>> -> tensor<?x8xf32, #tenon.dims<[s * 4]>>
  // CHECK-NEXT: tenon.collective_broadcast %arg0 from 1
  %3 = tenon.collective_broadcast %x from 1 : tensor<?x8xf32, #tenon.dims<[s]>>
  // CHECK-NEXT: tenon.send %arg0 to 2 tag 7
  tenon.send %x to 2 tag 7 : tensor<?x8xf32, #tenon.dims<[s]>>
  // CHECK-NEXT: %[[HERE:.*]] = tenon.receive from 2 tag 7 : tensor<4xf32>
  %4 = tenon.receive from 2 tag 7 : tensor<4xf32>
  // CHECK-NEXT: tenon.await %[[HERE]] : tensor<4xf32>
  %5 = tenon.await %4 : tensor<4xf32>
  // CHECK-NEXT: tenon.rank : tensor<i64>
  %6 = tenon.rank : tensor<i64>
  return %2, %6 : tensor<?x8xf32, #tenon.dims<[s * 4]>>, tensor<i64>
}
