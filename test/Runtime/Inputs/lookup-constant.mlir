func.func @main(%x: tensor<5x4xf32>) -> tensor<2x4xf32> {
  %i = tenon.constant dense<[0, 5]> : tensor<2xi64>
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<5x4xf32>, tensor<2xi64>) -> tensor<2x4xf32> loc("rows")
  return %0 : tensor<2x4xf32>
}
