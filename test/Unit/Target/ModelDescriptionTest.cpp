//===- ModelDescriptionTest.cpp - names and shapes of models --------------===//

#include "tenon/Target/ModelDescription.h"

#include "gtest/gtest.h"

using namespace tenon;

TEST(ModelName, IsTheFileWithoutLibAndSuffix) {
  EXPECT_EQ(getModelName("out/libresnet50.so"), "resnet50");
  EXPECT_EQ(getModelName("mnist-8.a"), "mnist_8");
  EXPECT_EQ(getModelName("a.b.o"), "a_b");
  EXPECT_EQ(getModelName("lib.so"), "lib");
  EXPECT_EQ(getModelName("3d.so"), "model_3d");
}

TEST(ValueDescription, PrintsItsShape) {
  ValueDescription value;
  EXPECT_EQ(value.getShapeText(), "[]");
  value.dims = {DimDescription::getSymbol(0, "batch"),
                DimDescription::getConstant(3),
                DimDescription::getExpression("s + 1")};
  EXPECT_EQ(value.getShapeText(), "[batch, 3, s + 1]");
  EXPECT_FALSE(value.hasStaticShape());
}
