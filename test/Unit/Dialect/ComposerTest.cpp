//===- ComposerTest.cpp - composers that do not end the process -----------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include <functional>
#include <gtest/gtest.h>

using namespace mlir;
using namespace tenon;

namespace {

/// A composer of what users wrote, with values of several types.
class ComposerTest : public testing::Test {
protected:
  ComposerTest()
      : context(MLIRContext::Threading::DISABLED),
        handler(&context,
                [this](Diagnostic &diagnostic) {
                  llvm::raw_string_ostream(errors) << diagnostic << '\n';
                  return success();
                }),
        builder(&context) {
    context.loadDialect<TenonDialect>();
    module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
  }

  Value makeValue(ArrayRef<int64_t> shape, Type element) {
    return module->getBody()->addArgument(RankedTensorType::get(shape, element),
                                          builder.getUnknownLoc());
  }

  MLIRContext context;
  std::string errors;
  ScopedDiagnosticHandler handler;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
  bool hadError = false;
};

TEST_F(ComposerTest, DiagnosesOnce) {
  Composer c(builder.getUnknownLoc(), builder, hadError);
  Value two = makeValue({2}, c.getF32Type()),
        three = makeValue({3}, c.getF32Type()),
        integers = makeValue({2}, c.getI64Type());
  Value sum = c.add(two, three);
  EXPECT_TRUE(hadError);
  EXPECT_EQ(errors,
            "expected dimensions that broadcast, got 2 and 3 in dimension 0\n");
  errors.clear();
  ASSERT_TRUE(sum);
  // goes on with values that have types, and says no more
  EXPECT_EQ(getTensorTypeOf(sum).getRank(), 1);
  EXPECT_TRUE(c.select(c.mul(sum, integers), sum, two));
  EXPECT_TRUE(c.reduce(ReduceKind::sum, sum, {7}));
  EXPECT_EQ(c.createResults<TopKOp>(
                 sum, DimsAttr::get(&context, c.getAffineConstantExpr(1)),
                 c.getI64IntegerAttr(5), c.getBoolAttr(true))
                .size(),
            2u);
  EXPECT_EQ(errors, "");
}

TEST_F(ComposerTest, TakesNull) {
  Composer c(builder.getUnknownLoc(), builder, hadError);
  auto type = RankedTensorType::get({2, 4}, c.getF32Type());
  Value value = makeValue({2}, c.getF32Type());
  using Build = std::function<Value()>;
  for (Build build :
       {Build([&] { return c.cast({}, c.getF32Type()); }),
        Build([&] { return c.reshape({}, c.getAffineConstantExpr(2)); }),
        Build([&] { return c.broadcastTo({}, type); }),
        Build([&] { return c.sumTo({}, type); }),
        Build([&] { return c.alongAxis({}, 0, 2); }),
        Build([&] { return c.constant(Value(), 1); }),
        Build([&] { return c.add(value, {}); }),
        Build([&] { return c.create<ConcatOp>(ValueRange(), 0); })}) {
    hadError = false;
    errors.clear();
    EXPECT_TRUE(build());
    EXPECT_TRUE(hadError);
    EXPECT_EQ(StringRef(errors).count('\n'), 1u) << errors;
  }
}

TEST_F(ComposerTest, WantsNumbersAndVectors) {
  Composer c(builder.getUnknownLoc(), builder, hadError);
  EXPECT_TRUE(c.constant(ComplexType::get(c.getF32Type()), 1));
  EXPECT_EQ(errors, "expected numbers\n");
  hadError = false;
  errors.clear();
  EXPECT_TRUE(c.alongAxis(makeValue({2, 2}, c.getF32Type()), 0, 3));
  EXPECT_EQ(errors, "expected a tensor of one dimension\n");
}

TEST_F(ComposerTest, BuildsWhatIsRight) {
  Composer c(builder.getUnknownLoc(), builder, hadError);
  Value value = makeValue({2, 3}, c.getF32Type());
  EXPECT_TRUE(c.add(value, value).getDefiningOp<AddOp>());
  EXPECT_FALSE(hadError);
}

} // namespace
