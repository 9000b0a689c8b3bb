// Concatenations and slices that copy nothing: features that grow, with numbers of channels that no vector divides; the parts of a projection, and
// sums in the place of an operand, of a size that the run decides.
#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#wt = affine_map<(i, j, k) -> (j, k)>
#y = affine_map<(i, j, k) -> (i, j)>
func.func @views(%x: tensor<2x16x9x7xf32>, %w0: tensor<24x16x3x3xf32>, %w1: tensor<17x40x1x1xf32>, %w2: tensor<19x57x3x3xf32>,
                 %s: tensor<?x96xf32, #tenon.dims<[s]>>, %w3: tensor<96x96xf32>)
    -> (tensor<2x76x9x7xf32>, tensor<2x41xf32>, tensor<?x32xf32, #tenon.dims<[s]>>, tensor<?x96xf32, #tenon.dims<[s * 2]>>) {
  %0 = tenon.tanh %x : tensor<2x16x9x7xf32> -> tensor<2x16x9x7xf32>
  %1 = tenon.conv %0, %w0 {pads = array<i64: 1, 1, 1, 1>} : (tensor<2x16x9x7xf32>, tensor<24x16x3x3xf32>) -> tensor<2x24x9x7xf32>
  %2 = tenon.relu %1 : tensor<2x24x9x7xf32> -> tensor<2x24x9x7xf32>
  %3 = tenon.concat %0, %2 {axis = 1 : i64} : (tensor<2x16x9x7xf32>, tensor<2x24x9x7xf32>) -> tensor<2x40x9x7xf32>
  %4 = tenon.conv %3, %w1 : (tensor<2x40x9x7xf32>, tensor<17x40x1x1xf32>) -> tensor<2x17x9x7xf32>
  %5 = tenon.concat %0, %2, %4 {axis = 1 : i64} : (tensor<2x16x9x7xf32>, tensor<2x24x9x7xf32>, tensor<2x17x9x7xf32>) -> tensor<2x57x9x7xf32>
  %6 = tenon.conv %5, %w2 {pads = array<i64: 1, 1, 1, 1>} : (tensor<2x57x9x7xf32>, tensor<19x57x3x3xf32>) -> tensor<2x19x9x7xf32>
  %7 = tenon.relu %6 : tensor<2x19x9x7xf32> -> tensor<2x19x9x7xf32>
  %8 = tenon.concat %0, %2, %4, %7 {axis = 1 : i64} : (tensor<2x16x9x7xf32>, tensor<2x24x9x7xf32>, tensor<2x17x9x7xf32>, tensor<2x19x9x7xf32>) -> tensor<2x76x9x7xf32>
  %9 = tenon.tanh %8 : tensor<2x76x9x7xf32> -> tensor<2x76x9x7xf32>
  %10 = tenon.slice %8 starts <[0, 16, 0, 0]> : tensor<2x76x9x7xf32> -> tensor<2x41x9x7xf32>
  %11 = tenon.reduce maximum %10 axes [2, 3] : tensor<2x41x9x7xf32> -> tensor<2x41xf32>

  %20 = tenon.contract %s, %w3 {indexing_maps = [#x, #w, #y]} : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<96x96xf32>) -> tensor<?x96xf32, #tenon.dims<[s]>>
  %21 = tenon.slice %20 starts <[0, 0]> : tensor<?x96xf32, #tenon.dims<[s]>> -> tensor<?x32xf32, #tenon.dims<[s]>>
  %22 = tenon.slice %20 starts <[0, 32]> : tensor<?x96xf32, #tenon.dims<[s]>> -> tensor<?x32xf32, #tenon.dims<[s]>>
  %23 = tenon.slice %20 starts <[0, 64]> : tensor<?x96xf32, #tenon.dims<[s]>> -> tensor<?x32xf32, #tenon.dims<[s]>>
  %24 = tenon.contract %21, %22 {indexing_maps = [#x, #wt, #y]} : (tensor<?x32xf32, #tenon.dims<[s]>>, tensor<?x32xf32, #tenon.dims<[s]>>) -> tensor<?x?xf32, #tenon.dims<[s, s]>>
  %25 = tenon.softmax %24 axis 1 : tensor<?x?xf32, #tenon.dims<[s, s]>> -> tensor<?x?xf32, #tenon.dims<[s, s]>>
  %26 = tenon.contract %25, %23 {indexing_maps = [#x, #w, #y]} : (tensor<?x?xf32, #tenon.dims<[s, s]>>, tensor<?x32xf32, #tenon.dims<[s]>>) -> tensor<?x32xf32, #tenon.dims<[s]>>

  %30 = tenon.softmax %s axis 1 : tensor<?x96xf32, #tenon.dims<[s]>> -> tensor<?x96xf32, #tenon.dims<[s]>>
  %31 = tenon.contract %30, %w3 {indexing_maps = [#x, #w, #y]} : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<96x96xf32>) -> tensor<?x96xf32, #tenon.dims<[s]>>
  %32 = tenon.add %31, %30 : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<?x96xf32, #tenon.dims<[s]>>) -> tensor<?x96xf32, #tenon.dims<[s]>>
  %33 = tenon.contract %32, %w3 {indexing_maps = [#x, #w, #y]} : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<96x96xf32>) -> tensor<?x96xf32, #tenon.dims<[s]>>
  %34 = tenon.add %33, %32 : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<?x96xf32, #tenon.dims<[s]>>) -> tensor<?x96xf32, #tenon.dims<[s]>>
  %35 = tenon.softmax %34 axis 1 : tensor<?x96xf32, #tenon.dims<[s]>> -> tensor<?x96xf32, #tenon.dims<[s]>>
  %36 = tenon.concat %35, %20 {axis = 0 : i64} : (tensor<?x96xf32, #tenon.dims<[s]>>, tensor<?x96xf32, #tenon.dims<[s]>>) -> tensor<?x96xf32, #tenon.dims<[s * 2]>>
  %37 = tenon.softmax %36 axis 1 : tensor<?x96xf32, #tenon.dims<[s * 2]>> -> tensor<?x96xf32, #tenon.dims<[s * 2]>>
  return %9, %11, %26, %37 : tensor<2x76x9x7xf32>, tensor<2x41xf32>, tensor<?x32xf32, #tenon.dims<[s]>>, tensor<?x96xf32, #tenon.dims<[s * 2]>>
}
