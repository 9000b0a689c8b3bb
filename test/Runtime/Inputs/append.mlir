tenon.state @past kept of tensor<2x?x4xf32, #tenon.dims<[p]>> capacity [8] = dense<1.0> : tensor<2x1x4xf32>

func.func @append(%x: tensor<2x1x4xf32> {tenon.name = "x"}) -> (tensor<2x4xf32> {tenon.name = "sum"}) {
  %0 = tenon.get_state @past : tensor<2x?x4xf32, #tenon.dims<[p]>>
  %1 = tenon.concat %0, %x {axis = 1 : i64} : (tensor<2x?x4xf32, #tenon.dims<[p]>>, tensor<2x1x4xf32>) -> tensor<2x?x4xf32, #tenon.dims<[p + 1]>>
  tenon.set_state @past, %1 : tensor<2x?x4xf32, #tenon.dims<[p + 1]>>
  %2 = tenon.reduce sum %1 axes [1] : tensor<2x?x4xf32, #tenon.dims<[p + 1]>> -> tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}
