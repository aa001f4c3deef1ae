#include <string.h>

#include "clones.h"
#include "fft.h"
#include "kernels.h"

// The long convolution of Hyena with both of its gates, sixteen channels at a time: while the sequences of one
// transform length go by, the filter's spectrum stays in the cache, and nothing but the operands is read or written.

/// The rows of u and y (or dy), and of du, for some channels of a sequence.
typedef struct {
  const float *u[3], *dy;
  float *y, *du[3];
  int64_t uStride, yStride;
} Operands;

/// Columns of L rows to rows of sixteen, with zeros behind them, and back.
static void pad(const float *x, int64_t stride, int64_t L, int64_t width, float *out) {
  for (int64_t n = 0; n < L; n++) {
    for (int64_t i = 0; i < lanes; i++) out[n * lanes + i] = i < width ? x[n * stride + i] : 0.0f;
  }
}

static void unpad(const float *x, int64_t stride, int64_t L, int64_t width, float *out) {
  for (int64_t n = 0; n < L; n++) memcpy(out + n * stride, x + n * lanes, (size_t)width * sizeof(float));
}

// A row of sixteen channels, or of fewer, then with zeros behind them.
#define LOAD(v, p, width) \
  Lanes v = {0}; \
  memcpy(&v, p, (size_t)(width) * sizeof(float))

/// The filter as a polynomial modulo z^N - i: lag l at z^l, lag -l at z^-l = -i z^(N - l). Divided by N, since the
/// inverse transform is not.
static inline __attribute__((always_inline)) void load_filter(const kernel_long_convolution *op, int64_t N, int64_t c,
                                                              int64_t width, Lanes *real, Lanes *imaginary) {
  int64_t C = op->C, count = op->lags < N ? op->lags : N;
  float scale = 1.0f / (float)N;
  for (int64_t n = 0; n < count; n++) {
    LOAD(v, op->filter + n * C + c, width);
    real[n] = v * scale;
  }
  for (int64_t n = count; n < N; n++) real[n] = (Lanes){0};
  LOAD(bias, op->bias + c, width);
  real[0] += bias * scale;
  if (!op->reversed) return;
  LOAD(now, op->reversed + c, width);
  real[0] += now * scale;
  for (int64_t n = 0; n <= N - count; n++) imaginary[n] = (Lanes){0};
  for (int64_t n = 1; n < count; n++) {
    LOAD(v, op->reversed + n * C + c, width);
    imaginary[N - n] = v * -scale;
  }
}

KERNEL void kernel_fft_load_filter(const kernel_long_convolution *op, int64_t N, int64_t c, int64_t width, Lanes *real,
                                   Lanes *imaginary) {
  if (width == lanes) {
    load_filter(op, N, c, lanes, real, imaginary);
  } else {
    load_filter(op, N, c, width, real, imaginary);
  }
}

// Adds `value` to a row.
#define ADD(p, width, value) \
  do { \
    LOAD(sum, p, width); \
    sum += value; \
    memcpy(p, &sum, (size_t)(width) * sizeof(float)); \
  } while (0)

/// Adds the filter's gradient, as a polynomial modulo z^N - i, to the gradients of filters and bias.
static inline __attribute__((always_inline)) void store_filter(const kernel_long_convolution *op,
                                                               const kernel_long_convolution_gradients *to, int64_t N,
                                                               int64_t c, int64_t width, const Lanes *real,
                                                               const Lanes *imaginary) {
  int64_t C = op->C, count = op->lags < N ? op->lags : N;
  float scale = 1.0f / (float)N;
  for (int64_t n = 0; n < count; n++) ADD(to->dfilter + n * C + c, width, real[n] * scale);
  ADD(to->dbias + c, width, real[0] * scale);
  if (!op->reversed) return;
  ADD(to->dreversed + c, width, real[0] * scale);
  for (int64_t n = 1; n < count; n++) ADD(to->dreversed + n * C + c, width, imaginary[N - n] * -scale);
}

KERNEL void kernel_fft_store_filter(const kernel_long_convolution *op, const kernel_long_convolution_gradients *to,
                                    int64_t N, int64_t c, int64_t width, const Lanes *real, const Lanes *imaginary) {
  if (width == lanes) {
    store_filter(op, to, N, c, lanes, real, imaginary);
  } else {
    store_filter(op, to, N, c, width, real, imaginary);
  }
}

/// Groups of sixteen channels whose spectra are kept while the sequences go by: a quarter of a megabyte of them,
/// and at least two, since two neighbours share the bytes that memory sends at a time.
static int64_t group_of(int64_t N) {
  int64_t count = 2048 / N;
  return count < 2 ? 2 : count;
}

/// Floats of scratch for transforms of N points.
int64_t kernel_long_convolution_scratch(int64_t N) { return (12 + 4 * group_of(N)) * N * lanes; }

