// A contraction and a softmax: kernels with shared memory, barriers and shuffles.
#x = affine_map<(i, j, k) -> (i, k)>
#w = affine_map<(i, j, k) -> (k, j)>
#y = affine_map<(i, j, k) -> (i, j)>
func.func @scores(%x: tensor<130x70xf32>, %w: tensor<70x128xf32>) -> tensor<130x128xf32> {
  %0 = tenon.contract %x, %w {indexing_maps = [#x, #w, #y]} : (tensor<130x70xf32>, tensor<70x128xf32>) -> tensor<130x128xf32>
  %1 = tenon.softmax %0 axis 1 : tensor<130x128xf32> -> tensor<130x128xf32>
  return %1 : tensor<130x128xf32>
}
