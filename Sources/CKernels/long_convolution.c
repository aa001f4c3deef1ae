#include <string.h>

#include "clones.h"
#include "fft.h"
#include "kernels.h"

// The long convolution of Hyena with both of its gates, sixteen channels at a time: while the sequences of one
// transform length go by, the filter's spectrum stays in the cache, and nothing but the operands is read or written.

/// out[n] = a[n] * b[n] of L rows, then zeros up to N.
static inline __attribute__((always_inline)) void gather(const float *a, int64_t aStride, const float *b,
                                                         int64_t bStride, int64_t L, int64_t N, int64_t width,
                                                         float *restrict out) {
  for (int64_t n = 0; n < L; n++, a += aStride, b += bStride, out += lanes) {
    for (int64_t i = 0; i < width; i++) out[i] = a[i] * b[i];
    for (int64_t i = width; i < lanes; i++) out[i] = 0.0f;
  }
  memset(out, 0, (size_t)((N - L) * lanes) * sizeof(float));
}

KERNEL void kernel_fft_gather(const float *a, int64_t aStride, const float *b, int64_t bStride, int64_t L, int64_t N,
                              int64_t width, Lanes *out) {
  if (width == lanes) {
    gather(a, aStride, b, bStride, L, N, lanes, (float *)out);
  } else {
    gather(a, aStride, b, bStride, L, N, width, (float *)out);
  }
}

static inline __attribute__((always_inline)) void scatter(const float *a, int64_t aStride, const float *x,
                                                          float *restrict y, int64_t yStride, int64_t L,
                                                          int64_t width) {
  for (int64_t n = 0; n < L; n++, a += aStride, x += lanes, y += yStride) {
    for (int64_t i = 0; i < width; i++) y[i] = a[i] * x[i];
  }
}

/// y[n] = a[n] * x[n].
KERNEL void kernel_fft_scatter(const float *a, int64_t aStride, const Lanes *x, float *y, int64_t yStride, int64_t L,
                               int64_t width) {
  if (width == lanes) {
    scatter(a, aStride, (const float *)x, y, yStride, L, lanes);
  } else {
    scatter(a, aStride, (const float *)x, y, yStride, L, width);
  }
}

/// The filter as a polynomial modulo z^N - i: lag l at z^l, lag -l at z^-l = -i z^(N - l). Divided by N, since the
/// inverse transform is not.
KERNEL void kernel_fft_load_filter(const kernel_long_convolution *op, int64_t N, int64_t c, int64_t width, Lanes *real,
                                   Lanes *imaginary) {
  int64_t C = op->C, count = op->lags < N ? op->lags : N;
  float scale = 1.0f / (float)N, *re = (float *)real, *im = (float *)imaginary;
  const float *filter = op->filter + c, *reversed = op->reversed + c, *bias = op->bias + c;
  memset(re, 0, (size_t)N * sizeof(Lanes));
  memset(im, 0, (size_t)N * sizeof(Lanes));
  for (int64_t n = 0; n < count; n++) {
    for (int64_t i = 0; i < width; i++) re[n * lanes + i] = filter[n * C + i] * scale;
  }
  for (int64_t i = 0; i < width; i++) re[i] += bias[i] * scale;
  if (!op->reversed) return;
  for (int64_t i = 0; i < width; i++) re[i] += reversed[i] * scale;
  for (int64_t n = 1; n < count; n++) {
    for (int64_t i = 0; i < width; i++) im[(N - n) * lanes + i] = -reversed[n * C + i] * scale;
  }
}

