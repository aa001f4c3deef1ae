#include "clones.h"
#include "kernels.h"

/// The sum of squares, in double.
KERNEL double kernel_square_sum(const float *x, int64_t count) {
  KERNEL_SUMS
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

/// Elements first ..< end of parts[0] become the sum over parts, added as a binary tree: ((0+1)+(2+3))+((4+5)+...).
KERNEL void kernel_tree_sum(float *const *parts, int64_t count, int64_t first, int64_t end) {
  for (int64_t step = 1; step < count; step *= 2) {
    for (int64_t i = 0; i + step < count; i += 2 * step) {
      float *restrict a = parts[i];
      const float *restrict b = parts[i + step];
      for (int64_t k = first; k < end; k++) a[k] += b[k];
    }
  }
}

/// AdamW (Loshchilov & Hutter 2019, algorithm 2): m and v moments, corrections 1 - beta^t, decay apart from the
/// gradient.
KERNEL void kernel_adamw(float *weights, const float *gradients, float *first, float *second, int64_t count, float rate,
                         float beta1, float beta2, float epsilon, float decay, float correction1, float correction2,
                         float scale) {
  float inverse1 = 1.0f / correction1, inverse2 = 1.0f / correction2;
  for (int64_t i = 0; i < count; i++) {
    float g = gradients[i] * scale;
    float m = beta1 * first[i] + (1.0f - beta1) * g;
    float v = beta2 * second[i] + (1.0f - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    float update = m * inverse1 / (__builtin_elementwise_sqrt(v * inverse2) + epsilon);
    weights[i] = weights[i] - rate * (update + decay * weights[i]);
  }
}
