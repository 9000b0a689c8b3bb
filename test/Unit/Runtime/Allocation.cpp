//===- Allocation.cpp - runs do not allocate ------------------------------===//
//
// The program's own malloc and its kin stand before libc's, and count.
//
//===----------------------------------------------------------------------===//
#include "FakeModel.h"
#include "Sanitizers.h"

#include <atomic>

#if HAS_ADDRESS_SANITIZER || HAS_THREAD_SANITIZER

TEST(Allocation, IsCounted) {
  GTEST_SKIP() << "the sanitizer has a malloc of its own";
}

#else

static std::atomic<int64_t> allocations{0};

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

__attribute__((visibility("default"))) void *malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void *calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void *realloc(void *old, size_t size) {
  ++allocations;
  return __libc_realloc(old, size);
}
__attribute__((visibility("default"))) int
posix_memalign(void **result, size_t alignment, size_t size) {
  ++allocations;
  *result = __libc_memalign(alignment, size);
  return *result ? 0 : 12;
}
}

namespace {

TEST(Allocation, IsCounted) {
  int64_t before = allocations;
  FakeModel model = makeStaticModel();
  OpenModel opened(model);
  EXPECT_GT(allocations, before);
}

TEST(Allocation, DoesNotHappenInARunOfAStaticModel) {
  FakeModel model = makeStaticModel();
  tenon_options options = TENON_OPTIONS_INIT;
  options.profile = 1;
  OpenModel opened(model, &options);
  const int64_t shape[] = {2, 3};
  float x[6] = {}, y[6];
  tenon_tensor in = {x, shape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, shape, TENON_FLOAT32, 2};
  int64_t before = allocations;
  for (int i = 0; i < 1000; ++i)
    tenon_run(opened.context, &in, &out, &opened.error);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(opened.error.status, TENON_OK);
}

TEST(Allocation, DoesNotHappenAfterPrepare) {
  FakeModel model = makeDynamicModel();
  OpenModel opened(model);
  const int64_t largest[] = {64};
  ASSERT_EQ(tenon_prepare(opened.context, 0, largest, nullptr), TENON_OK);
  float x[64] = {}, y[65], scale = 0;
  int64_t ids[64] = {};
  bool mask[129] = {};
  int64_t before = allocations;
  for (int64_t b = 0; b <= 64; ++b) {
    const int64_t xShape[] = {b}, one[] = {1}, yShape[] = {b + 1},
                  maskShape[] = {2 * b + 1};
    const tenon_tensor in[] = {{x, xShape, TENON_FLOAT32, 1},
                               {&scale, one, TENON_FLOAT32, 1},
                               {ids, xShape, TENON_INT64, 1},
                               {mask, maskShape, TENON_BOOL, 1}};
    tenon_tensor out = {y, yShape, TENON_FLOAT32, 1};
    if (tenon_run(opened.context, in, &out, &opened.error) != TENON_OK)
      break;
  }
  EXPECT_EQ(allocations, before);
  EXPECT_STREQ(opened.error.message, "");
}

} // namespace

#endif
