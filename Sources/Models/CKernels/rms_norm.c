#include "clones.h"
#include "kernels.h"

/// y = x / sqrt(mean of x^2 + 1e-5) * weight, per row; keeps 1 / sqrt(...) of each row.
KERNEL void kernel_rms_norm(const float *x, const float *weight, float *y, float *inverse, int64_t R, int64_t C) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    const float *row = x + r * C;
    float squares = 0.0f;
    for (int64_t c = 0; c < C; c++) squares += row[c] * row[c];
    float s = 1.0f / __builtin_elementwise_sqrt(squares / (float)C + 1e-5f);
    float *out = y + r * C;
    for (int64_t c = 0; c < C; c++) out[c] = row[c] * s * weight[c];
    inverse[r] = s;
  }
}

/// With n = x * inverse and g = dy * weight: dx = inverse * (g - n * mean(g * n)).
KERNEL void kernel_rms_norm_backward(const float *dy, const float *x, const float *weight, const float *inverse,
                                     float *dx, float *dweight, int64_t R, int64_t C, bool accumulate) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    const float *g = dy + r * C, *row = x + r * C;
    float *out = dx + r * C;
    float s = inverse[r], product = 0.0f;
    for (int64_t c = 0; c < C; c++) {
      float n = row[c] * s;
      product += g[c] * weight[c] * n;
      dweight[c] += g[c] * n;
    }
    product /= (float)C;
    if (accumulate) {
      for (int64_t c = 0; c < C; c++) out[c] += s * (g[c] * weight[c] - row[c] * s * product);
    } else {
      for (int64_t c = 0; c < C; c++) out[c] = s * (g[c] * weight[c] - row[c] * s * product);
    }
  }
}
