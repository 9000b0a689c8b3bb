// RUN: tenon-opt --pass-pipeline='builtin.module(func.func(tenon-simplify-kernel))' %s | FileCheck %s

#all = affine_map<(a, b, c, d) -> (a, b, c, d)>
#channel = affine_map<(a, b, c, d) -> (b)>

// Two operations become one, over channels and pixels.
// CHECK-LABEL: func @kernel
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "parallel"]
// CHECK-SAME:      ins(%{{.*}} : tensor<64x3136xf32>, tensor<64xf32>)
// CHECK:           arith.addf
// CHECK:           arith.maximumf
// CHECK-NOT:     linalg.generic
func.func @kernel(%x: tensor<1x64x56x56xf32>, %bias: tensor<64xf32>) -> tensor<1x64x56x56xf32>
    attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x64x56x56xf32>
  %sum = linalg.generic {indexing_maps = [#all, #channel, #all],
                         iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%x, %bias : tensor<1x64x56x56xf32>, tensor<64xf32>) outs(%empty : tensor<1x64x56x56xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<1x64x56x56xf32>
  %relu = linalg.generic {indexing_maps = [#all, #all],
                          iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%sum : tensor<1x64x56x56xf32>) outs(%empty : tensor<1x64x56x56xf32>) {
  ^bb0(%a: f32, %out: f32):
    %r = arith.maximumf %a, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x64x56x56xf32>
  return %relu : tensor<1x64x56x56xf32>
}
