func.func @main(%x: tensor<4xf64>) -> tensor<4xf64> {
  %0 = tenon.exp %x : tensor<4xf64> -> tensor<4xf64> loc("exponential")
  return %0 : tensor<4xf64>
}
