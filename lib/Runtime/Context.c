//===- Context.c - opening and closing a model ----------------------------===//
#include "Border.h"
#include "Cores.h"
#include "Cpu.h"
#include "Device.h"
#include "Error.h"
#include "Late.h"
#include "State.h"
#include "Transfers.h"
#include "Weights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// Of options from an older header, the fields that it had.
static tenon_status readOptions(const tenon_options *given,
                                tenon_options *options, tenon_error *error) {
  *options = (tenon_options)TENON_OPTIONS_INIT;
  if (!given)
    return TENON_OK;
  if (given->size < offsetof(tenon_options, parallel_for))
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected options with their size set, got size %zu",
                         given->size);
  memcpy(options, given,
         given->size < sizeof(*options) ? given->size : sizeof(*options));
  if (options->threads < 0)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "option threads: expected 0 or more, got %d",
                         options->threads);
  if (!options->allocate != !options->deallocate)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "options allocate and deallocate: expected both or "
                         "neither");
  return TENON_OK;
}

static tenon_status checkMachine(const tenon_model *model,
                                 const tenon_options *options,
                                 tenon_error *error) {
  char missing[256];
  if (model->abi_version >> 16 != TENON_ABI_VERSION >> 16)
    return tenon_rt_fail(
        error, TENON_ERR_VERSION, "model '%s': expected ABI version %u, got %u",
        model->name, TENON_ABI_VERSION >> 16, model->abi_version >> 16);
  if (options->device != TENON_DEVICE_CPU &&
      (options->device != TENON_DEVICE_CUDA || !model->program->on_device))
    return tenon_rt_fail(error, TENON_ERR_DEVICE,
                         "model '%s' has code for the CPU only, got device %d",
                         model->name, options->device);
  if (tenon_rt_missing_features(model->cpu_features, missing, sizeof(missing)))
    return tenon_rt_fail(error, TENON_ERR_CPU,
                         "model '%s' was compiled for %s: this CPU lacks %s",
                         model->name, model->target, missing);
  return TENON_OK;
}

static int isDimOfAnInput(const tenon_function *function, int32_t symbol) {
  for (int32_t i = 0; i < function->num_inputs + function->num_reads; ++i)
    for (int32_t d = 0; d < function->inputs[i].rank; ++d)
      if (function->inputs[i].dims[d] == ~(int64_t)symbol)
        return 1;
  return 0;
}

// A run could not tell the value of a symbol that occurs in formulas alone.
static tenon_status checkSymbols(const tenon_model *model, tenon_error *error) {
  for (int32_t f = 0; f < model->num_functions; ++f) {
    const tenon_function *function = &model->functions[f];
    for (int32_t i = 0; i < function->num_symbols; ++i)
      if (!isDimOfAnInput(function, i))
        return tenon_rt_fail(error, TENON_ERR_INTERNAL,
                             "model '%s': expected '%s' to be a dimension of "
                             "an input",
                             model->name, function->symbols[i]);
  }
  return TENON_OK;
}

// Takes `count` elements from the memory at *cursor; with a NULL base, this
// measures.
static void *carve(char *base, size_t *cursor, size_t count, size_t size) {
  size_t at = *cursor;
  *cursor += (count * size + 63) / 64 * 64;
  return base ? base + at : NULL;
}

static void layOutFunction(Function *f, char *base, size_t *cursor,
                           int profile) {
  const tenon_function *info = f->info;
  size_t inputs = f->numInputs, outputs = f->numOutputs;
  size_t launches = f->code->num_launches;
  size_t sizes = tenon_rt_input_offset(f, f->numInputs);
  size_t guards = f->code->num_guards;
  f->sizes =
      carve(base, cursor, sizes + guards + 2 * launches, sizeof(int64_t));
  f->costs = base ? (Cost *)(f->sizes + sizes + guards) : NULL;
  f->told = carve(base, cursor, sizes, sizeof(int64_t));
  f->dims = carve(base, cursor, info->num_symbols, sizeof(int64_t));
  f->inputs = carve(base, cursor, inputs, sizeof(void *));
  f->outputs = carve(base, cursor, outputs, sizeof(void *));
  f->inputBytes = carve(base, cursor, inputs, sizeof(int64_t));
  f->outputBytes = carve(base, cursor, outputs, sizeof(int64_t));
  f->given = carve(base, cursor, inputs + outputs, sizeof(tenon_tensor));
  f->lent = carve(base, cursor, info->num_outputs, sizeof(Block));
  if (!profile)
    return;
  f->calls = carve(base, cursor, launches, sizeof(int64_t));
  f->nanoseconds = carve(base, cursor, launches, sizeof(int64_t));
}

