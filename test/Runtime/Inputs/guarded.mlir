func.func @main(%x: tensor<?xf32, #tenon.dims<[s]>> {tenon.name = "x"}, %table: tensor<16xf32> {tenon.name = "table"})
    -> (tensor<5xf32> {tenon.name = "y"}, tensor<?xf32, #tenon.dims<[s]>> {tenon.name = "z"}) {
  %0 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<5xf32> loc("first five")
  %1 = tenon.slice %table starts <[0]> : tensor<16xf32> -> tensor<?xf32, #tenon.dims<[s]>> loc("positions")
  %2 = tenon.exp %0 : tensor<5xf32> -> tensor<5xf32>
  %3 = tenon.add %1, %x : (tensor<?xf32, #tenon.dims<[s]>>, tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xf32, #tenon.dims<[s]>>
  return %2, %3 : tensor<5xf32>, tensor<?xf32, #tenon.dims<[s]>>
}
