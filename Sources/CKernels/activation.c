#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

/// y = residual + GELU(z + bias), GELU(v) = v Phi(v) (the exact, erf form); `residual` may be null.
KERNEL void kernel_gelu(const float *z, const float *bias, const float *residual, float *y, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = z + r * C, *add = residual ? residual + r * C : 0;
    float *restrict out = y + r * C;
    if (add) {
      for (int64_t c = 0; c < C; c++) {
        float v = in[c] + bias[c], density;
        out[c] = add[c] + v * vector_normal(v, &density);
      }
    } else {
      for (int64_t c = 0; c < C; c++) {
        float v = in[c] + bias[c], density;
        out[c] = v * vector_normal(v, &density);
      }
    }
  }
}

/// dz = dy * (Phi(v) + v phi(v)) with v = z + bias; dbias += column sums of dz.
KERNEL void kernel_gelu_backward(const float *dy, const float *z, const float *bias, float *dz, float *dbias,
                                 int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = z + r * C, *g = dy + r * C;
    float *restrict out = dz + r * C;
    for (int64_t c = 0; c < C; c++) {
      float v = in[c] + bias[c], density;
      float phi = vector_normal(v, &density);
      float d = g[c] * (phi + v * density);
      out[c] = d;
    }
    for (int64_t c = 0; c < C; c++) dbias[c] += out[c];
  }
}

/// Inverted dropout: y = x / (1 - rate) with probability 1 - rate, else 0. Element (r, c) draws from Philox-4x32-10 at
/// counter (c / 4, row + r), so `row` is the number of the first row in the whole batch.
KERNEL void kernel_dropout(const float *x, float *y, int64_t R, int64_t C, int64_t row, float rate, uint32_t key0,
                           uint32_t key1, bool accumulate) {
  uint64_t threshold = (uint64_t)((double)rate * 4294967296.0);
  float scale = 1.0f / (1.0f - rate);
  for (int64_t r = 0; r < R; r++) {
    for (int64_t group = 0; group * 4 < C; group++) {
      uint64_t position = (uint64_t)(row + r);
      uint32_t w[4] = {(uint32_t)group, 0, (uint32_t)position, (uint32_t)(position >> 32)};
      uint32_t k0 = key0, k1 = key1;
      for (int i = 0; i < 10; i++) {
        uint64_t p0 = 0xD2511F53ull * w[0], p1 = 0xCD9E8D57ull * w[2];
        uint32_t a = (uint32_t)(p1 >> 32) ^ w[1] ^ k0, b = (uint32_t)(p0 >> 32) ^ w[3] ^ k1;
        w[0] = a, w[1] = (uint32_t)p1, w[2] = b, w[3] = (uint32_t)p0;
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
      }
      int64_t count = C - group * 4 < 4 ? C - group * 4 : 4, base = r * C + group * 4;
      for (int64_t i = 0; i < count; i++) {
        float value = w[i] < threshold ? 0.0f : x[base + i] * scale;
        y[base + i] = accumulate ? y[base + i] + value : value;
      }
    }
  }
}
