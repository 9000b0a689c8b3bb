// y = relu(x * weights + bias), for any number of rows
#rows = affine_map<(m, n, k) -> (m, k)>
#weights = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
func.func @linear(%x: tensor<?x64xf32, #tenon.dims<[rows]>> {tenon.name = "x"}) -> (tensor<?x32xf32, #tenon.dims<[rows]>> {tenon.name = "y"}) {
  %weights = tenon.constant {tenon.initializer = "weights"} dense<0.25> : tensor<64x32xf32>
  %bias = tenon.constant {tenon.initializer = "bias"} dense<0.5> : tensor<32xf32>
  %0 = tenon.contract %x, %weights {indexing_maps = [#rows, #weights, #result]}
    : (tensor<?x64xf32, #tenon.dims<[rows]>>, tensor<64x32xf32>) -> tensor<?x32xf32, #tenon.dims<[rows]>> loc("product")
  %1 = tenon.add %0, %bias : (tensor<?x32xf32, #tenon.dims<[rows]>>, tensor<32xf32>) -> tensor<?x32xf32, #tenon.dims<[rows]>> loc("sum")
  %2 = tenon.relu %1 : tensor<?x32xf32, #tenon.dims<[rows]>> -> tensor<?x32xf32, #tenon.dims<[rows]>> loc("relu")
  return %2 : tensor<?x32xf32, #tenon.dims<[rows]>>
}