static Function getFunction(const tenon_model *model,
                            const tenon_program *program, int32_t number) {
  const tenon_function *info = &model->functions[number];
  return (Function){.info = info,
                    .code = &program->functions[number],
                    .numInputs = info->num_inputs + info->num_reads,
                    .numOutputs = info->num_outputs + info->num_writes};
}

/// What a context is for, and how large its arrays are.
typedef struct Plan {
  const tenon_model *model;
  const tenon_program *program;
  int32_t threads;
  int profile;
} Plan;

static const int64_t *getRoom(const tenon_program *program,
                              const tenon_model *model, int32_t state) {
  int isAtCapacity = program->at_capacity && program->at_capacity[state];
  return isAtCapacity ? model->states[state].capacity : NULL;
}

static size_t layOut(Context *context, const Plan *plan) {
  char *base = (char *)context;
  const tenon_model *model = plan->model;
  size_t cursor = 0;
  int64_t launches = 0;
  carve(base, &cursor, 1, sizeof(Context));
  Range *ranges = carve(base, &cursor, plan->threads, sizeof(Range));
  Function *functions =
      carve(base, &cursor, model->num_functions, sizeof(Function));
  State *states = carve(base, &cursor, model->num_states, sizeof(State));
  Block *late =
      carve(base, &cursor, plan->program->num_late_blocks, sizeof(Block));
  Transfer *transfers =
      carve(base, &cursor, tenon_rt_max_transfers(model, plan->program),
            sizeof(Transfer));
  for (int32_t i = 0; i < model->num_functions; ++i) {
    Function function = getFunction(model, plan->program, i);
    function.firstLaunch = launches;
    launches += function.code->num_launches;
    layOutFunction(&function, base, &cursor, plan->profile);
    if (base)
      functions[i] = function;
  }
  for (int32_t i = 0; i < model->num_states; ++i) {
    int32_t rank = model->states[i].rank;
    int64_t *dims = carve(base, &cursor, 2 * rank, sizeof(int64_t));
    if (base)
      states[i] = (State){.info = &model->states[i],
                          .room = getRoom(plan->program, model, i),
                          .dims = dims,
                          .nextDims = dims + rank};
  }
  if (base) {
    context->ranges = ranges;
    context->functions = functions;
    context->states = states;
    context->late = late;
    context->transfers = transfers;
  }
  return cursor;
}

static int32_t countThreads(const tenon_program *program,
                            const tenon_options *options, int32_t cores) {
  if (program->is_sequential)
    return 1;
  // An application's own threads are as many as it says.
  if (options->threads && (options->parallel_for || options->threads < cores))
    return options->threads;
  return cores;
}

static Context *allocateContext(const tenon_model *model,
                                const tenon_program *program,
                                const tenon_options *options) {
  int32_t cores = tenon_rt_num_cores();
  Plan plan = {model, program, countThreads(program, options, cores),
               options->profile};
  size_t size = layOut(NULL, &plan);
  void *memory = NULL;
  if (posix_memalign(&memory, 64, size))
    return NULL;
  memset(memory, 0, size);
  Context *context = memory;
  layOut(context, &plan);
  context->base.model = model;
  context->program = program;
  context->options = *options;
  context->threads = plan.threads;
  if (options->device == TENON_DEVICE_CUDA) {
    context->threads = 1;
    context->workers = MaxBlocks;
    return context;
  }
  if (!options->parallel_for) {
    context->pool = tenon_rt_pool_acquire(plan.threads, cores);
    context->threads = context->pool.available;
  }
  context->workers = context->threads;
  return context;
}

