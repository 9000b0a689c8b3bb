func.func @loop(%rounds: tensor<i64>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = tenon.exp %x : tensor<4xf32> -> tensor<4xf32>
  %1 = tenon.loop trip_count(%rounds : tensor<i64>) inits(%0 : tensor<4xf32>) -> tensor<4xf32> {
  ^body(%round: tensor<i64>, %previous: tensor<4xf32>):
    %again = tenon.constant dense<true> : tensor<i1>
    %next = tenon.exp %previous : tensor<4xf32> -> tensor<4xf32>
    tenon.yield %again, %next : tensor<i1>, tensor<4xf32>
  }
  return %1 : tensor<4xf32>
}
