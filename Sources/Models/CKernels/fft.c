#include "fft.h"

#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// A polynomial of N coefficients is evaluated at the N roots of z^N = i (and interpolated from there).
// Modulo z^N - i the product of two real polynomials keeps the terms below z^N in its real part and those that wrap
// around in its imaginary part (right-angle convolution: Nussbaumer 1981; Crandall and Fagin 1994), so that N points do
// the work for which a cyclic transform of real numbers needs 2 N, and neither packing nor unpacking is left to do.
//
// z^N - r falls into factors z^(N/4) - s, s^4 = r, and so on: one twiddle s for a whole block, kept in registers. The
// values come out in the order of that tree; the inverse climbs it again, so nothing is ever reordered. The first pass
// has radix 2 to 7 and real input: N = radix * 4^k wastes at most a third of it.

/// The length of the transform for sequences of L tokens: the least radix * 4^k >= L with radix 2...7.
int64_t kernel_fft_length(int64_t L) {
  int64_t power = 1;
  while (7 * power < L) power *= 4;
  int64_t radix = (L + power - 1) / power;
  return (radix < 2 ? 2 : radix) * power;
}

static int64_t first_radix(int64_t N) {
  while (N > 7) N /= 4;
  return N;
}

/// Floats of the table of a length.
int64_t kernel_fft_table_size(int64_t N) {
  int64_t first = first_radix(N), size = 2 * first * first;
  for (int64_t blocks = first; blocks < N; blocks *= 4) size += 6 * blocks;
  return size;
}

/// Turns (full circles) of the root r of block `block` among first * 4^depth: z^size - r.
static double turns_of(int64_t first, int64_t blocks, int64_t block) {
  if (blocks == first) return (0.25 + (double)block) / (double)first;
  return (turns_of(first, blocks / 4, block / 4) + (double)(block % 4)) / 4.0;
}

void kernel_fft_table(float *table, int64_t N) {
  const double circle = 6.283185307179586;
  int64_t first = first_radix(N);
  for (int64_t q = 0; q < first; q++) {
    for (int64_t j = 0; j < first; j++) {
      double s, c;
      sine_cosine(circle * turns_of(first, first, q) * (double)j, &s, &c);
      table[q * first + j] = (float)c;
      table[first * first + q * first + j] = (float)s;
    }
  }
  float *out = table + 2 * first * first;
  for (int64_t blocks = first; blocks < N; blocks *= 4) {
    for (int64_t b = 0; b < blocks; b++) {
      for (int power = 1; power <= 3; power++, out += 2) {
        double s, c;
        sine_cosine(circle * turns_of(first, blocks, b) / 4.0 * power, &s, &c);
        out[0] = (float)c;
        out[1] = (float)s;
      }
    }
  }
}

FFT fft_of(const float *table, int64_t N) {
  int64_t first = first_radix(N);
  FFT fft = {N, first, 0, table, table + first * first, {0}};
  while (first << (2 * fft.depth) < N) fft.depth++;
  const float *twiddles = table + 2 * first * first;
  for (int64_t k = fft.depth, blocks = first; k > 0; k--, blocks *= 4) {
    fft.twiddles[k] = twiddles;
    twiddles += 6 * blocks;
  }
  return fft;
}

#define EVERY(i, count) _Pragma("clang loop unroll(full)") for (int64_t i = 0; i < (count); i++)

/// out[q] = sum over j of root_q^j in[j], in and out N / radix apart.
static inline __attribute__((always_inline)) void first_pass(FFT fft, int64_t radix, Rows in, Lanes *out) {
  KERNEL_SUMS
  int64_t stride = fft.N / radix;
  for (int64_t n = 0; n < stride; n++) {
    Lanes x[7];
    EVERY(j, radix) {
      int64_t row = n + j * stride;
      if (row < in.length) {
        Lanes a, b;
        memcpy(&a, in.a + row * in.aStride, sizeof a);
        memcpy(&b, in.b + row * in.bStride, sizeof b);
        x[j] = a * b;
      } else {
        x[j] = (Lanes){0};
      }
    }
    EVERY(q, radix) {
      const float *c = fft.cosines + q * radix, *s = fft.sines + q * radix;
      Lanes re = x[0] + x[1] * c[1], im = x[1] * s[1];
      EVERY(j, radix) {
        if (j > 1) re += x[j] * c[j], im += x[j] * s[j];
      }
      out[2 * (n + q * stride)] = re;
      out[2 * (n + q * stride) + 1] = im;
    }
  }
}

