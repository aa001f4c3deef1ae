#ifndef KERNEL_FFT_H
#define KERNEL_FFT_H

#include <stdint.h>

/// Channels that a transform works on side by side, and their real numbers at one place of the sequence.
enum { lanes = 16 };
typedef float Lanes __attribute__((vector_size(64)));

/// The tables that transforms of one length share; made by kernel_fft_table.
typedef struct {
  int64_t N, first;       // the length, and the radix of the first pass
  int64_t depth;          // passes of radix 4: N = first * 4^depth
  const float *cosines;   // first x first: cos and sin of j times the angle of the first pass's root q
  const float *sines;
  const float *twiddles[16];  // by k, of the blocks of 4^k points: of each, the powers 1 to 3 of its s
} FFT;

/// The input of the first pass: the product of two rows each, `length` of them and zeros after that.
typedef struct {
  const float *a, *b;
  int64_t aStride, bStride, length;
} Rows;

/// The output of the last pass: the real part times the rows of `a` to `y`, and times those of `b` to `z` unless null.
typedef struct {
  const float *a, *b;
  float *y, *z;
  int64_t inStride, outStride, length;
} Gated;

FFT fft_of(const float *table, int64_t N);
void kernel_fft_forward(const FFT *fft, const Lanes *real, const Lanes *imaginary, Lanes *spectrum);
void kernel_fft_inverse(const FFT *fft, Lanes *spectrum, Lanes *real, Lanes *imaginary);
void kernel_fft_convolve(const FFT *fft, const Rows *in, const Lanes *filter, Lanes *spectrum, Lanes *product,
                         const Gated *out);
void kernel_fft_correlate(const FFT *fft, const Rows *in, const Lanes *filter, const Lanes *other, Lanes *sum,
                          Lanes *product, const Gated *out);

#endif
