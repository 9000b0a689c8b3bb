//===- Mpi.c - ranks that reach each other by MPI -------------------------===//
//
// One thread takes requests in their order. Before each collective the ranks
// exchange a number, the status of their calls: where one has failed, all of
// them leave, and none waits for data that never comes.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/mpi.h"
#include "Reduction.h"

#include <errno.h>
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Request {
  tenon_transfer transfer;
  tenon_status status; ///< TENON_ERR_BUSY: not done
  tenon_error error;
  struct Request *next;
} Request;

typedef struct Ranks {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  Request *first, **last; ///< requests that wait
  int isReady, isClosing;
  tenon_status failed; ///< of a call of this rank, to be told once
  int isApart;         ///< a call of some rank has failed
  int ownsMpi;
  int rank, numRanks;
  tenon_error error; ///< of opening
  MPI_Comm all, host, leaders;
  int numHosts;
} Ranks;

static tenon_status fail(tenon_error *error, tenon_status status,
                         const char *what) {
  if (error) {
    error->status = status;
    snprintf(error->message, sizeof(error->message), "%s", what);
  }
  return status;
}

static tenon_status failMpi(tenon_error *error, const char *what, int code) {
  char text[MPI_MAX_ERROR_STRING] = "", message[sizeof(error->message)];
  int length = 0;
  MPI_Error_string(code, text, &length);
  snprintf(message, sizeof(message), "MPI cannot %s: %s", what, text);
  return fail(error, TENON_ERR_RANK, message);
}

//===----------------------------------------------------------------------===//
// The thread's work
//===----------------------------------------------------------------------===//

/// Ranks of one host; TENON_RANKS_PER_HOST takes so many for a host's, so that
/// both levels can be tried on one machine.
static int splitHosts(Ranks *ranks) {
  const char *perHost = getenv("TENON_RANKS_PER_HOST");
  int rankOnHost = 0, leads = 0;
  int code =
      perHost && atoi(perHost) > 0
          ? MPI_Comm_split(ranks->all, ranks->rank / atoi(perHost), ranks->rank,
                           &ranks->host)
          : MPI_Comm_split_type(ranks->all, MPI_COMM_TYPE_SHARED, ranks->rank,
                                MPI_INFO_NULL, &ranks->host);
  if (!code)
    code = MPI_Comm_rank(ranks->host, &rankOnHost);
  leads = rankOnHost == 0;
  if (!code)
    code = MPI_Comm_split(ranks->all, leads ? 0 : MPI_UNDEFINED, ranks->rank,
                          &ranks->leaders);
  if (!code)
    code = MPI_Allreduce(&leads, &ranks->numHosts, 1, MPI_INT, MPI_SUM,
                         ranks->all);
  return code;
}

static int openMpi(Ranks *ranks) {
  int isInitialized = 0, provided = 0;
  int code = MPI_Initialized(&isInitialized);
  if (!code && !isInitialized) {
    code = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    ranks->ownsMpi = 1;
  }
  if (!code)
    code = MPI_Comm_dup(MPI_COMM_WORLD, &ranks->all);
  if (!code)
    code = MPI_Comm_set_errhandler(ranks->all, MPI_ERRORS_RETURN);
  if (!code)
    code = MPI_Comm_rank(ranks->all, &ranks->rank);
  if (!code)
    code = MPI_Comm_size(ranks->all, &ranks->numRanks);
  return code ? code : splitHosts(ranks);
}

static void closeMpi(Ranks *ranks) {
  if (!ranks->ownsMpi)
    return;
  // who has left without the others cannot wait for them
  if (ranks->isApart)
    return;
  MPI_Finalize();
}

/// MPI's own waiting takes a core that kernels could use: this one asks some
/// times, then sleeps between.
static int await(int code, MPI_Request *request) {
  int isDone = 0;
  for (int64_t i = 0; !code && !isDone; ++i) {
    code = MPI_Test(request, &isDone, MPI_STATUS_IGNORE);
    if (i > 200 && !isDone)
      nanosleep(&(struct timespec){0, i < 1000 ? 20000 : 200000}, NULL);
  }
  return code;
}

static int allReduce(Ranks *ranks, const void *from, void *to, int count,
                     MPI_Datatype type, MPI_Op op) {
  MPI_Request request;
  if (ranks->numHosts == 1 || ranks->numHosts == ranks->numRanks)
    return await(
        MPI_Iallreduce(from, to, count, type, op, ranks->all, &request),
        &request);
  int code =
      await(MPI_Ireduce(from, to, count, type, op, 0, ranks->host, &request),
            &request);
  if (!code && ranks->leaders != MPI_COMM_NULL)
    code = await(MPI_Iallreduce(MPI_IN_PLACE, to, count, type, op,
                                ranks->leaders, &request),
                 &request);
  return code ? code
              : await(MPI_Ibcast(to, count, type, 0, ranks->host, &request),
                      &request);
}

