#ifndef KERNEL_FFT_H
#define KERNEL_FFT_H

#include <stdint.h>

/// Channels that a transform works on side by side, and their real numbers at one place of the sequence.
enum { lanes = 16 };
typedef float Lanes __attribute__((vector_size(64)));

/// What transforms of one length share; made by kernel_fft_table.
typedef struct {
  int64_t N, first;       // the length, and the radix of the first pass
  const float *cosines;   // first x first: cos and sin of j times the angle of the first pass's root q
  const float *sines;
  const float *twiddles;  // of the passes of radix 4, from the largest blocks to blocks of 4
} FFT;

FFT fft_of(const float *table, int64_t N);
void kernel_fft_forward(const FFT *fft, const Lanes *real, const Lanes *imaginary, Lanes *spectrum);
void kernel_fft_inverse(const FFT *fft, Lanes *spectrum, Lanes *real, Lanes *imaginary);

#endif
