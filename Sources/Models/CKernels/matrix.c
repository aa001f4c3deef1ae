#include "clones.h"
#include "kernels.h"

/// dbias += sums over rows.
KERNEL void kernel_column_sums(const float *dy, float *dbias, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    for (int64_t c = 0; c < C; c++) dbias[c] += dy[r * C + c];
  }
}

/// y += x.
KERNEL void kernel_add(const float *x, float *y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] += x[i];
}
