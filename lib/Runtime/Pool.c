//===- Pool.c - worker threads that all runs of a process share -----------===//
//
// A parallel region is a job in one of a few slots. Idle workers spin on
// `epoch`, which each new job increments, then sleep on it. A worker joins a
// job by taking one of its tickets; the caller works too, and never waits for
// a worker that did not join. So a region is right with any number of workers,
// also none (after a fork, or when the machine is busy with other things).
//
//===----------------------------------------------------------------------===//
#include "Pool.h"
#include "Futex.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

enum { MaxWorkers = 511, NumSlots = 16 };

// A wake-up takes 8.5 us, the distance between two launches of a run rarely as
// much; 200 us bridge what an application does between two runs of a stream.
static const int64_t SpinNanoseconds = 200000;
// After this long a spinning worker offers its core to others.
static const int64_t PoliteNanoseconds = 20000;

// The state of a slot: tickets left, workers inside, and who waits.
enum {
  Ticket = 1u << 16,
  TicketMask = 0x3ffu << 16,
  Inside = 1u,
  InsideMask = 0x3ffu,
  CallerSleeps = 1u << 15
};

typedef struct Slot {
  _Alignas(64) atomic_uint state;
  atomic_uint taken; // by a caller
  int32_t tasks;
  tenon_rt_pool_body body;
  void *arg;
} Slot;

// What callers and workers write is on different cache lines: publishing a job
// to spinning workers then moves one line.
static struct {
  _Alignas(64) atomic_uint epoch;
  _Alignas(64) atomic_int sleepers;
  _Alignas(64) atomic_int busy;    // workers inside of jobs
  _Alignas(64) atomic_int callers; // runs in progress
  atomic_int width;                // most threads at once, callers included
  atomic_int stopping;
  Slot slots[NumSlots];
  // All below belongs to the holder of the mutex.
  pthread_mutex_t mutex;
  atomic_int process; // that the workers live in; 0: none, -1: restarting
  int32_t users, wanted, numWorkers;
  pthread_t workers[MaxWorkers];
} pool = {.mutex = PTHREAD_MUTEX_INITIALIZER};

// Works for the job of a slot if it has a ticket left. All that the body needs
// is stable from joining until leaving, for the caller waits for those inside.
static int joinJob(Slot *slot, int32_t worker) {
  uint32_t state = atomic_load(&slot->state);
  do {
    if (!(state & TicketMask))
      return 0;
  } while (!atomic_compare_exchange_weak(&slot->state, &state,
                                         state - Ticket + Inside));
  int32_t ticketsLeft = (int32_t)((state & TicketMask) / Ticket);
  slot->body(slot->arg, slot->tasks - ticketsLeft, worker);
  state = atomic_fetch_sub(&slot->state, Inside);
  if ((state & InsideMask) == 1 && (state & CallerSleeps))
    tenon_rt_futex_wake(&slot->state, 1);
  return 1;
}

static int joinAnyJob(int32_t worker) {
  int joined = 0;
  // Running callers and workers together never outnumber the cores.
  if (atomic_fetch_add(&pool.busy, 1) + atomic_load(&pool.callers) <
      atomic_load(&pool.width))
    for (int i = 0; i < NumSlots && !joined; ++i)
      joined = joinJob(&pool.slots[i], worker);
  atomic_fetch_sub(&pool.busy, 1);
  return joined;
}

static void waitForEpochAfter(uint32_t seen) {
  int64_t start = tenon_rt_nanoseconds(), waited = 0;
  while (waited < SpinNanoseconds) {
    for (int i = 0; i < 32; ++i) {
      if (atomic_load_explicit(&pool.epoch, memory_order_acquire) != seen)
        return;
      tenon_rt_pause();
    }
    waited = tenon_rt_nanoseconds() - start;
    if (waited > PoliteNanoseconds)
      sched_yield();
  }
  atomic_fetch_add(&pool.sleepers, 1);
  tenon_rt_futex_wait(&pool.epoch, seen);
  atomic_fetch_sub(&pool.sleepers, 1);
}

static void *runWorker(void *arg) {
  int32_t worker = (int32_t)(intptr_t)arg;
  prctl(PR_SET_NAME, "tenon-worker");
  for (;;) {
    uint32_t seen = atomic_load(&pool.epoch);
    if (atomic_load(&pool.stopping))
      return NULL;
    while (joinAnyJob(worker))
      ;
    waitForEpochAfter(seen);
  }
}

static void announce(int32_t numWorkers) {
  atomic_fetch_add(&pool.epoch, 1);
  if (atomic_load(&pool.sleepers) > 0)
    tenon_rt_futex_wake(&pool.epoch, numWorkers);
}

