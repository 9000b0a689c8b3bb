// RUN: tenon-opt %s --tenon-outline-kernels | FileCheck %s

// Two groups that differ in the names of their symbols only are one kernel. A launch costs what the program's symbols say: FLOPs and bytes.
// CHECK-LABEL: @main
func.func @main(%x: tensor<?xf32, #tenon.dims<[b]>>, %y: tensor<?xf32, #tenon.dims<[s]>>) -> (tensor<?xf32, #tenon.dims<[b]>>, tensor<?xf32, #tenon.dims<[s]>>) {
  // CHECK: tenon.launch @[[KERNEL:exp_.*]](%{{.*}}) dims<[b]> {cost = #tenon.dims<[b, b * 8]>}
  %0 = tenon.group (%a = %x) : (tensor<?xf32, #tenon.dims<[b]>>) -> tensor<?xf32, #tenon.dims<[b]>> {
    %2 = tenon.exp %a : tensor<?xf32, #tenon.dims<[b]>> -> tensor<?xf32, #tenon.dims<[b]>>
    tenon.yield %2 : tensor<?xf32, #tenon.dims<[b]>>
  }
  // CHECK: tenon.launch @[[KERNEL]](%{{.*}}) dims<[s]> {cost = #tenon.dims<[s, s * 8]>}
  %1 = tenon.group (%a = %y) : (tensor<?xf32, #tenon.dims<[s]>>) -> tensor<?xf32, #tenon.dims<[s]>> {
    %2 = tenon.exp %a : tensor<?xf32, #tenon.dims<[s]>> -> tensor<?xf32, #tenon.dims<[s]>>
    tenon.yield %2 : tensor<?xf32, #tenon.dims<[s]>>
  }
  return %0, %1 : tensor<?xf32, #tenon.dims<[b]>>, tensor<?xf32, #tenon.dims<[s]>>
}
// CHECK: module @[[KERNEL]]
// CHECK-NEXT: func.func @kernel(%{{.*}}: tensor<?xf32, #tenon.dims<[k0]>>, %{{.*}}: index)
// CHECK-SAME: tenon.symbols = #tenon.dims<[k0]>
// CHECK-NOT: module
