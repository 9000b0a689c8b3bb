// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-assign-ranks{ranks=2}))' --mlir-print-debuginfo | FileCheck %s
// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-assign-ranks{ranks=2 places=b,a}))' --mlir-print-debuginfo | FileCheck %s --check-prefix=PLACES
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-assign-ranks{ranks=2 places=a,none}))' 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-assign-ranks{ranks=3 places=a,b}))' 2>&1 | FileCheck %s --check-prefix=COUNT

// Equal costs, or what the names say.
// CHECK: tenon.exp {{.*}} loc(#[[FIRST:.*]])
// CHECK: tenon.neg {{.*}} loc(#[[SECOND:.*]])
// CHECK-DAG: #[[FIRST]] = loc(fused<0 : i64>[
// CHECK-DAG: #[[SECOND]] = loc(fused<1 : i64>[
// PLACES: tenon.exp {{.*}} loc(#[[FIRST:.*]])
// PLACES: tenon.neg {{.*}} loc(#[[SECOND:.*]])
// PLACES-DAG: #[[FIRST]] = loc(fused<1 : i64>[
// PLACES-DAG: #[[SECOND]] = loc(fused<0 : i64>[
// NONE: error: expected nodes of the model that 'none' names, got none
// COUNT: error: expected a pattern of nodes for each of 3 ranks, got 2
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = tenon.exp %x : tensor<8xf32> -> tensor<8xf32> loc("a")
  %1 = tenon.neg %0 : tensor<8xf32> -> tensor<8xf32> loc("b")
  return %1 : tensor<8xf32>
}
