//===- DerivativesTest.cpp - the rules of lib/Autodiff --------------------===//

#include "DerivativeChecker.h"
#include "mlir/Parser/Parser.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "llvm/Support/FormatVariadic.h"
#include <gtest/gtest.h>

using namespace tenon;
using namespace tenon::test;

namespace {

/// `body` is a function's, with arguments (name: type) in `arguments`, that
/// ends in a return of %r. Types without an element type are of f64.
std::string makeFunction(llvm::StringRef arguments, llvm::StringRef body,
                         llvm::StringRef result) {
  return llvm::formatv("func.func @f({0}) -> {1} {{\n{2}\nreturn %r : {1}\n}\n",
                       arguments, result, body);
}

/// A function of one number or of two.
struct Scalar {
  const char *op;
  Domain domain = {};
  const char *attributes = "";
};

const Scalar ofOne[] = {
    {"abs"},
    {"neg"},
    {"exp"},
    {"expm1"},
    {"sin"},
    {"cos"},
    {"tan"},
    {"atan"},
    {"sinh"},
    {"cosh"},
    {"tanh"},
    {"asinh"},
    {"erf"},
    {"relu"},
    {"sigmoid"},
    {"softplus"},
    {"sign"},
    {"floor"},
    {"ceil"},
    {"round"},
    {"log", {0.3, 2}},
    {"log1p", {0.3, 2}},
    {"sqrt", {0.3, 2}},
    {"rsqrt", {0.3, 2}},
    {"reciprocal", {0.3, 2}},
    {"asin", {-0.7, 0.7}},
    {"acos", {-0.7, 0.7}},
    {"atanh", {-0.7, 0.7}},
    {"acosh", {1.2, 3}},
    {"elu", {}, "{alpha = 0.7 : f32}"},
    {"leaky_relu", {}, "{alpha = 0.2 : f32}"},
    {"gelu"},
    {"gelu", {}, "{approximate}"},
};

const Scalar ofTwo[] = {
    {"add"},
    {"sub"},
    {"mul"},
    {"maximum"},
    {"minimum"},
    {"div", {0.4, 2}},
    {"pow", {0.4, 2}},
    {"atan2", {0.4, 2}},
    {"remainder", {0.4, 2}},
};

TEST(Derivatives, FunctionsOfOneNumber) {
  for (const Scalar &scalar : ofOne) {
    std::string body = llvm::formatv(
        "%r = tenon.{0} %x {1} : tensor<3x5xf64> -> tensor<3x5xf64>", scalar.op,
        scalar.attributes);
    EXPECT_EQ(checkDerivatives(
                  makeFunction("%x: tensor<3x5xf64>", body, "tensor<3x5xf64>"),
                  scalar.domain, 2),
              "")
        << scalar.op;
  }
}

/// With both operands broadcast.
TEST(Derivatives, FunctionsOfTwoNumbers) {
  for (const Scalar &scalar : ofTwo) {
    std::string body = llvm::formatv(
        "%r = tenon.{0} %x, %y : (tensor<3x1xf64>, tensor<2x1x4xf64>) -> "
        "tensor<2x3x4xf64>",
        scalar.op);
    EXPECT_EQ(checkDerivatives(makeFunction("%x: tensor<3x1xf64>, "
                                            "%y: tensor<2x1x4xf64>",
                                            body, "tensor<2x3x4xf64>"),
                               scalar.domain, 2),
              "")
        << scalar.op;
  }
}

struct Case {
  const char *name, *arguments, *body, *result;
  unsigned order = 2;
  Domain domain = {};
};

const Case cases[] = {
    {"select", "%x: tensor<4xf64>, %y: tensor<3x1xf64>", R"mlir(
      %c = tenon.compare gt %x, %y : (tensor<4xf64>, tensor<3x1xf64>) -> tensor<3x4xi1>
      %r = tenon.select %c, %x, %y : (tensor<3x4xi1>, tensor<4xf64>, tensor<3x1xf64>) -> tensor<3x4xf64>)mlir",
     "tensor<3x4xf64>"},
    {"cast",
     "%x: tensor<4xf64>",
     R"mlir(
      %i = tenon.cast %x to i32 : tensor<4xf64> -> tensor<4xi32>
      %j = tenon.cast %i to f64 : tensor<4xi32> -> tensor<4xf64>
      %r = tenon.mul %x, %j : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>)mlir",
     "tensor<4xf64>",
     1,
     {-5, 5}},
    // movement
    {"reshape", "%x: tensor<3x4xf64>",
     "%r = tenon.reshape %x : tensor<3x4xf64> -> tensor<2x6xf64>",
     "tensor<2x6xf64>"},
    {"transpose", "%x: tensor<2x3x4xf64>",
     "%r = tenon.transpose %x [2, 0, 1] : tensor<2x3x4xf64> -> "
     "tensor<4x2x3xf64>",
     "tensor<4x2x3xf64>"},
    {"broadcast", "%x: tensor<3x1xf64>",
     "%r = tenon.broadcast %x : tensor<3x1xf64> -> tensor<2x3x4xf64>",
     "tensor<2x3x4xf64>"},
    {"slice", "%x: tensor<5x7x3xf64>", R"mlir(
      %r = tenon.slice %x starts <[1, 6, 0]> steps [2, -3, 1] : tensor<5x7x3xf64> -> tensor<2x3x2xf64>)mlir",
     "tensor<2x3x2xf64>"},
    {"concat", "%x: tensor<2x3xf64>, %y: tensor<2x1xf64>", R"mlir(
      %r = tenon.concat %x, %y, %x {axis = 1 : i64} : (tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x3xf64>) -> tensor<2x7xf64>)mlir",
     "tensor<2x7xf64>"},
    {"pad", "%x: tensor<4x5xf64>, %v: tensor<f64>", R"mlir(
      %r = tenon.pad %x with %v low <[1, -1]> high <[0, 2]> : tensor<4x5xf64>, tensor<f64> -> tensor<5x6xf64>)mlir",
     "tensor<5x6xf64>"},
    {"pad_reflect", "%x: tensor<4x5xf64>", R"mlir(
      %r = tenon.pad %x low <[1, 2]> high <[2, 0]> {mode = #tenon.pad_mode<reflect>} : tensor<4x5xf64> -> tensor<7x7xf64>)mlir",
     "tensor<7x7xf64>"},
    {"pad_edge", "%x: tensor<4x5xf64>", R"mlir(
      %r = tenon.pad %x low <[1, 2]> high <[2, 0]> {mode = #tenon.pad_mode<edge>} : tensor<4x5xf64> -> tensor<7x7xf64>)mlir",
     "tensor<7x7xf64>"},
    {"pad_wrap", "%x: tensor<4x5xf64>", R"mlir(
      %r = tenon.pad %x low <[1, 2]> high <[2, 0]> {mode = #tenon.pad_mode<wrap>} : tensor<4x5xf64> -> tensor<7x7xf64>)mlir",
     "tensor<7x7xf64>"},
    {"tile", "%x: tensor<2x3xf64>", R"mlir(
      %r = tenon.tile %x repeats <[2, 3]> : tensor<2x3xf64> -> tensor<4x9xf64>)mlir",
     "tensor<4x9xf64>"},
    {"trilu", "%x: tensor<2x4x4xf64>", R"mlir(
      %r = tenon.trilu %x {diagonal = -1 : i64, upper} : tensor<2x4x4xf64> -> tensor<2x4x4xf64>)mlir",
     "tensor<2x4x4xf64>"},
    // reductions
    {"sum", "%x: tensor<2x3x4xf64>",
     "%r = tenon.reduce sum %x axes [0, 2] : tensor<2x3x4xf64> -> "
     "tensor<3xf64>",
     "tensor<3xf64>"},
    {"mean", "%x: tensor<2x3x4xf64>",
     "%r = tenon.reduce mean %x axes [1] {keep_dims} : tensor<2x3x4xf64> -> "
     "tensor<2x1x4xf64>",
     "tensor<2x1x4xf64>"},
    {"max", "%x: tensor<2x3x4xf64>",
     "%r = tenon.reduce maximum %x axes [1, 2] : tensor<2x3x4xf64> -> "
     "tensor<2xf64>",
     "tensor<2xf64>"},
    {"min", "%x: tensor<2x3x4xf64>",
     "%r = tenon.reduce minimum %x axes [2] {keep_dims} : tensor<2x3x4xf64> "
     "-> tensor<2x3x1xf64>",
     "tensor<2x3x1xf64>"},
    {"product", "%x: tensor<2x3xf64>",
     "%r = tenon.reduce product %x axes [1] : tensor<2x3xf64> -> "
     "tensor<2xf64>",
     "tensor<2xf64>"},
    {"product_with_zero", "%x: tensor<2x3xf64>", R"mlir(
      %m = tenon.constant dense<[[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf64>
      %y = tenon.mul %x, %m : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>
      %a = tenon.constant dense<[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf64>
      %z = tenon.mul %x, %a : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>
      %s = tenon.constant dense<0.0> : tensor<f64>
      %t = tenon.mul %z, %s : (tensor<2x3xf64>, tensor<f64>) -> tensor<2x3xf64>
      %w = tenon.add %y, %t : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>
      %r = tenon.reduce product %w axes [1] : tensor<2x3xf64> -> tensor<2xf64>)mlir",
     "tensor<2xf64>", 1},
    {"cumsum", "%x: tensor<3x4xf64>",
     "%r = tenon.cumsum %x axis 1 {exclusive, reverse} : tensor<3x4xf64> -> "
     "tensor<3x4xf64>",
     "tensor<3x4xf64>"},
    {"cumsum_plain", "%x: tensor<3x4xf64>",
     "%r = tenon.cumsum %x axis 0 : tensor<3x4xf64> -> tensor<3x4xf64>",
     "tensor<3x4xf64>"},
    // products
    {"contract", "%x: tensor<2x3x4xf64>, %y: tensor<2x4x5xf64>", R"mlir(
      %r = tenon.contract %x, %y {indexing_maps = [affine_map<(b, m, n, k) -> (b, m, k)>, affine_map<(b, m, n, k) -> (b, k, n)>, affine_map<(b, m, n, k) -> (n, b, m)>]}
        : (tensor<2x3x4xf64>, tensor<2x4x5xf64>) -> tensor<5x2x3xf64>)mlir",
     "tensor<5x2x3xf64>"},
    {"contract_private_loop", "%x: tensor<3x4xf64>, %y: tensor<5xf64>", R"mlir(
      %r = tenon.contract %x, %y {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (n)>, affine_map<(m, n, k) -> (m, n)>]}
        : (tensor<3x4xf64>, tensor<5xf64>) -> tensor<3x5xf64>)mlir",
     "tensor<3x5xf64>"},
    {"conv", "%x: tensor<2x3x6x5xf64>, %w: tensor<4x3x3x2xf64>", R"mlir(
      %r = tenon.conv %x, %w {pads = array<i64: 1, 0, 1, 0>}
        : (tensor<2x3x6x5xf64>, tensor<4x3x3x2xf64>) -> tensor<2x4x6x4xf64>)mlir",
     "tensor<2x4x6x4xf64>"},
    {"conv_strided", "%x: tensor<2x2x8x7xf64>, %w: tensor<3x2x3x3xf64>", R"mlir(
      %r = tenon.conv %x, %w {strides = array<i64: 2, 3>, pads = array<i64: 1, 1, 0, 2>}
        : (tensor<2x2x8x7xf64>, tensor<3x2x3x3xf64>) -> tensor<2x3x4x3xf64>)mlir",
     "tensor<2x3x4x3xf64>"},
    {"conv_dilated", "%x: tensor<1x2x9x9xf64>, %w: tensor<3x2x3x2xf64>", R"mlir(
      %r = tenon.conv %x, %w {strides = array<i64: 1, 2>, pads = array<i64: 2, 1, 2, 1>, dilations = array<i64: 2, 3>}
        : (tensor<1x2x9x9xf64>, tensor<3x2x3x2xf64>) -> tensor<1x3x9x4xf64>)mlir",
     "tensor<1x3x9x4xf64>"},
    {"conv_groups", "%x: tensor<2x4x5xf64>, %w: tensor<6x2x3xf64>", R"mlir(
      %r = tenon.conv %x, %w {strides = array<i64: 2>, pads = array<i64: 1, 1>, groups = 2 : i64}
        : (tensor<2x4x5xf64>, tensor<6x2x3xf64>) -> tensor<2x6x3xf64>)mlir",
     "tensor<2x6x3xf64>"},
    {"conv_depthwise", "%x: tensor<2x3x5x5xf64>, %w: tensor<3x1x3x3xf64>",
     R"mlir(
      %r = tenon.conv %x, %w {pads = array<i64: 1, 1, 1, 1>, groups = 3 : i64}
        : (tensor<2x3x5x5xf64>, tensor<3x1x3x3xf64>) -> tensor<2x3x5x5xf64>)mlir",
     "tensor<2x3x5x5xf64>"},
    {"conv_wide_pads", "%x: tensor<1x1x4xf64>, %w: tensor<1x1x2xf64>", R"mlir(
      %r = tenon.conv %x, %w {pads = array<i64: 3, 2>}
        : (tensor<1x1x4xf64>, tensor<1x1x2xf64>) -> tensor<1x1x8xf64>)mlir",
     "tensor<1x1x8xf64>"},
    {"conv_input_dilations", "%x: tensor<2x2x4xf64>, %w: tensor<3x2x3xf64>",
     R"mlir(
      %r = tenon.conv %x, %w {strides = array<i64: 2>, pads = array<i64: 3, 1>, input_dilations = array<i64: 3>}
        : (tensor<2x2x4xf64>, tensor<3x2x3xf64>) -> tensor<2x3x6xf64>)mlir",
     "tensor<2x3x6xf64>"},
    {"conv_transpose", "%x: tensor<2x2x3x3xf64>, %w: tensor<2x3x3x3xf64>",
     R"mlir(
      %r = tenon.conv_transpose %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 1, 0, 1, 0>, output_pads = array<i64: 1, 0>}
        : (tensor<2x2x3x3xf64>, tensor<2x3x3x3xf64>) -> tensor<2x3x6x7xf64>)mlir",
     "tensor<2x3x6x7xf64>"},
    // windows
    {"max_pool", "%x: tensor<2x2x6x5xf64>", R"mlir(
      %r = tenon.pool maximum %x window [3, 2] {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 1>} : tensor<2x2x6x5xf64> -> tensor<2x2x3x5xf64>)mlir",
     "tensor<2x2x3x5xf64>"},
    {"max_pool_with_indices", "%x: tensor<1x2x4x4xf64>", R"mlir(
      %r, %i = tenon.max_pool_with_indices %x window [2, 2] {strides = array<i64: 2, 2>, column_major} : tensor<1x2x4x4xf64> -> tensor<1x2x2x2xf64>, tensor<1x2x2x2xi64>)mlir",
     "tensor<1x2x2x2xf64>"},
    {"mean_pool", "%x: tensor<2x2x6x5xf64>", R"mlir(
      %r = tenon.pool mean %x window [3, 2] {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 1>} : tensor<2x2x6x5xf64> -> tensor<2x2x3x5xf64>)mlir",
     "tensor<2x2x3x5xf64>"},
    {"mean_pool_ceil", "%x: tensor<1x2x6xf64>", R"mlir(
      %r = tenon.pool mean %x window [3] {strides = array<i64: 2>, pads = array<i64: 1, 1>, ceil_mode, count_include_pad} : tensor<1x2x6xf64> -> tensor<1x2x4xf64>)mlir",
     "tensor<1x2x4xf64>"},
    {"sum_pool", "%x: tensor<1x2x7x4xf64>", R"mlir(
      %r = tenon.pool sum %x window [2, 2] {strides = array<i64: 1, 2>, pads = array<i64: 0, 1, 0, 1>, dilations = array<i64: 2, 1>} : tensor<1x2x7x4xf64> -> tensor<1x2x5x3xf64>)mlir",
     "tensor<1x2x5x3xf64>"},
    // indices
    {"gather", "%x: tensor<3x4x2xf64>", R"mlir(
      %i = tenon.constant dense<[[0, -1, 2], [2, 2, 1]]> : tensor<2x3xi64>
      %r = tenon.gather %x at %i {axis = 1 : i64} : (tensor<3x4x2xf64>, tensor<2x3xi64>) -> tensor<3x2x3x2xf64>)mlir",
     "tensor<3x2x3x2xf64>"},
    {"gather_elements", "%x: tensor<3x4xf64>", R"mlir(
      %i = tenon.constant dense<[[0, -1, 2], [2, 2, 1]]> : tensor<2x3xi64>
      %r = tenon.gather_elements %x at %i {axis = 1 : i64} : (tensor<3x4xf64>, tensor<2x3xi64>) -> tensor<2x3xf64>)mlir",
     "tensor<2x3xf64>"},
    {"gather_nd", "%x: tensor<2x3x4xf64>", R"mlir(
      %i = tenon.constant dense<[[[0], [2]], [[1], [1]]]> : tensor<2x2x1xi64>
      %r = tenon.gather_nd %x at %i {batch_dims = 1 : i64} : (tensor<2x3x4xf64>, tensor<2x2x1xi64>) -> tensor<2x2x4xf64>)mlir",
     "tensor<2x2x4xf64>"},
    {"scatter_elements", "%x: tensor<3x4xf64>, %u: tensor<2x3xf64>", R"mlir(
      %i = tenon.constant dense<[[0, 1, 2], [2, 2, 1]]> : tensor<2x3xi64>
      %r = tenon.scatter_elements %x at %i with %u {axis = 1 : i64} : (tensor<3x4xf64>, tensor<2x3xi64>, tensor<2x3xf64>) -> tensor<3x4xf64>)mlir",
     "tensor<3x4xf64>"},
    {"scatter_nd", "%x: tensor<3x4xf64>, %u: tensor<2x4xf64>", R"mlir(
      %i = tenon.constant dense<[[2], [2]]> : tensor<2x1xi64>
      %r = tenon.scatter_nd %x at %i with %u {combiner = #tenon.combiner<add>} : (tensor<3x4xf64>, tensor<2x1xi64>, tensor<2x4xf64>) -> tensor<3x4xf64>)mlir",
     "tensor<3x4xf64>"},
    {"top_k", "%x: tensor<3x5xf64>", R"mlir(
      %r, %i = tenon.top_k %x k <[2]> {axis = 1 : i64, largest = true} : tensor<3x5xf64> -> tensor<3x2xf64>, tensor<3x2xi64>)mlir",
     "tensor<3x2xf64>"},
    // norms
    {"softmax", "%x: tensor<3x4xf64>",
     "%r = tenon.softmax %x axis 1 : tensor<3x4xf64> -> tensor<3x4xf64>",
     "tensor<3x4xf64>"},
    {"log_softmax", "%x: tensor<3x4xf64>",
     "%r = tenon.log_softmax %x axis 0 : tensor<3x4xf64> -> tensor<3x4xf64>",
     "tensor<3x4xf64>"},
    {"layer_norm", "%x: tensor<3x4xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>",
     R"mlir(
      %r = tenon.layer_norm %x, %s, %b {axis = 1 : i64, epsilon = 1.0e-2 : f32} : (tensor<3x4xf64>, tensor<4xf64>, tensor<4xf64>) -> tensor<3x4xf64>)mlir",
     "tensor<3x4xf64>"},
    {"rms_norm", "%x: tensor<3x4xf64>, %s: tensor<4xf64>", R"mlir(
      %r = tenon.rms_norm %x, %s {axis = 1 : i64, epsilon = 1.0e-2 : f32} : (tensor<3x4xf64>, tensor<4xf64>) -> tensor<3x4xf64>)mlir",
     "tensor<3x4xf64>"},
    {"batch_norm",
     "%x: tensor<2x3x2xf64>, %s: tensor<3xf64>, %b: tensor<3xf64>, %m: "
     "tensor<3xf64>, %v: tensor<3xf64>",
     R"mlir(
      %r = tenon.batch_norm %x, %s, %b, %m, %v {epsilon = 1.0e-2 : f32} : (tensor<2x3x2xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> tensor<2x3x2xf64>)mlir",
     "tensor<2x3x2xf64>",
     2,
     {0.2, 1}},
    {"group_norm",
     "%x: tensor<2x4x3xf64>, %s: tensor<4xf64>, %b: tensor<4xf64>", R"mlir(
      %r = tenon.group_norm %x, %s, %b {groups = 2 : i64, epsilon = 1.0e-2 : f32} : (tensor<2x4x3xf64>, tensor<4xf64>, tensor<4xf64>) -> tensor<2x4x3xf64>)mlir",
     "tensor<2x4x3xf64>"},
    {"lrn", "%x: tensor<1x4x2x2xf64>", R"mlir(
      %r = tenon.lrn %x {size = 3 : i64, alpha = 0.1 : f32, beta = 0.75 : f32, offset = 1.0 : f32} : (tensor<1x4x2x2xf64>) -> tensor<1x4x2x2xf64>)mlir",
     "tensor<1x4x2x2xf64>"},
    {"attention",
     "%q: tensor<1x2x3x4xf64>, %k: tensor<1x1x5x4xf64>, %v: "
     "tensor<1x1x5x2xf64>",
     R"mlir(
      %r = tenon.attention %q, %k, %v {scale = 0.5 : f32, causal} : (tensor<1x2x3x4xf64>, tensor<1x1x5x4xf64>, tensor<1x1x5x2xf64>) -> tensor<1x2x3x2xf64>)mlir",
     "tensor<1x2x3x2xf64>"},
    // resampling
    {"resize_linear", "%x: tensor<1x2x3x4xf64>", R"mlir(
      %r = tenon.resize linear half_pixel %x scales [1.0, 1.0, 2.0, 0.0] : tensor<1x2x3x4xf64> -> tensor<1x2x6x7xf64>)mlir",
     "tensor<1x2x6x7xf64>"},
    {"resize_nearest", "%x: tensor<1x1x3x4xf64>", R"mlir(
      %r = tenon.resize nearest asymmetric %x scales [1.0, 1.0, 2.0, 2.0] {rounding = #tenon.nearest_rounding<floor>} : tensor<1x1x3x4xf64> -> tensor<1x1x6x8xf64>)mlir",
     "tensor<1x1x6x8xf64>"},
    {"resize_cubic", "%x: tensor<1x1x4x4xf64>", R"mlir(
      %r = tenon.resize cubic align_corners %x scales [1.0, 1.0, 0.0, 0.0] : tensor<1x1x4x4xf64> -> tensor<1x1x7x3xf64>)mlir",
     "tensor<1x1x7x3xf64>"},
    {"stop_gradient", "%x: tensor<4xf64>, %y: tensor<4xf64>", R"mlir(
      %z = tenon.constant dense<0.0> : tensor<4xf64>
      %0 = tenon.mul %x, %z : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
      %1 = tenon.stop_gradient %0 : tensor<4xf64>
      %r = tenon.mul %1, %y : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>)mlir",
     "tensor<4xf64>", 1},
    // control
    {"if", "%x: tensor<4xf64>, %y: tensor<4xf64>", R"mlir(
      %s = tenon.reduce sum %x axes [0] : tensor<4xf64> -> tensor<f64>
      %z = tenon.constant dense<0.0> : tensor<f64>
      %c = tenon.compare gt %s, %z : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %r = tenon.if %c : tensor<i1> -> tensor<4xf64> {
        %a = tenon.mul %x, %y : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
        tenon.yield %a : tensor<4xf64>
      } else {
        %a = tenon.sin %x : tensor<4xf64> -> tensor<4xf64>
        tenon.yield %a : tensor<4xf64>
      })mlir",
     "tensor<4xf64>"},
    // branches of unlike sizes
    {"if_sizes", "%x: tensor<4xf64>", R"mlir(
      %s = tenon.reduce sum %x axes [0] : tensor<4xf64> -> tensor<f64>
      %z = tenon.constant dense<0.0> : tensor<f64>
      %c = tenon.compare gt %s, %z : (tensor<f64>, tensor<f64>) -> tensor<i1>
      %y, %size = tenon.if %c : tensor<i1> -> tensor<?xf64>, tensor<i64> {
        %two = tenon.constant dense<2> : tensor<i64>
        %a = tenon.slice %x starts <[1]> steps [1] : tensor<4xf64> -> tensor<2xf64>
        %b = tenon.sin %a : tensor<2xf64> -> tensor<2xf64>
        tenon.yield %b, %two : tensor<2xf64>, tensor<i64>
      } else {
        %four = tenon.constant dense<4> : tensor<i64>
        %a = tenon.exp %x : tensor<4xf64> -> tensor<4xf64>
        tenon.yield %a, %four : tensor<4xf64>, tensor<i64>
      }
      tenon.bind_dim <[n]> = %size[0] : tensor<i64>
      %known = tenon.reshape %y : tensor<?xf64> -> tensor<?xf64, #tenon.dims<[n]>>
      %squares = tenon.mul %known, %known : (tensor<?xf64, #tenon.dims<[n]>>, tensor<?xf64, #tenon.dims<[n]>>) -> tensor<?xf64, #tenon.dims<[n]>>
      %r = tenon.reduce sum %squares axes [0] : tensor<?xf64, #tenon.dims<[n]>> -> tensor<f64>)mlir",
     "tensor<f64>"},
    {"scan", "%h: tensor<3xf64>, %x: tensor<4x3xf64>, %w: tensor<3xf64>",
     R"mlir(
      %last, %all = tenon.scan inits(%h : tensor<3xf64>) inputs(%x : tensor<4x3xf64>) length <[4]> reverse [true, false] -> tensor<3xf64>, tensor<4x3xf64> {
      ^body(%previous: tensor<3xf64>, %slice: tensor<3xf64>):
        %a = tenon.mul %previous, %w : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        %b = tenon.add %a, %slice : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        %next = tenon.tanh %b : tensor<3xf64> -> tensor<3xf64>
        %out = tenon.mul %next, %slice : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        tenon.yield %next, %out : tensor<3xf64>, tensor<3xf64>
      }
      %l = tenon.reshape %last : tensor<3xf64> -> tensor<1x3xf64>
      %r = tenon.concat %l, %all {axis = 0 : i64} : (tensor<1x3xf64>, tensor<4x3xf64>) -> tensor<5x3xf64>)mlir",
     "tensor<5x3xf64>"},
    // as many rounds as the values say; each keeps a slice
    {"loop",
     "%h: tensor<3xf64>, %w: tensor<3xf64>",
     R"mlir(
      %yes = tenon.constant dense<true> : tensor<i1>
      %zero = tenon.constant dense<0> : tensor<i64>
      %one = tenon.constant dense<1> : tensor<i64>
      %limit = tenon.constant dense<2.5> : tensor<f64>
      %last, %number, %count, %all = tenon.loop while(%yes : tensor<i1>) inits(%h, %zero, %zero : tensor<3xf64>, tensor<i64>, tensor<i64>) -> tensor<3xf64>, tensor<i64>, tensor<i64>, tensor<?x3xf64> {
      ^body(%i: tensor<i64>, %v: tensor<3xf64>, %n: tensor<i64>, %m: tensor<i64>):
        %f = tenon.cast %i to f64 : tensor<i64> -> tensor<f64>
        %e = tenon.mul %v, %w : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        %g = tenon.sin %e : tensor<3xf64> -> tensor<3xf64>
        %a = tenon.add %v, %g : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        %x = tenon.mul %a, %w : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
        %out = tenon.add %x, %f : (tensor<3xf64>, tensor<f64>) -> tensor<3xf64>
        %s = tenon.reduce sum %a axes [0] : tensor<3xf64> -> tensor<f64>
        %on = tenon.compare lt %s, %limit : (tensor<f64>, tensor<f64>) -> tensor<i1>
        %next = tenon.add %i, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
        tenon.yield %on, %a, %n, %next, %out : tensor<i1>, tensor<3xf64>, tensor<i64>, tensor<i64>, tensor<3xf64>
      }
      tenon.bind_dim <[n]> = %count[0] : tensor<i64>
      %list = tenon.reshape %all : tensor<?x3xf64> -> tensor<?x3xf64, #tenon.dims<[n]>>
      %squares = tenon.mul %list, %list : (tensor<?x3xf64, #tenon.dims<[n]>>, tensor<?x3xf64, #tenon.dims<[n]>>) -> tensor<?x3xf64, #tenon.dims<[n]>>
      %sum = tenon.reduce sum %squares axes [0] : tensor<?x3xf64, #tenon.dims<[n]>> -> tensor<3xf64>
      %l = tenon.mul %last, %last : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
      %r = tenon.concat %l, %sum {axis = 0 : i64} : (tensor<3xf64>, tensor<3xf64>) -> tensor<6xf64>)mlir",
     "tensor<6xf64>",
     2,
     {0.3, 0.6}},
    // what it carries grows; the tape is a list of unlike sizes
    {"loop_grows", "%h: tensor<2xf64>, %w: tensor<f64>", R"mlir(
      %count = tenon.constant dense<3> : tensor<i64>
      %two = tenon.constant dense<2> : tensor<i64>
      %all, %size = tenon.loop trip_count(%count : tensor<i64>) inits(%h, %two : tensor<2xf64>, tensor<i64>) -> tensor<?xf64>, tensor<i64> {
      ^body(%i: tensor<i64>, %v: tensor<?xf64>, %k: tensor<i64>):
        %yes = tenon.constant dense<true> : tensor<i1>
        tenon.bind_dim <[a]> = %k[0] : tensor<i64>
        %a = tenon.reshape %v : tensor<?xf64> -> tensor<?xf64, #tenon.dims<[a]>>
        %b = tenon.mul %a, %w : (tensor<?xf64, #tenon.dims<[a]>>, tensor<f64>) -> tensor<?xf64, #tenon.dims<[a]>>
        %c = tenon.sin %b : tensor<?xf64, #tenon.dims<[a]>> -> tensor<?xf64, #tenon.dims<[a]>>
        %next = tenon.concat %c, %h {axis = 0 : i64} : (tensor<?xf64, #tenon.dims<[a]>>, tensor<2xf64>) -> tensor<?xf64, #tenon.dims<[a + 2]>>
        %more = tenon.symbolic_constant <[a + 2]> : tensor<i64>
        tenon.yield %yes, %next, %more : tensor<i1>, tensor<?xf64, #tenon.dims<[a + 2]>>, tensor<i64>
      }
      tenon.bind_dim <[m]> = %size[0] : tensor<i64>
      %x = tenon.reshape %all : tensor<?xf64> -> tensor<?xf64, #tenon.dims<[m]>>
      %y = tenon.exp %x : tensor<?xf64, #tenon.dims<[m]>> -> tensor<?xf64, #tenon.dims<[m]>>
      %r = tenon.reduce sum %y axes [0] : tensor<?xf64, #tenon.dims<[m]>> -> tensor<f64>)mlir",
     "tensor<f64>"},
    // each round looks up as many elements as are positive
    {"loop_finds", "%h: tensor<4xf64>, %w: tensor<4xf64>", R"mlir(
      %count = tenon.constant dense<3> : tensor<i64>
      %zero = tenon.constant dense<0.0> : tensor<f64>
      %r = tenon.loop trip_count(%count : tensor<i64>) inits(%h : tensor<4xf64>) -> tensor<4xf64> {
      ^body(%i: tensor<i64>, %v: tensor<4xf64>):
        %yes = tenon.constant dense<true> : tensor<i1>
        %mask = tenon.compare gt %v, %zero : (tensor<4xf64>, tensor<f64>) -> tensor<4xi1>
        %ones = tenon.cast %mask to i64 : tensor<4xi1> -> tensor<4xi64>
        %k = tenon.reduce sum %ones axes [0] : tensor<4xi64> -> tensor<i64>
        tenon.bind_dim <[a]> = %k[0] at_most <[4]> : tensor<i64>
        %at = tenon.true_positions %mask : tensor<4xi1> -> tensor<?xi64, #tenon.dims<[a]>>
        %some = tenon.gather %w at %at {axis = 0 : i64} : (tensor<4xf64>, tensor<?xi64, #tenon.dims<[a]>>) -> tensor<?xf64, #tenon.dims<[a]>>
        %squares = tenon.mul %some, %some : (tensor<?xf64, #tenon.dims<[a]>>, tensor<?xf64, #tenon.dims<[a]>>) -> tensor<?xf64, #tenon.dims<[a]>>
        %sum = tenon.reduce sum %squares axes [0] : tensor<?xf64, #tenon.dims<[a]>> -> tensor<f64>
        %b = tenon.mul %v, %w : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
        %c = tenon.sub %b, %sum : (tensor<4xf64>, tensor<f64>) -> tensor<4xf64>
        %next = tenon.sin %c : tensor<4xf64> -> tensor<4xf64>
        tenon.yield %yes, %next : tensor<i1>, tensor<4xf64>
      })mlir",
     "tensor<4xf64>"},
    {"dynamic_slice", "%x: tensor<4x6xf64>", R"mlir(
      %starts = tenon.constant dense<[1, 7]> : tensor<2xi64>
      %0 = tenon.dynamic_slice %x starts %starts : (tensor<4x6xf64>, tensor<2xi64>) -> tensor<2x3xf64>
      %r = tenon.mul %0, %0 : (tensor<2x3xf64>, tensor<2x3xf64>) -> tensor<2x3xf64>)mlir",
     "tensor<2x3xf64>"},
    {"lstm",
     "%x: tensor<3x2x4xf64>, %w: tensor<2x12x4xf64>, %u: tensor<2x12x3xf64>, "
     "%b: tensor<2x24xf64>",
     R"mlir(
      %r, %h, %c = tenon.lstm %x, %w, %u, %b {direction = #tenon.direction<bidirectional>, activations = ["Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh"], alphas = array<f32>, betas = array<f32>, operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 0, 0>}
        : (tensor<3x2x4xf64>, tensor<2x12x4xf64>, tensor<2x12x3xf64>, tensor<2x24xf64>) -> (tensor<3x2x2x3xf64>, tensor<2x2x3xf64>, tensor<2x2x3xf64>))mlir",
     "tensor<3x2x2x3xf64>", 1},
};

/// The critic's penalty of WGAN-GP (Gulrajani et al., 2017): the mean of
/// (|gradient of the critic with respect to its input| - 1)^2. Its own gradient
/// with respect to the critic's weights is of second order.
TEST(Derivatives, GradientPenalty) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(R"mlir(
    func.func @critic(%x: tensor<5x2x6x6xf64>, %w: tensor<4x2x3x3xf64>, %v: tensor<4x3xf64>, %u: tensor<3xf64>) -> tensor<5xf64> {
      %0 = tenon.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>}
        : (tensor<5x2x6x6xf64>, tensor<4x2x3x3xf64>) -> tensor<5x4x3x3xf64>
      %1 = tenon.leaky_relu %0 {alpha = 0.2 : f32} : tensor<5x4x3x3xf64> -> tensor<5x4x3x3xf64>
      %2 = tenon.reduce mean %1 axes [2, 3] : tensor<5x4x3x3xf64> -> tensor<5x4xf64>
      %3 = tenon.contract %2, %v {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]}
        : (tensor<5x4xf64>, tensor<4x3xf64>) -> tensor<5x3xf64>
      %4 = tenon.tanh %3 : tensor<5x3xf64> -> tensor<5x3xf64>
      %5 = tenon.contract %4, %u {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> (k)>, affine_map<(m, k) -> (m)>]}
        : (tensor<5x3xf64>, tensor<3xf64>) -> tensor<5xf64>
      return %5 : tensor<5xf64>
    })mlir",
                                                        &getContext());
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(differentiate(*module, "critic", /*forward=*/false)));
  auto critic = module->lookupSymbol<mlir::func::FuncOp>("critic");
  auto penalty = mlir::func::FuncOp::create(
      module->getLoc(), "f",
      mlir::FunctionType::get(&getContext(), critic.getArgumentTypes(),
                              mlir::RankedTensorType::get(
                                  {}, mlir::Float64Type::get(&getContext()))));
  module->push_back(penalty);
  Composer c(module->getLoc(),
             mlir::OpBuilder::atBlockBegin(penalty.addEntryBlock()));
  llvm::SmallVector<mlir::Value> arguments(penalty.getArguments());
  auto scores = llvm::cast<mlir::RankedTensorType>(critic.getResultTypes()[0]);
  arguments.push_back(
      c.broadcastTo(c.constant(scores.getElementType(), 1), scores));
  mlir::Value gradient = inlineFunction(c, *module, "critic_vjp", arguments)[1];
  mlir::Value norm = SqrtOp::create(
      c, c.reduce(ReduceKind::sum, c.square(gradient), {1, 2, 3}));
  mlir::Value excess = c.sub(norm, c.constant(norm, 1));
  mlir::Value mean = ReduceOp::create(c, ReduceKind::mean, c.square(excess),
                                      llvm::ArrayRef<int64_t>{0, 1, 2, 3},
                                      /*keep_dims=*/false);
  mlir::func::ReturnOp::create(c, mean);
  EXPECT_EQ(checkDerivatives(*module, {}), "");
}