/// x[j] = real part of the sum over q of conjugate(root_q^j) in[q].
static inline __attribute__((always_inline)) void last_pass(FFT fft, int64_t radix, const Lanes *in,
                                                            Gated out) {
  KERNEL_SUMS
  int64_t stride = fft.N / radix;
  for (int64_t n = 0; n < stride; n++) {
    Lanes re[7], im[7];
    EVERY(q, radix) {
      re[q] = in[2 * (n + q * stride)];
      im[q] = in[2 * (n + q * stride) + 1];
    }
    EVERY(j, radix) {
      int64_t row = n + j * stride;
      if (row < out.length) {
        Lanes x = re[0] * fft.cosines[j] + im[0] * fft.sines[j], a;
        EVERY(q, radix) {
          if (q > 0) x += re[q] * fft.cosines[q * radix + j] + im[q] * fft.sines[q * radix + j];
        }
        memcpy(&a, out.a + row * out.inStride, sizeof a);
        if (out.z) {
          Lanes b;
          memcpy(&b, out.b + row * out.inStride, sizeof b);
          b *= x;
          memcpy(out.z + row * out.outStride, &b, sizeof b);
        }
        a *= x;
        memcpy(out.y + row * out.outStride, &a, sizeof a);
      }
    }
  }
}

/// The first pass of complex numbers, for filters.
static inline __attribute__((always_inline)) void first_complex_pass(const FFT *fft, const Lanes *re, const Lanes *im,
                                                                     Lanes *out) {
  KERNEL_SUMS
  int64_t radix = fft->first, stride = fft->N / radix;
  for (int64_t q = 0; q < radix; q++) {
    const float *c = fft->cosines + q * radix, *s = fft->sines + q * radix;
    for (int64_t n = 0; n < stride; n++) {
      Lanes x = re[n], y = im ? im[n] : (Lanes){0};
      for (int64_t j = 1; j < radix; j++) {
        Lanes a = re[n + j * stride];
        x += a * c[j];
        y += a * s[j];
        if (im) x -= im[n + j * stride] * s[j], y += im[n + j * stride] * c[j];
      }
      out[2 * (n + q * stride)] = x;
      out[2 * (n + q * stride) + 1] = y;
    }
  }
}

/// The last pass with all of its result, for the gradients of filters.
static inline __attribute__((always_inline)) void last_complex_pass(const FFT *fft, const Lanes *in, Lanes *re,
                                                                    Lanes *im) {
  KERNEL_SUMS
  int64_t radix = fft->first, stride = fft->N / radix;
  for (int64_t j = 0; j < radix; j++) {
    const float *c = fft->cosines + j, *s = fft->sines + j;
    for (int64_t n = 0; n < stride; n++) {
      Lanes x = {0}, y = {0};
      for (int64_t q = 0; q < radix; q++) {
        Lanes a = in[2 * (n + q * stride)], b = in[2 * (n + q * stride) + 1];
        x += a * c[q * radix] + b * s[q * radix];
        if (im) y += b * c[q * radix] - a * s[q * radix];
      }
      re[n + j * stride] = x;
      if (im) im[n + j * stride] = y;
    }
  }
}

/// One block of 4 M points: modulo z^(4M) - r to modulo z^M - s for the four s.
static inline __attribute__((always_inline)) void split_block(const float *w, int64_t M, Lanes *z) {
  KERNEL_SUMS
  for (int64_t n = 0; n < M; n++) {
    Lanes *p0 = z + 2 * n, *p1 = p0 + 2 * M, *p2 = p1 + 2 * M, *p3 = p2 + 2 * M;
    Lanes b1r = p1[0] * w[0] - p1[1] * w[1], b1i = p1[0] * w[1] + p1[1] * w[0];
    Lanes b2r = p2[0] * w[2] - p2[1] * w[3], b2i = p2[0] * w[3] + p2[1] * w[2];
    Lanes b3r = p3[0] * w[4] - p3[1] * w[5], b3i = p3[0] * w[5] + p3[1] * w[4];
    Lanes s0r = p0[0] + b2r, s0i = p0[1] + b2i, s1r = p0[0] - b2r, s1i = p0[1] - b2i;
    Lanes s2r = b1r + b3r, s2i = b1i + b3i, s3r = b3i - b1i, s3i = b1r - b3r;
    p0[0] = s0r + s2r, p0[1] = s0i + s2i;
    p1[0] = s1r + s3r, p1[1] = s1i + s3i;
    p2[0] = s0r - s2r, p2[1] = s0i - s2i;
    p3[0] = s1r - s3r, p3[1] = s1i - s3i;
  }
}

