#include <string.h>

#include "clones.h"
#include "kernels.h"

/// y[r] = table[rows[r]].
void kernel_gather(const float *table, const int32_t *rows, float *y, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) memcpy(y + r * C, table + (int64_t)rows[r] * C, (size_t)C * sizeof(float));
}

/// dtable[rows[r]] += dy[r], in row order.
KERNEL void kernel_scatter_add(const float *dy, const int32_t *rows, float *dtable, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    float *out = dtable + (int64_t)rows[r] * C;
    for (int64_t c = 0; c < C; c++) out[c] += dy[r * C + c];
  }
}

/// y[b] = mean of the rows of sequence b; zero for an empty sequence.
KERNEL void kernel_segment_means(const float *x, const int32_t *starts, float *y, int64_t B, int64_t C) {
  for (int64_t b = 0; b < B; b++) {
    float *out = y + b * C;
    memset(out, 0, (size_t)C * sizeof(float));
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      for (int64_t c = 0; c < C; c++) out[c] += x[r * C + c];
    }
    int64_t count = starts[b + 1] - starts[b];
    float inverse = count > 0 ? 1.0f / (float)count : 0.0f;
    for (int64_t c = 0; c < C; c++) out[c] *= inverse;
  }
}

/// Each row of sequence b gets dy[b] / length.
KERNEL void kernel_segment_means_backward(const float *dy, const int32_t *starts, float *dx, int64_t B, int64_t C,
                                          bool accumulate) {
  for (int64_t b = 0; b < B; b++) {
    int64_t count = starts[b + 1] - starts[b];
    float inverse = count > 0 ? 1.0f / (float)count : 0.0f;
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      for (int64_t c = 0; c < C; c++) {
        float d = dy[b * C + c] * inverse;
        dx[r * C + c] = accumulate ? dx[r * C + c] + d : d;
      }
    }
  }
}
