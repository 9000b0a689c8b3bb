//===- Emulator.cpp - device kernels on the host, right and broken ones ---===//

#include "gtest/gtest.h"

#include <array>
#include <cstdint>
#include <cstdlib>

using Thread = void (*)(void *const *, const int64_t *, void *, int64_t,
                        int64_t);

extern "C" {
void tenon_rt_emulate(Thread thread, void *const *buffers, const int64_t *dims,
                      void *scratch, int64_t begin, int64_t end,
                      int64_t threads, int64_t sharedBytes);
int32_t tenon_rt_emulated_register(int32_t number);
int32_t tenon_rt_emulated_shuffle(int32_t value, int32_t distance);
void *tenon_rt_emulated_shared();
void tenon_rt_emulated_barrier();
}

namespace {
constexpr int kThreads = 64;
constexpr const char *kOrders[] = {"forward", "backward", "mixed"};

using Numbers = std::array<int32_t, kThreads>;

int32_t *getShared() {
  return static_cast<int32_t *>(tenon_rt_emulated_shared());
}

/// Each thread gives its number to the one that mirrors it.
template <bool hasBarrier, int shift = 0>
void reverse(void *const *buffers, const int64_t *, void *, int64_t, int64_t) {
  int32_t thread = tenon_rt_emulated_register(0);
  getShared()[thread] = thread;
  if (hasBarrier)
    tenon_rt_emulated_barrier();
  static_cast<int32_t *>(buffers[0])[thread] =
      getShared()[kThreads - 1 - thread + shift];
}

/// In how many orders the kernel reverses the threads' numbers.
int countRight(Thread kernel) {
  int right = 0;
  for (const char *order : kOrders) {
    setenv("TENON_EMULATOR_ORDER", order, 1);
    Numbers numbers{};
    void *buffers[] = {numbers.data()};
    tenon_rt_emulate(kernel, buffers, nullptr, nullptr, 0, 1, kThreads,
                     2 * sizeof(Numbers));
    bool isReversed = true;
    for (int i = 0; i < kThreads; ++i)
      isReversed &= numbers[i] == kThreads - 1 - i;
    right += isReversed;
  }
  unsetenv("TENON_EMULATOR_ORDER");
  return right;
}

TEST(Emulator, RunsAKernelInAllOrders) {
  EXPECT_EQ(countRight(reverse<true>), 3);
}

TEST(Emulator, ShowsAMissingBarrier) {
  EXPECT_EQ(countRight(reverse<false>), 0);
}

TEST(Emulator, ShowsAWrongIndex) {
  EXPECT_EQ((countRight(reverse<true, 1>)), 0);
}

void sumWarp(void *const *buffers, const int64_t *, void *, int64_t, int64_t) {
  int32_t thread = tenon_rt_emulated_register(0), sum = thread;
  for (int32_t distance = 16; distance > 0; distance /= 2)
    sum += tenon_rt_emulated_shuffle(sum, distance);
  static_cast<int32_t *>(buffers[0])[thread] = sum;
}

TEST(Emulator, ShufflesWithinWarps) {
  Numbers sums{};
  void *buffers[] = {sums.data()};
  tenon_rt_emulate(sumWarp, buffers, nullptr, nullptr, 0, 1, kThreads, 0);
  for (int i = 0; i < kThreads; ++i)
    EXPECT_EQ(sums[i], i < 32 ? 31 * 16 : 31 * 16 + 32 * 32) << i;
}

void waitInOneWarp(void *const *, const int64_t *, void *, int64_t, int64_t) {
  if (tenon_rt_emulated_register(0) < 32)
    tenon_rt_emulated_barrier();
}

TEST(EmulatorDeathTest, ReportsADeadlock) {
  EXPECT_DEATH(tenon_rt_emulate(waitInOneWarp, nullptr, nullptr, nullptr, 0, 1,
                                kThreads, 0),
               "threads wait for others that never arrive");
}
} // namespace