/// The inverse of split_block, times 4.
static inline __attribute__((always_inline)) void join_block(const float *w, int64_t M, Lanes *z) {
  KERNEL_SUMS
  for (int64_t n = 0; n < M; n++) {
    Lanes *p0 = z + 2 * n, *p1 = p0 + 2 * M, *p2 = p1 + 2 * M, *p3 = p2 + 2 * M;
    Lanes s0r = p0[0] + p2[0], s0i = p0[1] + p2[1], s2r = p0[0] - p2[0], s2i = p0[1] - p2[1];
    Lanes s1r = p1[0] + p3[0], s1i = p1[1] + p3[1], s3r = p3[1] - p1[1], s3i = p1[0] - p3[0];
    Lanes b1r = s2r - s3r, b1i = s2i - s3i, b3r = s2r + s3r, b3i = s2i + s3i;
    Lanes b2r = s0r - s1r, b2i = s0i - s1i;
    p0[0] = s0r + s1r, p0[1] = s0i + s1i;
    p1[0] = b1r * w[0] + b1i * w[1], p1[1] = b1i * w[0] - b1r * w[1];
    p2[0] = b2r * w[2] + b2i * w[3], p2[1] = b2i * w[2] - b2r * w[3];
    p3[0] = b3r * w[4] + b3i * w[5], p3[1] = b3i * w[4] - b3r * w[5];
  }
}

/// The passes of radix 4 from the largest blocks down to the finished block `at` of 4^low points, the larger ones only
/// at their beginnings: depth first, so that a block is finished while it is in the cache.
static inline __attribute__((always_inline)) void split_to(const FFT *fft, int64_t at, int64_t low, Lanes *z) {
  for (int64_t k = fft->depth; k > low; k--) {
    int64_t M = (int64_t)1 << (2 * k - 2);
    if ((at & (4 * M - 1)) == 0) split_block(fft->twiddles[k] + 6 * (at >> (2 * k)), M, z + 2 * at);
  }
  for (int64_t k = low; k > 0; k--) {
    const float *w = fft->twiddles[k] + 6 * (at >> (2 * k));
    int64_t M = (int64_t)1 << (2 * k - 2), end = at + ((int64_t)1 << (2 * low));
    for (int64_t o = at; o < end; o += 4 * M, w += 6) split_block(w, M, z + 2 * o);
  }
}

/// The passes back up from the block `at` of 4^low points: the inverse of split_to.
static inline __attribute__((always_inline)) void join_from(const FFT *fft, int64_t at, int64_t low, Lanes *z) {
  int64_t end = at + ((int64_t)1 << (2 * low));
  for (int64_t k = 1; k <= low; k++) {
    const float *w = fft->twiddles[k] + 6 * (at >> (2 * k));
    int64_t M = (int64_t)1 << (2 * k - 2);
    for (int64_t o = at; o < end; o += 4 * M, w += 6) join_block(w, M, z + 2 * o);
  }
  for (int64_t k = low + 1; k <= fft->depth; k++) {
    int64_t M = (int64_t)1 << (2 * k - 2), o = end - 4 * M;
    if ((end & (4 * M - 1)) == 0) join_block(fft->twiddles[k] + 6 * (o >> (2 * k)), M, z + 2 * o);
  }
}

/// Blocks of 4^this many points are finished one by one: 8 KiB of them.
static inline __attribute__((always_inline)) int64_t low_of(const FFT *fft) { return fft->depth < 3 ? fft->depth : 3; }