class DerivativesOf : public testing::TestWithParam<Case> {};

TEST_P(DerivativesOf, Op) {
  const Case &c = GetParam();
  EXPECT_EQ(checkDerivatives(makeFunction(c.arguments, c.body, c.result),
                             c.domain, c.order),
            "");
}

INSTANTIATE_TEST_SUITE_P(, DerivativesOf, testing::ValuesIn(cases),
                         [](const auto &info) { return info.param.name; });

/// Why an op has neither a derivative nor a decomposition.
const std::pair<const char *, const char *> notDifferentiable[] = {
    {"constant", "it has no operands"},
    {"symbolic_constant", "it has no operands"},
    {"iota", "it has no operands"},
    {"shape", "the result is a size"},
    {"arg_max", "the result is a position"},
    {"arg_min", "the result is a position"},
    {"compare", "the result is a boolean"},
    {"is_nan", "the result is a boolean"},
    {"is_inf", "the result is a boolean"},
    {"and", "of integers"},
    {"or", "of integers"},
    {"xor", "of integers"},
    {"not", "of integers"},
    {"mod", "of integers"},
    {"shift_left", "of integers"},
    {"shift_right", "of integers"},
    {"state", "no op of a graph"},
    {"get_state", "it has no operands"},
    {"set_state", "it has no results"},
    {"group", "formed after differentiation"},
    {"yield", "ends a region, which its op differentiates"},
    {"launch", "made after differentiation"},
    {"copy", "made after differentiation"},
    {"dim_guard", "made after differentiation"},
    {"bind_dim", "it has no results"},
    {"true_positions", "the result is a position"},
    {"non_max_suppression", "the result is a position"},
    {"pack_panels", "made after differentiation"},
    {"unpack_panels", "made after differentiation"},
};

