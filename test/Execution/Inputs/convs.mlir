// Convolutions of several strides, pads, dilations and ranks, one of a size that the run decides.
func.func @convs(%x: tensor<2x3x11x9xf32>, %w: tensor<5x3x3x2xf32>, %pointwise: tensor<4x5x1x1xf32>, %rows: tensor<1x4x?xf32, #tenon.dims<[s]>>,
                 %taps: tensor<6x4x3xf32>) -> (tensor<2x4x6x5xf32>, tensor<1x6x?xf32, #tenon.dims<[s]>>) {
  %0 = tenon.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 2, 1, 2, 1>, dilations = array<i64: 2, 1>} : (tensor<2x3x11x9xf32>, tensor<5x3x3x2xf32>) -> tensor<2x5x6x5xf32>
  %1 = tenon.relu %0 : tensor<2x5x6x5xf32> -> tensor<2x5x6x5xf32>
  %2 = tenon.conv %1, %pointwise : (tensor<2x5x6x5xf32>, tensor<4x5x1x1xf32>) -> tensor<2x4x6x5xf32>
  %3 = tenon.conv %rows, %taps {pads = array<i64: 1, 1>} : (tensor<1x4x?xf32, #tenon.dims<[s]>>, tensor<6x4x3xf32>) -> tensor<1x6x?xf32, #tenon.dims<[s]>>
  return %2, %3 : tensor<2x4x6x5xf32>, tensor<1x6x?xf32, #tenon.dims<[s]>>
}
