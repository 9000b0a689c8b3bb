//===- CostTest.cpp - what ops cost ---------------------------------------===//

#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tenon;

namespace {

/// The cost of the function whose signature and body these are, as text.
std::string getCost(StringRef arguments, StringRef body) {
  DialectRegistry registry;
  registry.insert<TenonDialect, func::FuncDialect>();
  MLIRContext context(registry);
  std::string text =
      ("func.func @f(" + arguments + ") {\n" + body + "\nreturn\n}").str();
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return "cannot be parsed";
  AffineExpr flops = getFlops(*module);
  return flops ? printDim(flops) : "unknown";
}

TEST(Cost, ContractMultipliesAndAdds) {
  EXPECT_EQ(getCost("%a: tensor<?x8xf32, #tenon.dims<[b]>>, "
                    "%b: tensor<8x16xf32>",
                    "%0 = tenon.contract %a, %b {indexing_maps = ["
                    "affine_map<(m, n, k) -> (m, k)>,"
                    "affine_map<(m, n, k) -> (k, n)>,"
                    "affine_map<(m, n, k) -> (m, n)>]}"
                    ": (tensor<?x8xf32, #tenon.dims<[b]>>, tensor<8x16xf32>)"
                    "-> tensor<?x16xf32, #tenon.dims<[b]>>"),
            "b * 256");
}

TEST(Cost, ConvCountsTheWeightsOfItsGroup) {
  EXPECT_EQ(getCost("%x: tensor<1x4x6x6xf32>, %w: tensor<8x2x3x3xf32>",
                    "%0 = tenon.conv %x, %w {strides = array<i64: 1, 1>,"
                    "pads = array<i64: 0, 0, 0, 0>,"
                    "dilations = array<i64: 1, 1>,"
                    "input_dilations = array<i64: 1, 1>, groups = 2 : i64}"
                    ": (tensor<1x4x6x6xf32>, tensor<8x2x3x3xf32>)"
                    "-> tensor<1x8x4x4xf32>"),
            std::to_string(2 * (4 * 4) * (8 * 2 * 3 * 3)));
}

TEST(Cost, ConvDoesNotCountTheZerosOfDilatedInputs) {
  EXPECT_EQ(getCost("%x: tensor<1x5x4xf32>, %w: tensor<3x1x8xf32>",
                    "%0 = tenon.conv %x, %w {channels_last,"
                    "strides = array<i64: 1>, pads = array<i64: 0, 0>,"
                    "dilations = array<i64: 1>,"
                    "input_dilations = array<i64: 2>, groups = 4 : i64}"
                    ": (tensor<1x5x4xf32>, tensor<3x1x8xf32>)"
                    "-> tensor<1x7x8xf32>"),
            std::to_string(2 * 5 * (3 * 8)));
}

TEST(Cost, ElementwiseIsOneAnElement) {
  EXPECT_EQ(getCost("%x: tensor<?x3xf32, #tenon.dims<[s]>>, %y: tensor<3xf32>",
                    "%0 = tenon.add %x, %y"
                    ": (tensor<?x3xf32, #tenon.dims<[s]>>, tensor<3xf32>)"
                    "-> tensor<?x3xf32, #tenon.dims<[s]>>"
                    "\n%1 = tenon.exp %0 : tensor<?x3xf32, #tenon.dims<[s]>>"
                    "-> tensor<?x3xf32, #tenon.dims<[s]>>"),
            "s * 6");
}

TEST(Cost, ReductionsReadEveryElement) {
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>",
                    "%0 = tenon.reduce sum %x axes [1]"
                    ": tensor<4x8xf32> -> tensor<4xf32>"),
            "32");
  EXPECT_EQ(getCost("%x: tensor<1x2x8xf32>",
                    "%0 = tenon.pool maximum %x window [2] {"
                    "strides = array<i64: 2>, pads = array<i64: 0, 0>,"
                    "dilations = array<i64: 1>}"
                    ": tensor<1x2x8xf32> -> tensor<1x2x4xf32>"),
            "16");
}

TEST(Cost, MovementIsNone) {
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>",
                    "%0 = tenon.transpose %x [1, 0]"
                    ": tensor<4x8xf32> -> tensor<8x4xf32>"),
            "0");
}

/// max, sub, exp, sum and mul, and a reciprocal for each row
TEST(Cost, CompositesCostTheirParts) {
  EXPECT_EQ(getCost("%x: tensor<4x8xf32>",
                    "%0 = tenon.softmax %x axis 1"
                    ": tensor<4x8xf32> -> tensor<4x8xf32>"),
            std::to_string(5 * 32 + 4));
}

TEST(Cost, ScanMultipliesItsBody) {
  EXPECT_EQ(getCost("%h: tensor<4xf32>",
                    "%0 = tenon.scan inits(%h : tensor<4xf32>) length <[s]> "
                    "reverse [] -> tensor<4xf32> {\n^body(%p: tensor<4xf32>):\n"
                    "%n = tenon.exp %p : tensor<4xf32> -> tensor<4xf32>\n"
                    "tenon.yield %n : tensor<4xf32>\n}"),
            "s * 4");
}

TEST(Cost, LoopsDependOnData) {
  EXPECT_EQ(getCost("%n: tensor<i64>, %h: tensor<4xf32>",
                    "%0 = tenon.loop trip_count(%n : tensor<i64>) "
                    "inits(%h : tensor<4xf32>) -> tensor<4xf32> {\n"
                    "^body(%i: tensor<i64>, %p: tensor<4xf32>):\n"
                    "%c = tenon.constant dense<true> : tensor<i1>\n"
                    "%n2 = tenon.exp %p : tensor<4xf32> -> tensor<4xf32>\n"
                    "tenon.yield %c, %n2 : tensor<i1>, tensor<4xf32>\n}"),
            "unknown");
}

} // namespace
