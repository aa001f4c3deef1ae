#include <string.h>

#include "clones.h"
#include "kernels.h"

/// The rows of x with `gap` rows of zeros before, between and after the sequences: row t of sequence b becomes row
/// starts[b] + t + (b + 1) * gap of R + (B + 1) * gap.
void kernel_pad(const float *x, const int32_t *starts, int64_t B, int64_t C, int64_t gap, float *padded) {
  size_t row = sizeof(float) * (size_t)C;
  for (int64_t b = 0; b < B; b++) {
    int64_t count = starts[b + 1] - starts[b];
    memset(padded, 0, row * (size_t)gap);
    padded += gap * C;
    memcpy(padded, x + starts[b] * C, row * (size_t)count);
    padded += count * C;
  }
  memset(padded, 0, row * (size_t)gap);
}

/// reversed[j][o][c] = weight[o][taps - 1 - j][c].
void kernel_reverse_taps(const float *weight, int64_t out, int64_t taps, int64_t C, float *reversed) {
  for (int64_t o = 0; o < out; o++) {
    for (int64_t j = 0; j < taps; j++) {
      memcpy(reversed + ((taps - 1 - j) * out + o) * C, weight + (o * taps + j) * C, sizeof(float) * (size_t)C);
    }
  }
}
