//===- State.cpp - what a context keeps from call to call -----------------===//
#include "FakeModel.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

// Two functions over two states: count: i64 [], which `add` raises by the
// number of rows of x: f32 [n, 2], and past: f32 [p, 2], which it appends x to.
// `sum` reads both.
const struct {
  alignas(64) int64_t count;
  alignas(64) float past[2];
} firsts = {5, {7, 8}};

const int64_t xDims[] = {~INT64_C(0), 2}, pastDims[] = {~INT64_C(1), 2},
              nextDims[] = {TENON_DIM_EXPRESSION, 2};
const char *const xNames[] = {"n", nullptr},
                  *const pastNames[] = {"p", nullptr},
                  *const nextNames[] = {"n + p", nullptr};
const tenon_value_info addInputs[] = {
    {"x", xDims, xNames, TENON_FLOAT32, 2, 0, 0},
    {"count", nullptr, nullptr, TENON_INT64, 0, 0, 0},
    {"past", pastDims, pastNames, TENON_FLOAT32, 2, 0, 0}};
const tenon_value_info addOutputs[] = {
    {"count", nullptr, nullptr, TENON_INT64, 0, 0, 0},
    {"past", nextDims, nextNames, TENON_FLOAT32, 2, 0, 0}};
const int64_t sumDims[] = {~INT64_C(0), 2};
const char *const sumNames[] = {"p", nullptr};
const tenon_value_info sumInputs[] = {
    {"count", nullptr, nullptr, TENON_INT64, 0, 0, 0},
    {"past", sumDims, sumNames, TENON_FLOAT32, 2, 0, 0}};
const tenon_value_info sumOutputs[] = {
    {"sum", nullptr, nullptr, TENON_FLOAT32, 0, 0, 0}};
const int32_t both[] = {0, 1};
const char *const addSymbols[] = {"n", "p"}, *const sumSymbols[] = {"p"};
const tenon_function functions[] = {
    {"add", addInputs, addOutputs, both, both, addSymbols, 1, 0, 2, 2, 2, 0},
    {"sum", sumInputs, sumOutputs, both, nullptr, sumSymbols, 0, 1, 2, 0, 1,
     0}};

const int64_t stateDims[] = {-1, 2}, capacity[] = {4, 2}, firstDims[] = {1, 2};
const tenon_state_info states[] = {{"count", nullptr, nullptr, nullptr, nullptr,
                                    TENON_INT64, 0, TENON_STATE_KEPT, 0, 0},
                                   {"past", stateDims, sumNames, capacity,
                                    firstDims, TENON_FLOAT32, 2,
                                    TENON_STATE_KEPT, 0, 64}};

int32_t failure, launches;

// An in-place write of `count`, behind a launch that fails or can be cancelled.
const tenon_rt_launch_record addLaunches[] = {
    {"check", "check",
     [](void *const *, const int64_t *, void *, int64_t, int64_t) {
       ++launches;
     }},
    {"append", "concat",
     [](void *const *buffers, const int64_t *dims, void *, int64_t, int64_t) {
       ++launches;
       *static_cast<int64_t *>(buffers[3]) =
           *static_cast<int64_t *>(buffers[1]) + dims[0];
       auto *next = static_cast<float *>(buffers[4]);
       next = std::copy_n(static_cast<float *>(buffers[2]), 2 * dims[1], next);
       std::copy_n(static_cast<float *>(buffers[0]), 2 * dims[0], next);
     }}};

int32_t runAdd(tenon_rt_frame *frame) {
  void *buffers[] = {frame->inputs[0], frame->inputs[1], frame->inputs[2],
                     frame->outputs[0], frame->outputs[1]};
  int32_t status =
      tenon_rt_launch(frame, &addLaunches[0], nullptr, frame->dims, 1);
  if (status == TENON_OK && !failure)
    status = tenon_rt_launch(frame, &addLaunches[1], buffers, frame->dims, 1);
  return status ? status : failure;
}

