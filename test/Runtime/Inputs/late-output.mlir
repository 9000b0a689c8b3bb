func.func @main(%x: tensor<?xf32, #tenon.dims<[s]>> {tenon.name = "x"}, %n: tensor<i64> {tenon.name = "n"}) -> (tensor<?xf32, #tenon.dims<[count]>> {tenon.name = "y"}) {
  tenon.bind_dim <[count]> = %n[0] at_most <[s]> : tensor<i64>
  %0 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[count]>>
  return %0 : tensor<?xf32, #tenon.dims<[count]>>
}
