// RUN: tenon-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: @known_branch
// CHECK-NEXT: tenon.exp %arg0
// CHECK-NEXT: return
func.func @known_branch(%x: tensor<4xf32>) -> tensor<4xf32> {
  %false = tenon.constant dense<false> : tensor<i1>
  %0 = tenon.if %false : tensor<i1> -> tensor<4xf32> {
    tenon.yield %x : tensor<4xf32>
  } else {
    %1 = tenon.exp %x : tensor<4xf32> -> tensor<4xf32>
    tenon.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// A size is at least 0, so the condition is known although the size is not.
// CHECK-LABEL: @known_comparison
// CHECK-NOT: tenon.if
// CHECK: return %arg0
func.func @known_comparison(%x: tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xf32, #tenon.dims<[s]>> {
  %minus = tenon.constant dense<-1> : tensor<1xi64>
  %shape = tenon.shape %x {start = 0, end = 1} : tensor<?xf32, #tenon.dims<[s]>> -> tensor<1xi64>
  %differs = tenon.compare ne %shape, %minus : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi1>
  %0 = tenon.if %differs : tensor<1xi1> -> tensor<?xf32, #tenon.dims<[s]>> {
    tenon.yield %x : tensor<?xf32, #tenon.dims<[s]>>
  } else {
    %1 = tenon.exp %x : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[s]>>
    tenon.yield %1 : tensor<?xf32, #tenon.dims<[s]>>
  }
  return %0 : tensor<?xf32, #tenon.dims<[s]>>
}

// CHECK-LABEL: @single_round
// CHECK-NOT: tenon.scan
// CHECK: %[[SLICE:.*]] = tenon.reshape %arg1 : tensor<1x4xf32> -> tensor<4xf32>
// CHECK: %[[NEXT:.*]] = tenon.add %arg0, %[[SLICE]]
// CHECK: %[[ALL:.*]] = tenon.reshape %[[NEXT]] : tensor<4xf32> -> tensor<1x4xf32>
// CHECK: return %[[NEXT]], %[[ALL]]
func.func @single_round(%h: tensor<4xf32>, %x: tensor<1x4xf32>) -> (tensor<4xf32>, tensor<1x4xf32>) {
  %last, %all = tenon.scan inits(%h : tensor<4xf32>) inputs(%x : tensor<1x4xf32>) length <[1]> reverse [false, true]
      -> tensor<4xf32>, tensor<1x4xf32> {
  ^body(%previous: tensor<4xf32>, %slice: tensor<4xf32>):
    %next = tenon.add %previous, %slice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  }
  return %last, %all : tensor<4xf32>, tensor<1x4xf32>
}

// CHECK-LABEL: @counted_loop
// CHECK-NOT: tenon.iota
// CHECK: tenon.scan inits(%arg0 : tensor<4xf32>) length <[s]> reverse [false]
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4xf32>):
// CHECK-NEXT: %[[E:.*]] = tenon.exp %[[H]]
// CHECK-NEXT: tenon.yield %[[E]], %[[E]]
func.func @counted_loop(%h: tensor<4xf32>, %x: tensor<?xf32, #tenon.dims<[s]>>) -> (tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>>) {
  %count = tenon.symbolic_constant <[s]> : tensor<i64>
  %true = tenon.constant dense<true> : tensor<i1>
  %last, %all = tenon.loop trip_count(%count : tensor<i64>) while(%true : tensor<i1>) inits(%h : tensor<4xf32>)
      -> tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>> {
  ^body(%i: tensor<i64>, %previous: tensor<4xf32>):
    %next = tenon.exp %previous : tensor<4xf32> -> tensor<4xf32>
    tenon.yield %true, %next, %next : tensor<i1>, tensor<4xf32>, tensor<4xf32>
  }
  return %last, %all : tensor<4xf32>, tensor<?x4xf32, #tenon.dims<[s]>>
}

// What is the same in each round is computed once; not what may end the run, for there may be no round.
// CHECK-LABEL: @invariant
// CHECK: %[[E:.*]] = tenon.exp %arg1
// CHECK: %[[S:.*]] = tenon.sin %[[E]]
// CHECK: tenon.loop
// CHECK: tenon.gather %arg1 at %arg2
// CHECK: tenon.add %{{.*}}, %[[S]]
func.func @invariant(%n: tensor<i64>, %x: tensor<4xf32>, %i: tensor<4xi64>) -> tensor<4xf32> {
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<4xf32>) -> tensor<4xf32> {
  ^body(%number: tensor<i64>, %v: tensor<4xf32>):
    %yes = tenon.constant dense<true> : tensor<i1>
    %e = tenon.exp %x : tensor<4xf32> -> tensor<4xf32>
    %s = tenon.sin %e : tensor<4xf32> -> tensor<4xf32>
    %g = tenon.gather %x at %i {axis = 0 : i64} : (tensor<4xf32>, tensor<4xi64>) -> tensor<4xf32>
    %a = tenon.mul %v, %g : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %b = tenon.add %a, %s : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %yes, %b : tensor<i1>, tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// What nobody reads is not walked, carried or stacked.
// CHECK-LABEL: @unread
// CHECK: tenon.scan inits(%arg0 : tensor<4xf32>) inputs(%arg1 : tensor<3x4xf32>) length <[3]> reverse [false, true] -> tensor<4xf32>, tensor<3x4xf32>
// CHECK-NEXT: ^bb0(%[[H:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<4xf32>):
// CHECK-NEXT: %[[SUM:.*]] = tenon.add %[[H]], %[[X]]
// CHECK-NEXT: tenon.yield %[[SUM]], %[[H]] :
func.func @unread(%h: tensor<4xf32>, %x: tensor<3x4xf32>, %y: tensor<3x4xf32>) -> (tensor<4xf32>, tensor<3x4xf32>) {
  %last, %kept, %all, %before = tenon.scan inits(%h, %h : tensor<4xf32>, tensor<4xf32>) inputs(%y, %x : tensor<3x4xf32>, tensor<3x4xf32>)
      length <[3]> reverse [true, false, false, true] -> tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>, tensor<3x4xf32> {
  ^body(%previous: tensor<4xf32>, %same: tensor<4xf32>, %unused: tensor<4xf32>, %slice: tensor<4xf32>):
    %next = tenon.add %previous, %slice : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    tenon.yield %next, %same, %next, %previous : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %last, %before : tensor<4xf32>, tensor<3x4xf32>
}
