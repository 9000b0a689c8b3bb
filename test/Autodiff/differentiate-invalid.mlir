// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-differentiate

// expected-error @below {{expected a function @main}}
module {}

// -----

// A loop's tape needs the size of all that it keeps.
func.func @main(%x: tensor<4xf32>, %n: tensor<i64>) -> tensor<?xf32> {
  // expected-error @below {{expects a body that knows the sizes of what it yields, to have a derivative}}
  %0 = tenon.loop trip_count(%n : tensor<i64>) inits(%x : tensor<4xf32>) -> tensor<?xf32> {
  ^body(%i: tensor<i64>, %a: tensor<?xf32>):
    %c = tenon.constant dense<true> : tensor<i1>
    tenon.yield %c, %a : tensor<i1>, tensor<?xf32>
  }
  return %0 : tensor<?xf32>
}

// -----

func.func @main(%x: tensor<3x4xf32>, %i: tensor<2x4xi64>, %u: tensor<2x4xf32>) -> tensor<3x4xf32> {
  // expected-error @below {{has no derivative with the combiner 'max'}}
  %0 = tenon.scatter_elements %x at %i with %u {axis = 0 : i64, combiner = #tenon.combiner<max>} : (tensor<3x4xf32>, tensor<2x4xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// -----

func.func @main(%x: tensor<1x2x?xf32, #tenon.dims<[h]>>, %w: tensor<3x2x3xf32>) -> tensor<1x3x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>> {
  // expected-error @below {{has no derivative where strides meet a symbolic size}}
  %0 = tenon.conv %x, %w {strides = array<i64: 2>}
    : (tensor<1x2x?xf32, #tenon.dims<[h]>>, tensor<3x2x3xf32>) -> tensor<1x3x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>>
  return %0 : tensor<1x3x?xf32, #tenon.dims<[(h - 3) floordiv 2 + 1]>>
}
