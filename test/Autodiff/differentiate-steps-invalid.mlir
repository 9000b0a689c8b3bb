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
// expected-error-re @below {{expected an optimizer out of sgd, {{.*}}, got 'lyon'}}
func.func @optimizer() -> tensor<f32>
    attributes {tenon.step = #tenon.step<"s", <"lyon", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected numbers out of lr, momentum, dampening, nesterov, weight_decay, clip, max_norm for sgd, got 'beta1'}}
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

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected a result 'z', the loss of the step}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {loss = "z"}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected loss, groups, clip_value, clip_each, accumulate, samples, gradients in tenon.step_settings, got 'grups'}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {grups = []}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected another kind of value for 'accumulate' in tenon.step_settings, got "2"}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {accumulate = "2"}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected accumulate and samples of at least 1 in tenon.step_settings}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {accumulate = 0}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected numbers out of lr, momentum, dampening, nesterov, weight_decay, clip, max_norm for sgd, got 'eps'}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {groups = ["w:eps=1"]}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected KEY=NUMBER for the optimizer 'sgd', got 'lr'}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {groups = ["w:lr"]}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}

// -----

tenon.state @w trained = dense<1.0> : tensor<f32>
// expected-error @below {{expected an input or a parameter of floats whose gradient is asked for, got 'x'}}
func.func @options() -> (tensor<f32> {tenon.name = "y"})
    attributes {tenon.step = #tenon.step<"s", <"sgd", {}>, parameters = ["*"], frozen = [], clip_norm = 0.0 : f64>, tenon.step_settings = {gradients = ["x"]}} {
  %0 = tenon.get_state @w : tensor<f32>
  return %0 : tensor<f32>
}