typedef struct {
  Lanes *real, *imaginary;       // N each
  float *padded;                 // 8 N lanes; the same room
  Lanes *spectrum, *product;     // 2 N each
  Lanes *filters, *gradients;    // 2 N each per sixteen channels of the group
} Scratch;

static Scratch scratch_of(const kernel_long_convolution *op, int64_t N) {
  Lanes *base = (Lanes *)op->scratch;
  return (Scratch){base, base + N, op->scratch, base + 8 * N, base + 10 * N, base + 12 * N,
                   base + (12 + 2 * group_of(N)) * N};
}

static int64_t width_at(const kernel_long_convolution *op, int64_t c) { return op->C - c < lanes ? op->C - c : lanes; }

static void transform_filters(const kernel_long_convolution *op, const FFT *fft, int64_t first, int64_t end,
                              const Scratch *s) {
  Lanes *filter = s->filters;
  for (int64_t c = first; c < end; c += lanes, filter += 2 * fft->N) {
    kernel_fft_load_filter(op, fft->N, c, width_at(op, c), s->real, s->imaginary);
    kernel_fft_forward(fft, s->real, op->reversed ? s->imaginary : 0, filter);
  }
}

/// Operands of the channels from c on; those of the last, narrower group as copies.
static Operands operands_of(const kernel_long_convolution *op, int64_t b, int64_t c, const Scratch *s,
                            const float *dy, float *y, float *du) {
  int64_t C = op->C, stride = 3 * C, row = op->starts[b], L = op->starts[b + 1] - row, width = width_at(op, c);
  Operands o = {{0}, dy ? dy + row * C + c : 0, y ? y + row * C + c : 0, {0}, stride, C};
  for (int64_t i = 0; i < 3; i++) {
    o.u[i] = op->u + row * stride + i * C + c;
    o.du[i] = du ? du + row * stride + i * C + c : 0;
  }
  if (width == lanes) return o;
  for (int64_t i = 0; i < 3; i++) {
    pad(o.u[i], stride, L, width, s->padded + i * L * lanes);
    o.u[i] = s->padded + i * L * lanes;
    o.du[i] = s->padded + (3 + i) * L * lanes;
  }
  if (dy) pad(o.dy, C, L, width, s->padded + 6 * L * lanes);
  o.dy = s->padded + 6 * L * lanes;
  o.y = s->padded + 7 * L * lanes;
  o.uStride = o.yStride = lanes;
  return o;
}

static void forward_channels(const kernel_long_convolution *op, const FFT *fft, int64_t b, int64_t c,
                             const Lanes *filter, const Scratch *s, float *y) {
  int64_t C = op->C, L = op->starts[b + 1] - op->starts[b], width = width_at(op, c);
  Operands o = operands_of(op, b, c, s, 0, y, 0);
  Rows in = {o.u[1], o.u[2], o.uStride, o.uStride, L};
  Gated out = {o.u[0], 0, o.y, 0, o.uStride, o.yStride, L};
  kernel_fft_convolve(fft, &in, filter, s->spectrum, s->spectrum, &out);
  if (width < lanes) unpad(o.y, C, L, width, y + op->starts[b] * C + c);
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

/// Computes the convolution's output again, from the spectrum of its input.
static void backward_channels(const kernel_long_convolution *op, const FFT *fft, int64_t b, int64_t c,
                              const Lanes *filter, Lanes *dfilter, const Scratch *s, const float *dy, float *du) {
  int64_t C = op->C, L = op->starts[b + 1] - op->starts[b], width = width_at(op, c);
  Operands o = operands_of(op, b, c, s, dy, 0, du);
  Rows in = {o.u[1], o.u[2], o.uStride, o.uStride, L};
  Gated out = {o.dy, 0, o.du[0], 0, o.yStride, o.uStride, L};
  kernel_fft_convolve(fft, &in, filter, s->spectrum, s->product, &out);
  Rows din = {o.dy, o.u[0], o.yStride, o.uStride, L};
  Gated dout = {o.u[2], o.u[1], o.du[1], o.du[2], o.uStride, o.uStride, L};
  kernel_fft_correlate(fft, &din, filter, s->spectrum, dfilter, s->product, &dout);
  if (width == lanes) return;
  for (int64_t i = 0; i < 3; i++) unpad(o.du[i], 3 * C, L, width, du + op->starts[b] * 3 * C + i * C + c);
}

/// The gradients of `kernel_long_convolution_forward`, for the sequences whose transform has N points.
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
      kernel_fft_inverse(&fft, gradient, s.real, op->reversed ? s.imaginary : 0);
      kernel_fft_store_filter(op, to, N, c, width_at(op, c), s.real, s.imaginary);
    }
  }
}