void sizeAdd(const int64_t *dims, int64_t *out) {
  const int64_t sizes[] = {
      0, 0, dims[0] + dims[1], 2, dims[0], 2, dims[1], 2, 0, 0, 0, 0};
  std::copy(std::begin(sizes), std::end(sizes), out);
}

int32_t runSum(tenon_rt_frame *frame) {
  auto *past = static_cast<float *>(frame->inputs[1]);
  float sum = static_cast<float>(*static_cast<int64_t *>(frame->inputs[0]));
  for (int64_t i = 0; i < 2 * frame->dims[0]; ++i)
    sum += past[i];
  *static_cast<float *>(frame->outputs[0]) = sum;
  return TENON_OK;
}

void sizeSum(const int64_t *dims, int64_t *out) {
  const int64_t sizes[] = {0, 0, dims[0], 2};
  std::copy(std::begin(sizes), std::end(sizes), out);
}

const int32_t donated[] = {1, -1};
const tenon_code codes[] = {
    {runAdd, sizeAdd, addLaunches, 2, /*first_change=*/1, nullptr, 0, donated,
     0},
    {runSum, sizeSum, nullptr, 0, 0, nullptr, 0, nullptr, 0}};

class State : public testing::Test {
protected:
  State() {
    failure = launches = 0;
    model.program.functions = codes;
    model.program.weights = &firsts;
    model.program.weights_size = sizeof(firsts);
    model.model.functions = functions;
    model.model.num_functions = 2;
    model.model.states = states;
    model.model.num_states = 2;
  }

  tenon_status add(tenon_context *context, std::vector<float> rows,
                   const tenon_call_options *options = nullptr) {
    const int64_t shape[] = {static_cast<int64_t>(rows.size() / 2), 2};
    tenon_tensor tensor = {rows.data(), shape, TENON_FLOAT32, 2};
    tenon_value x = tenon_tensor_value(&tensor);
    return tenon_call(context, 0, &x, nullptr, options, &error);
  }
  float sum(tenon_context *context) {
    tenon_value result = {};
    EXPECT_EQ(tenon_call(context, 1, nullptr, &result, nullptr, &error),
              TENON_OK)
        << error.message;
    return result.data ? *static_cast<float *>(result.data) : -1;
  }
  int64_t getLength(tenon_context *context) {
    tenon_tensor past = {};
    EXPECT_EQ(tenon_get_state(context, 1, &past, &error), TENON_OK);
    return past.shape[0];
  }

  FakeModel model = makeStaticModel();
  tenon_error error = {};
};

TEST_F(State, GrowsFromCallToCall) {
  OpenModel opened(model);
  ASSERT_TRUE(opened.context) << opened.error.message;
  EXPECT_EQ(sum(opened.context), 20);
  ASSERT_EQ(add(opened.context, {1, 2}), TENON_OK) << error.message;
  ASSERT_EQ(add(opened.context, {3, 4, 5, 6}), TENON_OK) << error.message;
  EXPECT_EQ(sum(opened.context), 8 + 15 + 21);
  EXPECT_EQ(getLength(opened.context), 4);
}

TEST_F(State, IsEachContextsOwn) {
  OpenModel first(model), second(model);
  EXPECT_EQ(tenon_workspace_bytes(first.context), 0);
  ASSERT_EQ(add(first.context, {1, 2}), TENON_OK);
  EXPECT_EQ(sum(first.context), 6 + 18);
  EXPECT_EQ(sum(second.context), 20);
}

TEST_F(State, StopsAtItsCapacity) {
  OpenModel opened(model);
  EXPECT_EQ(add(opened.context, std::vector<float>(8)), TENON_ERR_CAPACITY);
  EXPECT_STREQ(error.message,
               "state 'past' dimension 0 would be 5: its capacity is 4");
  EXPECT_EQ(sum(opened.context), 20);
}

