#include <string.h>

#include "clones.h"
#include "kernels.h"

/// y = x + bias per row, x and bias optional: what a product is then added to.
KERNEL void kernel_fill_rows(const float *x, const float *bias, float *y, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    float *out = y + r * C;
    const float *in = x + r * C;
    if (x && bias) {
      for (int64_t c = 0; c < C; c++) out[c] = in[c] + bias[c];
    } else {
      memcpy(out, x ? in : bias, (size_t)C * sizeof(float));
    }
  }
}

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
