//===- rowsum.c - a model that becomes an executable ----------------------===//
//
// total[] = sum of x[n, 2] and bias[2], and the number of rows; linked with
// libtenon-runner.a as the compiler links executables.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/program.h"

static void sum(void *const *buffers, const int64_t *dims, void *scratch,
                int64_t begin, int64_t end) {
  const float *x = buffers[0], *bias = buffers[1];
  float *total = buffers[2];
  *total = bias[0] + bias[1];
  for (int64_t i = 0; i < 2 * dims[0]; ++i)
    *total += x[i];
  *(int64_t *)buffers[3] = dims[0];
}

static const tenon_rt_launch_record launches[] = {{"sum", "reduce", sum}};

static int32_t run(tenon_rt_frame *frame) {
  void *buffers[] = {frame->inputs[0], frame->inputs[1], frame->outputs[0],
                     frame->outputs[1]};
  return tenon_rt_launch(frame, launches, buffers, frame->dims, 1);
}

static void sizes(const int64_t *dims, int64_t *out) {
  out[0] = out[1] = 0;
  out[2] = dims[0]; // x: [n, 2], bias: [2]
  out[3] = out[4] = 2;
}

static const tenon_code code = {run, sizes, launches, 1, 1};
static const tenon_program program = {&code};
static const int64_t xDims[] = {~(int64_t)0, 2}, biasDims[] = {2};
static const char *const symbols[] = {"n"};
static const tenon_value_info inputs[] = {
    {"x", xDims, 0, TENON_FLOAT32, 2, 0, 0},
    {"bias", biasDims, 0, TENON_FLOAT32, 1, 0, 0}};
static const tenon_value_info outputs[] = {
    {"total", 0, 0, TENON_FLOAT32, 0, 0, 0},
    {"rows", 0, 0, TENON_INT64, 0, 0, 0}};

static const tenon_function function = {
    .name = "main",
    .inputs = inputs,
    .outputs = outputs,
    .symbols = symbols,
    .num_inputs = 2,
    .num_outputs = 2,
    .num_symbols = 1,
};

const tenon_model linkedModel __asm__("tenon_model") = {
    .abi_version = TENON_ABI_VERSION,
    .size = sizeof(tenon_model),
    .name = "rowsum",
    .producer = "tenon 0.1.0",
    .target = "any CPU",
    .cpu_features = "",
    .calls = &tenon_rt_calls,
    .program = &program,
    .functions = &function,
    .num_functions = 1,
};
