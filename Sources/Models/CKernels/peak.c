#include <string.h>

#include "clones.h"
#include "gemm.h"
#include "kernels.h"

/// Chains of fused multiply-adds in registers: enough of them that none waits for itself, few enough to stay there.
INLINE double multiply_add(const int chains, int64_t rounds, float factor, float summand, float *result) {
#pragma clang fp contract(fast)
  vec sums[chains], total = {0};
#pragma clang loop unroll(full)
  for (int i = 0; i < chains; i++) sums[i] = total + (float)i;
  for (int64_t round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < chains; i++) sums[i] = sums[i] * factor + summand;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < chains; i++) total += sums[i];
  memcpy(result, &total, sizeof total);
  return 2.0 * 16.0 * chains * (double)rounds;
}

#if defined(__x86_64__)
#define TARGET(arch) __attribute__((target(arch)))
TARGET("arch=x86-64-v4") static double peak_v4(int64_t rounds, float a, float b, float *result) {
  return multiply_add(16, rounds, a, b, result);
}
TARGET("arch=x86-64-v3") static double peak_v3(int64_t rounds, float a, float b, float *result) {
  return multiply_add(6, rounds, a, b, result);
}
#endif

double kernel_peak(int64_t rounds, float factor, float summand, float *result) {
#if defined(__x86_64__)
  if (strcmp(kernel_clone(), "avx512") == 0) return peak_v4(rounds, factor, summand, result);
  if (strcmp(kernel_clone(), "avx2") == 0) return peak_v3(rounds, factor, summand, result);
#endif
  return multiply_add(3, rounds, factor, summand, result);
}
