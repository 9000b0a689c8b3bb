// RUN: tenon-opt --tenon-resolve-kernel-dims --split-input-file --verify-diagnostics %s | FileCheck %s

// CHECK-LABEL: func @kernel
// CHECK-SAME:    %[[S:[a-z0-9]+]]: index
// CHECK:         %[[D:.*]] = affine.apply #{{.*}}()[%[[S]]]
// CHECK:         return %[[D]]
func.func @kernel(%x: tensor<?x8xf32> {tenon.dims = affine_map<()[s0] -> (s0 + 1, 8)>}, %s: index) -> index
    attributes {tenon.kernel} {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x8xf32>
  return %d : index
}

// -----

// expected-error @below {{expected 'tenon.dims' on argument 0, which has dynamic dims: 'tensor<?xf32>'}}
func.func @kernel(%x: tensor<?xf32>, %s: index) attributes {tenon.kernel} {
  return
}
