// Ops between a transpose and its inverse: each has a rule by which both go.
func.func @main(%x: tensor<2x4x5x6xf32>, %y: tensor<3x2x5x4xf32>, %scale: tensor<5x4xf32>, %channels: tensor<6x1x1xf32>, %i: tensor<2x3xi64>)
    -> (tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>, tensor<2x4x5x12xf32>, tensor<2x4x5x6xf32>, tensor<2x4x5x3xf32>, tensor<2x6x7x6xf32>, tensor<2x4x3x6xf32>, tensor<2x8x3x6xf32>, tensor<2x4x5x6xf32>,
        tensor<2x4x6xf32>, tensor<2x4x1x6xf32>, tensor<2x4x5xi64>, tensor<2x4x5x2x3xf32>, tensor<2x20x3x2xf32>, tensor<2x2x3x6xf32>, tensor<3x2x5x4xf32>, tensor<3x2x5x4xf32>, tensor<2x4x5x3x6xf32>) {
  %t = tenon.transpose %x [0, 3, 1, 2] : tensor<2x4x5x6xf32> -> tensor<2x6x4x5xf32>

  %0 = tenon.add %t, %channels : (tensor<2x6x4x5xf32>, tensor<6x1x1xf32>) -> tensor<2x6x4x5xf32>
  %a = tenon.transpose %0 [0, 2, 3, 1] : tensor<2x6x4x5xf32> -> tensor<2x4x5x6xf32>

  %1 = tenon.softmax %t axis 1 : tensor<2x6x4x5xf32> -> tensor<2x6x4x5xf32>
  %b = tenon.transpose %1 [0, 2, 3, 1] : tensor<2x6x4x5xf32> -> tensor<2x4x5x6xf32>

  %2 = tenon.concat %t, %0 {axis = 1 : i64} : (tensor<2x6x4x5xf32>, tensor<2x6x4x5xf32>) -> tensor<2x12x4x5xf32>
  %c = tenon.transpose %2 [0, 2, 3, 1] : tensor<2x12x4x5xf32> -> tensor<2x4x5x12xf32>

  %3 = tenon.cumsum %t axis 2 {exclusive} : tensor<2x6x4x5xf32> -> tensor<2x6x4x5xf32>
  %d = tenon.transpose %3 [0, 2, 3, 1] : tensor<2x6x4x5xf32> -> tensor<2x4x5x6xf32>

  %4:2 = tenon.top_k %t k <[3]> {axis = 1 : i64, largest = true} : tensor<2x6x4x5xf32> -> tensor<2x3x4x5xf32>, tensor<2x3x4x5xi64>
  %e = tenon.transpose %4#0 [0, 2, 3, 1] : tensor<2x3x4x5xf32> -> tensor<2x4x5x3xf32>

  %5 = tenon.pad %t low <[0, 0, 2, 1]> high <[0, 0, 0, 1]> {mode = #tenon.pad_mode<reflect>} : tensor<2x6x4x5xf32> -> tensor<2x6x6x7xf32>
  %f = tenon.transpose %5 [0, 2, 3, 1] : tensor<2x6x6x7xf32> -> tensor<2x6x7x6xf32>

  %6 = tenon.slice %t starts <[0, 0, 3, 1]> steps [1, 1, -1, 1] : tensor<2x6x4x5xf32> -> tensor<2x6x4x3xf32>
  %g = tenon.transpose %6 [0, 2, 3, 1] : tensor<2x6x4x3xf32> -> tensor<2x4x3x6xf32>

  %7 = tenon.resize linear half_pixel %t scales [0.0, 0.0, 2.0, 0.6] : tensor<2x6x4x5xf32> -> tensor<2x6x8x3xf32>
  %h = tenon.transpose %7 [0, 2, 3, 1] : tensor<2x6x8x3xf32> -> tensor<2x8x3x6xf32>

  %8 = tenon.resize linear tf_crop_and_resize %t scales [1.0, 1.0, 1.0, 1.0] {roi = array<f64: 0.0, 0.0, 0.0, 0.2, 1.0, 1.0, 0.7, 0.9>} : tensor<2x6x4x5xf32> -> tensor<2x6x4x5xf32>
  %j = tenon.transpose %8 [0, 2, 3, 1] : tensor<2x6x4x5xf32> -> tensor<2x4x5x6xf32>

  %9 = tenon.reduce sum %t axes [3] : tensor<2x6x4x5xf32> -> tensor<2x6x4xf32>
  %k = tenon.transpose %9 [0, 2, 1] : tensor<2x6x4xf32> -> tensor<2x4x6xf32>

  %10 = tenon.reduce maximum %t axes [3] {keep_dims} : tensor<2x6x4x5xf32> -> tensor<2x6x4x1xf32>
  %l = tenon.transpose %10 [0, 2, 3, 1] : tensor<2x6x4x1xf32> -> tensor<2x4x1x6xf32>

  %m = tenon.arg_max %t axis 1 : tensor<2x6x4x5xf32> -> tensor<2x4x5xi64>

  %12 = tenon.gather %t at %i {axis = 1 : i64} : (tensor<2x6x4x5xf32>, tensor<2x3xi64>) -> tensor<2x2x3x4x5xf32>
  %n = tenon.transpose %12 [0, 3, 4, 1, 2] : tensor<2x2x3x4x5xf32> -> tensor<2x4x5x2x3xf32>

  %13 = tenon.reshape %t : tensor<2x6x4x5xf32> -> tensor<2x3x2x20xf32>
  %o = tenon.transpose %13 [0, 3, 1, 2] : tensor<2x3x2x20xf32> -> tensor<2x20x3x2xf32>

  %14 = tenon.pool maximum %t window [2, 3] {strides = array<i64: 2, 2>, pads = array<i64: 0, 1, 0, 1>} : tensor<2x6x4x5xf32> -> tensor<2x6x2x3xf32>
  %p = tenon.transpose %14 [0, 2, 3, 1] : tensor<2x6x2x3xf32> -> tensor<2x2x3x6xf32>

  // dimensions in front of what they work on
  %u = tenon.transpose %y [1, 0, 2, 3] : tensor<3x2x5x4xf32> -> tensor<2x3x5x4xf32>
  %15 = tenon.rms_norm %u, %scale {axis = 2 : i64, epsilon = 1.0e-5 : f32} : (tensor<2x3x5x4xf32>, tensor<5x4xf32>) -> tensor<2x3x5x4xf32>
  %q = tenon.transpose %15 [1, 0, 2, 3] : tensor<2x3x5x4xf32> -> tensor<3x2x5x4xf32>
  %16 = tenon.trilu %u {upper} : tensor<2x3x5x4xf32> -> tensor<2x3x5x4xf32>
  %r = tenon.transpose %16 [1, 0, 2, 3] : tensor<2x3x5x4xf32> -> tensor<3x2x5x4xf32>

  %17 = tenon.reshape %t : tensor<2x6x4x5xf32> -> tensor<2x6x1x4x5xf32>
  %18 = tenon.broadcast %17 : tensor<2x6x1x4x5xf32> -> tensor<2x6x3x4x5xf32>
  %s = tenon.transpose %18 [0, 3, 4, 2, 1] : tensor<2x6x3x4x5xf32> -> tensor<2x4x5x3x6xf32>

  return %a, %b, %c, %d, %e, %f, %g, %h, %j, %k, %l, %m, %n, %o, %p, %q, %r, %s : tensor<2x4x5x6xf32>, tensor<2x4x5x6xf32>, tensor<2x4x5x12xf32>, tensor<2x4x5x6xf32>, tensor<2x4x5x3xf32>, tensor<2x6x7x6xf32>, tensor<2x4x3x6xf32>, tensor<2x8x3x6xf32>, tensor<2x4x5x6xf32>, tensor<2x4x6xf32>, tensor<2x4x1x6xf32>, tensor<2x4x5xi64>, tensor<2x4x5x2x3xf32>, tensor<2x20x3x2xf32>, tensor<2x2x3x6xf32>, tensor<3x2x5x4xf32>, tensor<3x2x5x4xf32>, tensor<2x4x5x3x6xf32>
}
