// RUN: tenon-opt %s --tenon-lower-to-linalg | FileCheck %s

// CHECK-LABEL: func.func @if
// CHECK: %[[C:.*]] = tensor.extract %arg0[]
// CHECK: scf.if %[[C]] -> (tensor<4xf32>) {
// CHECK: scf.yield %arg1
// CHECK: } else {
// CHECK: math.exp
func.func @if(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> attributes {tenon.kernel} {
  %0 = tenon.if %c : tensor<i1> -> tensor<4xf32> {
    tenon.yield %x : tensor<4xf32>
  } else {
    %1 = tenon.exp %x : tensor<4xf32> -> tensor<4xf32>
    tenon.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @scan
// CHECK-SAME: %[[H:[^:]*]]: tensor<4xf32>, %[[X:[^:]*]]: tensor<?x4xf32> {{.*}}, %[[S:[^:]*]]: index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[S]] step %{{.*}} iter_args(%[[STATE:.*]] = %[[H]], %[[ALL:.*]] = %{{.*}}) -> (tensor<4xf32>, tensor<?x4xf32>)
// CHECK: tensor.extract_slice %[[X]][%[[I]], 0] [1, 4] [1, 1] : tensor<?x4xf32> to tensor<4xf32>
// CHECK: %[[NEXT:.*]] = linalg.generic
// CHECK: %[[LAST:.*]] = arith.subi
// CHECK: %[[AT:.*]] = arith.subi %[[LAST]], %[[I]]
// CHECK: %[[STACKED:.*]] = tensor.insert_slice %[[NEXT]] into %[[ALL]][%[[AT]], 0] [1, 4] [1, 1]
// CHECK: scf.yield %[[NEXT]], %[[STACKED]]
func.func @scan(%h: tensor<4xf32>, %x: tensor<?x4xf32, #tenon.dims<[s]>>, %s: index) -> (tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>>)
    attributes {tenon.kernel, tenon.symbols = #tenon.dims<[s]>} {
  %last, %all = tenon.scan inits(%h : tensor<4xf32>) inputs(%x : tensor<?x4xf32, #tenon.dims<[s]>>) length <[s]> reverse [false, true]
      -> tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>> {
  ^body(%previous: tensor<4xf32>, %slice: tensor<4xf32>):
    %next = tenon.add %previous, %slice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  }
  return %last, %all : tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>>
}

// CHECK-LABEL: func.func @loop
// CHECK-SAME: %[[N:[^:]*]]: tensor<i64>, %[[X:[^:]*]]: tensor<4xf32>
// CHECK: %[[COUNT:.*]] = tensor.extract %[[N]][]
// CHECK: %[[END:.*]] = arith.index_cast %[[COUNT]] : i64 to index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[END]] step %{{.*}} iter_args(%[[ON:.*]] = %true, %[[A:.*]] = %[[X]]) -> (i1, tensor<4xf32>)
// CHECK: scf.if %[[ON]] -> (i1, tensor<4xf32>)
// CHECK: arith.index_cast %[[I]] : index to i64
// CHECK: scf.yield %{{.*}}, %{{.*}} : i1, tensor<4xf32>
// CHECK: scf.yield %[[ON]], %[[A]] : i1, tensor<4xf32>
func.func @loop(%n: tensor<i64>, %x: tensor<4xf32>, %limit: tensor<i64>) -> tensor<4xf32> attributes {tenon.kernel} {
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<4xf32>) -> tensor<4xf32> {
  ^body(%i: tensor<i64>, %a: tensor<4xf32>):
    %b = tenon.exp %a : tensor<4xf32> -> tensor<4xf32>
    %on = tenon.compare lt %i, %limit : (tensor<i64>, tensor<i64>) -> tensor<i1>
    tenon.yield %on, %b : tensor<i1>, tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
