func.func @main(%x: tensor<?x64xf32, #tenon.dims<[b]>> {tenon.name = "x"}, %y: tensor<64xf32> {tenon.name = "y"})
    -> (tensor<?x64xf32, #tenon.dims<[b]>> {tenon.name = "z"}) {
  %0 = tenon.exp %x : tensor<?x64xf32, #tenon.dims<[b]>> -> tensor<?x64xf32, #tenon.dims<[b]>>
  %1 = tenon.add %0, %y : (tensor<?x64xf32, #tenon.dims<[b]>>, tensor<64xf32>) -> tensor<?x64xf32, #tenon.dims<[b]>>
  return %1 : tensor<?x64xf32, #tenon.dims<[b]>>
}
