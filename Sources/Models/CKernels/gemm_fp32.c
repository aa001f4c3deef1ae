#include <string.h>

#include "clones.h"
#include "gemm.h"
#include "kernels.h"

// The tile of the fp32 product, for three kinds of CPU, and the layout of its operands.

/// Rows of the tallest tile: 24 accumulators of 16 floats.
enum { TALL = 12 };

INLINE void multiply_tile(const int rows, const struct tile *t) {
#pragma clang fp contract(fast)
  vec low[rows], high[rows];
  vec biasLow = {0}, biasHigh = {0};
  if (t->bias) biasLow = *(const vec *)t->bias, biasHigh = *(const vec *)(t->bias + 16);
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    low[i] = biasLow, high[i] = biasHigh;
    if (t->initial) {
      low[i] += *(const vec *)(t->initial + i * t->stride);
      high[i] += *(const vec *)(t->initial + i * t->stride + 16);
    }
  }
  const float *a = t->a, *b = t->b;
  for (int64_t k = 0; k < t->depth; k++, a += t->columnStride, b += t->depthStride) {
    vec b0 = *(const vec *)b, b1 = *(const vec *)(b + 16);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      float x = a[i * t->rowStride];
      low[i] += x * b0;
      high[i] += x * b1;
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    *(vec *)(t->c + i * t->stride) = low[i];
    *(vec *)(t->c + i * t->stride + 16) = high[i];
  }
}

#define CASE(n) \
  case n: multiply_tile(n, t); break;

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"))) static void tile_v4(int rows, const struct tile *t) {
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
  }
}
__attribute__((target("arch=x86-64-v3"))) static void tile_v3(int rows, const struct tile *t) {
  switch (rows) { CASE(1) CASE(2) CASE(3) }
}
#endif
static void tile_base(int rows, const struct tile *t) {
  switch (rows) { CASE(1) CASE(2) }
}

KERNEL static void pack_panels(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed) {
  int64_t whole = N / PANEL * PANEL, rest = N - whole, step = (K + 31) / 32 * 32 * PANEL;
  float *last = packed + whole / PANEL * step;
  if (transposed) {
    for (int64_t n = 0; n < whole; n += 16) {
      float *out = packed + n / PANEL * step + n % PANEL;
      for (int64_t k = 0; k + 16 <= K; k += 16) transpose16(b + n * stride + k, stride, out + k * PANEL, PANEL);
      for (int64_t k = K / 16 * 16; k < K; k++) {
        for (int64_t j = 0; j < 16; j++) out[k * PANEL + j] = b[(n + j) * stride + k];
      }
    }
  } else {
    for (int64_t k = 0; k < K; k++) {
      for (int64_t n = 0; n < whole; n += PANEL) {
        memcpy(packed + n / PANEL * step + k * PANEL, b + k * stride + n, sizeof(float) * PANEL);
      }
    }
  }
  if (rest > 0) memset(last, 0, sizeof(float) * (size_t)(K * PANEL));
  for (int64_t j = 0; j < rest; j++) {
    for (int64_t k = 0; k < K; k++) {
      last[k * PANEL + j] = transposed ? b[(whole + j) * stride + k] : b[k * stride + whole + j];
    }
  }
}

/// Strips of `height` columns of A as it lies (K x M), each K x height; the last strip is as wide as the rest.
KERNEL static void pack_strips(const float *a, int64_t stride, int64_t M, int64_t K, int64_t height, float *packed) {
  int64_t whole = height == TALL ? M / TALL * TALL : 0;
  for (int64_t k = 0; k < K; k++) {
    // The pieces of rows are too short for the CPU to foresee the next ones.
    for (int64_t m = 0; m < whole && k + 8 < K; m += 16) __builtin_prefetch(a + (k + 8) * stride + m);
    for (int64_t m = 0; m < whole; m += TALL) {
      memcpy(packed + m * K + k * TALL, a + k * stride + m, sizeof(float) * TALL);
    }
  }
  for (int64_t m = whole; m < M; m += height) {
    int64_t rows = M - m < height ? M - m : height;
    for (int64_t k = 0; k < K; k++) {
      for (int64_t i = 0; i < rows; i++) packed[m * K + k * rows + i] = a[k * stride + m + i];
    }
  }
}

static struct engine plain = {.name = "fp32", .size = 4, .takesRows = true}, rounding;

static void place(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room, struct tile *t,
                  bool copy) {
  if (transposed) {
    pack_strips(a, stride, M, K, plain.rows, room);
    t->a = room, t->rowStride = 1, t->columnStride = 0, t->tileStep = K;
  } else if (copy) {
    for (int64_t m = 0; m < M; m++) memcpy(room + m * COPY, a + m * stride, sizeof(float) * (size_t)K);
    t->a = room, t->rowStride = COPY, t->columnStride = 1, t->tileStep = COPY;
  } else {
    t->a = a, t->rowStride = stride, t->columnStride = 1, t->tileStep = stride;
  }
}

static void place_plain(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                        struct tile *t) {
  place(a, stride, transposed, M, K, room, t, stride % 512 == 0);
}

/// Numbers rounded to the nearest bfloat16, ties to even; a NaN stays one.
KERNEL static void round_numbers(float *numbers, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits, rounded;
    memcpy(&bits, numbers + i, 4);
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u;
    rounded = (bits & 0x7FFFFFFF) > 0x7F800000 ? bits | 0x400000 : rounded;
    memcpy(numbers + i, &rounded, 4);
  }
}

static void pack_rounded(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed) {
  pack_panels(b, stride, transposed, K, N, packed);
  for (int64_t n = 0; n < N; n += PANEL, packed += (K + 31) / 32 * 32 * PANEL) round_numbers(packed, K * PANEL);
}

static void place_rounded(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                          struct tile *t) {
  place(a, stride, transposed, M, K, room, t, true);
  if (transposed) {
    round_numbers(room, M * K);
  } else {
    for (int64_t m = 0; m < M; m++) round_numbers(room + m * COPY, K);
  }
}

const struct engine *engine_fp32(bool rounded) {
  plain.rows = 2, plain.tile = tile_base, plain.pack_b = pack_panels, plain.place_a = place_plain;
#if defined(__x86_64__)
  const char *clone = kernel_clone();
  if (strcmp(clone, "avx512") == 0) plain.rows = TALL, plain.tile = tile_v4;
  if (strcmp(clone, "avx2") == 0) plain.rows = 3, plain.tile = tile_v3;
#endif
  rounding = plain;
  rounding.name = "bf16 operands in fp32", rounding.takesRows = false;
  rounding.pack_b = pack_rounded, rounding.place_a = place_rounded;
  return rounded ? &rounding : &plain;
}
