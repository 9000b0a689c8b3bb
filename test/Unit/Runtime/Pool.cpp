//===- Pool.cpp - the pool by itself --------------------------------------===//
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

extern "C" {
#include "Pool.h"
}

namespace {

// More threads than this machine may have cores: the pool does as it is told.
constexpr int32_t threads = 6;

struct Users {
  Users() : available(tenon_rt_own_pool.acquire(threads, threads)) {}
  ~Users() { tenon_rt_own_pool.release(threads); }
  int32_t available;
};

/// Counts up to `total` together with whoever comes.
struct Counting {
  std::atomic<int64_t> next{0}, done{0};
  std::atomic<uint32_t> tasksSeen{0}, workersSeen{0};
  int64_t total = 0;

  static void body(void *arg, int32_t task, int32_t worker) {
    auto *self = static_cast<Counting *>(arg);
    // Each participant has a task number of its own.
    EXPECT_EQ(self->tasksSeen.fetch_or(1u << task) & (1u << task), 0u);
    self->workersSeen |= 1u << worker;
    while (self->next.fetch_add(1) < self->total)
      self->done.fetch_add(1);
  }
};

TEST(Pool, DoesAllWorkOfManyRegions) {
  Users users;
  EXPECT_EQ(users.available, threads);
  tenon_rt_own_pool.enter();
  for (int region = 0; region < 20000; ++region) {
    Counting work;
    work.total = region % 50;
    tenon_rt_own_pool.parallel(1 + region % threads, Counting::body, &work);
    ASSERT_EQ(work.done, work.total);
  }
  tenon_rt_own_pool.leave();
}

TEST(Pool, BringsWorkersToLongWork) {
  Users users;
  tenon_rt_own_pool.enter();
  Counting work;
  // Long enough for sleeping workers to come, even on a busy machine: it ends
  // when one came.
  work.total = INT64_MAX / 2;
  std::thread stopper([&] {
    while ((work.workersSeen & ~1u) == 0)
      std::this_thread::yield();
    work.next = work.total;
  });
  tenon_rt_own_pool.parallel(threads, Counting::body, &work);
  stopper.join();
  tenon_rt_own_pool.leave();
}

TEST(Pool, ServesSeveralCallers) {
  Users users;
  std::vector<std::thread> callers;
  for (int i = 0; i < 20; ++i)
    callers.emplace_back([] {
      tenon_rt_own_pool.enter();
      for (int region = 0; region < 500; ++region) {
        Counting work;
        work.total = 20;
        tenon_rt_own_pool.parallel(threads, Counting::body, &work);
        EXPECT_EQ(work.done, work.total);
      }
      tenon_rt_own_pool.leave();
    });
  for (std::thread &caller : callers)
    caller.join();
}

TEST(Pool, LeavesRunningCallersTheirCores) {
  tenon_rt_own_pool.acquire(2, 2);
  // Two cores, two callers inside of a run: no worker has a core left.
  tenon_rt_own_pool.enter();
  tenon_rt_own_pool.enter();
  struct Work {
    std::atomic<int> participants{0}, rounds{0};
  } work;
  for (int i = 0; i < 1000; ++i)
    tenon_rt_own_pool.parallel(
        2,
        [](void *arg, int32_t, int32_t) {
          auto *work = static_cast<Work *>(arg);
          ++work->participants;
          while (++work->rounds % 100)
            ;
        },
        &work);
  EXPECT_EQ(work.participants, 1000);
  tenon_rt_own_pool.leave();
  tenon_rt_own_pool.leave();
  tenon_rt_own_pool.release(2);
}

TEST(Pool, StartsAndStopsWithItsUsers) {
  for (int i = 0; i < 50; ++i) {
    Users outer;
    Counting work;
    work.total = 100;
    tenon_rt_own_pool.parallel(threads, Counting::body, &work);
    Users inner;
    EXPECT_EQ(work.done, 100);
  }
}

} // namespace