// Takes back the tickets that nobody came for, then waits for the others.
static void finishJob(Slot *slot) {
  uint32_t state = atomic_fetch_and(&slot->state, ~(uint32_t)TicketMask);
  for (int i = 0; i < 2000; ++i) {
    if (!(atomic_load(&slot->state) & InsideMask))
      return;
    tenon_rt_pause();
  }
  atomic_fetch_or(&slot->state, CallerSleeps);
  while ((state = atomic_load(&slot->state)) & InsideMask)
    tenon_rt_futex_wait(&slot->state, state);
}

static Slot *takeSlot(void) {
  for (int i = 0; i < NumSlots; ++i)
    if (!atomic_load(&pool.slots[i].taken) &&
        !atomic_exchange(&pool.slots[i].taken, 1))
      return &pool.slots[i];
  return NULL;
}

static void runParallel(int32_t tasks, tenon_rt_pool_body body, void *arg) {
  if (tasks > MaxWorkers + 1)
    tasks = MaxWorkers + 1;
  Slot *slot = tasks > 1 ? takeSlot() : NULL;
  if (!slot) {
    body(arg, 0, 0);
    return;
  }
  slot->tasks = tasks;
  slot->body = body;
  slot->arg = arg;
  atomic_store(&slot->state, (uint32_t)(tasks - 1) * Ticket);
  announce(tasks - 1);
  body(arg, 0, 0);
  finishJob(slot);
  atomic_store(&slot->taken, 0);
}

// Signals are the application's threads' business.
static void startWorkers(void) {
  int32_t width = atomic_load(&pool.width), count = pool.wanted;
  count = count < width - 1 ? count : width - 1;
  count = count < MaxWorkers ? count : MaxWorkers;
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  while (pool.numWorkers < count &&
         !pthread_create(&pool.workers[pool.numWorkers], NULL, runWorker,
                         (void *)(intptr_t)(pool.numWorkers + 1)))
    ++pool.numWorkers;
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

static void forgetParent(void) {
  for (int i = 0; i < NumSlots; ++i) {
    atomic_store(&pool.slots[i].state, 0);
    atomic_store(&pool.slots[i].taken, 0);
  }
  atomic_store(&pool.sleepers, 0);
  atomic_store(&pool.callers, 0);
  atomic_store(&pool.busy, 0);
  pool.numWorkers = 0;
  pthread_mutex_init(&pool.mutex, NULL);
}

// A forked child has the parent's users but none of its workers, and what the
// parent's other threads were doing goes on nowhere: start anew. One of the
// child's threads does it, the others wait for it.
static void restartAfterFork(void) {
  int self = (int)getpid(), process = atomic_load(&pool.process);
  if (process == self || process == 0)
    return;
  if (process != -1 &&
      atomic_compare_exchange_strong(&pool.process, &process, -1)) {
    forgetParent();
    startWorkers();
    atomic_store(&pool.process, self);
  }
  while (atomic_load(&pool.process) == -1)
    sched_yield();
}

static int32_t acquire(int32_t threads, int32_t cores) {
  restartAfterFork();
  pthread_mutex_lock(&pool.mutex);
  atomic_store(&pool.process, (int)getpid());
  int32_t width = atomic_load(&pool.width);
  width = width > cores ? width : cores;
  width = width > threads ? width : threads;
  atomic_store(&pool.width, width);
  ++pool.users;
  pool.wanted += threads - 1;
  startWorkers();
  int32_t available = pool.numWorkers + 1;
  pthread_mutex_unlock(&pool.mutex);
  return threads < available ? threads : available;
}

static void stopWorkers(void) {
  atomic_store(&pool.stopping, 1);
  announce(pool.numWorkers);
  for (int32_t i = 0; i < pool.numWorkers; ++i)
    pthread_join(pool.workers[i], NULL);
  pool.numWorkers = 0;
  atomic_store(&pool.width, 0);
  atomic_store(&pool.stopping, 0);
}

static void release(int32_t threads) {
  restartAfterFork();
  pthread_mutex_lock(&pool.mutex);
  pool.wanted -= threads - 1;
  if (--pool.users == 0)
    stopWorkers();
  pthread_mutex_unlock(&pool.mutex);
}

static void enter(void) {
  restartAfterFork();
  atomic_fetch_add(&pool.callers, 1);
}

static void leave(void) { atomic_fetch_sub(&pool.callers, 1); }

const tenon_rt_pool_home tenon_rt_own_pool = {acquire, release, enter, leave,
                                              runParallel};
