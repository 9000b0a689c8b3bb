//===- Launch.c - running one kernel on the workers -----------------------===//
#include "Device.h"
#include "Futex.h"

#include <stddef.h>

typedef struct Launch {
  Context *context;
  tenon_rt_kernel_fn fn;
  void *const *buffers;
  const int64_t *dims;
  int64_t count;
  int32_t tasks;
} Launch;

static Context *getContext(tenon_rt_frame *frame) {
  return (Context *)((char *)frame - offsetof(Context, frame));
}

static void *getScratch(const Context *context, int32_t task) {
  return context->scratch + task * context->scratchStride;
}

// Each participant begins with a range of its own, the same one in each
// launch of this size, so that it finds the previous kernel's results in its
// cache; then it helps the others. Ranges are taken by eighths: a thread that
// comes late or is interrupted holds up at most one of them.
static void runTask(void *arg, int32_t task, int32_t worker) {
  const Launch *launch = arg;
  void *scratch = getScratch(launch->context, task);
  int32_t first = worker < launch->tasks ? worker : task;
  for (int32_t i = 0; i < launch->tasks; ++i) {
    Range *range = &launch->context->ranges[(first + i) % launch->tasks];
    int64_t grain = launch->count / launch->tasks / 8;
    grain = grain > 1 ? grain : 1;
    for (;;) {
      int64_t begin =
          atomic_fetch_add_explicit(&range->next, grain, memory_order_relaxed);
      if (begin >= range->end)
        break;
      int64_t end = begin + grain < range->end ? begin + grain : range->end;
      launch->fn(launch->buffers, launch->dims, scratch, begin, end);
    }
  }
}

static void runHookTask(void *arg, int32_t task) { runTask(arg, task, task); }

static void runOnThreads(Launch *launch) {
  Context *context = launch->context;
  int64_t share = launch->count / launch->tasks;
  int64_t rest = launch->count % launch->tasks, begin = 0;
  for (int32_t i = 0; i < launch->tasks; ++i) {
    int64_t end = begin + share + (i < rest);
    atomic_store_explicit(&context->ranges[i].next, begin,
                          memory_order_relaxed);
    context->ranges[i].end = end;
    begin = end;
  }
  const tenon_options *options = &context->options;
  if (options->parallel_for)
    options->parallel_for(options->parallel_for_user, launch->tasks,
                          runHookTask, launch);
  else
    context->pool.home->parallel(launch->tasks, runTask, launch);
}

// Bringing in other threads costs time, even when they spin.
static int isTooSmallToShare(const tenon_program *program, Cost cost) {
  if (!program->min_shared_nanoseconds || (!cost.flops && !cost.bytes))
    return 0;
  return cost.flops / program->flops_per_nanosecond +
             cost.bytes / program->bytes_per_nanosecond <
         program->min_shared_nanoseconds;
}

int32_t tenon_rt_ask(tenon_rt_frame *frame) {
  const Context *context = getContext(frame);
  const tenon_call_options *call = context->call;
  // What has begun to change state in place has to come to its end.
  if (!call || context->isChanging)
    return TENON_OK;
  int isCancelled =
      (call->cancel && *call->cancel) ||
      (call->is_cancelled && call->is_cancelled(call->cancel_user)) ||
      (call->deadline && tenon_rt_nanoseconds() >= call->deadline);
  return isCancelled ? TENON_ERR_CANCELLED : TENON_OK;
}

int32_t tenon_rt_launch(tenon_rt_frame *frame,
                        const tenon_rt_launch_record *record,
                        void *const *buffers, const int64_t *dims,
                        int64_t count) {
  Context *context = getContext(frame);
  Function *function = context->current;
  int64_t index = record - function->code->launches;
  context->isChanging |= index >= function->code->first_change;
  int32_t status = tenon_rt_ask(frame);
  if (status != TENON_OK || count <= 0)
    return status;
  if (context->device)
    return tenon_rt_launch_on_device(context, record, buffers, dims, count);
  int64_t start = function->calls ? tenon_rt_nanoseconds() : 0;
  int64_t tasks = count < context->threads ? count : context->threads;
  if (tasks == 1 ||
      isTooSmallToShare(context->program, function->costs[index])) {
    record->fn(buffers, dims, getScratch(context, 0), 0, count);
  } else {
    Launch launch = {context, record->fn, buffers, dims, count, (int32_t)tasks};
    runOnThreads(&launch);
  }
  if (function->calls) {
    function->calls[index] += 1;
    function->nanoseconds[index] += tenon_rt_nanoseconds() - start;
  }
  return TENON_OK;
}
