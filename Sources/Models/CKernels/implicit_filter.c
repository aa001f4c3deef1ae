#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

/// Rows of t, cos(2 pi f t) for each band, -sin(2 pi f t) for each band: t = row / length, f from 1e-4 to bands - 1.
void kernel_filter_features(float *y, int64_t R, int64_t bands, int64_t length) {
  for (int64_t r = 0; r < R; r++, y += 1 + 2 * bands) {
    double t = (double)r / (double)length;
    y[0] = (float)t;
    for (int64_t b = 0; b < bands; b++) {
      double f = bands == 1 ? 1e-4 : 1e-4 + ((double)(bands - 1) - 1e-4) * (double)b / (double)(bands - 1);
      double sine, cosine;
      sine_cosine(6.283185307179586 * f * t, &sine, &cosine);
      y[1 + b] = (float)cosine;
      y[1 + bands + b] = (float)-sine;
    }
  }
}

/// y = sin(frequency x).
KERNEL void kernel_sine(const float *x, const float *frequency, float *y, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = x + r * C;
    float *restrict out = y + r * C;
    for (int64_t c = 0; c < C; c++) {
      float cosine;
      out[c] = vector_sine(frequency[c] * in[c], &cosine);
    }
  }
}

/// dx (+)= dy cos(f x) f; dfrequency += column sums of dy cos(f x) x.
KERNEL void kernel_sine_backward(const float *dy, const float *x, const float *frequency, float *dx,
                                 float *dfrequency, int64_t R, int64_t C, bool accumulate) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = x + r * C, *g = dy + r * C;
    float *restrict out = dx + r * C, *restrict sum = dfrequency;
    for (int64_t c = 0; c < C; c++) {
      float cosine;
      vector_sine(frequency[c] * in[c], &cosine);
      float d = g[c] * cosine;
      sum[c] += d * in[c];
      out[c] = accumulate ? out[c] + d * frequency[c] : d * frequency[c];
    }
  }
}

/// y (+)= x e^(-rate row).
KERNEL void kernel_filter_window(const float *x, const float *rates, float *y, int64_t R, int64_t C, bool accumulate) {
  for (int64_t r = 0; r < R; r++) {
    const float *in = x + r * C;
    float *restrict out = y + r * C;
    float row = (float)r;
    for (int64_t c = 0; c < C; c++) {
      float value = in[c] * vector_exp(-row * rates[c]);
      out[c] = accumulate ? out[c] + value : value;
    }
  }
}
