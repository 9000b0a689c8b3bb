//===- Lifecycle.cpp - open, prepare, run, close --------------------------===//
#include "FakeModel.h"

#include <string>
#include <thread>
#include <vector>

namespace {

const int64_t matrixShape[] = {2, 3};

TEST(Lifecycle, RunsAStaticModel) {
  FakeModel model = makeStaticModel();
  OpenModel opened(model);
  ASSERT_TRUE(opened.context) << opened.error.message;
  float x[6] = {0, 1, 2, 3, 4, 5}, y[6];
  tenon_tensor in = {x, matrixShape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, matrixShape, TENON_FLOAT32, 2};
  ASSERT_EQ(tenon_run(opened.context, &in, &out, &opened.error), TENON_OK);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(y[i], 2 * x[i] + 1);
}

TEST(Lifecycle, RunsByPointers) {
  FakeModel model = makeStaticModel();
  OpenModel opened(model);
  float x[6] = {5, 5, 5, 5, 5, 5}, y[6];
  const void *inputs[] = {x};
  void *outputs[] = {y};
  ASSERT_EQ(tenon_rt_run_static(opened.context, 0, inputs, outputs, nullptr),
            TENON_OK);
  EXPECT_EQ(y[5], 11);
}

/// The dynamic model's inputs for a batch.
struct DynamicInputs {
  explicit DynamicInputs(int64_t b)
      : batch{b}, maskShape{2 * b + 1}, x(b, 5), ids(b, 1), mask(2 * b + 1) {}

  const int64_t batch[1], one[1] = {1}, maskShape[1];
  std::vector<float> x;
  float scale = 7;
  std::vector<int64_t> ids;
  std::vector<char> mask;
  tenon_tensor tensors[4] = {{x.data(), batch, TENON_FLOAT32, 1},
                             {&scale, one, TENON_FLOAT32, 1},
                             {ids.data(), batch, TENON_INT64, 1},
                             {mask.data(), maskShape, TENON_BOOL, 1}};
};

TEST(Lifecycle, LendsOutputsAgainAndAgain) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  tenon_tensor out = {};
  for (int64_t b : {3, 1, 200}) {
    DynamicInputs in(b);
    ASSERT_EQ(tenon_run(opened.context, in.tensors, &out, &opened.error),
              TENON_OK)
        << opened.error.message;
    ASSERT_EQ(out.rank, 1);
    ASSERT_EQ(out.shape[0], b + 1);
    EXPECT_EQ(out.dtype, TENON_FLOAT32);
    std::vector<float> expected(b + 1, 5);
    expected.back() = 7;
    const float *y = static_cast<const float *>(out.data);
    EXPECT_EQ(std::vector<float>(y, y + b + 1), expected);
  }
}

TEST(Lifecycle, ChecksBuffersAgainstTheShapesThatItTold) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  DynamicInputs small(2), large(3);
  tenon_tensor out = {};
  ASSERT_EQ(
      tenon_output_shapes(opened.context, 0, small.tensors, &out, nullptr),
      TENON_OK);
  float y[3];
  out.data = y;
  EXPECT_EQ(tenon_run(opened.context, small.tensors, &out, nullptr), TENON_OK);
  EXPECT_EQ(tenon_run(opened.context, large.tensors, &out, &opened.error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(opened.error.message,
               "output 'y' dimension 0: expected 4, got 3");
}

TEST(Lifecycle, TellsOutputShapes) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  DynamicInputs in(5);
  for (tenon_tensor &tensor : in.tensors)
    tensor.data = nullptr;
  tenon_tensor out = {};
  ASSERT_EQ(tenon_output_shapes(opened.context, 0, in.tensors, &out, nullptr),
            TENON_OK);
  EXPECT_EQ(out.shape[0], 6);
  EXPECT_EQ(tenon_num_bytes(&out), 24);
  EXPECT_EQ(out.data, nullptr);
}

TEST(Lifecycle, TellsInputShapes) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  const int64_t dims[] = {5};
  tenon_tensor in[4] = {};
  ASSERT_EQ(tenon_input_shapes(opened.context, 0, dims, in, nullptr), TENON_OK);
  EXPECT_EQ(in[1].shape[0], 1);
  EXPECT_EQ(in[2].shape[0], 5);
  EXPECT_EQ(in[3].shape[0], 11);
  EXPECT_EQ(in[3].dtype, TENON_BOOL);
}

