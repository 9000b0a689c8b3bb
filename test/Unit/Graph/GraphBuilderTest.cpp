//===- GraphBuilderTest.cpp - networks in C++ -----------------------------===//

#include "tenon/Graph/GraphBuilder.h"
#include "mlir/IR/MLIRContext.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using namespace tenon;

namespace {

class GraphBuilderTest : public testing::Test {
protected:
  GraphBuilderTest()
      : context(MLIRContext::Threading::DISABLED),
        handler(&context, [this](Diagnostic &diagnostic) {
          llvm::raw_string_ostream(errors)
              << diagnostic.getLocation() << ' ' << diagnostic << '\n';
          return success();
        }) {
    context.loadDialect<TenonDialect, func::FuncDialect>();
  }

  std::string print(ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }

  MLIRContext context;
  std::string errors;
  ScopedDiagnosticHandler handler;
};

TEST_F(GraphBuilderTest, NamesInputsAndOutputs) {
  GraphBuilder g(context);
  Tensor x = g.input("x", {"batch", 4});
  g.output("y", g.relu(x));
  auto module = g.finish();
  ASSERT_TRUE(succeeded(module)) << errors;
  auto function = *(*module)->getOps<func::FuncOp>().begin();
  EXPECT_EQ(function.getName(), "main");
  EXPECT_EQ(function.getArgAttrOfType<StringAttr>(0, "tenon.name").getValue(),
            "x");
  EXPECT_EQ(
      function.getResultAttrOfType<StringAttr>(0, "tenon.name").getValue(),
      "y");
  EXPECT_EQ(function.getResultTypes()[0], function.getArgumentTypes()[0]);
}

TEST_F(GraphBuilderTest, InfersShapes) {
  GraphBuilder g(context);
  Tensor x = g.input("image", {"batch", 3, 32, 32});
  x = g.conv2d(x, {.outputs = 8, .window = 3, .stride = 2, .padding = 1});
  ASSERT_TRUE(x) << errors;
  EXPECT_TRUE(x.getType().isDynamicDim(0));
  EXPECT_EQ(x.getSize(1), 8);
  EXPECT_EQ(x.getSize(2), 16);
  x = g.flatten(g.maxPool(x, {.window = 2, .stride = 2}));
  ASSERT_TRUE(x) << errors;
  EXPECT_EQ(x.getRank(), 2);
  EXPECT_EQ(x.getSize(1), 8 * 8 * 8);
}

TEST_F(GraphBuilderTest, WrongShapeNamesTheLayer) {
  GraphBuilder g(context);
  Tensor x = g.input("image", {1, 3, 4, 4});
  GraphBuilder::Scope scope(g, "block");
  Tensor y = g.conv2d(x, {.outputs = 8, .window = 7});
  EXPECT_FALSE(y);
  EXPECT_FALSE(g.relu(y)); // what depends on it is skipped
  EXPECT_TRUE(failed(g.finish()));
  EXPECT_NE(errors.find("block/conv"), std::string::npos) << errors;
  EXPECT_EQ(llvm::count(errors, '\n'), 1) << errors;
}

TEST_F(GraphBuilderTest, DrawsWeightsFromSeedAndName) {
  auto build = [&](uint64_t seed, bool another) {
    GraphBuilder g(context, seed);
    g.input("x", {1, 4});
    if (another)
      g.output("other", g.weights("other", {3}, 1));
    g.output("w", g.weights("w", {3}, 1));
    auto module = g.finish();
    EXPECT_TRUE(succeeded(module)) << errors;
    auto function = *(*module)->getOps<func::FuncOp>().begin();
    Value last = function.front().getTerminator()->getOperands().back();
    return last.getDefiningOp<ConstantOp>().getValue();
  };
  EXPECT_EQ(build(0, false), build(0, true));
  EXPECT_NE(build(0, false), build(1, false));
}

TEST_F(GraphBuilderTest, FunctionsShareParametersByName) {
  GraphBuilder g(context);
  auto layers = [&](Tensor x) {
    GraphBuilder::Scope scope(g, "net", /*isShared=*/true);
    return g.dense(x, 3);
  };
  g.beginStep("train", {.optimizer = "sgd", .numbers = {{"lr", 0.1}}});
  Tensor x = g.input("x", {8, 4});
  Tensor twice = g.add(layers(x), layers(x));
  g.output("loss", g.loss(Loss::CrossEntropy, twice, g.labels("y", {8})));
  g.beginFunction("predict");
  g.output("scores", layers(g.input("x", {"batch", 4})));
  auto program = g.finish();
  ASSERT_TRUE(succeeded(program)) << errors;
  std::set<std::string> names;
  for (auto parameter : (*program)->getOps<StateOp>())
    names.insert(parameter.getName().str());
  EXPECT_EQ(names,
            (std::set<std::string>{"net/dense.weight", "net/dense.bias"}));
  auto functions = llvm::to_vector((*program)->getOps<func::FuncOp>());
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_TRUE(functions[0]->hasAttrOfType<StepAttr>("tenon.step"));
  EXPECT_FALSE(functions[1]->hasAttr("tenon.step"));
}

TEST_F(GraphBuilderTest, WrongTargetsAreErrors) {
  GraphBuilder g(context);
  g.beginStep("train", {});
  Tensor x = g.dense(g.input("x", {8, 4}), 3);
  EXPECT_FALSE(g.loss(Loss::MeanSquaredError, x, g.labels("y", {8})));
  EXPECT_TRUE(failed(g.finish()));
  EXPECT_NE(errors.find("expected targets of type"), std::string::npos)
      << errors;
}

} // namespace
