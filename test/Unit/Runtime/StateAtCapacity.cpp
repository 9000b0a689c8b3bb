//===- StateAtCapacity.cpp - a state that grows where it lies -------------===//
#include "FakeModel.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

// past: i32 [2, p], stored as the first part of [2, 4] (or 6), to which
// `append` adds a column: the value `x` of its input, and 10 more.
alignas(64) const int32_t firsts[] = {7, 8};

const tenon_value_info inputs[] = {
    {"x", nullptr, nullptr, TENON_INT32, 0, 0, 0},
    {"past", nullptr, nullptr, TENON_INT32, 2, 0, 0}};
const int64_t pastDims[] = {2, ~INT64_C(0)},
              nextDims[] = {2, TENON_DIM_EXPRESSION}, stateDims[] = {2, -1},
              firstDims[] = {2, 1}, capacity[] = {2, 4}, larger[] = {2, 6};
const char *const names[] = {nullptr, "p"},
                  *const nextNames[] = {nullptr, "p + 1"},
                  *const symbol[] = {"p"};
const int32_t numbers[] = {0}, updated[] = {1}, atCapacity[] = {1};

int32_t failure, room;
const void *present, *next;

int32_t runAppend(tenon_rt_frame *frame) {
  present = frame->inputs[1], next = frame->outputs[0];
  auto *past = static_cast<int32_t *>(frame->outputs[0]);
  int32_t x = *static_cast<int32_t *>(frame->inputs[0]);
  past[frame->dims[0]] = x;
  past[room + frame->dims[0]] = x + 10;
  return failure;
}

void sizeAppend(const int64_t *dims, int64_t *out) {
  const int64_t sizes[] = {0, 0, 2, dims[0] + 1, 2, dims[0]};
  std::copy(std::begin(sizes), std::end(sizes), out);
}

struct Model {
  explicit Model(const int64_t *capacity = ::capacity) {
    room = static_cast<int32_t>(capacity[1]);
    input[0] = inputs[0], input[1] = inputs[1];
    input[1].dims = pastDims, input[1].dim_names = names;
    output = {"past", nextDims, nextNames, TENON_INT32, 2, 0, 0};
    function = {"append", input, &output, numbers, numbers, symbol,
                1,        0,     1,       1,       1,       0};
    code.run = runAppend, code.sizes = sizeAppend, code.updated = updated;
    state = {"past", stateDims,        names, capacity, firstDims, TENON_INT32,
             2,      TENON_STATE_KEPT, -1,    0,        -1,        1};
    fake.program.functions = &code;
    fake.program.weights = firsts;
    fake.program.weights_size = sizeof(firsts);
    fake.program.at_capacity = atCapacity;
    fake.model.functions = &function;
    fake.model.states = &state;
    fake.model.num_states = 1;
  }

  tenon_value_info input[2], output;
  tenon_function function;
  tenon_code code = {};
  tenon_state_info state;
  FakeModel fake = makeStaticModel();
};

class StateAtCapacity : public testing::Test {
protected:
  StateAtCapacity() { failure = 0; }

  tenon_status append(tenon_context *context, int32_t x) {
    tenon_tensor tensor = {&x, nullptr, TENON_INT32, 0};
    return tenon_run(context, &tensor, nullptr, &error);
  }
  std::vector<int32_t> get(tenon_context *context) {
    tenon_tensor past = {};
    EXPECT_EQ(tenon_get_state(context, 0, &past, &error), TENON_OK);
    auto *begin = static_cast<int32_t *>(past.data);
    return {begin, begin + past.shape[0] * past.shape[1]};
  }
  using Row = std::vector<int32_t>;

  tenon_error error = {};
};

TEST_F(StateAtCapacity, GrowsWhereItLies) {
  Model model;
  OpenModel opened(model.fake);
  ASSERT_TRUE(opened.context) << opened.error.message;
  EXPECT_EQ(get(opened.context), (Row{7, 8}));
  ASSERT_EQ(append(opened.context, 1), TENON_OK) << error.message;
  EXPECT_EQ(present, next);
  EXPECT_NE(present, firsts);
  const void *before = present;
  ASSERT_EQ(append(opened.context, 2), TENON_OK) << error.message;
  EXPECT_EQ(next, before);
  EXPECT_EQ(get(opened.context), (Row{7, 1, 2, 8, 11, 12}));
}

