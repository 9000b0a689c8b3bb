// States of several forms: caches that grow along their last dimension, through reshapes, two in one, and with every step in another order; one that changes as a
// whole; and a window that slides. `append` gives two of them room.
tenon.state @keys kept of tensor<2x16x?xf32, #tenon.dims<[p]>> capacity [12] = dense<0.5> : tensor<2x16x1xf32>
tenon.state @split kept of tensor<2x?x2x8xf32, #tenon.dims<[p]>> capacity [12] = dense<0.25> : tensor<2x1x2x8xf32>
tenon.state @beams kept of tensor<2x?x16xf32, #tenon.dims<[p]>> capacity [12] = dense<1.5> : tensor<2x1x16xf32>
tenon.state @scaled kept of tensor<2x?x16xf32, #tenon.dims<[q]>> capacity [12] = dense<2.5> : tensor<2x3x16xf32>
tenon.state @both kept of tensor<2x2x?x16xf32, #tenon.dims<[p]>> capacity [12] = dense<-0.5> : tensor<2x2x1x16xf32>
tenon.state @window kept = dense<0.0> : tensor<4x16xf32>

func.func @step(%x: tensor<2x?x16xf32, #tenon.dims<[n]>> {tenon.name = "x"}, %order: tensor<2xi64> {tenon.name = "order"}, %row: tensor<1x16xf32> {tenon.name = "row"})
    -> (tensor<2x16x?xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[q]>>,
        tensor<16xf32>, tensor<?x16xf32, #tenon.dims<[2 * p + 2 * n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>) {
  %keys = tenon.get_state @keys : tensor<2x16x?xf32, #tenon.dims<[p]>>
  %t = tenon.transpose %x [0, 2, 1] : tensor<2x?x16xf32, #tenon.dims<[n]>> -> tensor<2x16x?xf32, #tenon.dims<[n]>>
  %k = tenon.concat %keys, %t {axis = 2 : i64} : (tensor<2x16x?xf32, #tenon.dims<[p]>>, tensor<2x16x?xf32, #tenon.dims<[n]>>) -> tensor<2x16x?xf32, #tenon.dims<[p + n]>>
  tenon.set_state @keys, %k : tensor<2x16x?xf32, #tenon.dims<[p + n]>>
  %ek = tenon.exp %k : tensor<2x16x?xf32, #tenon.dims<[p + n]>> -> tensor<2x16x?xf32, #tenon.dims<[p + n]>>

  %split = tenon.get_state @split : tensor<2x?x2x8xf32, #tenon.dims<[p]>>
  %rows = tenon.reshape %split : tensor<2x?x2x8xf32, #tenon.dims<[p]>> -> tensor<2x?x16xf32, #tenon.dims<[p]>>
  %tanh = tenon.tanh %x : tensor<2x?x16xf32, #tenon.dims<[n]>> -> tensor<2x?x16xf32, #tenon.dims<[n]>>
  %s = tenon.concat %rows, %tanh {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %joined = tenon.reshape %s : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<2x?x2x8xf32, #tenon.dims<[p + n]>>
  tenon.set_state @split, %joined : tensor<2x?x2x8xf32, #tenon.dims<[p + n]>>
  %es = tenon.exp %s : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %flat = tenon.reshape %s : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<?x16xf32, #tenon.dims<[2 * p + 2 * n]>>
  %ef = tenon.neg %flat : tensor<?x16xf32, #tenon.dims<[2 * p + 2 * n]>> -> tensor<?x16xf32, #tenon.dims<[2 * p + 2 * n]>>

  %both = tenon.get_state @both : tensor<2x2x?x16xf32, #tenon.dims<[p]>>
  %b0 = tenon.slice %both starts <[0, 0, 0, 0]> steps [1, 1, 1, 1] : tensor<2x2x?x16xf32, #tenon.dims<[p]>> -> tensor<1x2x?x16xf32, #tenon.dims<[p]>>
  %b1 = tenon.slice %both starts <[1, 0, 0, 0]> steps [1, 1, 1, 1] : tensor<2x2x?x16xf32, #tenon.dims<[p]>> -> tensor<1x2x?x16xf32, #tenon.dims<[p]>>
  %c0 = tenon.reshape %b0 : tensor<1x2x?x16xf32, #tenon.dims<[p]>> -> tensor<2x?x16xf32, #tenon.dims<[p]>>
  %c1 = tenon.reshape %b1 : tensor<1x2x?x16xf32, #tenon.dims<[p]>> -> tensor<2x?x16xf32, #tenon.dims<[p]>>
  %n0 = tenon.concat %c0, %x {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %n1 = tenon.concat %c1, %tanh {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %u0 = tenon.reshape %n0 : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<1x2x?x16xf32, #tenon.dims<[p + n]>>
  %u1 = tenon.reshape %n1 : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<1x2x?x16xf32, #tenon.dims<[p + n]>>
  %stack = tenon.concat %u0, %u1 {axis = 0 : i64} : (tensor<1x2x?x16xf32, #tenon.dims<[p + n]>>, tensor<1x2x?x16xf32, #tenon.dims<[p + n]>>) -> tensor<2x2x?x16xf32, #tenon.dims<[p + n]>>
  tenon.set_state @both, %stack : tensor<2x2x?x16xf32, #tenon.dims<[p + n]>>
  %product = tenon.mul %n0, %n1 : (tensor<2x?x16xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>

  %beams = tenon.get_state @beams : tensor<2x?x16xf32, #tenon.dims<[p]>>
  %b = tenon.concat %beams, %x {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %ordered = tenon.gather %b at %order {axis = 0 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p + n]>>, tensor<2xi64>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  tenon.set_state @beams, %ordered : tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %eb = tenon.exp %ordered : tensor<2x?x16xf32, #tenon.dims<[p + n]>> -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>

  %scaled = tenon.get_state @scaled : tensor<2x?x16xf32, #tenon.dims<[q]>>
  %sum = tenon.add %scaled, %scaled : (tensor<2x?x16xf32, #tenon.dims<[q]>>, tensor<2x?x16xf32, #tenon.dims<[q]>>) -> tensor<2x?x16xf32, #tenon.dims<[q]>>
  %next = tenon.tanh %sum : tensor<2x?x16xf32, #tenon.dims<[q]>> -> tensor<2x?x16xf32, #tenon.dims<[q]>>
  tenon.set_state @scaled, %next : tensor<2x?x16xf32, #tenon.dims<[q]>>

  %window = tenon.get_state @window : tensor<4x16xf32>
  %w = tenon.concat %window, %row {axis = 0 : i64} : (tensor<4x16xf32>, tensor<1x16xf32>) -> tensor<5x16xf32>
  %last = tenon.slice %w starts <[1, 0]> steps [1, 1] : tensor<5x16xf32> -> tensor<4x16xf32>
  tenon.set_state @window, %last : tensor<4x16xf32>
  %total = tenon.reduce sum %w axes [0] : tensor<5x16xf32> -> tensor<16xf32>
  return %ek, %es, %eb, %next, %total, %ef, %product : tensor<2x16x?xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>,
    tensor<2x?x16xf32, #tenon.dims<[q]>>, tensor<16xf32>, tensor<?x16xf32, #tenon.dims<[2 * p + 2 * n]>>, tensor<2x?x16xf32, #tenon.dims<[p + n]>>
}

func.func @append(%x: tensor<2x?x16xf32, #tenon.dims<[n]>> {tenon.name = "x"}) -> tensor<2x16xf32> {
  %beams = tenon.get_state @beams : tensor<2x?x16xf32, #tenon.dims<[p]>>
  %b = tenon.concat %beams, %x {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[p]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  tenon.set_state @beams, %b : tensor<2x?x16xf32, #tenon.dims<[p + n]>>
  %scaled = tenon.get_state @scaled : tensor<2x?x16xf32, #tenon.dims<[q]>>
  %s = tenon.concat %scaled, %x {axis = 1 : i64} : (tensor<2x?x16xf32, #tenon.dims<[q]>>, tensor<2x?x16xf32, #tenon.dims<[n]>>) -> tensor<2x?x16xf32, #tenon.dims<[q + n]>>
  tenon.set_state @scaled, %s : tensor<2x?x16xf32, #tenon.dims<[q + n]>>
  %sum = tenon.reduce sum %s axes [1] : tensor<2x?x16xf32, #tenon.dims<[q + n]>> -> tensor<2x16xf32>
  return %sum : tensor<2x16xf32>
}