/// Adds the filter's gradient, as a polynomial modulo z^N - i, to the gradients of filters and bias.
KERNEL void kernel_fft_store_filter(const kernel_long_convolution *op, const kernel_long_convolution_gradients *to,
                                    int64_t N, int64_t c, int64_t width, const Lanes *real, const Lanes *imaginary) {
  int64_t C = op->C, count = op->lags < N ? op->lags : N;
  const float scale = 1.0f / (float)N, *re = (const float *)real, *im = (const float *)imaginary;
  float *restrict filter = to->dfilter + c, *restrict reversed = to->dreversed + c, *restrict bias = to->dbias + c;
  for (int64_t n = 0; n < count; n++) {
    for (int64_t i = 0; i < width; i++) filter[n * C + i] += re[n * lanes + i] * scale;
  }
  for (int64_t i = 0; i < width; i++) bias[i] += re[i] * scale;
  if (!op->reversed) return;
  for (int64_t i = 0; i < width; i++) reversed[i] += re[i] * scale;
  for (int64_t n = 1; n < count; n++) {
    for (int64_t i = 0; i < width; i++) reversed[n * C + i] -= im[(N - n) * lanes + i] * scale;
  }
}

/// out = x * filter, or x * conjugate(filter).
KERNEL void kernel_fft_multiply(const Lanes *x, const Lanes *filter, Lanes *out, int64_t N, bool conjugate) {
  KERNEL_SUMS
  float sign = conjugate ? -1.0f : 1.0f;
  for (int64_t n = 0; n < N; n++) {
    Lanes xr = x[2 * n], xi = x[2 * n + 1], fr = filter[2 * n], fi = filter[2 * n + 1] * sign;
    out[2 * n] = xr * fr - xi * fi;
    out[2 * n + 1] = xr * fi + xi * fr;
  }
}

/// sum += y * conjugate(x).
KERNEL void kernel_fft_correlate(const Lanes *y, const Lanes *x, Lanes *sum, int64_t N) {
  KERNEL_SUMS
  for (int64_t n = 0; n < N; n++) {
    Lanes yr = y[2 * n], yi = y[2 * n + 1], xr = x[2 * n], xi = x[2 * n + 1];
    sum[2 * n] += yr * xr + yi * xi;
    sum[2 * n + 1] += yi * xr - yr * xi;
  }
}

/// Groups of sixteen channels whose spectra are kept while the sequences go by: a quarter of a megabyte of them, and at
/// least two, since two neighbours share what memory sends at a time.
static int64_t group_of(int64_t N) {
  int64_t count = 2048 / N;
  return count < 2 ? 2 : count;
}

/// Floats of scratch for transforms of N points.
int64_t kernel_long_convolution_scratch(int64_t N) { return (6 + 4 * group_of(N)) * N * lanes; }

static int64_t width_at(const kernel_long_convolution *op, int64_t c) { return op->C - c < lanes ? op->C - c : lanes; }

typedef struct {
  Lanes *real, *imaginary, *spectrum, *product;  // N, N, 2 N, 2 N
  Lanes *filters, *gradients;                    // 2 N each per sixteen channels of the group
} Scratch;

static Scratch scratch_of(const kernel_long_convolution *op, int64_t N) {
  Lanes *base = (Lanes *)op->scratch;
  return (Scratch){base, base + N, base + 2 * N, base + 4 * N, base + 6 * N, base + (6 + 2 * group_of(N)) * N};
}

static void transform_filters(const kernel_long_convolution *op, const FFT *fft, int64_t first, int64_t end,
                              const Scratch *s) {
  Lanes *filter = s->filters;
  for (int64_t c = first; c < end; c += lanes, filter += 2 * fft->N) {
    kernel_fft_load_filter(op, fft->N, c, width_at(op, c), s->real, s->imaginary);
    kernel_fft_forward(fft, s->real, s->imaginary, filter);
  }
}

static void forward_channels(const kernel_long_convolution *op, const FFT *fft, int64_t b, int64_t c,
                             const Lanes *filter, const Scratch *s, float *y) {
  int64_t C = op->C, N = fft->N, stride = 3 * C, width = width_at(op, c), row = op->starts[b];
  int64_t L = op->starts[b + 1] - row;
  const float *x0 = op->u + row * stride + c, *x1 = x0 + C, *v = x1 + C;
  kernel_fft_gather(x1, stride, v, stride, L, N, width, s->real);
  kernel_fft_forward(fft, s->real, 0, s->spectrum);
  kernel_fft_multiply(s->spectrum, filter, s->spectrum, N, false);
  kernel_fft_inverse(fft, s->spectrum, s->real, 0);
  kernel_fft_scatter(x0, stride, s->real, y + row * C + c, C, L, width);
}

