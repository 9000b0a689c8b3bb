// RUN: tenon-opt %s --pass-pipeline='builtin.module(func.func(tenon-infer-shapes))' | FileCheck %s

// What the text leaves open follows from the operands. (Numbers: test/Execution/elementwise.test)
// CHECK-LABEL: @functions_of_one_number
// CHECK-COUNT-32: : tensor<?x4xf32, #tenon.dims<[b]>> -> tensor<?x4xf32, #tenon.dims<[b]>>
// CHECK-NEXT: return
func.func @functions_of_one_number(%x: tensor<?x4xf32, #tenon.dims<[b]>>) -> tensor<?x4xf32> {
  %0 = tenon.abs %x : tensor<?x4xf32, #tenon.dims<[b]>> -> tensor<?x4xf32>
  %1 = tenon.neg %0 : tensor<?x4xf32> -> tensor<?x4xf32>
  %2 = tenon.sign %1 : tensor<?x4xf32> -> tensor<?x4xf32>
  %3 = tenon.floor %2 : tensor<?x4xf32> -> tensor<?x4xf32>
  %4 = tenon.ceil %3 : tensor<?x4xf32> -> tensor<?x4xf32>
  %5 = tenon.round %4 : tensor<?x4xf32> -> tensor<?x4xf32>
  %6 = tenon.exp %5 : tensor<?x4xf32> -> tensor<?x4xf32>
  %7 = tenon.expm1 %6 : tensor<?x4xf32> -> tensor<?x4xf32>
  %8 = tenon.log %7 : tensor<?x4xf32> -> tensor<?x4xf32>
  %9 = tenon.log1p %8 : tensor<?x4xf32> -> tensor<?x4xf32>
  %10 = tenon.sqrt %9 : tensor<?x4xf32> -> tensor<?x4xf32>
  %11 = tenon.rsqrt %10 : tensor<?x4xf32> -> tensor<?x4xf32>
  %12 = tenon.reciprocal %11 : tensor<?x4xf32> -> tensor<?x4xf32>
  %13 = tenon.sin %12 : tensor<?x4xf32> -> tensor<?x4xf32>
  %14 = tenon.cos %13 : tensor<?x4xf32> -> tensor<?x4xf32>
  %15 = tenon.tan %14 : tensor<?x4xf32> -> tensor<?x4xf32>
  %16 = tenon.asin %15 : tensor<?x4xf32> -> tensor<?x4xf32>
  %17 = tenon.acos %16 : tensor<?x4xf32> -> tensor<?x4xf32>
  %18 = tenon.atan %17 : tensor<?x4xf32> -> tensor<?x4xf32>
  %19 = tenon.sinh %18 : tensor<?x4xf32> -> tensor<?x4xf32>
  %20 = tenon.cosh %19 : tensor<?x4xf32> -> tensor<?x4xf32>
  %21 = tenon.tanh %20 : tensor<?x4xf32> -> tensor<?x4xf32>
  %22 = tenon.asinh %21 : tensor<?x4xf32> -> tensor<?x4xf32>
  %23 = tenon.acosh %22 : tensor<?x4xf32> -> tensor<?x4xf32>
  %24 = tenon.atanh %23 : tensor<?x4xf32> -> tensor<?x4xf32>
  %25 = tenon.erf %24 : tensor<?x4xf32> -> tensor<?x4xf32>
  %26 = tenon.relu %25 : tensor<?x4xf32> -> tensor<?x4xf32>
  %27 = tenon.sigmoid %26 : tensor<?x4xf32> -> tensor<?x4xf32>
  %28 = tenon.softplus %27 : tensor<?x4xf32> -> tensor<?x4xf32>
  %29 = tenon.elu %28 {alpha = 2.0 : f32} : tensor<?x4xf32> -> tensor<?x4xf32>
  %30 = tenon.leaky_relu %29 : tensor<?x4xf32> -> tensor<?x4xf32>
  %31 = tenon.gelu %30 {approximate} : tensor<?x4xf32> -> tensor<?x4xf32>
  return %31 : tensor<?x4xf32>
}

// CHECK-LABEL: @functions_of_two_numbers
// CHECK-COUNT-9: = tenon.{{.*}} -> tensor<?x4xf32, #tenon.dims<[b]>>
// CHECK-NEXT: return
func.func @functions_of_two_numbers(%x: tensor<?x4xf32, #tenon.dims<[b]>>, %y: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = tenon.add %x, %y : (tensor<?x4xf32, #tenon.dims<[b]>>, tensor<4xf32>) -> tensor<?x4xf32>
  %1 = tenon.sub %0, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %2 = tenon.mul %1, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %3 = tenon.div %2, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %4 = tenon.remainder %3, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %5 = tenon.maximum %4, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %6 = tenon.minimum %5, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %7 = tenon.pow %6, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %8 = tenon.atan2 %7, %y : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %8 : tensor<?x4xf32>
}

// CHECK-LABEL: @integers
// CHECK-COUNT-7: = tenon.{{.*}} -> tensor<?xi32, #tenon.dims<[n]>>
// CHECK-NEXT: return
func.func @integers(%x: tensor<?xi32, #tenon.dims<[n]>>, %y: tensor<1xi32>) -> tensor<?xi32> {
  %0 = tenon.and %x, %y : (tensor<?xi32, #tenon.dims<[n]>>, tensor<1xi32>) -> tensor<?xi32>
  %1 = tenon.or %0, %y : (tensor<?xi32>, tensor<1xi32>) -> tensor<?xi32>
  %2 = tenon.xor %1, %y : (tensor<?xi32>, tensor<1xi32>) -> tensor<?xi32>
  %3 = tenon.not %2 : tensor<?xi32> -> tensor<?xi32>
  %4 = tenon.shift_left %3, %y : (tensor<?xi32>, tensor<1xi32>) -> tensor<?xi32>
  %5 = tenon.shift_right %4, %y : (tensor<?xi32>, tensor<1xi32>) -> tensor<?xi32>
  %6 = tenon.mod %5, %y : (tensor<?xi32>, tensor<1xi32>) -> tensor<?xi32>
  return %6 : tensor<?xi32>
}

// CHECK-LABEL: @tests_and_choices
// CHECK-COUNT-3: -> tensor<?x4xi1, #tenon.dims<[b]>>
// CHECK: tenon.select {{.*}} -> tensor<?x4xf32, #tenon.dims<[b]>>
// CHECK: tenon.cast {{.*}} -> tensor<?x4xf16, #tenon.dims<[b]>>
func.func @tests_and_choices(%x: tensor<?x4xf32, #tenon.dims<[b]>>, %y: tensor<1x4xf32>) -> tensor<?x4xf16> {
  %0 = tenon.is_nan %x : tensor<?x4xf32, #tenon.dims<[b]>> -> tensor<?x4xi1>
  %1 = tenon.is_inf %x {negative = false} : tensor<?x4xf32, #tenon.dims<[b]>> -> tensor<?x4xi1>
  %2 = tenon.compare lt %x, %y : (tensor<?x4xf32, #tenon.dims<[b]>>, tensor<1x4xf32>) -> tensor<?x4xi1>
  %3 = tenon.select %2, %x, %y : (tensor<?x4xi1>, tensor<?x4xf32, #tenon.dims<[b]>>, tensor<1x4xf32>) -> tensor<?x4xf32>
  %4 = tenon.cast %3 to f16 : tensor<?x4xf32> -> tensor<?x4xf16>
  return %4 : tensor<?x4xf16>
}
