//===- Border.cpp - wrong inputs are answers ------------------------------===//
#include "FakeModel.h"

namespace {

/// The dynamic model with right inputs, for each test to spoil one thing.
class Border : public testing::Test {
protected:
  tenon_status run() {
    return tenon_run(opened.context, inputs, &output, &opened.error);
  }
  void expectRefusal(tenon_status status, const char *message) {
    EXPECT_EQ(run(), status);
    EXPECT_STREQ(opened.error.message, message);
    EXPECT_EQ(opened.error.status, status);
  }

  FakeModel model = makeDynamicModel();
  OpenModel opened{model};
  float x[3] = {1, 2, 3}, scale = 1, y[4] = {};
  int64_t ids[3] = {0, 1, 2};
  bool mask[7] = {};
  int64_t xShape[1] = {3}, one[1] = {1}, idsShape[1] = {3}, yShape[1] = {4},
          maskShape[1] = {7};
  void setBatch(int64_t b) {
    xShape[0] = idsShape[0] = b;
    maskShape[0] = 2 * b + 1;
    yShape[0] = b + 1;
  }
  tenon_tensor inputs[4] = {{x, xShape, TENON_FLOAT32, 1},
                            {&scale, one, TENON_FLOAT32, 1},
                            {ids, idsShape, TENON_INT64, 1},
                            {mask, maskShape, TENON_BOOL, 1}};
  tenon_tensor output = {y, yShape, TENON_FLOAT32, 1};
};

TEST_F(Border, TakesRightInputs) {
  EXPECT_EQ(run(), TENON_OK);
  EXPECT_STREQ(opened.error.message, "");
}

TEST_F(Border, ChecksElementTypes) {
  inputs[0].dtype = TENON_FLOAT64;
  expectRefusal(TENON_ERR_DTYPE,
                "input 'x': expected element type float32, got float64");
  inputs[0].dtype = TENON_FLOAT32;
  output.dtype = 1000;
  expectRefusal(TENON_ERR_DTYPE,
                "output 'y': expected element type float32, got ?");
}

TEST_F(Border, ChecksRanks) {
  inputs[1].rank = 0;
  expectRefusal(TENON_ERR_SHAPE, "input 'scale': expected rank 1, got 0");
}

TEST_F(Border, ChecksConstantDims) {
  one[0] = 2;
  expectRefusal(TENON_ERR_SHAPE,
                "input 'scale' dimension 0: expected 1, got 2");
}

TEST_F(Border, ChecksThatASymbolHasOneValue) {
  idsShape[0] = 2;
  expectRefusal(TENON_ERR_SHAPE, "input 'ids' dimension 0: expected 3 ('b', "
                                 "from input 'x' dimension 0), got 2");
}

TEST_F(Border, ChecksDimsThatAreFormulas) {
  maskShape[0] = 6;
  expectRefusal(TENON_ERR_SHAPE,
                "input 'mask' dimension 0: expected 7 ('b * 2 + 1'), got 6");
}

TEST_F(Border, ChecksForNegativeDims) {
  xShape[0] = -3;
  expectRefusal(TENON_ERR_SHAPE,
                "input 'x' dimension 0: expected a size, got -3");
}

TEST_F(Border, ChecksForShapesBeyondTheAddressSpace) {
  xShape[0] = INT64_MAX;
  expectRefusal(TENON_ERR_SHAPE,
                "input 'x': the shape exceeds the address space");
}

TEST_F(Border, ChecksOutputShapes) {
  yShape[0] = 3;
  expectRefusal(TENON_ERR_SHAPE, "output 'y' dimension 0: expected 4, got 3");
}

TEST_F(Border, ChecksForNullPointers) {
  inputs[0].data = nullptr;
  expectRefusal(TENON_ERR_ARGUMENT, "input 'x': expected data, got NULL");
  inputs[0].shape = nullptr;
  expectRefusal(TENON_ERR_ARGUMENT, "input 'x': expected a shape, got NULL");
  EXPECT_EQ(tenon_run(opened.context, nullptr, &output, &opened.error),
            TENON_ERR_ARGUMENT);
}

TEST_F(Border, ChecksAlignment) {
  inputs[2].data = reinterpret_cast<char *>(ids) + 4;
  EXPECT_EQ(run(), TENON_ERR_ARGUMENT);
  EXPECT_EQ(std::string(opened.error.message)
                .find("input 'ids': expected data aligned to 8 bytes, got "),
            0u);
}

TEST_F(Border, ChecksForOverlaps) {
  float shared[6] = {};
  inputs[0].data = shared;
  output.data = shared + 2;
  expectRefusal(TENON_ERR_ARGUMENT, "output 'y' overlaps input 'x'");
  output.data = shared + 3;
  setBatch(0);
  EXPECT_EQ(run(), TENON_OK) << opened.error.message;
}

TEST_F(Border, TakesEmptyTensorsWithoutData) {
  setBatch(0);
  inputs[0].data = inputs[2].data = nullptr;
  EXPECT_EQ(run(), TENON_OK) << opened.error.message;
  EXPECT_EQ(y[0], scale);
}

TEST_F(Border, IsAsBeforeAfterAnError) {
  inputs[1].dtype = TENON_INT64;
  EXPECT_EQ(run(), TENON_ERR_DTYPE);
  inputs[1].dtype = TENON_FLOAT32;
  EXPECT_EQ(run(), TENON_OK);
  EXPECT_EQ(opened.error.status, TENON_OK);
}

TEST_F(Border, AllowsANullError) {
  xShape[0] = 7;
  EXPECT_EQ(tenon_run(opened.context, inputs, &output, nullptr),
            TENON_ERR_SHAPE);
}

TEST(BorderOfShapes, RefusesInputsTooSmallForTheModel) {
  FakeModel model = makeDynamicModel();
  model.code.sizes = [](const int64_t *dims, int64_t *out) {
    out[0] = out[1] = 0;
    out[2] = dims[0] - 5;
  };
  OpenModel opened(model);
  const int64_t dims[] = {2};
  EXPECT_EQ(tenon_prepare(opened.context, 0, dims, &opened.error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(opened.error.message,
               "output 'y' dimension 0 would be -3: the inputs are too small");
}

TEST(BorderOfShapes, GuardsNameWhatTheyNeed) {
  static const char *const guards[] = {"node \"cut\": expected b >= 5"};
  FakeModel model = makeDynamicModel();
  model.code.guards = guards;
  model.code.num_guards = 1;
  model.code.run = [](tenon_rt_frame *) -> int32_t {
    ADD_FAILURE();
    return 0;
  };
  model.code.sizes = [](const int64_t *dims, int64_t *out) {
    makeDynamicModel().code.sizes(dims, out);
    out[7] = dims[0] - 5;
  };
  OpenModel opened(model);
  const int64_t few[] = {2}, one[] = {1}, mask[] = {5};
  float x[2] = {}, scale[1] = {};
  int64_t ids[2] = {};
  bool masks[5] = {};
  tenon_tensor inputs[] = {{x, few, TENON_FLOAT32, 1},
                           {scale, one, TENON_FLOAT32, 1},
                           {ids, few, TENON_INT64, 1},
                           {masks, mask, TENON_BOOL, 1}};
  tenon_tensor output = {};
  EXPECT_EQ(tenon_run(opened.context, inputs, &output, &opened.error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(opened.error.message,
               "node \"cut\": expected b >= 5, got b = 2");
}

} // namespace