static int transferBytes(Ranks *ranks, const tenon_transfer *transfer) {
  int64_t bytes = transfer->count * tenon_dtype_bits(transfer->dtype) / 8;
  int size = (int)bytes, code;
  MPI_Request request;
  switch (transfer->kind) {
  case TENON_ALL_GATHER:
    code = MPI_Iallgather(transfer->from, size, MPI_BYTE, transfer->to, size,
                          MPI_BYTE, ranks->all, &request);
    break;
  case TENON_BROADCAST:
    if (transfer->rank == ranks->rank)
      memcpy(transfer->to, transfer->from, bytes);
    code = MPI_Ibcast(transfer->to, size, MPI_BYTE, transfer->rank, ranks->all,
                      &request);
    break;
  case TENON_SEND:
    code = MPI_Isend(transfer->from, size, MPI_BYTE, transfer->rank,
                     transfer->tag, ranks->all, &request);
    break;
  default:
    code = MPI_Irecv(transfer->to, size, MPI_BYTE, transfer->rank,
                     transfer->tag, ranks->all, &request);
    break;
  }
  return await(code, &request);
}

/// Parts of a transfer that MPI's counts, which are ints, can say.
static int transferPart(Ranks *ranks, const tenon_transfer *transfer) {
  MPI_Datatype type;
  MPI_Op op;
  if (transfer->kind != TENON_ALL_REDUCE)
    return transferBytes(ranks, transfer);
  int code = tenon_mpi_find_reduction(transfer, &type, &op);
  if (!code)
    code = allReduce(ranks, transfer->from, transfer->to, (int)transfer->count,
                     type, op);
  if (!code && transfer->reduction == TENON_MEAN)
    tenon_mpi_divide(transfer, ranks->numRanks);
  return code;
}

enum { MaxPart = 1 << 27 };

static int transferAll(Ranks *ranks, const tenon_transfer *transfer) {
  if (transfer->kind == TENON_ALL_GATHER)
    return transfer->count > MaxPart ? MPI_ERR_COUNT
                                     : transferPart(ranks, transfer);
  int64_t elementBytes = tenon_dtype_bits(transfer->dtype) / 8;
  int code = MPI_SUCCESS;
  for (int64_t begin = 0; begin < transfer->count && !code; begin += MaxPart) {
    tenon_transfer part = *transfer;
    int64_t rest = transfer->count - begin;
    part.count = rest < MaxPart ? rest : MaxPart;
    if (part.from)
      part.from = (const char *)part.from + begin * elementBytes;
    if (part.to)
      part.to = (char *)part.to + begin * elementBytes;
    code = transferPart(ranks, &part);
  }
  return code;
}

/// Tells all ranks this one's status; who has failed, and how.
static tenon_status exchangeStatus(Ranks *ranks, tenon_status own,
                                   tenon_error *error) {
  struct {
    int status, rank;
  } mine = {own, ranks->rank}, worst;
  char message[128];
  int code = allReduce(ranks, &mine, &worst, 1, MPI_2INT, MPI_MAXLOC);
  if (code)
    return failMpi(error, "reach the other ranks", code);
  if (worst.status == TENON_OK)
    return TENON_OK;
  snprintf(message, sizeof(message),
           "the call of rank %d has failed (status %d)", worst.rank,
           worst.status);
  return fail(error, TENON_ERR_RANK, message);
}

static tenon_status perform(Ranks *ranks, Request *request) {
  int isCollective = request->transfer.kind <= TENON_BROADCAST;
  if (ranks->isApart)
    return fail(&request->error, TENON_ERR_RANK,
                "a call of some rank has failed before");
  tenon_status status = isCollective
                            ? exchangeStatus(ranks, TENON_OK, &request->error)
                            : TENON_OK;
  if (status != TENON_OK)
    return status;
  int code = transferAll(ranks, &request->transfer);
  return code ? failMpi(&request->error, "exchange data", code) : TENON_OK;
}

static void finish(Ranks *ranks, Request *request, tenon_status status) {
  pthread_mutex_lock(&ranks->lock);
  ranks->isApart |= status != TENON_OK;
  request->status = status;
  pthread_cond_broadcast(&ranks->changed);
  pthread_mutex_unlock(&ranks->lock);
}

/// The next request; NULL: none will come. Tells of a failure before it.
static Request *getNext(Ranks *ranks, tenon_status *failed) {
  pthread_mutex_lock(&ranks->lock);
  while (!ranks->first && !ranks->isClosing && !ranks->failed)
    pthread_cond_wait(&ranks->changed, &ranks->lock);
  *failed = ranks->failed;
  ranks->failed = TENON_OK;
  Request *request = *failed ? NULL : ranks->first;
  if (request) {
    ranks->first = request->next;
    if (!ranks->first)
      ranks->last = &ranks->first;
  }
  pthread_mutex_unlock(&ranks->lock);
  return request;
}

