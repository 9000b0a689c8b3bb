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

static const tenon_program staticProgram = {
    runStatic, sizeStatic, staticLaunches, 2, 0, nullptr, 0, nullptr};

static const int64_t staticDims[] = {2, 3};
static const tenon_value staticInputs[] = {
    {"x", staticDims, nullptr, TENON_FLOAT32, 2, 0, 0}};
static const tenon_value staticOutputs[] = {
    {"y", staticDims, nullptr, TENON_FLOAT32, 2, 0, 0}};

static tenon_model makeModel(const char *name, const tenon_program &program) {
  tenon_model model = {};
  model.abi_version = TENON_ABI_VERSION;
  model.size = sizeof(model);
  model.name = name;
  model.producer = "test";
  model.target = "any CPU";
  model.cpu_features = "";
  model.functions = &tenon_rt_functions;
  model.program = &program;
  return model;
}

tenon_model makeStaticModel() {
  tenon_model model = makeModel("static", staticProgram);
  model.inputs = staticInputs;
  model.outputs = staticOutputs;
  model.num_inputs = model.num_outputs = 1;
  return model;
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

static const tenon_program dynamicProgram = {
    runDynamic, sizeDynamic, dynamicLaunches, 2, 0, nullptr, 0, nullptr};

static const int64_t symbolDims[] = {~INT64_C(0)}, oneDims[] = {1},
                     expressionDims[] = {TENON_DIM_EXPRESSION};
static const char *const symbols[] = {"b"};
static const char *const expressionNames[] = {"b + 1"};
static const char *const maskNames[] = {"b * 2 + 1"};
static const tenon_value dynamicInputs[] = {
    {"x", symbolDims, symbols, TENON_FLOAT32, 1, 0, 0},
    {"scale", oneDims, nullptr, TENON_FLOAT32, 1, 0, 0},
    {"ids", symbolDims, symbols, TENON_INT64, 1, 0, 9},
    {"mask", expressionDims, maskNames, TENON_BOOL, 1, 0, 0}};
static const tenon_value dynamicOutputs[] = {
    {"y", expressionDims, expressionNames, TENON_FLOAT32, 1, 0, 0}};

tenon_model makeDynamicModel() {
  tenon_model model = makeModel("dynamic", dynamicProgram);
  model.inputs = dynamicInputs;
  model.outputs = dynamicOutputs;
  model.symbols = symbols;
  model.num_inputs = 4;
  model.num_outputs = model.num_symbols = 1;
  return model;
}
