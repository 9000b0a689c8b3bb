// A stream: `append` adds rows to what came before, `total` reads it.
tenon.state @seen kept of tensor<?x2xf32, #tenon.dims<[p]>> capacity [4] = dense<> : tensor<0x2xf32>
tenon.state @sum kept = dense<0.0> : tensor<2xf32>

func.func @append(%x: tensor<?x2xf32, #tenon.dims<[n]>> {tenon.name = "x"}) -> (tensor<2xf32> {tenon.name = "sum"}) {
  %0 = tenon.get_state @seen : tensor<?x2xf32, #tenon.dims<[p]>>
  %1 = tenon.concat %0, %x {axis = 0} : (tensor<?x2xf32, #tenon.dims<[p]>>, tensor<?x2xf32, #tenon.dims<[n]>>) -> tensor<?x2xf32, #tenon.dims<[p + n]>>
  tenon.set_state @seen, %1 : tensor<?x2xf32, #tenon.dims<[p + n]>>
  %2 = tenon.get_state @sum : tensor<2xf32>
  %3 = tenon.reduce sum %x axes [0] : tensor<?x2xf32, #tenon.dims<[n]>> -> tensor<2xf32>
  %4 = tenon.add %2, %3 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  tenon.set_state @sum, %4 : tensor<2xf32>
  return %4 : tensor<2xf32>
}

func.func @total() -> (tensor<2xf32> {tenon.name = "total"}) {
  %0 = tenon.get_state @seen : tensor<?x2xf32, #tenon.dims<[p]>>
  %1 = tenon.reduce sum %0 axes [0] : tensor<?x2xf32, #tenon.dims<[p]>> -> tensor<2xf32>
  return %1 : tensor<2xf32>
}
