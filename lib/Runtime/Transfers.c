//===- Transfers.c - what a context's rank does with others ---------------===//
//
// Compiled programs start transfers between their launches and await them
// later; the communicator of the options does them meanwhile. Without one, the
// only rank hands itself its own values.
//
//===----------------------------------------------------------------------===//
#include "Transfers.h"
#include "Device.h"
#include "Error.h"
#include "Late.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/// How often a call that waits asks whether it is to go on.
static const int64_t NanosecondsBetweenQuestions = 20000000;

static Context *getContext(tenon_rt_frame *frame) {
  return (Context *)((char *)frame - offsetof(Context, frame));
}

tenon_status tenon_rt_check_communicator(const tenon_options *options,
                                         tenon_error *error) {
  const tenon_communicator *ranks = options->communicator;
  if (!ranks)
    return TENON_OK;
  if (ranks->size < sizeof(*ranks) || !ranks->start || !ranks->wait ||
      !ranks->fail)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "option communicator: expected its size set, and "
                         "functions start, wait and fail");
  if (ranks->rank < 0 || ranks->rank >= ranks->num_ranks)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "option communicator: expected a rank from 0 to %d, "
                         "got %d",
                         ranks->num_ranks - 1, ranks->rank);
  return TENON_OK;
}

int64_t tenon_rt_max_transfers(const tenon_model *model,
                               const tenon_program *program) {
  int64_t most = 0;
  for (int32_t i = 0; i < model->num_functions; ++i)
    if (program->functions[i].num_transfers > most)
      most = program->functions[i].num_transfers;
  return most;
}

void tenon_rt_free_transfers(Context *context) {
  int64_t count = tenon_rt_max_transfers(context->base.model, context->program);
  for (int64_t i = 0; i < count; ++i)
    tenon_rt_free_block(context, &context->transfers[i].staging);
}

static int32_t countRanks(const Context *context) {
  const tenon_communicator *ranks = context->options.communicator;
  return ranks ? ranks->num_ranks : 1;
}

/// Whether the ranks that `transfer` names are there.
static tenon_status checkRanks(const Context *context, const char *nodes,
                               const tenon_transfer *transfer, int64_t rank) {
  int32_t numRanks = countRanks(context);
  if (transfer->kind == TENON_ALL_GATHER && rank != numRanks)
    return tenon_rt_fail(context->error, TENON_ERR_ARGUMENT,
                         "node \"%s\": expected %" PRId64
                         " ranks, which the model was compiled for, got %d",
                         nodes, rank, numRanks);
  if (transfer->kind >= TENON_BROADCAST && rank >= numRanks)
    return tenon_rt_fail(context->error, TENON_ERR_ARGUMENT,
                         "node \"%s\": expected rank %" PRId64
                         " among the ranks of the run, of which there are %d",
                         nodes, rank, numRanks);
  if (transfer->kind >= TENON_SEND && !context->options.communicator)
    return tenon_rt_fail(context->error, TENON_ERR_ARGUMENT,
                         "node \"%s\": expected a communicator among the "
                         "context's options",
                         nodes);
  return TENON_OK;
}

/// Copies the operand from the device, and has the result go to the host.
static tenon_status stage(Context *context, Transfer *state,
                          tenon_transfer *transfer, int64_t fromBytes) {
  state->offset = (fromBytes + 63) / 64 * 64;
  tenon_status status = tenon_rt_grow(
      context, &state->staging, state->offset + state->bytes, context->error);
  if (status == TENON_OK && fromBytes)
    status =
        tenon_rt_copy_from_device(context, state->staging.data, transfer->from,
                                  fromBytes, context->error);
  state->to = transfer->to;
  transfer->from = state->staging.data;
  transfer->to = state->staging.data + state->offset;
  return status;
}

int32_t tenon_rt_start(tenon_rt_frame *frame, int64_t number, const char *nodes,
                       int64_t kind, int64_t reduction, int64_t dtype,
                       int64_t rank, int64_t tag, const void *from, void *to,
                       int64_t count) {
  Context *context = getContext(frame);
  Transfer *state = &context->transfers[number];
  const tenon_communicator *ranks = context->options.communicator;
  int64_t bytes = count * tenon_dtype_bits((int32_t)dtype) / 8;
  tenon_transfer transfer = {.kind = (int32_t)kind,
                             .reduction = (int32_t)reduction,
                             .dtype = (int32_t)dtype,
                             .rank = (int32_t)rank,
                             .tag = (int32_t)tag,
                             .count = count,
                             .from = from,
                             .to = to};
  int32_t status = tenon_rt_ask(frame);
  if (status == TENON_OK)
    status = checkRanks(context, nodes, &transfer, rank);
  if (status != TENON_OK)
    return status;
  if (!ranks)
    return tenon_rt_move(context, to, from, bytes);
  state->bytes = kind == TENON_ALL_GATHER ? bytes * ranks->num_ranks
                 : kind == TENON_SEND     ? 0
                                          : bytes;
  if (context->device)
    status =
        stage(context, state, &transfer, kind == TENON_RECEIVE ? 0 : bytes);
  if (status == TENON_OK)
    status =
        ranks->start(ranks->user, &transfer, &state->request, context->error);
  if (status == TENON_OK)
    state->nodes = nodes;
  return status;
}

int32_t tenon_rt_await(tenon_rt_frame *frame, int64_t number) {
  Context *context = getContext(frame);
  Transfer *state = &context->transfers[number];
  const tenon_communicator *ranks = context->options.communicator;
  int32_t status = tenon_rt_ask(frame);
  if (!state->nodes || status != TENON_OK)
    return status;
  do {
    status = ranks->wait(ranks->user, state->request,
                         NanosecondsBetweenQuestions, context->error);
    if (status == TENON_ERR_BUSY && tenon_rt_ask(frame) != TENON_OK)
      return TENON_ERR_CANCELLED;
  } while (status == TENON_ERR_BUSY);
  state->nodes = NULL;
  if (status == TENON_OK && context->device && state->bytes)
    status = tenon_rt_copy_to_device(context, state->to,
                                     state->staging.data + state->offset,
                                     state->bytes, context->error);
  return status;
}

int32_t tenon_rt_rank(tenon_rt_frame *frame, void *element) {
  const tenon_communicator *ranks = getContext(frame)->options.communicator;
  return tenon_rt_write(frame, element, ranks ? ranks->rank : 0);
}

void tenon_rt_end_transfers(Context *context, tenon_status status) {
  const tenon_communicator *ranks = context->options.communicator;
  int64_t count = context->current->code->num_transfers;
  if (!ranks || !count || status == TENON_OK)
    return;
  ranks->fail(ranks->user, status);
  for (int64_t i = 0; i < count; ++i) {
    Transfer *state = &context->transfers[i];
    if (state->nodes)
      ranks->wait(ranks->user, state->request, /*nanoseconds=*/-1, NULL);
    state->nodes = NULL;
  }
}
