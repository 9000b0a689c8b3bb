func.func @main(%i: tensor<?xi64, #tenon.dims<[n]>> {tenon.name = "i"}, %x: tensor<5x4xf32> {tenon.name = "x"}) -> tensor<?x4xf32, #tenon.dims<[n]>> {
  %0 = tenon.gather %x at %i {axis = 0} : (tensor<5x4xf32>, tensor<?xi64, #tenon.dims<[n]>>) -> tensor<?x4xf32, #tenon.dims<[n]>> loc("rows")
  return %0 : tensor<?x4xf32, #tenon.dims<[n]>>
}
