// Ops with operators of their own, which come back as they were, and such that are written as several.
// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

func.func @main(%x: tensor<5x2x3xf32> {tenon.name = "x"}, %image: tensor<1x2x4x6xf32> {tenon.name = "image"}, %flags: tensor<4xi1> {tenon.name = "flags"}, %bits: tensor<4xi64> {tenon.name = "bits"})
    -> (tensor<5x2x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x8x9xf32>, tensor<1x2x7x6xf32>, tensor<1x2x4x6xf32>, tensor<4xi1>, tensor<4xi64>, tensor<5x2x3xf32>, tensor<3x3xf32>) {
  %w = tenon.constant dense<0.25> : tensor<2x16x3xf32>
  %r = tenon.constant dense<-0.5> : tensor<2x16x4xf32>
  // CHECK: tenon.lstm %{{.*}} {activations = ["Sigmoid", "Tanh", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid"], alphas = array<f32: 1.000000e+00, 1.000000e+00, 0.00999999977, 1.000000e+00, 1.000000e+00, 2.000000e-01>
  // CHECK-SAME: clip = 3.000000e+00 : f32, direction = #tenon.direction<bidirectional>, input_forget
  %all, %h, %c = tenon.lstm %x, %w, %r {activations = ["Sigmoid", "Tanh", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid"], direction = #tenon.direction<bidirectional>, clip = 3.0 : f32, input_forget,
      alphas = array<f32: 1.0, 1.0, 0.01, 1.0, 1.0, 0.2>, betas = array<f32: 0.0, 0.0, 0.0, 0.0, 0.0, 0.5>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0, 0, 0>}
    : (tensor<5x2x3xf32>, tensor<2x16x3xf32>, tensor<2x16x4xf32>) -> (tensor<5x2x2x4xf32>, tensor<2x2x4xf32>, tensor<2x2x4xf32>)
  %gw = tenon.constant dense<0.125> : tensor<1x12x3xf32>
  %gr = tenon.constant dense<-0.25> : tensor<1x12x4xf32>
  // CHECK: tenon.gru %{{.*}}linear_before_reset
  %gall, %gh = tenon.gru %x, %gw, %gr {activations = ["Sigmoid", "Tanh"], linear_before_reset, alphas = array<f32: 1.0, 1.0>, betas = array<f32: 0.0, 0.0>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 0>}
    : (tensor<5x2x3xf32>, tensor<1x12x3xf32>, tensor<1x12x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  %rw = tenon.constant dense<0.125> : tensor<1x4x3xf32>
  %rr = tenon.constant dense<-0.25> : tensor<1x4x4xf32>
  // CHECK: tenon.rnn %{{.*}}direction = #tenon.direction<reverse>
  %rall, %rh = tenon.rnn %x, %rw, %rr, %gh {activations = ["Relu"], direction = #tenon.direction<reverse>, alphas = array<f32: 1.0>, betas = array<f32: 0.0>, operandSegmentSizes = array<i32: 1, 1, 1, 0, 0, 1>}
    : (tensor<5x2x3xf32>, tensor<1x4x3xf32>, tensor<1x4x4xf32>, tensor<1x2x4xf32>) -> (tensor<5x1x2x4xf32>, tensor<1x2x4xf32>)
  // CHECK: tenon.resize linear half_pixel %{{.*}} : tensor<1x2x4x6xf32> -> tensor<1x2x8x9xf32>
  %larger = tenon.resize linear half_pixel %image scales [0.0, 0.0, 0.0, 0.0] : tensor<1x2x4x6xf32> -> tensor<1x2x8x9xf32>
  // CHECK: tenon.resize nearest asymmetric %{{.*}} scales [1.000000e+00, 1.000000e+00, 1.800000e+00, 1.000000e+00] {{.*}}rounding = #tenon.nearest_rounding<floor>
  %scaled = tenon.resize nearest asymmetric %image scales [1.0, 1.0, 1.8, 0.0] {rounding = #tenon.nearest_rounding<floor>} : tensor<1x2x4x6xf32> -> tensor<1x2x7x6xf32>
  // CHECK: tenon.trilu %{{.*}} {diagonal = -1 : i64, upper}
  %upper = tenon.trilu %image {diagonal = -1 : i64, upper} : tensor<1x2x4x6xf32> -> tensor<1x2x4x6xf32>
  // CHECK: tenon.xor %{{.*}} : (tensor<4xi1>, tensor<4xi1>)
  %not = tenon.not %flags : tensor<4xi1> -> tensor<4xi1>
  %xor = tenon.xor %not, %flags : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  // CHECK: tenon.and %{{.*}} : (tensor<4xi64>, tensor<4xi64>)
  %and = tenon.and %bits, %bits : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  // CHECK: tenon.sinh
  // CHECK: tenon.atanh
  // CHECK: tenon.sqrt
  // CHECK: tenon.reciprocal
  %square = tenon.mul %x, %x : (tensor<5x2x3xf32>, tensor<5x2x3xf32>) -> tensor<5x2x3xf32>
  %grown = tenon.expm1 %square : tensor<5x2x3xf32> -> tensor<5x2x3xf32>
  %log = tenon.log1p %grown : tensor<5x2x3xf32> -> tensor<5x2x3xf32>
  %one = tenon.constant dense<1.0> : tensor<f32>
  %shifted = tenon.add %log, %one : (tensor<5x2x3xf32>, tensor<f32>) -> tensor<5x2x3xf32>
  %root = tenon.rsqrt %shifted : tensor<5x2x3xf32> -> tensor<5x2x3xf32>
  // A scan without inputs walks along zeros, for ONNX's has at least one.
  // CHECK: tenon.scan inits(%{{.*}} : tensor<3xf32>) inputs(%{{.*}} : tensor<3xf32>) length <[3]> reverse [false, true]
  %start = tenon.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %last, %stacked = tenon.scan inits(%start : tensor<3xf32>) length <[3]> reverse [true] -> tensor<3xf32>, tensor<3x3xf32> {
  ^body(%previous: tensor<3xf32>):
    %next = tenon.add %previous, %start : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    tenon.yield %next, %next : tensor<3xf32>, tensor<3xf32>
  }
  return %all, %gh, %rh, %larger, %scaled, %upper, %xor, %and, %root, %stacked
    : tensor<5x2x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x4xf32>, tensor<1x2x8x9xf32>, tensor<1x2x7x6xf32>, tensor<1x2x4x6xf32>, tensor<4xi1>, tensor<4xi64>, tensor<5x2x3xf32>, tensor<3x3xf32>
}