// What calls of functions without symbols need is known now.
static tenon_status prepareStatic(Context *context, tenon_error *error) {
  tenon_status status = TENON_OK;
  for (int32_t i = 0;
       i < context->base.model->num_functions && status == TENON_OK; ++i) {
    context->current = &context->functions[i];
    if (context->current->info->num_symbols)
      continue;
    status = tenon_rt_compute_sizes(context, error);
    if (status == TENON_OK)
      status = tenon_rt_grow_workspace(context, error);
  }
  return status;
}

// The weights, and the states' first values, which are among the host's.
static tenon_status findWeights(Context *context, tenon_error *error) {
  const tenon_model *model = context->base.model;
  const char *path = context->options.weights_path;
  tenon_rt_weights weights, firsts;
  tenon_status status = tenon_rt_find_weights(model->name, context->program,
                                              path, &weights, error);
  if (status != TENON_OK)
    return status;
  context->frame.weights = weights.data;
  context->mappedWeights = weights.mapping;
  firsts = weights;
  if (context->program != model->program && model->num_states) {
    status = tenon_rt_find_weights(model->name, model->program, NULL, &firsts,
                                   error);
    if (status != TENON_OK)
      return status;
    context->mappedFirsts = firsts.mapping;
  }
  for (int32_t i = 0; i < model->num_states; ++i)
    context->states[i].first = firsts.data + model->states[i].first;
  return TENON_OK;
}

static tenon_status openContext(Context *context, tenon_error *error) {
  tenon_status status = findWeights(context, error);
  if (status == TENON_OK && context->options.device == TENON_DEVICE_CUDA)
    status = tenon_rt_open_device(context, context->frame.weights, error);
  if (status == TENON_OK)
    status = prepareStatic(context, error);
  return status == TENON_OK
             ? tenon_rt_reset_state(&context->base, /*state=*/-1, error)
             : status;
}

tenon_context *tenon_rt_open(const tenon_model *model,
                             const tenon_options *given, tenon_error *error) {
  tenon_options options;
  if (!model) {
    tenon_rt_fail(error, TENON_ERR_ARGUMENT, "expected a model, got NULL");
    return NULL;
  }
  if (readOptions(given, &options, error) != TENON_OK ||
      checkMachine(model, &options, error) != TENON_OK ||
      checkSymbols(model, error) != TENON_OK ||
      tenon_rt_check_communicator(&options, error) != TENON_OK)
    return NULL;
  const tenon_program *program = options.device == TENON_DEVICE_CUDA
                                     ? model->program->on_device
                                     : model->program;
  Context *context = allocateContext(model, program, &options);
  if (!context) {
    tenon_rt_fail(error, TENON_ERR_MEMORY,
                  "model '%s': cannot allocate a context", model->name);
    return NULL;
  }
  if (openContext(context, error) != TENON_OK) {
    tenon_rt_close(&context->base);
    return NULL;
  }
  return &context->base;
}

void tenon_rt_close(tenon_context *base) {
  Context *context = (Context *)base;
  if (!context)
    return;
  const tenon_model *model = base->model;
  tenon_rt_free_states(context);
  tenon_rt_free_late(context);
  tenon_rt_free_transfers(context);
  tenon_rt_close_device(context);
  if (context->pool.home)
    tenon_rt_pool_release(context->pool);
  for (int32_t f = 0; f < model->num_functions; ++f)
    for (int32_t i = 0; i < model->functions[f].num_outputs; ++i)
      tenon_rt_free_block(context, &context->functions[f].lent[i]);
  tenon_rt_free_block(context, &context->workspace);
  if (context->mappedWeights)
    munmap(context->mappedWeights, context->program->weights_size);
  if (context->mappedFirsts)
    munmap(context->mappedFirsts, model->program->weights_size);
  free(context);
}
