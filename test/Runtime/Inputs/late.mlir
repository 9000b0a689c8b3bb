// The sum of the first n of x, and of twice as many ones, where n is how many of x are 0, or else what the second input says.
func.func @main(%x: tensor<?xf32, #tenon.dims<[s]>> {tenon.name = "x"}, %n: tensor<i64> {tenon.name = "n"}) -> (tensor<1xf32> {tenon.name = "y"}) {
  %zero = tenon.constant dense<0.0> : tensor<f32>
  %one = tenon.constant dense<1.0> : tensor<f32>
  %none = tenon.constant dense<0> : tensor<i64>
  %0 = tenon.compare eq %x, %zero : (tensor<?xf32, #tenon.dims<[s]>>, tensor<f32>) -> tensor<?xi1, #tenon.dims<[s]>>
  %1 = tenon.cast %0 to i64 : tensor<?xi1, #tenon.dims<[s]>> -> tensor<?xi64, #tenon.dims<[s]>>
  %2 = tenon.reduce sum %1 axes [0] : tensor<?xi64, #tenon.dims<[s]>> -> tensor<i64>
  %3 = tenon.compare eq %n, %none : (tensor<i64>, tensor<i64>) -> tensor<i1>
  %4 = tenon.select %3, %2, %n : (tensor<i1>, tensor<i64>, tensor<i64>) -> tensor<i64>
  tenon.bind_dim <[count]> = %4[0] at_most <[s]> : tensor<i64> loc("counted")
  %5 = tenon.slice %x starts <[0]> : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[count]>> loc("firsts")
  %6 = tenon.broadcast %one : tensor<f32> -> tensor<?xf32, #tenon.dims<[count * 2]>>
  %7 = tenon.concat %5, %6 {axis = 0 : i64} : (tensor<?xf32, #tenon.dims<[count]>>, tensor<?xf32, #tenon.dims<[count * 2]>>) -> tensor<?xf32, #tenon.dims<[count * 3]>>
  %8 = tenon.cumsum %7 axis 0 : tensor<?xf32, #tenon.dims<[count * 3]>> -> tensor<?xf32, #tenon.dims<[count * 3]>>
  %9 = tenon.reduce maximum %8 axes [0] {keep_dims} : tensor<?xf32, #tenon.dims<[count * 3]>> -> tensor<1xf32>
  return %9 : tensor<1xf32>
}