/// The spectrum of N numbers, in the order of the tree: pairs of real and imaginary part. `imaginary` may be null, as
/// below.
KERNEL void kernel_fft_forward(const FFT *fft, const Lanes *real, const Lanes *imaginary, Lanes *spectrum) {
  if (imaginary) {
    first_complex_pass(fft, real, imaginary, spectrum);
  } else {
    first_complex_pass(fft, real, 0, spectrum);
  }
  for (int64_t at = 0, low = low_of(fft); at < fft->N; at += (int64_t)1 << (2 * low)) split_to(fft, at, low, spectrum);
}

/// N times the numbers whose spectrum is given, which is used up.
KERNEL void kernel_fft_inverse(const FFT *fft, Lanes *spectrum, Lanes *real, Lanes *imaginary) {
  for (int64_t at = 0, low = low_of(fft); at < fft->N; at += (int64_t)1 << (2 * low)) join_from(fft, at, low, spectrum);
  if (imaginary) {
    last_complex_pass(fft, spectrum, real, imaginary);
  } else {
    last_complex_pass(fft, spectrum, real, 0);
  }
}

/// out = x * filter, n points.
static inline __attribute__((always_inline)) void multiply(const Lanes *x, const Lanes *filter, Lanes *out, int64_t n,
                                                           float sign) {
  KERNEL_SUMS
  for (int64_t i = 0; i < n; i++, x += 2, filter += 2, out += 2) {
    Lanes xr = x[0], xi = x[1], fr = filter[0], fi = filter[1] * sign;
    out[0] = xr * fr - xi * fi;
    out[1] = xr * fi + xi * fr;
  }
}

/// sum += y * conjugate(x), n points.
static inline __attribute__((always_inline)) void correlate(const Lanes *y, const Lanes *x, Lanes *sum, int64_t n) {
  KERNEL_SUMS
  for (int64_t i = 0; i < n; i++, x += 2, y += 2, sum += 2) {
    sum[0] += y[0] * x[0] + y[1] * x[1];
    sum[1] += y[1] * x[0] - y[0] * x[1];
  }
}

#define WITH_RADIX(fft, pass, ...) \
  switch ((fft).first) { \
  case 2: pass(fft, 2, __VA_ARGS__); break; \
  case 3: pass(fft, 3, __VA_ARGS__); break; \
  case 4: pass(fft, 4, __VA_ARGS__); break; \
  case 5: pass(fft, 5, __VA_ARGS__); break; \
  case 6: pass(fft, 6, __VA_ARGS__); break; \
  default: pass(fft, 7, __VA_ARGS__); break; \
  }

/// Convolves a * b with the filter; the result times the gates goes out. `spectrum` keeps that of a * b.
KERNEL void kernel_fft_convolve(const FFT *fft, const Rows *in, const Lanes *filter, Lanes *spectrum, Lanes *product,
                                const Gated *out) {
  WITH_RADIX(*fft, first_pass, *in, spectrum)
  int64_t low = low_of(fft), points = (int64_t)1 << (2 * low);
  for (int64_t at = 0; at < fft->N; at += points) {
    split_to(fft, at, low, spectrum);
    multiply(spectrum + 2 * at, filter + 2 * at, product + 2 * at, points, 1.0f);
    join_from(fft, at, low, product);
  }
  WITH_RADIX(*fft, last_pass, product, *out)
}

/// Correlates a * b with the filter; the result times the gates goes out. Adds its correlation with `other`,
/// a spectrum, to `sum`.
KERNEL void kernel_fft_correlate(const FFT *fft, const Rows *in, const Lanes *filter, const Lanes *other, Lanes *sum,
                                 Lanes *product, const Gated *out) {
  WITH_RADIX(*fft, first_pass, *in, product)
  int64_t low = low_of(fft), points = (int64_t)1 << (2 * low);
  for (int64_t at = 0; at < fft->N; at += points) {
    split_to(fft, at, low, product);
    correlate(product + 2 * at, other + 2 * at, sum + 2 * at, points);
    multiply(product + 2 * at, filter + 2 * at, product + 2 * at, points, -1.0f);
    join_from(fft, at, low, product);
  }
  WITH_RADIX(*fft, last_pass, product, *out)
}