static void *work(void *arg) {
  Ranks *ranks = arg;
  int code = openMpi(ranks);
  pthread_mutex_lock(&ranks->lock);
  if (code)
    failMpi(&ranks->error, "be started", code);
  ranks->isReady = 1;
  pthread_cond_broadcast(&ranks->changed);
  pthread_mutex_unlock(&ranks->lock);
  for (;;) {
    tenon_status failed;
    Request *request = getNext(ranks, &failed);
    if (request)
      finish(ranks, request, perform(ranks, request));
    else if (!failed)
      break;
    else if (!ranks->isApart) {
      ranks->isApart = 1;
      exchangeStatus(ranks, failed, NULL);
    }
  }
  closeMpi(ranks);
  return NULL;
}

//===----------------------------------------------------------------------===//
// The communicator
//===----------------------------------------------------------------------===//

static tenon_status start(void *user, const tenon_transfer *transfer,
                          void **handle, tenon_error *error) {
  Ranks *ranks = user;
  Request *request = calloc(1, sizeof(*request));
  if (!request)
    return fail(error, TENON_ERR_MEMORY, "cannot allocate a request");
  request->transfer = *transfer;
  request->status = TENON_ERR_BUSY;
  pthread_mutex_lock(&ranks->lock);
  *ranks->last = request;
  ranks->last = &request->next;
  pthread_cond_broadcast(&ranks->changed);
  pthread_mutex_unlock(&ranks->lock);
  *handle = request;
  return TENON_OK;
}

static struct timespec getDeadline(int64_t nanoseconds) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  nanoseconds += now.tv_nsec;
  now.tv_sec += nanoseconds / 1000000000;
  now.tv_nsec = nanoseconds % 1000000000;
  return now;
}

static tenon_status wait(void *user, void *handle, int64_t nanoseconds,
                         tenon_error *error) {
  Ranks *ranks = user;
  Request *request = handle;
  struct timespec deadline = getDeadline(nanoseconds < 0 ? 0 : nanoseconds);
  int code = 0;
  pthread_mutex_lock(&ranks->lock);
  while (request->status == TENON_ERR_BUSY && code != ETIMEDOUT)
    code = nanoseconds < 0 ? pthread_cond_wait(&ranks->changed, &ranks->lock)
                           : pthread_cond_timedwait(&ranks->changed,
                                                    &ranks->lock, &deadline);
  tenon_status status = request->status;
  pthread_mutex_unlock(&ranks->lock);
  if (status == TENON_ERR_BUSY)
    return status;
  if (status != TENON_OK && error)
    *error = request->error;
  free(request);
  return status;
}

static void tellFailure(void *user, tenon_status status) {
  Ranks *ranks = user;
  pthread_mutex_lock(&ranks->lock);
  ranks->failed = status;
  pthread_cond_broadcast(&ranks->changed);
  pthread_mutex_unlock(&ranks->lock);
}

tenon_status tenon_mpi_open(tenon_communicator *communicator,
                            tenon_error *error) {
  Ranks *ranks = calloc(1, sizeof(*ranks));
  if (!ranks)
    return fail(error, TENON_ERR_MEMORY, "cannot allocate a communicator");
  pthread_condattr_t attributes;
  ranks->last = &ranks->first;
  pthread_mutex_init(&ranks->lock, NULL);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&ranks->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  if (pthread_create(&ranks->thread, NULL, work, ranks)) {
    free(ranks);
    return fail(error, TENON_ERR_SYSTEM, "cannot start a thread for MPI");
  }
  pthread_mutex_lock(&ranks->lock);
  while (!ranks->isReady)
    pthread_cond_wait(&ranks->changed, &ranks->lock);
  pthread_mutex_unlock(&ranks->lock);
  *communicator = (tenon_communicator){sizeof(*communicator),
                                       ranks->rank,
                                       ranks->numRanks,
                                       ranks,
                                       start,
                                       wait,
                                       tellFailure};
  if (ranks->error.status == TENON_OK)
    return TENON_OK;
  tenon_status status = fail(error, TENON_ERR_RANK, ranks->error.message);
  tenon_mpi_close(communicator);
  return status;
}

void tenon_mpi_close(tenon_communicator *communicator) {
  Ranks *ranks = communicator->user;
  pthread_mutex_lock(&ranks->lock);
  ranks->isClosing = 1;
  pthread_cond_broadcast(&ranks->changed);
  pthread_mutex_unlock(&ranks->lock);
  pthread_join(ranks->thread, NULL);
  pthread_cond_destroy(&ranks->changed);
  pthread_mutex_destroy(&ranks->lock);
  free(ranks);
  communicator->user = NULL;
}

void tenon_mpi_abort(tenon_communicator *communicator) {
  const Ranks *ranks = communicator->user;
  MPI_Abort(ranks->all, /*errorcode=*/1);
}
