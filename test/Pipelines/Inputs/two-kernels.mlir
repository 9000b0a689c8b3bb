// A contraction with its epilogue, and a softmax.
#rows = affine_map<(m, n, k) -> (m, k)>
#columns = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
func.func @main(%x: tensor<21x40xf32>, %w: tensor<40x33xf32>, %bias: tensor<33xf32>) -> tensor<21x33xf32> {
  %0 = tenon.contract %x, %w {indexing_maps = [#rows, #columns, #result]} : (tensor<21x40xf32>, tensor<40x33xf32>) -> tensor<21x33xf32>
  %1 = tenon.add %0, %bias : (tensor<21x33xf32>, tensor<33xf32>) -> tensor<21x33xf32>
  %2 = tenon.softmax %1 axis 1 : tensor<21x33xf32> -> tensor<21x33xf32>
  return %2 : tensor<21x33xf32>
}
