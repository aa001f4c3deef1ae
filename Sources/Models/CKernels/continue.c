#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// Steps of sequences that go on: what an op makes of one more row and of what the rows before have left behind.

/// One query of d numbers over C keys, each followed by its content h numbers behind it, rows `stride` apart:
/// y = sum of softmax(scale q . k) contents. `scores` has room for C.
KERNEL void kernel_attention_step(const float *query, const float *keys, int64_t stride, int64_t h, int64_t C,
                                  int64_t d, float scale, float *scores, float *y) {
  KERNEL_SUMS
  for (int64_t c = 0; c < C; c++) {
    const float *k = keys + c * stride;
    float dot = 0.0f;
    for (int64_t i = 0; i < d; i++) dot += query[i] * k[i];
    scores[c] = dot;
  }
  float maximum = vector_maximum(scores, C), sum = 0.0f;
  for (int64_t c = 0; c < C; c++) {
    float e = vector_exp((scores[c] - maximum) * scale);
    scores[c] = e;
    sum += e;
  }
  memset(y, 0, (size_t)d * sizeof(float));
  for (int64_t c = 0; c < C; c++) {
    const float *v = keys + c * stride + h;
    float weight = scores[c];
    for (int64_t i = 0; i < d; i++) y[i] += weight * v[i];
  }
  float inverse = 1.0f / sum;
  for (int64_t i = 0; i < d; i++) y[i] *= inverse;
}

/// The recurrence that a modal filter is (Massaroli et al. 2023): S <- p S + x1 v, y = x0 (Re sum over n of R S + bias
/// x1 v), for L rows u of 3 C numbers x0, x1, v. `modes`: N x C each of the poles' real and imaginary parts and the
/// residues' real and imaginary parts, and then the states' real and imaginary parts, which go on.
KERNEL void kernel_modal_steps(double *modes, const float *u, const float *bias, float *y, int64_t L, int64_t N,
                               int64_t C) {
  int64_t count = N * C;
  for (int64_t t = 0; t < L; t++) {
    const float *x0 = u + t * 3 * C, *x1 = x0 + C, *v = x1 + C;
    float *restrict out = y + t * C;
    for (int64_t c = 0; c < C; c++) out[c] = bias[c] * x1[c] * v[c];
    for (int64_t n = 0; n < N; n++) {
      const double *pr = modes + n * C, *pi = pr + count, *a = pi + count, *b = a + count;
      double *restrict r = modes + 4 * count + n * C, *restrict i = r + count;
      for (int64_t c = 0; c < C; c++) {
        double re = r[c] * pr[c] - i[c] * pi[c] + (double)(x1[c] * v[c]), im = r[c] * pi[c] + i[c] * pr[c];
        r[c] = re;
        i[c] = im;
        out[c] += (float)(a[c] * re - b[c] * im);
      }
    }
    for (int64_t c = 0; c < C; c++) out[c] *= x0[c];
  }
}

/// y = x0 (sum over lags j < count of filter[j] z[last - j] + bias z[last]), for one row u of x0, x1, v, where z are
/// rows of C products x1 v, the last that of the row itself.
KERNEL void kernel_lagged_step(const float *u, const float *z, int64_t count, const float *filter, const float *bias,
                               float *y, int64_t C) {
  const float *last = z + (count - 1) * C;
  for (int64_t c = 0; c < C; c++) y[c] = bias[c] * last[c];
  for (int64_t j = 0; j < count; j++) {
    const float *restrict f = filter + j * C, *restrict row = last - j * C;
    for (int64_t c = 0; c < C; c++) y[c] += f[c] * row[c];
  }
  for (int64_t c = 0; c < C; c++) y[c] *= u[c];
}
