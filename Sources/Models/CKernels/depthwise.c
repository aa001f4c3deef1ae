#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// A depthwise convolution: each channel has taps of its own. Rows are worked on one after another, as memory is read
// fastest, and a row in strips that fit the registers.
enum { strip = 64 };

typedef struct {
  const float *x, *weight, *bias;
  const int32_t *starts;
  int64_t B, C, taps, dilation, left;
  bool silu, reversed;
} Depthwise;

/// The row that tap j of the output at row r reads: in the reversed form the sequence is read from its end.
#define SOURCE(d, r, j) ((d)->reversed ? (r) + (d)->left - (j) * (d)->dilation : (r) - (d)->left + (j) * (d)->dilation)

/// The output of row r before the activation, for n <= strip channels from c on.
static inline __attribute__((always_inline)) void taps_of_row(const Depthwise *d, int64_t first, int64_t end, int64_t r,
                                                              int64_t c, int64_t n, float *sum) {
  for (int64_t i = 0; i < n; i++) sum[i] = d->bias ? d->bias[c + i] : 0.0f;
  for (int64_t j = 0; j < d->taps; j++) {
    int64_t source = SOURCE(d, r, j);
    if (source < first || source >= end) continue;
    const float *w = d->weight + j * d->C + c, *in = d->x + source * d->C + c;
    for (int64_t i = 0; i < n; i++) sum[i] += w[i] * in[i];
  }
}

static inline __attribute__((always_inline)) void forward_strip(const Depthwise *d, float *y, int64_t b, int64_t r,
                                                                int64_t c, int64_t n) {
  float sum[strip];
  taps_of_row(d, d->starts[b], d->starts[b + 1], r, c, n, sum);
  float *restrict out = y + r * d->C + c;
  if (d->silu) {
    for (int64_t i = 0; i < n; i++) out[i] = sum[i] * vector_sigmoid(sum[i]);
  } else {
    for (int64_t i = 0; i < n; i++) out[i] = sum[i];
  }
}

/// y[t][c] = act(bias[c] + sum over taps j of weight[j][c] x[t + j * dilation - left][c]), zero beyond the sequence;
/// reversed: x[t - j * dilation + left]. `bias` may be null; act is SiLU, v / (1 + e^-v), or the identity.
KERNEL void kernel_depthwise(const float *x, const float *weight, const float *bias, float *y, const int32_t *starts,
                             int64_t B, int64_t C, int64_t taps, int64_t dilation, int64_t left, bool silu,
                             bool reversed) {
  Depthwise d = {x, weight, bias, starts, B, C, taps, dilation, left, silu, reversed};
  for (int64_t b = 0; b < B; b++) {
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      int64_t c = 0;
      for (; c + strip <= C; c += strip) forward_strip(&d, y, b, r, c, strip);
      if (c < C) forward_strip(&d, y, b, r, c, C - c);
    }
  }
}

static inline __attribute__((always_inline)) void backward_strip(const Depthwise *d, const float *dy, float *dx,
                                                                 float *dweight, float *dbias, int64_t b, int64_t r,
                                                                 int64_t c, int64_t n) {
  float g[strip];
  const float *in = dy + r * d->C + c;
  if (d->silu) {
    float sum[strip];
    taps_of_row(d, d->starts[b], d->starts[b + 1], r, c, n, sum);
    for (int64_t i = 0; i < n; i++) {
      float s = vector_sigmoid(sum[i]);
      g[i] = in[i] * s * (1.0f + sum[i] * (1.0f - s));
    }
  } else {
    for (int64_t i = 0; i < n; i++) g[i] = in[i];
  }
  if (dbias) {
    for (int64_t i = 0; i < n; i++) dbias[c + i] += g[i];
  }
  for (int64_t j = 0; j < d->taps; j++) {
    int64_t source = SOURCE(d, r, j);
    if (source < d->starts[b] || source >= d->starts[b + 1]) continue;
    const float *w = d->weight + j * d->C + c, *row = d->x + source * d->C + c;
    float *restrict dw = dweight + j * d->C + c;
    float *restrict out = dx + source * d->C + c;
    for (int64_t i = 0; i < n; i++) {
      dw[i] += g[i] * row[i];
      out[i] += g[i] * w[i];
    }
  }
}

/// Adds to dx, dweight and dbias; values before the activation are computed again.
KERNEL void kernel_depthwise_backward(const float *dy, const float *x, const float *weight, const float *bias,
                                      float *dx, float *dweight, float *dbias, const int32_t *starts, int64_t B,
                                      int64_t C, int64_t taps, int64_t dilation, int64_t left, bool silu,
                                      bool reversed) {
  Depthwise d = {x, weight, bias, starts, B, C, taps, dilation, left, silu, reversed};
  for (int64_t b = 0; b < B; b++) {
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      int64_t c = 0;
      for (; c + strip <= C; c += strip) backward_strip(&d, dy, dx, dweight, dbias, b, r, c, strip);
      if (c < C) backward_strip(&d, dy, dx, dweight, dbias, b, r, c, C - c);
    }
  }
}
