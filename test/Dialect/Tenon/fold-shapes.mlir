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
