// RUN: tenon-opt %s --pass-pipeline='builtin.module(tenon-keep-state{pairs=auto})' 2>&1 | FileCheck %s

// Names and types pair the hidden states, and not the input with the output.
// CHECK: remark: state 'h0' is followed by output 'hn'
// CHECK: remark: state 'state' is followed by output 'stateN'
// CHECK: tenon.state @h0 kept = dense<0.000000e+00> : tensor<4xf32>
// CHECK: tenon.state @state kept = dense<0> : tensor<2xi64>
// CHECK: func.func @main(%{{.*}}: tensor<4xf32> {tenon.name = "input"}) -> (tensor<4xf32> {tenon.name = "output"})
func.func @main(%x: tensor<4xf32> {tenon.name = "input"}, %h: tensor<4xf32> {tenon.name = "h0"}, %n: tensor<2xi64> {tenon.name = "state"})
    -> (tensor<4xf32> {tenon.name = "output"}, tensor<2xi64> {tenon.name = "stateN"}, tensor<4xf32> {tenon.name = "hn"}) {
  %0 = tenon.add %x, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = tenon.add %n, %n : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %0, %1, %0 : tensor<4xf32>, tensor<2xi64>, tensor<4xf32>
}
