#include "clones.h"
#include "kernels.h"

/// a * b + c as this CPU's clone computes it: one rounding where it has fused multiply-add, two in the baseline. A test
/// holds it against kernel_clone(): a resolver that falls back to the baseline would only be slow, and so go unnoticed.
KERNEL float kernel_multiply_add(float a, float b, float c) {
#pragma clang fp contract(fast)
  return a * b + c;
}

#if defined(__x86_64__)
/// The clone of every kernel that the loader picks on this CPU.
const char *kernel_clone(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    return "avx512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "avx2";
  return "baseline";
}
#else
const char *kernel_clone(void) { return "baseline"; }
#endif