TEST_F(StateAtCapacity, StaysAsItWasWhereACallFails) {
  Model model;
  OpenModel opened(model.fake);
  failure = TENON_ERR_INDEX;
  EXPECT_EQ(append(opened.context, 1), TENON_ERR_INDEX);
  EXPECT_EQ(get(opened.context), (Row{7, 8}));
  failure = 0;
  for (int32_t x : {1, 2, 3})
    ASSERT_EQ(append(opened.context, x), TENON_OK);
  EXPECT_EQ(append(opened.context, 4), TENON_ERR_CAPACITY);
  EXPECT_STREQ(error.message,
               "state 'past' dimension 1 would be 5: its capacity is 4");
  EXPECT_EQ(get(opened.context), (Row{7, 1, 2, 3, 8, 11, 12, 13}));
}

TEST_F(StateAtCapacity, IsCutDownWithoutACopy) {
  Model model;
  OpenModel opened(model.fake);
  ASSERT_EQ(append(opened.context, 1), TENON_OK);
  ASSERT_EQ(append(opened.context, 2), TENON_OK);
  const void *before = next;
  ASSERT_EQ(tenon_shorten_state(opened.context, "p", 2, &error), TENON_OK);
  EXPECT_EQ(get(opened.context), (Row{7, 1, 8, 11}));
  ASSERT_EQ(append(opened.context, 3), TENON_OK);
  EXPECT_EQ(next, before);
  EXPECT_EQ(get(opened.context), (Row{7, 1, 3, 8, 11, 13}));
  // the first value, too, which is the artefact's
  ASSERT_EQ(tenon_reset_state(opened.context, 0, &error), TENON_OK);
  ASSERT_EQ(tenon_shorten_state(opened.context, "p", 0, &error), TENON_OK);
  ASSERT_EQ(append(opened.context, 5), TENON_OK);
  EXPECT_EQ(get(opened.context), (Row{5, 15}));
  ASSERT_EQ(tenon_reset_state(opened.context, 0, &error), TENON_OK);
  EXPECT_EQ(get(opened.context), (Row{7, 8}));
}

TEST_F(StateAtCapacity, IsSetAndCopied) {
  Model model;
  OpenModel from(model.fake), to(model.fake);
  int32_t values[] = {1, 2, 3, 4};
  const int64_t shape[] = {2, 2};
  tenon_tensor value = {values, shape, TENON_INT32, 2};
  ASSERT_EQ(tenon_set_state(from.context, 0, &value, &error), TENON_OK);
  EXPECT_EQ(get(from.context), (Row{1, 2, 3, 4}));
  ASSERT_EQ(tenon_copy_state(to.context, from.context, &error), TENON_OK);
  ASSERT_EQ(append(from.context, 5), TENON_OK);
  EXPECT_EQ(get(to.context), (Row{1, 2, 3, 4}));
  ASSERT_EQ(append(to.context, 6), TENON_OK);
  EXPECT_EQ(get(to.context), (Row{1, 2, 6, 3, 4, 16}));
  EXPECT_EQ(get(from.context), (Row{1, 2, 5, 3, 4, 15}));
  OpenModel fresh(model.fake);
  ASSERT_EQ(tenon_copy_state(to.context, fresh.context, &error), TENON_OK);
  EXPECT_EQ(get(to.context), (Row{7, 8}));
}

TEST_F(StateAtCapacity, IsLoadedWithAnotherCapacity) {
  std::string path = (std::filesystem::temp_directory_path() /
                      ("tenon-capacity-" + std::to_string(getpid())))
                         .string();
  Model model;
  OpenModel from(model.fake);
  ASSERT_EQ(append(from.context, 1), TENON_OK);
  ASSERT_EQ(tenon_save_state(from.context, path.c_str(), nullptr, 0, &error),
            TENON_OK);
  Model other(larger);
  OpenModel to(other.fake);
  ASSERT_EQ(
      tenon_load_state(to.context, path.c_str(), nullptr, nullptr, &error),
      TENON_OK)
      << error.message;
  std::filesystem::remove(path);
  for (int32_t x : {2, 3, 4})
    ASSERT_EQ(append(to.context, x), TENON_OK) << error.message;
  EXPECT_EQ(get(to.context), (Row{7, 1, 2, 3, 4, 8, 11, 12, 13, 14}));
}

} // namespace
