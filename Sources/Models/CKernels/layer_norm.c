#include "clones.h"
#include "kernels.h"

/// y = (x - mean) / sqrt(variance + 1e-5) * weight + bias, per row; keeps mean and 1 / sqrt(...) of each row.
KERNEL void kernel_layer_norm(const float *x, const float *weight, const float *bias, float *y, float *mean,
                              float *inverse, int64_t R, int64_t C) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    const float *row = x + r * C;
    float sum = 0.0f;
    for (int64_t c = 0; c < C; c++) sum += row[c];
    float m = sum / (float)C;
    float squares = 0.0f;
    for (int64_t c = 0; c < C; c++) squares += (row[c] - m) * (row[c] - m);
    float s = 1.0f / __builtin_elementwise_sqrt(squares / (float)C + 1e-5f);
    float *out = y + r * C;
    for (int64_t c = 0; c < C; c++) out[c] = (row[c] - m) * s * weight[c] + bias[c];
    mean[r] = m;
    inverse[r] = s;
  }
}

/// With n = (x - mean) * inverse and g = dy * weight: dx = inverse * (g - mean(g) - n * mean(g * n)).
KERNEL void kernel_layer_norm_backward(const float *dy, const float *x, const float *weight, const float *mean,
                                       const float *inverse, float *dx, float *dweight, float *dbias, int64_t R,
                                       int64_t C, bool accumulate) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    const float *g = dy + r * C, *row = x + r * C;
    float *out = dx + r * C;
    float m = mean[r], s = inverse[r], sum = 0.0f, product = 0.0f;
    for (int64_t c = 0; c < C; c++) {
      float n = (row[c] - m) * s, gw = g[c] * weight[c];
      sum += gw;
      product += gw * n;
      dweight[c] += g[c] * n;
      dbias[c] += g[c];
    }
    sum /= (float)C;
    product /= (float)C;
    if (accumulate) {
      for (int64_t c = 0; c < C; c++) out[c] += s * (g[c] * weight[c] - sum - (row[c] - m) * s * product);
    } else {
      for (int64_t c = 0; c < C; c++) out[c] = s * (g[c] * weight[c] - sum - (row[c] - m) * s * product);
    }
  }
}
