tenon.state @past kept of tensor<?xf32, #tenon.dims<[p]>> capacity [16] = dense<> : tensor<0xf32>
func.func @main(%x: tensor<4xf32> {tenon.name = "x"}) -> (tensor<f32> {tenon.name = "sum"}) {
  %old = tenon.get_state @past : tensor<?xf32, #tenon.dims<[p]>>
  %z = tenon.constant dense<0.0> : tensor<f32>
  %m = tenon.compare gt %x, %z : (tensor<4xf32>, tensor<f32>) -> tensor<4xi1>
  %i = tenon.cast %m to i64 : tensor<4xi1> -> tensor<4xi64>
  %c = tenon.reduce sum %i axes [0] : tensor<4xi64> -> tensor<i64>
  tenon.bind_dim <[n]> = %c[0] at_most <[4]> : tensor<i64>
  %at = tenon.true_positions %m : tensor<4xi1> -> tensor<?xi64, #tenon.dims<[n]>>
  %some = tenon.gather %x at %at {axis = 0} : (tensor<4xf32>, tensor<?xi64, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[n]>>
  %next = tenon.concat %old, %some {axis = 0 : i64} : (tensor<?xf32, #tenon.dims<[p]>>, tensor<?xf32, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[p + n]>>
  tenon.set_state @past, %next : tensor<?xf32, #tenon.dims<[p + n]>>
  %sum = tenon.reduce sum %next axes [0] : tensor<?xf32, #tenon.dims<[p + n]>> -> tensor<f32>
  return %sum : tensor<f32>
}
