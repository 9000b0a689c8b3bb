// RUN: tenon-opt %s --tenon-fold-shapes | FileCheck %s

!x = tensor<?x?x8xf32, #tenon.dims<[b, s]>>

// What an exporter writes for x.reshape(batch, seq / 2, 16).
// CHECK-LABEL: @reshape
// CHECK-NOT: tenon.shape
// CHECK: %[[TARGET:.*]] = tenon.symbolic_constant <[b, s floordiv 2, 16]> : tensor<3xi64>
// CHECK: return %[[TARGET]]
func.func @reshape(%x: !x) -> tensor<3xi64> {
  %shape = tenon.shape %x {start = 0, end = 3} : !x -> tensor<3xi64>
  %zero = tenon.constant dense<0> : tensor<i64>
  %one = tenon.constant dense<1> : tensor<i64>
  %two = tenon.constant dense<2> : tensor<1xi64>
  %b = tenon.gather %shape at %zero {axis = 0} : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
  %s = tenon.gather %shape at %one {axis = 0} : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
  %b1 = tenon.reshape %b : tensor<i64> -> tensor<1xi64>
  %s1 = tenon.reshape %s : tensor<i64> -> tensor<1xi64>
  %half = tenon.div %s1, %two : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  %sixteen = tenon.constant dense<16> : tensor<1xi64>
  %target = tenon.concat %b1, %half, %sixteen {axis = 0} : (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xi64>
  return %target : tensor<3xi64>
}

// Expand's idiom where(shape == -1, ones, shape): a size is never -1.
// CHECK-LABEL: @where
// CHECK: tenon.symbolic_constant <[b, s]> : tensor<2xi64>
func.func @where(%x: !x) -> tensor<2xi64> {
  %shape = tenon.shape %x {start = 0, end = 2} : !x -> tensor<2xi64>
  %minus = tenon.constant dense<-1> : tensor<2xi64>
  %ones = tenon.constant dense<1> : tensor<2xi64>
  %absent = tenon.compare eq %shape, %minus : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %target = tenon.select %absent, %ones, %shape : (tensor<2xi1>, tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %target : tensor<2xi64>
}

// Data is left alone.
// CHECK-LABEL: @data
// CHECK: tenon.add
func.func @data(%x: tensor<2xi64>) -> tensor<2xi64> {
  %0 = tenon.add %x, %x : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %0 : tensor<2xi64>
}

// Sizes are computed in floating point by some exporters; what is exact is followed.
// CHECK-LABEL: @floats
// CHECK-DAG: %[[TWICE:.*]] = tenon.symbolic_constant <[s * 2]> : tensor<1xi64>
// CHECK-DAG: %[[MORE:.*]] = tenon.symbolic_constant <[(s * 3) floordiv 2]> : tensor<1xi64>
// CHECK-DAG: %[[THIRD:.*]] = tenon.symbolic_constant <[s ceildiv 3]> : tensor<1xi64>
// CHECK-DAG: tenon.constant dense<1.300000e+00>
// CHECK:     %[[OTHER:.*]] = tenon.cast %{{.*}} to i64
// CHECK:     return %[[TWICE]], %[[MORE]], %[[THIRD]], %[[OTHER]]
func.func @floats(%x: tensor<?xf32, #tenon.dims<[s]>>) -> (tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) {
  %0 = tenon.shape %x {start = 0, end = 1} : tensor<?xf32, #tenon.dims<[s]>> -> tensor<1xi64>
  %1 = tenon.cast %0 to f32 : tensor<1xi64> -> tensor<1xf32>
  %two = tenon.constant dense<2.0> : tensor<f32>
  %2 = tenon.mul %1, %two : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
  %3 = tenon.floor %2 : tensor<1xf32> -> tensor<1xf32>
  %4 = tenon.cast %3 to i64 : tensor<1xf32> -> tensor<1xi64>
  %more = tenon.constant dense<1.5> : tensor<f32>
  %5 = tenon.mul %1, %more : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
  %6 = tenon.cast %5 to i64 : tensor<1xf32> -> tensor<1xi64>
  %three = tenon.constant dense<3.0> : tensor<f32>
  %7 = tenon.div %1, %three : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
  %8 = tenon.ceil %7 : tensor<1xf32> -> tensor<1xf32>
  %9 = tenon.cast %8 to i64 : tensor<1xf32> -> tensor<1xi64>
  %other = tenon.constant dense<1.3> : tensor<f32>
  %10 = tenon.mul %1, %other : (tensor<1xf32>, tensor<f32>) -> tensor<1xf32>
  %11 = tenon.cast %10 to i64 : tensor<1xf32> -> tensor<1xi64>
  return %4, %6, %9, %11 : tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>
}

// A causal mask's indices go through comparisons and choices.
// CHECK-LABEL: @choice
// CHECK: tenon.constant dense<false>
// CHECK: %[[THREE:.*]] = tenon.constant dense<3>
// CHECK-NEXT: return %[[THREE]]
func.func @choice() -> tensor<1xi64> {
  %0 = tenon.iota {axis = 0} : tensor<4xi64>
  %i = tenon.constant dense<[3]> : tensor<1xi64>
  %j = tenon.constant dense<[5]> : tensor<1xi64>
  %1 = tenon.gather %0 at %i {axis = 0} : (tensor<4xi64>, tensor<1xi64>) -> tensor<1xi64>
  %2 = tenon.compare eq %1, %i : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi1>
  %3 = tenon.not %2 : tensor<1xi1> -> tensor<1xi1>
  %4 = tenon.and %3, %2 : (tensor<1xi1>, tensor<1xi1>) -> tensor<1xi1>
  %5 = tenon.select %4, %j, %1 : (tensor<1xi1>, tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %5 : tensor<1xi64>
}

// What has no elements is not computed.
// CHECK-LABEL: func.func @empty
// CHECK-NEXT: %[[EMPTY:.*]] = tenon.constant dense<> : tensor<0x3xf32>
// CHECK-NEXT: return %[[EMPTY]]
func.func @empty(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %0 = tenon.exp %x : tensor<0x3xf32> -> tensor<0x3xf32>
  return %0 : tensor<0x3xf32>
}