TEST(Lifecycle, PreparesWorkspaceForTheLargestDims) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  EXPECT_EQ(tenon_workspace_bytes(opened.context), 0);
  const int64_t largest[] = {100}, negative[] = {-1};
  ASSERT_EQ(tenon_prepare(opened.context, 0, largest, nullptr), TENON_OK);
  EXPECT_GE(tenon_workspace_bytes(opened.context), 400);
  EXPECT_EQ(tenon_prepare(opened.context, 0, negative, &opened.error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(opened.error.message, "dimension 'b': expected a size, got -1");
}

TEST(Lifecycle, RefusesAnotherAbi) {
  FakeModel model = makeStaticModel();
  model.model.abi_version = TENON_ABI_VERSION + 0x10000;
  OpenModel opened(model);
  EXPECT_FALSE(opened.context);
  EXPECT_EQ(opened.error.status, TENON_ERR_VERSION);
  EXPECT_FALSE(tenon_rt_open(&model.model, nullptr, &opened.error));
  EXPECT_STREQ(opened.error.message,
               "model 'static': expected ABI version 2, got 3");
}

TEST(Lifecycle, RefusesSymbolsThatNoInputTells) {
  static const char *const names[] = {"b", "c"};
  FakeModel model = makeDynamicModel();
  model.function.symbols = names;
  model.function.num_symbols = 2;
  OpenModel opened(model);
  EXPECT_EQ(opened.error.status, TENON_ERR_INTERNAL);
  EXPECT_STREQ(opened.error.message,
               "model 'dynamic': expected 'c' to be a dimension of an input");
}

TEST(Lifecycle, RefusesOptionsOutOfRange) {
  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  options.threads = -1;
  EXPECT_STREQ(OpenModel(model, &options).error.message,
               "option threads: expected 0 or more, got -1");
  options.threads = 1;
  options.device = TENON_DEVICE_CUDA;
  EXPECT_EQ(OpenModel(model, &options).error.status, TENON_ERR_DEVICE);
  options.size = 0;
  EXPECT_EQ(OpenModel(model, &options).error.status, TENON_ERR_ARGUMENT);
}

TEST(Lifecycle, TakesOptionsOfAnOlderHeader) {
  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  options.size = offsetof(tenon_options, parallel_for);
  options.threads = 1;
  // Garbage as far as the older header goes.
  options.allocate = [](void *, size_t, size_t) -> void * { return nullptr; };
  OpenModel opened(model, &options);
  ASSERT_TRUE(opened.context) << opened.error.message;
  EXPECT_EQ(tenon_threads(opened.context), 1);
}

TEST(Lifecycle, AnswersASecondCallWithBusy) {
  FakeModel model = makeStaticModel();
  static tenon_context *context;
  static tenon_status nested;
  tenon_options options = TENON_OPTIONS_INIT;
  options.threads = 2;
  options.parallel_for = [](void *, int32_t count,
                            void (*body)(void *, int32_t), void *arg) {
    nested = tenon_prepare(context, 0, nullptr, nullptr);
    for (int32_t i = 0; i < count; ++i)
      body(arg, i);
  };
  OpenModel opened(model, &options);
  context = opened.context;
  float x[6] = {}, y[6];
  tenon_tensor in = {x, matrixShape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, matrixShape, TENON_FLOAT32, 2};
  ASSERT_EQ(tenon_run(context, &in, &out, nullptr), TENON_OK);
  EXPECT_EQ(nested, TENON_ERR_BUSY);
  EXPECT_EQ(tenon_run(context, &in, &out, nullptr), TENON_OK);
}

TEST(Lifecycle, ProfilesEachLaunch) {
  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  options.profile = 1;
  OpenModel opened(model, &options);
  tenon_profile_entry entries[2];
  float x[6] = {}, y[6];
  tenon_tensor in = {x, matrixShape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, matrixShape, TENON_FLOAT32, 2};
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(tenon_run(opened.context, &in, &out, nullptr), TENON_OK);
  ASSERT_EQ(tenon_profile(opened.context, entries, 2), 2);
  EXPECT_STREQ(entries[1].nodes, "add, relu");
  EXPECT_EQ(entries[1].calls, 3);
  EXPECT_GT(entries[1].seconds, 0);
  EXPECT_EQ(entries[0].flops, 6);
  EXPECT_EQ(entries[0].bytes, 48);
  EXPECT_EQ(entries[1].flops, 0); // unknown
  EXPECT_EQ(tenon_profile(OpenModel(model).context, entries, 2), 0);
}

TEST(Lifecycle, TakesMemoryFromTheApplication) {
  static int64_t held;
  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  options.allocate = [](void *, size_t size, size_t alignment) {
    held += size;
    return aligned_alloc(alignment,
                         (size + alignment - 1) / alignment * alignment);
  };
  options.deallocate = [](void *, void *memory, size_t size) {
    held -= size;
    free(memory);
  };
  {
    OpenModel opened(model, &options);
    ASSERT_TRUE(opened.context);
    EXPECT_EQ(held, tenon_workspace_bytes(opened.context));
    EXPECT_GT(held, 0);
  }
  EXPECT_EQ(held, 0);
  options.allocate = [](void *, size_t, size_t) -> void * { return nullptr; };
  OpenModel refused(model, &options);
  EXPECT_FALSE(refused.context);
  EXPECT_EQ(refused.error.status, TENON_ERR_MEMORY);
}

} // namespace
