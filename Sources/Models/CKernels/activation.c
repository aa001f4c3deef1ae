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

/// The activations of Swift's `Activation`: its raw values.
enum { SIGMOID, SILU, GELU };

/// y = f(x + bias); `bias` may be null.
KERNEL void kernel_activation(const float *x, const float *bias, float *y, int64_t R, int64_t C, int32_t form) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = x + r * C;
    float *restrict out = y + r * C;
    for (int64_t c = 0; c < C; c++) out[c] = bias ? in[c] + bias[c] : in[c];
    if (form == SIGMOID) {
      for (int64_t c = 0; c < C; c++) out[c] = vector_sigmoid(out[c]);
    } else if (form == SILU) {
      for (int64_t c = 0; c < C; c++) out[c] *= vector_sigmoid(out[c]);
    } else {
      float density;
      for (int64_t c = 0; c < C; c++) out[c] *= vector_normal(out[c], &density);
    }
  }
}

/// f'(v).
static inline __attribute__((always_inline)) float slope(float v, int32_t form) {
  if (form == GELU) {
    float density, phi = vector_normal(v, &density);
    return phi + v * density;
  }
  float s = vector_sigmoid(v);
  return form == SIGMOID ? s * (1.0f - s) : s * (1.0f + v * (1.0f - s));
}

/// dx (+)= dy f'(x + bias); dbias += column sums of that. `bias` and `dbias` may be null.
KERNEL void kernel_activation_backward(const float *dy, const float *x, const float *bias, float *dx, float *dbias,
                                       int64_t R, int64_t C, int32_t form, bool accumulate) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = x + r * C, *g = dy + r * C;
    float *restrict out = dx + r * C, *restrict sum = dbias;
    for (int64_t c = 0; c < C; c++) {
      float d = g[c] * slope(bias ? in[c] + bias[c] : in[c], form);
      if (sum) sum[c] += d;
      out[c] = accumulate ? out[c] + d : d;
    }
  }
}

/// y (+)= a * b.
KERNEL void kernel_multiply(const float *a, const float *b, float *y, int64_t count, bool accumulate) {
  for (int64_t i = 0; i < count; i++) y[i] = accumulate ? y[i] + a[i] * b[i] : a[i] * b[i];
}

/// Philox-4x32-10 (Salmon et al. 2011) at LANES counters that follow one another in their first word: word i of lane l
/// is w[i][l].
enum { LANES = 16 };
static inline __attribute__((always_inline)) void philox(uint32_t first, uint64_t position, uint32_t key0,
                                                         uint32_t key1, uint32_t w[4][LANES]) {
  for (int l = 0; l < LANES; l++) {
    w[0][l] = first + (uint32_t)l, w[1][l] = 0, w[2][l] = (uint32_t)position, w[3][l] = (uint32_t)(position >> 32);
  }
  for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
    for (int l = 0; l < LANES; l++) {
      uint64_t p0 = 0xD2511F53ull * w[0][l], p1 = 0xCD9E8D57ull * w[2][l];
      w[0][l] = (uint32_t)(p1 >> 32) ^ w[1][l] ^ key0, w[1][l] = (uint32_t)p1;
      w[2][l] = (uint32_t)(p0 >> 32) ^ w[3][l] ^ key1, w[3][l] = (uint32_t)p0;
    }
  }
}

/// Dropout: y = x * dropped with probability rate, else x * kept. Element (r, c) draws from Philox at counter (c / 4,
/// row + r), so `row` is the number of the first row in the whole batch.
KERNEL void kernel_dropout(const float *x, float *y, int64_t R, int64_t C, int64_t row, float rate, float kept,
                           float dropped, uint32_t key0, uint32_t key1, bool accumulate) {
  uint64_t threshold = (uint64_t)((double)rate * 4294967296.0);
  for (int64_t r = 0; r < R; r++) {
    for (int64_t c = 0; c < C; c += 4 * LANES) {
      uint32_t w[4][LANES], drawn[4 * LANES];
      philox((uint32_t)(c / 4), (uint64_t)(row + r), key0, key1, w);
      for (int l = 0; l < LANES; l++) {
        for (int i = 0; i < 4; i++) drawn[4 * l + i] = w[i][l];
      }
      int64_t count = C - c < 4 * LANES ? C - c : 4 * LANES;
      const float *in = x + r * C + c;
      float *out = y + r * C + c;
      for (int64_t i = 0; i < count; i++) {
        float value = in[i] * (drawn[i] < threshold ? dropped : kept);
        out[i] = accumulate ? out[i] + value : value;
      }
    }
  }
}
