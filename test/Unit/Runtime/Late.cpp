//===- Late.cpp - sizes that a run finds out ------------------------------===//

#include "FakeModel.h"
#include "OpenModel.h"

#include <algorithm>
#include <vector>

namespace {

/// Writes i * i to element i of a list, with a number of scratch bytes that
/// only the run knows.
void square(void *const *buffers, const int64_t *dims, void *scratch,
            int64_t begin, int64_t end) {
  auto *list = static_cast<int64_t *>(buffers[0]);
  std::fill_n(static_cast<char *>(scratch), dims[0], 1);
  for (int64_t i = begin; i < end; ++i)
    list[i] = i * i;
}

const tenon_rt_launch_record squareLaunch = {"square", "square", square};

/// Reads n, at most 1000; block 0 holds n squares, list 1 each of them, and the
/// output is the list.
int32_t runLate(tenon_rt_frame *frame) {
  int64_t n = 0;
  void *squares = nullptr, *output = nullptr, *list = nullptr;
  int32_t status =
      tenon_rt_read_size(frame, "counted", frame->inputs[0], 64, 1000, &n);
  if (status == TENON_OK)
    status = tenon_rt_reserve(frame, 0, 8 * n, &squares);
  if (status == TENON_OK)
    status = tenon_rt_reserve_scratch(frame, n);
  if (status == TENON_OK)
    status = tenon_rt_launch(frame, &squareLaunch, &squares, &n, n);
  for (int64_t i = 0; i < n && status == TENON_OK; ++i)
    status =
        tenon_rt_append(frame, 1, i, static_cast<int64_t *>(squares) + i, 8);
  if (status == TENON_OK)
    status = tenon_rt_reserve(frame, 1, 0, &list);
  if (status == TENON_OK)
    status = tenon_rt_lend(frame, 0, &n, &output);
  if (status == TENON_OK)
    std::copy_n(static_cast<int64_t *>(list), n,
                static_cast<int64_t *>(output));
  return status == TENON_OK && n == 13
             ? tenon_rt_refuse(frame, "node \"x\": expected n >= 14", n, 14)
             : status;
}

FakeModel makeLateModel() {
  static const int64_t dims[] = {TENON_DIM_LATE};
  static const char *const names[] = {"n"};
  static const tenon_value_info input = {"n", nullptr, nullptr, TENON_INT64,
                                         0,   0,       0};
  static const tenon_value_info output = {"y", dims, names, TENON_INT64,
                                          1,   0,    0};
  tenon_function function = {"main", &input, &output};
  function.num_inputs = function.num_outputs = 1;
  tenon_code code = {};
  code.run = runLate;
  code.sizes = [](const int64_t *, int64_t *out) {
    const int64_t sizes[] = {0, 0, -1, 0, 0};
    std::copy(std::begin(sizes), std::end(sizes), out);
  };
  code.launches = &squareLaunch;
  code.num_launches = 1;
  FakeModel model("late", function, code);
  model.program.num_late_blocks = 2;
  return model;
}

class Late : public testing::Test {
protected:
  tenon_status run(int64_t n) {
    tenon_tensor input = {&n, nullptr, TENON_INT64, 0};
    return tenon_run(opened.context, &input, &output, &error);
  }

  FakeModel model = makeLateModel();
  OpenModel opened{model};
  tenon_tensor output = {};
  tenon_error error = {};
};

TEST_F(Late, OutputsAreLentInTheirSize) {
  for (int64_t n : {5, 200, 0, 7}) {
    ASSERT_EQ(run(n), TENON_OK) << error.message;
    ASSERT_EQ(output.rank, 1);
    ASSERT_EQ(output.shape[0], n);
    ASSERT_NE(output.data, nullptr);
    for (int64_t i = 0; i < n; ++i)
      EXPECT_EQ(static_cast<int64_t *>(output.data)[i], i * i);
  }
}

TEST_F(Late, SizesAreChecked) {
  EXPECT_EQ(run(-1), TENON_ERR_SHAPE);
  EXPECT_STREQ(error.message,
               "node \"counted\": expected a size of 1000 at most, got -1");
  EXPECT_EQ(run(1001), TENON_ERR_SHAPE);
  EXPECT_EQ(run(13), TENON_ERR_SHAPE);
  EXPECT_STREQ(error.message, "node \"x\": expected n >= 14, got 13 and 14");
  EXPECT_EQ(run(3), TENON_OK);
}

TEST_F(Late, MemoryIsKept) {
  ASSERT_EQ(run(100), TENON_OK);
  int64_t bytes = tenon_workspace_bytes(opened.context);
  void *data = output.data;
  ASSERT_EQ(run(100), TENON_OK);
  ASSERT_EQ(run(50), TENON_OK);
  EXPECT_EQ(tenon_workspace_bytes(opened.context), bytes);
  EXPECT_EQ(output.data, data);
}

TEST_F(Late, MemoryOfTheCallersIsRefused) {
  int64_t mine[8];
  int64_t shape[] = {3};
  output = {mine, shape, TENON_INT64, 1};
  EXPECT_EQ(run(3), TENON_ERR_ARGUMENT);
  EXPECT_STREQ(error.message,
               "output 'y': its size follows from data, and the context lends "
               "its memory; expected NULL");
}

TEST_F(Late, ShapesAreUnknownBefore) {
  tenon_tensor input = {nullptr, nullptr, TENON_INT64, 0};
  ASSERT_EQ(tenon_output_shapes(opened.context, 0, &input, &output, &error),
            TENON_OK)
      << error.message;
  EXPECT_EQ(output.shape[0], -1);
}

} // namespace
