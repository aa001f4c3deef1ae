#include "fft.h"

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// A polynomial of N coefficients is evaluated at the N roots of z^N = i (and interpolated from there). Modulo z^N - i
// the product of two real polynomials keeps what stays below z^N in its real part and what wraps around in its
// imaginary part (right-angle convolution: Nussbaumer 1981; Crandall and Fagin 1994), so that N points do what a cyclic
// transform of real numbers needs 2 N for, and neither packing nor unpacking is left to do.
//
// z^N - r falls into factors z^(N/4) - s, s^4 = r, and so on: one twiddle s for a whole block, kept in registers. The
// values come out in the order of that tree; the inverse climbs it again, so nothing is ever reordered. The first pass
// has radix 2 to 7 and real input: N = radix * 4^k wastes at most a third of it.

enum { leaf = 64 };  // points of a block that is finished before the next one is begun: 8 KiB

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
  return (FFT){N, first, table, table + first * first, table + 2 * first * first};
}

/// out[q] = sum over j of root_q^j (re[j] + i im[j]), inputs and outputs `stride` apart; `im` may be null.
static inline __attribute__((always_inline)) void first_pass(const FFT *fft, int64_t radix, const Lanes *re,
                                                             const Lanes *im, Lanes *out) {
  KERNEL_SUMS
  int64_t stride = fft->N / radix;
  for (int64_t n = 0; n < stride; n++) {
    Lanes a[7], b[7];
#pragma clang loop unroll(full)
    for (int64_t j = 0; j < radix; j++) {
      a[j] = re[n + j * stride];
      if (im) b[j] = im[n + j * stride];
    }
#pragma clang loop unroll(full)
    for (int64_t q = 0; q < radix; q++) {
      const float *c = fft->cosines + q * radix, *s = fft->sines + q * radix;
      Lanes x = a[0], y = a[1] * s[1];
      if (im) y += b[0];
#pragma clang loop unroll(full)
      for (int64_t j = 1; j < radix; j++) {
        x += a[j] * c[j];
        if (j > 1) y += a[j] * s[j];
        if (im) x -= b[j] * s[j], y += b[j] * c[j];
      }
      out[2 * (n + q * stride)] = x;
      out[2 * (n + q * stride) + 1] = y;
    }
  }
}

/// re[j] + i im[j] = sum over q of conjugate(root_q^j) in[q]: N times the inverse. `im` may be null.
static inline __attribute__((always_inline)) void last_pass(const FFT *fft, int64_t radix, const Lanes *in, Lanes *re,
                                                            Lanes *im) {
  KERNEL_SUMS
  int64_t stride = fft->N / radix;
  for (int64_t n = 0; n < stride; n++) {
    Lanes x[7], y[7];
#pragma clang loop unroll(full)
    for (int64_t q = 0; q < radix; q++) {
      x[q] = in[2 * (n + q * stride)];
      y[q] = in[2 * (n + q * stride) + 1];
    }
#pragma clang loop unroll(full)
    for (int64_t j = 0; j < radix; j++) {
      Lanes a = x[0] * fft->cosines[j] + y[0] * fft->sines[j];
#pragma clang loop unroll(full)
      for (int64_t q = 1; q < radix; q++) {
        a += x[q] * fft->cosines[q * radix + j] + y[q] * fft->sines[q * radix + j];
      }
      re[n + j * stride] = a;
      if (!im) continue;
      Lanes b = y[0] * fft->cosines[j] - x[0] * fft->sines[j];
#pragma clang loop unroll(full)
      for (int64_t q = 1; q < radix; q++) {
        b += y[q] * fft->cosines[q * radix + j] - x[q] * fft->sines[q * radix + j];
      }
      im[n + j * stride] = b;
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

/// Twiddles of the blocks of `size` points.
static inline __attribute__((always_inline)) const float *twiddles_of(const FFT *fft, int64_t size) {
  const float *w = fft->twiddles;
  for (int64_t blocks = fft->first; blocks * size < fft->N; blocks *= 4) w += 6 * blocks;
  return w;
}

/// The spectrum of N numbers, in the order of the tree: pairs of real and imaginary part. `imaginary` may be null.
KERNEL void kernel_fft_forward(const FFT *fft, const Lanes *real, const Lanes *imaginary, Lanes *spectrum) {
  int64_t N = fft->N;
  if (imaginary) {
    for (int64_t radix = 2; radix <= 7; radix++) {
      if (radix == fft->first) first_pass(fft, radix, real, imaginary, spectrum);
    }
  } else {
    switch (fft->first) {
    case 2: first_pass(fft, 2, real, 0, spectrum); break;
    case 3: first_pass(fft, 3, real, 0, spectrum); break;
    case 4: first_pass(fft, 4, real, 0, spectrum); break;
    case 5: first_pass(fft, 5, real, 0, spectrum); break;
    case 6: first_pass(fft, 6, real, 0, spectrum); break;
    default: first_pass(fft, 7, real, 0, spectrum); break;
    }
  }
  int64_t top = N / fft->first, low = top < leaf ? top : leaf;
  for (int64_t at = 0; at < N; at += low) {
    for (int64_t size = top; size > low; size /= 4) {
      if (at % size == 0) split_block(twiddles_of(fft, size) + 6 * (at / size), size / 4, spectrum + 2 * at);
    }
    for (int64_t size = low; size > 1; size /= 4) {
      const float *w = twiddles_of(fft, size);
      for (int64_t o = at; o < at + low; o += size) split_block(w + 6 * (o / size), size / 4, spectrum + 2 * o);
    }
  }
}

/// N times the numbers whose spectrum is given, which is used up. `imaginary` may be null.
KERNEL void kernel_fft_inverse(const FFT *fft, Lanes *spectrum, Lanes *real, Lanes *imaginary) {
  int64_t N = fft->N;
  int64_t top = N / fft->first, low = top < leaf ? top : leaf;
  for (int64_t end = low; end <= N; end += low) {
    for (int64_t size = 4; size <= low; size *= 4) {
      const float *w = twiddles_of(fft, size);
      for (int64_t o = end - low; o < end; o += size) join_block(w + 6 * (o / size), size / 4, spectrum + 2 * o);
    }
    for (int64_t size = 4 * low; size <= top; size *= 4) {
      if (end % size == 0) {
        int64_t o = end - size;
        join_block(twiddles_of(fft, size) + 6 * (o / size), size / 4, spectrum + 2 * o);
      }
    }
  }
  if (imaginary) {
    for (int64_t radix = 2; radix <= 7; radix++) {
      if (radix == fft->first) last_pass(fft, radix, spectrum, real, imaginary);
    }
  } else {
    switch (fft->first) {
    case 2: last_pass(fft, 2, spectrum, real, 0); break;
    case 3: last_pass(fft, 3, spectrum, real, 0); break;
    case 4: last_pass(fft, 4, spectrum, real, 0); break;
    case 5: last_pass(fft, 5, spectrum, real, 0); break;
    case 6: last_pass(fft, 6, spectrum, real, 0); break;
    default: last_pass(fft, 7, spectrum, real, 0); break;
    }
  }
}
