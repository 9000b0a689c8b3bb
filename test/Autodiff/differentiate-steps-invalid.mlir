// RUN: tenon-opt %s --split-input-file --verify-diagnostics --tenon-differentiate-steps

tenon.state @w trained = dense<1.0> : tensor<4xf32>
// expected-error @below {{expected a step whose first result is a loss, a scalar of floats}}
func.func @no_loss() -> tensor<4xf32>
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @w : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error-re @below {{expected an optimizer out of sgd, {{.*}}, got 'lion'}}
func.func @optimizer() -> tensor<f32>
    attributes {tenon.step = #tenon.step<"s", <"lion", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected numbers out of lr, momentum, nesterov, weight_decay for sgd, got 'beta1'}}
func.func @number() -> tensor<f32>
    attributes {tenon.step = #tenon.step<"s", <"sgd", {beta1 = 0.9 : f64}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected parameters to train, got none that ["v*"] names}}
func.func @none() -> tensor<f32>
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["v*"], frozen = [], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}