/// Composites whose derivative is that of their parts.
bool isComposite(mlir::RegisteredOperationName op) {
  return op.hasInterface<DecomposableOpInterface>();
}

TEST(Derivatives, EveryOpHasOneOrAReason) {
  auto ops = getContext().getRegisteredOperationsByDialect("tenon");
  for (mlir::RegisteredOperationName op : ops) {
    llvm::StringRef name = op.stripDialect();
    bool hasReason = llvm::any_of(notDifferentiable, [&](const auto &entry) {
      return name == entry.first;
    });
    EXPECT_NE(op.hasInterface<DifferentiableOpInterface>() || isComposite(op),
              hasReason)
        << name.str();
  }
}

TEST(Derivatives, EveryRuleIsTested) {
  std::string text;
  for (const Case &c : cases)
    text += c.body;
  for (const Scalar &scalar : llvm::concat<const Scalar>(ofOne, ofTwo))
    text += llvm::formatv("tenon.{0} ", scalar.op);
  for (mlir::RegisteredOperationName op :
       getContext().getRegisteredOperationsByDialect("tenon")) {
    llvm::StringRef name = op.stripDialect();
    if (!op.hasInterface<DifferentiableOpInterface>())
      continue;
    EXPECT_NE(text.find(("tenon." + name + " ").str()), std::string::npos)
        << name.str();
  }
}

} // namespace
