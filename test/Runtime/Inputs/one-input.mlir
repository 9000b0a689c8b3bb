// One input, for wrong files.
func.func @main(%x: tensor<2x3xf32> {tenon.name = "x"}) -> tensor<2x3xf32> {
  %0 = tenon.exp %x : tensor<2x3xf32> -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}
