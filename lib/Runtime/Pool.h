//===- Pool.h - worker threads that all runs of a process share -*- C -*-===//
//
// One pool a process, though each artefact carries its own copy of this code:
// see findPoolHome, and docs/Rationale/Runtime.md for the reasons.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RUNTIME_POOL_H
#define TENON_RUNTIME_POOL_H

#include <stdint.h>

/// Work of one participant of a parallel region. `task` is different for each
/// participant; `worker` names the thread (0: the caller), so that it can go
/// on with the data that its cache holds.
typedef void (*tenon_rt_pool_body)(void *arg, int32_t task, int32_t worker);

/// A pool, as the copies of the runtime in other artefacts see it. This layout
/// and these signatures are an ABI between versions of Tenon: a change of them
/// changes TENON_RT_POOL_VERSION, and copies of unequal versions do not share.
typedef struct tenon_rt_pool_home {
  /// Registers a user that runs with up to `threads` threads, the caller's
  /// included, and starts workers for it, in all up to `cores` - 1 or the
  /// largest `threads` - 1. Returns how many threads there are for it.
  int32_t (*acquire)(int32_t threads, int32_t cores);
  /// Unregisters it; the last one ends the workers.
  void (*release)(int32_t threads);
  /// Bracket a run, so that workers leave the cores of running callers alone.
  void (*enter)(void);
  void (*leave)(void);
  /// Calls body(arg, 0, 0) here and body(arg, task, worker) for some of the
  /// tasks 1 .. tasks - 1 on those workers that come before it returns: each
  /// call of body has to go on until no work is left.
  void (*parallel)(int32_t tasks, tenon_rt_pool_body body, void *arg);
} tenon_rt_pool_home;

#define TENON_RT_POOL_VERSION 1

/// This copy's own pool, which is the process's only if it is found first.
extern const tenon_rt_pool_home tenon_rt_own_pool;

/// Use of the process's pool, held by each context.
typedef struct tenon_rt_pool_use {
  const tenon_rt_pool_home *home;
  void *library;     ///< keeps the home's artefact loaded
  int32_t threads;   ///< asked for
  int32_t available; ///< of them, the caller's included
} tenon_rt_pool_use;

tenon_rt_pool_use tenon_rt_pool_acquire(int32_t threads, int32_t cores);
void tenon_rt_pool_release(tenon_rt_pool_use use);

#endif // TENON_RUNTIME_POOL_H