/// y = x0 * conv(x1 * v) for the sequences whose transform has N points.
void kernel_long_convolution_forward(const kernel_long_convolution *op, const float *table, int64_t N, float *y) {
  FFT fft = fft_of(table, N);
  Scratch s = scratch_of(op, N);
  int64_t C = op->C, step = group_of(N) * lanes;
  for (int64_t first = 0; first < C; first += step) {
    int64_t end = first + step < C ? first + step : C;
    transform_filters(op, &fft, first, end, &s);
    for (int64_t b = 0; b < op->B; b++) {
      if (op->starts[b] == op->starts[b + 1] || kernel_fft_length(op->starts[b + 1] - op->starts[b]) != N) continue;
      const Lanes *filter = s.filters;
      for (int64_t c = first; c < end; c += lanes, filter += 2 * N) forward_channels(op, &fft, b, c, filter, &s, y);
    }
  }
}

/// What the convolution gave is computed again, from its input's spectrum.
static void backward_channels(const kernel_long_convolution *op, const FFT *fft, int64_t b, int64_t c,
                              const Lanes *filter, Lanes *dfilter, const Scratch *s, const float *dy, float *du) {
  int64_t C = op->C, N = fft->N, stride = 3 * C, width = width_at(op, c), row = op->starts[b];
  int64_t L = op->starts[b + 1] - row;
  const float *x0 = op->u + row * stride + c, *x1 = x0 + C, *v = x1 + C;
  dy += row * C + c;
  du += row * stride + c;
  kernel_fft_gather(x1, stride, v, stride, L, N, width, s->real);
  kernel_fft_forward(fft, s->real, 0, s->spectrum);
  kernel_fft_multiply(s->spectrum, filter, s->product, N, false);
  kernel_fft_inverse(fft, s->product, s->real, 0);
  kernel_fft_scatter(dy, C, s->real, du, stride, L, width);
  kernel_fft_gather(dy, C, x0, stride, L, N, width, s->real);
  kernel_fft_forward(fft, s->real, 0, s->product);
  kernel_fft_correlate(s->product, s->spectrum, dfilter, N);
  kernel_fft_multiply(s->product, filter, s->product, N, true);
  kernel_fft_inverse(fft, s->product, s->real, 0);
  kernel_fft_scatter(v, stride, s->real, du + C, stride, L, width);
  kernel_fft_scatter(x1, stride, s->real, du + 2 * C, stride, L, width);
}

/// The gradients of the same sequences.
void kernel_long_convolution_backward(const kernel_long_convolution *op, const float *table, int64_t N,
                                      const float *dy, const kernel_long_convolution_gradients *to) {
  FFT fft = fft_of(table, N);
  Scratch s = scratch_of(op, N);
  int64_t C = op->C, step = group_of(N) * lanes;
  for (int64_t first = 0; first < C; first += step) {
    int64_t end = first + step < C ? first + step : C;
    transform_filters(op, &fft, first, end, &s);
    memset(s.gradients, 0, (size_t)(2 * N * group_of(N)) * sizeof(Lanes));
    for (int64_t b = 0; b < op->B; b++) {
      if (op->starts[b] == op->starts[b + 1] || kernel_fft_length(op->starts[b + 1] - op->starts[b]) != N) continue;
      int64_t at = 0;
      for (int64_t c = first; c < end; c += lanes, at += 2 * N) {
        backward_channels(op, &fft, b, c, s.filters + at, s.gradients + at, &s, dy, to->du);
      }
    }
    Lanes *gradient = s.gradients;
    for (int64_t c = first; c < end; c += lanes, gradient += 2 * N) {
      kernel_fft_inverse(&fft, gradient, s.real, s.imaginary);
      kernel_fft_store_filter(op, to, N, c, width_at(op, c), s.real, s.imaginary);
    }
  }
}
