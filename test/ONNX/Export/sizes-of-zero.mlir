// RUN: tenon-translate --mlir-to-onnx %s -o %t.onnx && tenon-translate --onnx-to-mlir %t.onnx | FileCheck %s

// Of sizes that a run computes any may be 0, which Reshape would take for "as in the operand": no size is looked up there.
// CHECK-LABEL: func.func @main(
// CHECK-NOT: tenon.symbolic_constant <[n, 12]>
// CHECK: tenon.reshape %{{.*}} -> tensor<?x?xf32
func.func @main(%x: tensor<?x12xf32, #tenon.dims<[n]>> {tenon.name = "x"}, %shape: tensor<2xi64> {tenon.name = "shape"}) -> tensor<?x?xf32, #tenon.dims<[r, c]>> {
  tenon.bind_dim <[r]> = %shape[0] : tensor<2xi64>
  tenon.bind_dim <[c]> = %shape[1] : tensor<2xi64>
  %0 = tenon.reshape %x : tensor<?x12xf32, #tenon.dims<[n]>> -> tensor<?x?xf32, #tenon.dims<[r, c]>>
  return %0 : tensor<?x?xf32, #tenon.dims<[r, c]>>
}
