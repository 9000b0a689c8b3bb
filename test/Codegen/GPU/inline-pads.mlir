// RUN: tenon-opt --tenon-inline-pads %s | FileCheck %s

// The convolution reads the picture, and zero outside of it.
// CHECK-LABEL: func.func @kernel
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<8x8xf32>
// CHECK-NOT:     tensor.pad
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%{{[a-z0-9]+}} : tensor<3x3xf32>)
// CHECK:           %[[I:.*]] = affine.apply
// CHECK:           %[[SHIFTED:.*]] = arith.subi %[[I]]
// CHECK:           %[[FITS:.*]] = arith.cmpi ult, %[[SHIFTED]]
// CHECK:           %[[ELEMENT:.*]] = tensor.extract %[[X]]
// CHECK:           %[[VALUE:.*]] = arith.select %{{.*}}, %[[ELEMENT]]
// CHECK:           arith.mulf %[[VALUE]]
func.func @kernel(%x: tensor<8x8xf32>, %w: tensor<3x3xf32>) -> tensor<8x8xf32> attributes {tenon.kernel} {
  %zero = arith.constant 0.0 : f32
  %padded = tensor.pad %x low[1, 1] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<8x8xf32> to tensor<10x10xf32>
  %empty = tensor.empty() : tensor<8x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x8xf32>) -> tensor<8x8xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j, k, l) -> (i + k, j + l)>, affine_map<(i, j, k, l) -> (k, l)>, affine_map<(i, j, k, l) -> (i, j)>],
                       iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%padded, %w : tensor<10x10xf32>, tensor<3x3xf32>) outs(%fill : tensor<8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %c, %p : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}
