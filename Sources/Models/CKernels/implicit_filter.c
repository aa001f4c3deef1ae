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
      // Beyond e^-80 numbers would become subnormal, which is slow, and no sum of floats shows them.
      float fall = row * rates[c], window = fall < 80.0f ? vector_exp(-fall) : 0.0f;
      float value = in[c] * window;
      out[c] = accumulate ? out[c] + value : value;
    }
  }
}

/// The square of a power's modulus below which it is zero: numbers that go on falling would become subnormal, which is
/// slow, and no sum of floats shows them.
static const double FADED = 1e-60;

/// y[t][c] = sum over n of Re(R p^t): `poles` are N x C real parts, as many imaginary ones, and room for the powers.
KERNEL void kernel_modal_filter(double *poles, const float *real, const float *imaginary, float *y, int64_t L,
                                int64_t N, int64_t C) {
  int64_t count = N * C;
  double *restrict zr = poles + 2 * count, *restrict zi = zr + count;
  for (int64_t i = 0; i < count; i++) zr[i] = 1.0, zi[i] = 0.0;
  for (int64_t t = 0; t < L; t++) {
    float *restrict out = y + t * C;
    for (int64_t n = 0; n < N; n++) {
      const double *pr = poles + n * C, *pi = pr + count;
      double *restrict r = zr + n * C, *restrict i = zi + n * C;
      const float *a = real + n * C, *b = imaginary + n * C;
      for (int64_t c = 0; c < C; c++) {
        float term = (float)((double)a[c] * r[c] - (double)b[c] * i[c]);
        out[c] = n == 0 ? term : out[c] + term;
        double re = r[c] * pr[c] - i[c] * pi[c], im = r[c] * pi[c] + i[c] * pr[c];
        double kept = re * re + im * im > FADED ? 1.0 : 0.0;
        r[c] = re * kept;
        i[c] = im * kept;
      }
    }
  }
}

/// Adds to sums, N x C each, the gradients of the residues' real and imaginary parts, of the decay rates and of the
/// angles.
KERNEL void kernel_modal_filter_backward(double *poles, const float *real, const float *imaginary, const float *dy,
                                         double *sums, int64_t L, int64_t N, int64_t C) {
  int64_t count = N * C;
  double *restrict zr = poles + 2 * count, *restrict zi = zr + count;
  for (int64_t i = 0; i < count; i++) zr[i] = 1.0, zi[i] = 0.0;
  for (int64_t t = 0; t < L; t++) {
    const float *g = dy + t * C;
    for (int64_t n = 0; n < N; n++) {
      const double *pr = poles + n * C, *pi = pr + count;
      double *restrict r = zr + n * C, *restrict i = zi + n * C;
      const float *a = real + n * C, *b = imaginary + n * C;
      double *restrict s0 = sums + n * C, *restrict s1 = s0 + count, *restrict s2 = s1 + count, *restrict s3 = s2 + count;
      for (int64_t c = 0; c < C; c++) {
        double d = g[c], late = (double)t * d;
        s0[c] += d * r[c];
        s1[c] -= d * i[c];
        s2[c] -= late * ((double)a[c] * r[c] - (double)b[c] * i[c]);
        s3[c] -= late * ((double)a[c] * i[c] + (double)b[c] * r[c]);
        double re = r[c] * pr[c] - i[c] * pi[c], im = r[c] * pi[c] + i[c] * pr[c];
        double kept = re * re + im * im > FADED ? 1.0 : 0.0;
        r[c] = re * kept;
        i[c] = im * kept;
      }
    }
  }
}
