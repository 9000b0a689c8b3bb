// What three ranks do together, and what one does that fails.
func.func @reduce(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<12xf32>, tensor<4xf32>, tensor<i64>) {
  %sum = tenon.all_reduce sum %x : tensor<4xf32>
  %squares = tenon.mul %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %mean = tenon.all_reduce mean %squares : tensor<4xf32>
  %most = tenon.all_reduce maximum %x : tensor<4xf32>
  %all = tenon.all_gather %x ranks 3 : tensor<4xf32> -> tensor<12xf32>
  %first = tenon.collective_broadcast %squares from 1 : tensor<4xf32>
  %rank = tenon.rank : tensor<i64>
  %double = tenon.add %sum, %sum : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %double, %mean, %most, %all, %first, %rank : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<12xf32>, tensor<4xf32>, tensor<i64>
}

tenon.state @sum kept = dense<0.0> : tensor<4xf32>

func.func @lookup(%i: tensor<1xi64>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %table = tenon.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %value = tenon.gather %table at %i {axis = 0 : i64} : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
  %scaled = tenon.mul %x, %value : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  %0 = tenon.all_reduce sum %scaled : tensor<4xf32>
  %before = tenon.get_state @sum : tensor<4xf32>
  %after = tenon.add %before, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  tenon.set_state @sum, %after : tensor<4xf32>
  return %after : tensor<4xf32>
}
