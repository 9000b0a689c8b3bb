func.func @main(%x: tensor<512x512xf32> {tenon.name = "x"}) -> (tensor<512x512xf32> {tenon.name = "y"}) {
  %0 = tenon.sigmoid %x : tensor<512x512xf32> -> tensor<512x512xf32>
  return %0 : tensor<512x512xf32>
}