TEST_F(State, StaysAsItWasWhereACallFails) {
  OpenModel opened(model);
  ASSERT_EQ(add(opened.context, {1, 2}), TENON_OK);
  failure = TENON_ERR_INDEX;
  EXPECT_EQ(add(opened.context, {1, 2}), TENON_ERR_INDEX);
  EXPECT_EQ(sum(opened.context), 6 + 18);
}

TEST_F(State, StaysAsItWasWhereACallIsCancelled) {
  OpenModel opened(model);
  const int32_t cancel = 1;
  tenon_call_options options = TENON_CALL_OPTIONS_INIT;
  options.cancel = &cancel;
  EXPECT_EQ(add(opened.context, {1, 2}, &options), TENON_ERR_CANCELLED);
  EXPECT_STREQ(error.message, "model 'static': the call was cancelled");
  EXPECT_EQ(launches, 0);
  options.cancel = nullptr;
  options.deadline = 1;
  EXPECT_EQ(add(opened.context, {1, 2}, &options), TENON_ERR_CANCELLED);
  EXPECT_EQ(sum(opened.context), 20);
  // what has begun to change state comes to its end
  options.deadline = 0;
  options.is_cancelled = [](void *) -> int32_t { return launches > 0; };
  EXPECT_EQ(add(opened.context, {1, 2}, &options), TENON_OK);
  EXPECT_EQ(launches, 2);
}

