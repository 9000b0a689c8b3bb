// RUN: tenon test %s | FileCheck %s
// RUN: tenon test %s --gpu=emulated | FileCheck %s
// CHECK: pass

func.func @softplus(%x: tensor<3xf32>) -> tensor<3xf32> attributes {
    tenon.inputs = [dense<[-1.0, 0.0, 2.0]> : tensor<3xf32>],
    tenon.expected = [dense<[0.3132617, 0.6931472, 2.126928]> : tensor<3xf32>], tenon.rtol = 1.0e-6} {
  %0 = tenon.softplus %x : tensor<3xf32> -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// The size is the run's.
func.func @leaky_relu(%x: tensor<?xf32, #tenon.dims<[n]>>) -> tensor<?xf32, #tenon.dims<[n]>> attributes {
    tenon.inputs = [dense<[-2.0, 0.0, 3.0, -4.0]> : tensor<4xf32>],
    tenon.expected = [dense<[-0.5, 0.0, 3.0, -1.0]> : tensor<4xf32>]} {
  %0 = tenon.leaky_relu %x {alpha = 0.25 : f32} : tensor<?xf32, #tenon.dims<[n]>> -> tensor<?xf32, #tenon.dims<[n]>>
  return %0 : tensor<?xf32, #tenon.dims<[n]>>
}
