#include <string.h>

#include "clones.h"
#include "kernels.h"

static int64_t sequence_of(const int32_t *starts, int64_t B, int64_t row) {
  int64_t low = 0, high = B - 1;
  while (low < high) {
    int64_t middle = (low + high + 1) / 2;
    if (starts[middle] <= row) low = middle; else high = middle - 1;
  }
  return low;
}

/// columns[r - first][j * C + c] = x[r + j * dilation - left][c] for rows first ..< end, zero beyond the row's
/// sequence.
KERNEL void kernel_unfold(const float *x, float *columns, const int32_t *starts, int64_t B, int64_t C, int64_t taps,
                          int64_t dilation, int64_t left, int64_t first, int64_t end) {
  int64_t b = sequence_of(starts, B, first);
  for (int64_t r = first; r < end; r++) {
    while (r >= starts[b + 1]) b++;
    float *out = columns + (r - first) * taps * C;
    int64_t from = r - left;
    if (dilation == 1 && from >= starts[b] && from + taps <= starts[b + 1]) {
      memcpy(out, x + from * C, (size_t)(taps * C) * sizeof(float));
      continue;
    }
    for (int64_t j = 0; j < taps; j++, out += C) {
      int64_t source = from + j * dilation;
      if (source >= starts[b] && source < starts[b + 1]) {
        memcpy(out, x + source * C, (size_t)C * sizeof(float));
      } else {
        memset(out, 0, (size_t)C * sizeof(float));
      }
    }
  }
}

/// The transpose of unfold: adds each column block to the row of dx that it was copied from.
KERNEL void kernel_fold(const float *columns, float *dx, const int32_t *starts, int64_t B, int64_t C, int64_t taps,
                        int64_t dilation, int64_t left, int64_t first, int64_t end) {
  int64_t b = sequence_of(starts, B, first);
  for (int64_t r = first; r < end; r++) {
    while (r >= starts[b + 1]) b++;
    const float *in = columns + (r - first) * taps * C;
    for (int64_t j = 0; j < taps; j++, in += C) {
      int64_t target = r - left + j * dilation;
      if (target < starts[b] || target >= starts[b + 1]) continue;
      float *out = dx + target * C;
      for (int64_t c = 0; c < C; c++) out[c] += in[c];
    }
  }
}