TEST_F(State, IsSetAndReset) {
  OpenModel opened(model);
  float rows[] = {1, 1, 2, 2};
  const int64_t shape[] = {2, 2}, wide[] = {2, 3};
  tenon_tensor value = {rows, shape, TENON_FLOAT32, 2};
  ASSERT_EQ(tenon_set_state(opened.context, 1, &value, &error), TENON_OK);
  EXPECT_EQ(sum(opened.context), 5 + 6);
  value.shape = wide;
  EXPECT_EQ(tenon_set_state(opened.context, 1, &value, &error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(error.message, "state 'past' dimension 1: expected 2, got 3");
  value.dtype = TENON_INT32;
  EXPECT_EQ(tenon_set_state(opened.context, 1, &value, &error),
            TENON_ERR_DTYPE);
  EXPECT_EQ(tenon_set_state(opened.context, 2, &value, &error),
            TENON_ERR_ARGUMENT);
  EXPECT_STREQ(error.message,
               "model 'static': expected one of 2 states, got 2");
  EXPECT_EQ(sum(opened.context), 5 + 6);
  ASSERT_EQ(tenon_reset_state(opened.context, -1, &error), TENON_OK);
  EXPECT_EQ(sum(opened.context), 20);
}

TEST_F(State, IsCutDown) {
  OpenModel opened(model);
  ASSERT_EQ(add(opened.context, {1, 2, 3, 4}), TENON_OK);
  EXPECT_EQ(tenon_shorten_state(opened.context, "p", 4, &error),
            TENON_ERR_SHAPE);
  EXPECT_STREQ(error.message, "state 'past' dimension 'p': expected a size of "
                              "at most 3, got 4");
  EXPECT_EQ(tenon_shorten_state(opened.context, "q", 1, &error),
            TENON_ERR_ARGUMENT);
  ASSERT_EQ(tenon_shorten_state(opened.context, "p", 2, &error), TENON_OK);
  EXPECT_EQ(sum(opened.context), 7 + 15 + 3);
  ASSERT_EQ(add(opened.context, {5, 6}), TENON_OK);
  EXPECT_EQ(sum(opened.context), 8 + 15 + 3 + 11);
}

TEST_F(State, IsCopiedToAnotherContext) {
  OpenModel from(model), to(model);
  ASSERT_EQ(add(from.context, {1, 2}), TENON_OK);
  ASSERT_EQ(tenon_copy_state(to.context, from.context, &error), TENON_OK);
  ASSERT_EQ(add(from.context, {1, 2}), TENON_OK);
  EXPECT_EQ(sum(to.context), 6 + 18);
  EXPECT_EQ(sum(from.context), 7 + 21);
  OpenModel fresh(model);
  ASSERT_EQ(tenon_copy_state(to.context, fresh.context, &error), TENON_OK);
  EXPECT_EQ(sum(to.context), 20);
  FakeModel other = makeStaticModel();
  EXPECT_EQ(tenon_copy_state(to.context, OpenModel(other).context, &error),
            TENON_ERR_ARGUMENT);
}

TEST_F(State, IsSavedAndLoaded) {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("tenon-state-" + std::to_string(getpid())))
                         .string();
  OpenModel from(model), to(model);
  ASSERT_EQ(add(from.context, {1, 2}), TENON_OK);
  ASSERT_EQ(tenon_save_state(from.context, path.c_str(), "note", 4, &error),
            TENON_OK)
      << error.message;
  char note[8] = {};
  size_t size = sizeof(note);
  ASSERT_EQ(tenon_load_state(to.context, path.c_str(), note, &size, &error),
            TENON_OK)
      << error.message;
  EXPECT_EQ(std::string(note, size), "note");
  EXPECT_EQ(sum(to.context), 6 + 18);
  // damaged: the state stays
  ASSERT_EQ(add(to.context, {1, 2}), TENON_OK);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  EXPECT_EQ(
      tenon_load_state(to.context, path.c_str(), nullptr, nullptr, &error),
      TENON_ERR_FORMAT);
  EXPECT_EQ(sum(to.context), 7 + 21);
  std::filesystem::remove(path);
  EXPECT_EQ(
      tenon_load_state(to.context, path.c_str(), nullptr, nullptr, &error),
      TENON_ERR_SYSTEM);
}

TEST_F(State, RefusesFunctionsThatAreNotThere) {
  OpenModel opened(model);
  EXPECT_EQ(tenon_call(opened.context, 2, nullptr, nullptr, nullptr, &error),
            TENON_ERR_ARGUMENT);
  EXPECT_STREQ(error.message,
               "model 'static': expected one of 2 functions, got 2");
  EXPECT_EQ(tenon_find_function(&model.model, "sum"), 1);
  EXPECT_EQ(tenon_find_function(&model.model, "su"), -1);
  EXPECT_EQ(tenon_find_state(&model.model, "past"), 1);
}

TEST_F(State, RefusesValuesThatThisVersionDoesNotTake) {
  OpenModel opened(model);
  float rows[] = {1, 2, 3, 4};
  const int64_t shape[] = {2, 2}, dense[] = {2, 1}, transposed[] = {1, 2};
  tenon_tensor tensor = {rows, shape, TENON_FLOAT32, 2};
  tenon_value x = tenon_tensor_value(&tensor);
  auto call = [&](const tenon_call_options *options = nullptr) {
    return tenon_call(opened.context, 0, &x, nullptr, options, &error);
  };
  x.strides = transposed;
  EXPECT_EQ(call(), TENON_ERR_UNSUPPORTED);
  EXPECT_STREQ(error.message, "input 'x': expected a dense tensor of numbers, "
                              "got a tensor that is not dense");
  x.strides = dense;
  x.kind = TENON_VALUE_LIST;
  EXPECT_EQ(call(), TENON_ERR_UNSUPPORTED);
  x.kind = TENON_VALUE_TENSOR;
  x.device = TENON_DEVICE_CUDA;
  EXPECT_EQ(call(), TENON_ERR_UNSUPPORTED);
  x.device = TENON_DEVICE_CPU;
  tenon_call_options options = TENON_CALL_OPTIONS_INIT;
  options.stream = &options;
  EXPECT_EQ(call(&options), TENON_ERR_UNSUPPORTED);
  options.size = 0;
  EXPECT_EQ(call(&options), TENON_ERR_ARGUMENT);
  EXPECT_EQ(call(), TENON_OK) << error.message;
}

} // namespace
