//===- Launch.cpp - work items and threads --------------------------------===//
#include "FakeModel.h"

#include <set>
#include <thread>
#include <vector>

namespace {

constexpr int64_t numItems = 1003;

// Adds 1 to each item, and marks the scratch as its own while it does.
void countItems(void *const *buffers, const int64_t *, void *scratch,
                int64_t begin, int64_t end) {
  auto *counts = static_cast<int32_t *>(buffers[0]);
  auto *mine = static_cast<volatile int64_t *>(scratch);
  for (int64_t i = begin; i < end; ++i) {
    *mine = i;
    ++counts[i];
    if (*mine != i)
      counts[i] = -1000;
  }
}

const tenon_rt_launch_record countLaunch = {"count", "count", countItems};

const tenon_code countCode = {[](tenon_rt_frame *frame) {
                                return tenon_rt_launch(frame, &countLaunch,
                                                       frame->outputs, nullptr,
                                                       numItems);
                              },
                              [](const int64_t *, int64_t *out) {
                                out[0] = 0;
                                out[1] = 8;
                                out[2] = numItems;
                                out[3] = out[4] = 0;
                              },
                              &countLaunch, 1, /*first_change=*/1};

const int64_t countDims[] = {numItems};
const tenon_value_info countOutput = {"counts", countDims, nullptr, TENON_INT32,
                                      1,        0,         0};

FakeModel makeCountModel() {
  FakeModel model = makeStaticModel();
  model.code = countCode;
  model.function.num_inputs = 0;
  model.function.outputs = &countOutput;
  return model;
}

void expectEachItemOnce(tenon_context *context) {
  std::vector<int32_t> counts(numItems, 0);
  tenon_tensor out = {counts.data(), countDims, TENON_INT32, 1};
  tenon_error error;
  ASSERT_EQ(tenon_run(context, nullptr, &out, &error), TENON_OK)
      << error.message;
  EXPECT_EQ(counts, std::vector<int32_t>(numItems, 1));
}

TEST(Launch, SequentialProgramsUseTheCallersThreadAlone) {
  FakeModel model = makeCountModel();
  model.program.is_sequential = 1;
  tenon_options options = TENON_OPTIONS_INIT;
  options.threads = 4;
  options.parallel_for = [](void *, int32_t, void (*)(void *, int32_t),
                            void *) { ADD_FAILURE(); };
  tenon_error error;
  tenon_context *context = tenon_open(&model.model, &options, &error);
  ASSERT_TRUE(context) << error.message;
  EXPECT_EQ(tenon_threads(context), 1);
  expectEachItemOnce(context);
  tenon_close(context);
}

TEST(Launch, RunsEachItemOnce) {
  FakeModel model = makeCountModel();
  for (int32_t threads = 1; threads <= 4; ++threads) {
    tenon_options options = TENON_OPTIONS_INIT;
    options.threads = threads;
    OpenModel opened(model, &options);
    ASSERT_TRUE(opened.context) << opened.error.message;
    EXPECT_LE(tenon_threads(opened.context), threads);
    for (int i = 0; i < 200; ++i)
      expectEachItemOnce(opened.context);
  }
}

TEST(Launch, RunsOnSeveralContextsAtOnce) {
  FakeModel model = makeCountModel();
  std::vector<std::thread> applicationThreads;
  for (int i = 0; i < 4; ++i)
    applicationThreads.emplace_back([&] {
      OpenModel opened(model);
      for (int run = 0; run < 100; ++run)
        expectEachItemOnce(opened.context);
    });
  for (std::thread &thread : applicationThreads)
    thread.join();
}

TEST(Launch, RunsOnTheApplicationsThreads) {
  FakeModel model = makeCountModel();
  tenon_options options = TENON_OPTIONS_INIT;
  static int calls;
  calls = 0;
  options.threads = 7;
  options.parallel_for = [](void *user, int32_t count,
                            void (*body)(void *, int32_t), void *arg) {
    ++*static_cast<int *>(user);
    std::vector<std::thread> threads;
    for (int32_t i = 0; i < count; ++i)
      threads.emplace_back(body, arg, i);
    for (std::thread &thread : threads)
      thread.join();
  };
  options.parallel_for_user = &calls;
  OpenModel opened(model, &options);
  EXPECT_EQ(tenon_threads(opened.context), 7);
  expectEachItemOnce(opened.context);
  EXPECT_EQ(calls, 1);
}

// How often a launch of so many FLOPs and bytes brings in other threads, on a
// machine that computes 10 and moves 2 in a nanosecond.
template <int64_t flops, int64_t bytes> int countShared() {
  FakeModel model = makeCountModel();
  model.code.sizes = [](const int64_t *dims, int64_t *out) {
    countCode.sizes(dims, out);
    out[3] = flops;
    out[4] = bytes;
  };
  model.program.flops_per_nanosecond = 10;
  model.program.bytes_per_nanosecond = 2;
  model.program.min_shared_nanoseconds = 500;
  int shared = 0;
  tenon_options options = TENON_OPTIONS_INIT;
  options.threads = 4;
  options.parallel_for = [](void *user, int32_t count,
                            void (*task)(void *, int32_t), void *arg) {
    ++*static_cast<int *>(user);
    for (int32_t i = 0; i < count; ++i)
      task(arg, i);
  };
  options.parallel_for_user = &shared;
  OpenModel opened(model, &options);
  expectEachItemOnce(opened.context);
  return shared;
}

TEST(Launch, KeepsSmallKernelsOnOneThread) {
  EXPECT_EQ((countShared<4000, 196>()), 0);
  EXPECT_EQ((countShared<4000, 200>()), 1);
  EXPECT_EQ((countShared<0, 0>()), 1) << "of unknown cost";
}

TEST(Launch, PassesOnTheProgramsStatus) {
  FakeModel model = makeCountModel();
  model.code.run = [](tenon_rt_frame *) -> int32_t { return TENON_ERR_INDEX; };
  OpenModel opened(model);
  tenon_tensor out = {};
  EXPECT_EQ(tenon_run(opened.context, nullptr, &out, &opened.error),
            TENON_ERR_INDEX);
  EXPECT_STREQ(opened.error.message, "model 'static' stopped with status 4");
}

} // namespace
