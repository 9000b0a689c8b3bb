//===- Fork.cpp - a forked child goes on with its copy --------------------===//
#include "FakeModel.h"
#include "Sanitizers.h"

#include <sys/wait.h>
#include <unistd.h>

namespace {

const int64_t shape[] = {2, 3};

bool runs(tenon_context *context) {
  float x[6] = {1, 1, 1, 1, 1, 1}, y[6] = {};
  tenon_tensor in = {x, shape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, shape, TENON_FLOAT32, 2};
  return tenon_run(context, &in, &out, nullptr) == TENON_OK && y[5] == 3;
}

TEST(Fork, LeavesAnOpenContextUsable) {
#if HAS_THREAD_SANITIZER
  GTEST_SKIP() << "ThreadSanitizer allows no threads in a forked child";
#endif
  FakeModel model = makeStaticModel();
  auto *context = tenon_open(&model.model, nullptr, nullptr);
  ASSERT_TRUE(runs(context));
  pid_t child = fork();
  if (child == 0) {
    bool good = runs(context);
    tenon_close(context);
    OpenModel anew(model);
    _exit(good && runs(anew.context) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_TRUE(runs(context));
  tenon_close(context);
}

} // namespace
