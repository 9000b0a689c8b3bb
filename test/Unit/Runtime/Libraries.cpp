//===- Libraries.cpp - two compiled models in one process -----------------===//
#include "OpenModel.h"

#include <atomic>
#include <dlfcn.h>
#include <filesystem>
#include <thread>
#include <vector>

namespace {

struct Library {
  explicit Library(const char *name)
      : handle(dlopen(
            (FAKE_LIBRARIES "/FakeModel-" + std::string(name) + ".so").c_str(),
            RTLD_NOW | RTLD_LOCAL)),
        model(handle ? static_cast<const tenon_model *>(
                           dlsym(handle, "tenon_model"))
                     : nullptr) {}
  void *handle;
  const tenon_model *model;
};

// Threads inside of kernels: now, and the most there were.
struct Counter {
  std::atomic<int32_t> now{0}, most{0};
};

int64_t countThreadsOfProcess() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                       std::filesystem::directory_iterator());
}

void runOften(const tenon_model *model, Counter &counter) {
  OpenModel opened(*model);
  ASSERT_TRUE(opened.context) << opened.error.message;
  for (int i = 0; i < 50; ++i) {
    Counter *address = &counter;
    int32_t items = 0;
    tenon_tensor in = {&address, nullptr, TENON_INT64, 0};
    tenon_tensor out = {&items, nullptr, TENON_INT32, 0};
    ASSERT_EQ(tenon_run(opened.context, &in, &out, &opened.error), TENON_OK)
        << opened.error.message;
    EXPECT_EQ(items, 20 * 64);
  }
}

TEST(Libraries, ShareOnePoolWithoutOversubscribing) {
  Library first("first"), second("second");
  ASSERT_TRUE(first.model && second.model) << dlerror();
  EXPECT_NE(first.model->calls, second.model->calls)
      << "each has a runtime of its own";
  int cores = static_cast<int>(std::thread::hardware_concurrency());
  OpenModel warm(*first.model), other(*second.model);
  int64_t threads = countThreadsOfProcess();
  OpenModel third(*second.model);
  EXPECT_EQ(countThreadsOfProcess(), threads) << "one pool serves both";

  Counter counter;
  std::thread one([&] { runOften(first.model, counter); });
  std::thread two([&] { runOften(second.model, counter); });
  one.join();
  two.join();
  // Two callers work in any case; beyond those, only as many as cores. While a
  // caller comes, a worker may still be inside.
  EXPECT_LE(counter.most, std::max(cores, 2) + 1);
}

TEST(Libraries, ComeAndGoInAnyOrder) {
  Counter counter;
  for (int i = 0; i < 10; ++i) {
    Library first("first"), second("second");
    ASSERT_TRUE(first.model && second.model) << dlerror();
    auto *context = tenon_open(second.model, nullptr, nullptr);
    // The pool may live in `first`, which has to stay for that.
    tenon_close(tenon_open(first.model, nullptr, nullptr));
    dlclose(first.handle);
    runOften(second.model, counter);
    tenon_close(context);
    dlclose(second.handle);
  }
}

} // namespace
