func.func @main(%x: tensor<?x2xf32, #tenon.dims<[r]>> {tenon.name = "x"}, %past: tensor<?x2xf32, #tenon.dims<[p]>> {tenon.name = "past"})
    -> (tensor<?x2xf32, #tenon.dims<[p + r]>> {tenon.name = "present"}, tensor<2xf32> {tenon.name = "sum"}) {
  %0 = tenon.concat %past, %x {axis = 0 : i64} : (tensor<?x2xf32, #tenon.dims<[p]>>, tensor<?x2xf32, #tenon.dims<[r]>>) -> tensor<?x2xf32, #tenon.dims<[p + r]>>
  %1 = tenon.reduce sum %0 axes [0] : tensor<?x2xf32, #tenon.dims<[p + r]>> -> tensor<2xf32>
  return %0, %1 : tensor<?x2xf32, #tenon.dims<[p + r]>>, tensor<2xf32>
}
