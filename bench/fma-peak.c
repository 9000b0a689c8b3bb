/* The most that one core computes: as many floating-point operations as asked
 * for, in fused multiply-adds that wait for nothing. */
#include <stdint.h>

#ifdef __AVX512F__
enum { LANES = 16 };
#elif defined(__AVX__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
enum { CHAINS = 12 }; /* latency 4, two a cycle: 8 would do */

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

float fma_peak(int64_t flops) {
  vector sums[CHAINS] = {0}, x = {0}, total = {0};
  for (int64_t n = flops / (2 * LANES * CHAINS); n > 0; --n) {
    for (int i = 0; i < CHAINS; ++i)
      sums[i] = sums[i] * x + x;
    __asm__ volatile("" : "+x"(x));
  }
  for (int i = 0; i < CHAINS; ++i)
    total += sums[i];
  return total[0];
}
