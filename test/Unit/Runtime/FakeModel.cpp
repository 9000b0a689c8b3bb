//===- FakeModel.cpp - hand-written compiled models -----------------------===//
#include "FakeModel.h"

#include <algorithm>

static void doubleRows(void *const *buffers, const int64_t *, void *,
                       int64_t begin, int64_t end) {
  auto *x = static_cast<const float *>(buffers[0]);
  auto *y = static_cast<float *>(buffers[1]);
  for (int64_t i = begin * 3; i < end * 3; ++i)
    y[i] = 2 * x[i];
}

static void addOne(void *const *buffers, const int64_t *, void *scratch,
                   int64_t begin, int64_t end) {
  auto *x = static_cast<const float *>(buffers[0]);
  auto *y = static_cast<float *>(buffers[1]);
  auto *row = static_cast<float *>(scratch);
  for (int64_t i = begin; i < end; ++i) {
    std::copy_n(x + 3 * i, 3, row);
    std::transform(row, row + 3, y + 3 * i, [](float v) { return v + 1; });
  }
}

static const tenon_rt_launch_record staticLaunches[] = {
    {"double_rows", "mul", doubleRows}, {"add_one", "add, relu", addOne}};

static int32_t runStatic(tenon_rt_frame *frame) {
  void *first[] = {frame->inputs[0], frame->arena};
  void *second[] = {frame->arena, frame->outputs[0]};
  tenon_rt_launch(frame, &staticLaunches[0], first, nullptr, 2);
  return tenon_rt_launch(frame, &staticLaunches[1], second, nullptr, 2);
}

static void sizeStatic(const int64_t *, int64_t *out) {
  const int64_t sizes[] = {24, 12, 2, 3, 2, 3, 6, 48, 0, 0};
  std::copy(std::begin(sizes), std::end(sizes), out);
}

static const tenon_code staticCode = {runStatic, sizeStatic, staticLaunches, 2,
                                      /*first_change=*/2};

static const int64_t staticDims[] = {2, 3};
static const tenon_value_info staticInputs[] = {
    {"x", staticDims, nullptr, TENON_FLOAT32, 2, 0, 0}};
static const tenon_value_info staticOutputs[] = {
    {"y", staticDims, nullptr, TENON_FLOAT32, 2, 0, 0}};

FakeModel::FakeModel(const char *name, const tenon_function &function,
                     const tenon_code &code)
    : function(function), code(code) {
  model.abi_version = TENON_ABI_VERSION;
  model.size = sizeof(model);
  model.name = name;
  model.producer = "test";
  model.target = "any CPU";
  model.cpu_features = "";
  model.calls = &tenon_rt_calls;
  model.num_functions = 1;
  link();
}

FakeModel::FakeModel(const FakeModel &other)
    : function(other.function), code(other.code), program(other.program),
      model(other.model) {
  link();
}

void FakeModel::link() {
  program.functions = &code;
  model.program = &program;
  model.functions = &function;
}

FakeModel makeStaticModel() {
  tenon_function function = {"main", staticInputs, staticOutputs};
  function.num_inputs = function.num_outputs = 1;
  return FakeModel("static", function, staticCode);
}

static void copyElements(void *const *buffers, const int64_t *, void *,
                         int64_t begin, int64_t end) {
  auto *x = static_cast<const float *>(buffers[0]);
  std::copy(x + begin, x + end, static_cast<float *>(buffers[1]) + begin);
}

static const tenon_rt_launch_record dynamicLaunches[] = {
    {"copy", "copy", copyElements}, {"copy", "last", copyElements}};

static int32_t runDynamic(tenon_rt_frame *frame) {
  int64_t b = frame->dims[0];
  auto *y = static_cast<float *>(frame->outputs[0]);
  void *through[] = {frame->inputs[0], frame->arena};
  void *elements[] = {frame->arena, y};
  void *last[] = {frame->inputs[1], y + b};
  tenon_rt_launch(frame, &dynamicLaunches[0], through, frame->dims, b);
  tenon_rt_launch(frame, &dynamicLaunches[0], elements, frame->dims, b);
  return tenon_rt_launch(frame, &dynamicLaunches[1], last, frame->dims, 1);
}

static void sizeDynamic(const int64_t *dims, int64_t *out) {
  const int64_t sizes[] = {4 * dims[0], 0,       dims[0] + 1,    dims[0],
                           1,           dims[0], 2 * dims[0] + 1};
  std::copy(std::begin(sizes), std::end(sizes), out);
}

static const tenon_code dynamicCode = {runDynamic, sizeDynamic, dynamicLaunches,
                                       2, /*first_change=*/2};

static const int64_t symbolDims[] = {~INT64_C(0)}, oneDims[] = {1},
                     expressionDims[] = {TENON_DIM_EXPRESSION};
static const char *const symbols[] = {"b"};
static const char *const expressionNames[] = {"b + 1"};
static const char *const maskNames[] = {"b * 2 + 1"};
static const tenon_value_info dynamicInputs[] = {
    {"x", symbolDims, symbols, TENON_FLOAT32, 1, 0, 0},
    {"scale", oneDims, nullptr, TENON_FLOAT32, 1, 0, 0},
    {"ids", symbolDims, symbols, TENON_INT64, 1, 0, 9},
    {"mask", expressionDims, maskNames, TENON_BOOL, 1, 0, 0}};
static const tenon_value_info dynamicOutputs[] = {
    {"y", expressionDims, expressionNames, TENON_FLOAT32, 1, 0, 0}};

FakeModel makeDynamicModel() {
  tenon_function function = {"main", dynamicInputs, dynamicOutputs};
  function.symbols = symbols;
  function.num_inputs = 4;
  function.num_outputs = function.num_symbols = 1;
  return FakeModel("dynamic", function, dynamicCode);
}
