#include "clones.h"
#include "kernels.h"

// Products in double whose sums are made term after term, so that all CPUs have the same bits: sixteen sums lie side by
// side in registers, and no multiply-add is fused.

/// Rows of a tile.
enum { ROWS = 4, WIDTH = 16 };

__attribute__((always_inline)) static inline void tile(
    const int rows, const float *x, int64_t xRow, int64_t xStep, const double *w, int64_t wRow, double *y, int64_t yRow,
    int64_t K) {
#pragma clang fp contract(off)
  double sums[rows][WIDTH];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < WIDTH; j++) sums[i][j] = y[i * yRow + j];
  for (int64_t k = 0; k < K; k++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const double value = x[i * xRow + k * xStep];
      for (int j = 0; j < WIDTH; j++) sums[i][j] += value * w[k * wRow + j];
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < WIDTH; j++) y[i * yRow + j] = sums[i][j];
}

__attribute__((always_inline)) static inline void add(double value, const double *w, double *y, int64_t first,
                                                      int64_t M) {
#pragma clang fp contract(off)
  for (int64_t m = first; m < M; m++) y[m] += value * w[m];
}

/// Terms whose factors for a tile stay near.
enum { TERMS = 256 };

KERNEL void kernel_add_products(const float *x, int64_t xRow, int64_t xStep, const double *w, double *y, int64_t R,
                                int64_t K, int64_t M) {
#pragma clang fp contract(off)
  const int64_t whole = M / WIDTH * WIDTH;
  for (int64_t k = 0; k < K; k += TERMS, x += TERMS * xStep, w += TERMS * M) {
    const int64_t terms = K - k < TERMS ? K - k : TERMS;
    for (int64_t m = 0; m < whole; m += WIDTH) {
      int64_t r = 0;
      for (; r + ROWS <= R; r += ROWS) tile(ROWS, x + r * xRow, xRow, xStep, w + m, M, y + r * M + m, M, terms);
      for (; r < R; r++) tile(1, x + r * xRow, xRow, xStep, w + m, M, y + r * M + m, M, terms);
    }
    if (whole == M) continue;
    // Few sums are left: the inner loop goes over what lies side by side in X.
    if (xStep == 1)
      for (int64_t r = 0; r < R; r++)
        for (int64_t own = 0; own < terms; own++) add(x[r * xRow + own], w + own * M, y + r * M, whole, M);
    else
      for (int64_t own = 0; own < terms; own++)
        for (int64_t r = 0; r < R; r++) add(x[r * xRow + own * xStep], w + own * M, y + r * M, whole, M);
  }
}
