// Three threads as ranks, each with a context, that reach each other by a table
// of functions.
#include "ranks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NumRanks = 3, MaxTransfers = 8 };

static pthread_barrier_t barrier;
static const tenon_transfer *present[NumRanks];
static tenon_status statuses[NumRanks];

// What a rank has started and not yet done: it is done when the rank waits.
typedef struct Rank {
  int number, begun, done;
  tenon_transfer started[MaxTransfers];
  tenon_status status, failure;
} Rank;

static float reduce(int32_t kind, float a, float b) {
  return kind == TENON_MAX ? (a > b ? a : b) : a + b;
}

static void perform(const tenon_transfer *t) {
  float *to = t->to;
  for (int64_t i = 0; i < t->count; ++i) {
    float all = ((const float *)present[0]->from)[i];
    for (int r = 1; r < NumRanks; ++r)
      all = reduce(t->reduction, all, ((const float *)present[r]->from)[i]);
    if (t->kind == TENON_ALL_REDUCE)
      to[i] = t->reduction == TENON_MEAN ? all / NumRanks : all;
    else if (t->kind == TENON_BROADCAST)
      to[i] = ((const float *)present[t->rank]->from)[i];
    for (int r = 0; r < NumRanks && t->kind == TENON_ALL_GATHER; ++r)
      to[r * t->count + i] = ((const float *)present[r]->from)[i];
  }
}

// All ranks come here, with a transfer or with a failure.
static tenon_status meet(Rank *rank, const tenon_transfer *transfer,
                         tenon_status status) {
  present[rank->number] = transfer;
  statuses[rank->number] = status;
  pthread_barrier_wait(&barrier);
  for (int r = 0; r < NumRanks; ++r)
    if (statuses[r] != TENON_OK)
      status = TENON_ERR_RANK;
  if (status == TENON_OK)
    perform(transfer);
  pthread_barrier_wait(&barrier);
  return status;
}

static tenon_status start(void *user, const tenon_transfer *transfer,
                          void **request, tenon_error *error) {
  Rank *rank = user;
  (void)error;
  rank->started[rank->begun % MaxTransfers] = *transfer;
  *request = (void *)(intptr_t)++rank->begun;
  return TENON_OK;
}

static tenon_status wait(void *user, void *request, int64_t nanoseconds,
                         tenon_error *error) {
  Rank *rank = user;
  while (rank->status == TENON_OK && rank->done < (intptr_t)request &&
         nanoseconds >= 0)
    rank->status =
        meet(rank, &rank->started[rank->done++ % MaxTransfers], TENON_OK);
  if (rank->status != TENON_OK && error)
    *error = (tenon_error){rank->status, "another rank has failed"};
  return rank->status;
}

static void fail(void *user, tenon_status status) {
  Rank *rank = user;
  if (rank->status == TENON_OK)
    rank->status = meet(rank, NULL, status);
}

static void check(tenon_context *context, tenon_status status,
                  const tenon_error *error) {
  if (context && status == TENON_OK)
    return;
  printf("status %d: %s\n", status, error->message);
  exit(1);
}

static void *run(void *arg) {
  Rank *rank = arg;
  tenon_communicator ranks = {sizeof(ranks), rank->number, NumRanks, rank,
                              start,         wait,         fail};
  tenon_options options = TENON_OPTIONS_INIT;
  tenon_error error = {0};
  options.communicator = &ranks;
  options.threads = 1;
  tenon_context *context = ranks_open(&options, &error);
  check(context, TENON_OK, &error);
  float r = (float)rank->number, x[4] = {r, 1, -r, 2}, sum[4], mean[4], most[4],
        all[12], first[4], y[4];
  int64_t number, index = 1;
  for (int i = 0; i < 3; ++i)
    check(
        context,
        ranks_reduce(context, x, sum, mean, most, all, first, &number, &error),
        &error);
  int isRight = sum[0] == 6 && sum[1] == 6 && sum[2] == -6 && sum[3] == 12 &&
                mean[0] == 5.0f / 3 && mean[1] == 1 && mean[3] == 4 &&
                most[0] == 2 && most[2] == 0 && first[0] == 1 &&
                first[3] == 4 && number == rank->number;
  for (int i = 0; i < 12; ++i)
    isRight &= all[i] == (i % 4 == 0   ? i / 4
                          : i % 4 == 1 ? 1
                          : i % 4 == 2 ? -(i / 4)
                                       : 2);
  if (!isRight)
    printf("rank %d: wrong numbers\n", rank->number);

  // one rank's index is wrong: no rank waits, and states are as they were
  check(context, ranks_lookup(context, &index, x, y, &error), &error);
  float before[4];
  tenon_tensor state;
  check(context, tenon_get_state(context, 0, &state, &error), &error);
  memcpy(before, state.data, sizeof(before));
  index = rank->number == 2 ? 7 : 0;
  rank->failure = ranks_lookup(context, &index, x, y, &error);
  check(context, tenon_get_state(context, 0, &state, &error), &error);
  if (memcmp(before, state.data, sizeof(before)) || before[1] != 6)
    printf("rank %d: the state has changed\n", rank->number);
  tenon_close(context);
  return NULL;
}

int main(void) {
  pthread_t threads[NumRanks];
  Rank ranks[NumRanks] = {0};
  pthread_barrier_init(&barrier, NULL, NumRanks);
  for (int r = 0; r < NumRanks; ++r) {
    ranks[r].number = r;
    pthread_create(&threads[r], NULL, run, &ranks[r]);
  }
  for (int r = 0; r < NumRanks; ++r)
    pthread_join(threads[r], NULL);
  printf("statuses %d %d %d\n", ranks[0].failure, ranks[1].failure,
         ranks[2].failure);
  return 0;
}
