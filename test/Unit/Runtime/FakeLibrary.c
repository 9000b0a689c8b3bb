//===- FakeLibrary.c - a model in a library, with its own runtime ---------===//
//
// Its kernel keeps count of the threads inside of it, over all such libraries:
// the word to count in is the model's input.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/program.h"

#include <stdatomic.h>

// buffers[0]: threads inside now, and the most there were; buffers[1]: items.
static void countThreads(void *const *buffers, const int64_t *dims,
                         void *scratch, int64_t begin, int64_t end) {
  atomic_int *now = *(atomic_int **)buffers[0], *most = now + 1;
  atomic_int *items = buffers[1];
  int inside = atomic_fetch_add(now, 1) + 1, seen = atomic_load(most);
  while (inside > seen && !atomic_compare_exchange_weak(most, &seen, inside))
    ;
  for (volatile int i = 0; i < 2000; ++i)
    ;
  atomic_fetch_add(items, (int)(end - begin));
  atomic_fetch_sub(now, 1);
}

static const tenon_rt_launch_record launches[] = {
    {"count_threads", "count", countThreads}};

static int32_t run(tenon_rt_frame *frame) {
  void *buffers[] = {frame->inputs[0], frame->outputs[0]};
  *(int32_t *)frame->outputs[0] = 0;
  for (int i = 0; i < 20; ++i)
    tenon_rt_launch(frame, &launches[0], buffers, 0, 64);
  return TENON_OK;
}

static void sizes(const int64_t *dims, int64_t *out) { out[0] = out[1] = 0; }

static const tenon_code code = {run, sizes, launches, 1, 1};
static const tenon_program program = {&code};
static const tenon_value_info inputs[] = {
    {"counter", 0, 0, TENON_INT64, 0, 0, 0}};
static const tenon_value_info outputs[] = {
    {"items", 0, 0, TENON_INT32, 0, 0, 0}};
static const tenon_function function = {
    .name = "main",
    .inputs = inputs,
    .outputs = outputs,
    .num_inputs = 1,
    .num_outputs = 1,
};

__attribute__((visibility("default")))
const tenon_model exported __asm__("tenon_model") = {
    .abi_version = TENON_ABI_VERSION,
    .size = sizeof(tenon_model),
    .name = FAKE_NAME,
    .producer = "test",
    .target = "any CPU",
    .cpu_features = "",
    .calls = &tenon_rt_calls,
    .program = &program,
    .functions = &function,
    .num_functions = 1,
};
