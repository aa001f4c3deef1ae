#include <string.h>

#include "clones.h"
#include "gemm.h"
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

// The product of bfloat16 operands with fp32 sums: AMX tiles, AVX-512 BF16, and the same layouts in plain C.
//
// Panels of B hold pairs of rows: [k / 2][PANEL][2] bfloat16, K filled up with zeros to a multiple of 32. A is copied
// as rows of bfloat16, filled up alike. Both are what the instructions of either kind take.

/// Bfloat16 numbers from row to row of A's copy.
enum { HALVES = DEPTH + 32, SIDE = 32 };

/// The nearest bfloat16, ties to even; a NaN stays one.
INLINE uint16_t nearest(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

/// Up to 16 rows of PANEL columns out of up to PANEL rows of 16: block[i * PANEL + j] = in[j * stride + i].
INLINE void gather_block(const float *in, int64_t stride, int64_t rows, int64_t columns, float *block) {
  if (rows == 16 && columns == PANEL) {
    transpose16(in, stride, block, PANEL);
    transpose16(in + 16 * stride, stride, block + 16, PANEL);
    return;
  }
  for (int64_t j = 0; j < columns; j++) {
    for (int64_t i = 0; i < rows; i++) block[i * PANEL + j] = in[j * stride + i];
  }
}

KERNEL static void pack_pairs(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed) {
  int64_t filled = (K + 31) / 32 * 32;
  for (int64_t n = 0; n < N; n += PANEL, packed += filled * PANEL) {
    int64_t columns = N - n < PANEL ? N - n : PANEL;
    uint16_t *out = (uint16_t *)packed;
    if (columns < PANEL || K < filled) memset(out, 0, sizeof(uint16_t) * (size_t)(filled * PANEL));
    for (int64_t k = 0; k < K; k += 16) {
      float block[16 * PANEL];
      const float *rows = b + (transposed ? n * stride + k : k * stride + n);
      int64_t count = K - k < 16 ? K - k : 16, step = transposed ? PANEL : stride;
      if (transposed) gather_block(rows, stride, count, columns, block), rows = block;
      for (int64_t i = 0; i < count; i += 2) {
        const float *even = rows + i * step, *odd = i + 1 < count ? even + step : 0;
        uint32_t pairs[PANEL];
        for (int64_t j = 0; j < columns; j++) {
          pairs[j] = nearest(even[j]) | (odd ? (uint32_t)nearest(odd[j]) << 16 : 0);
        }
        memcpy(out + (k + i) * PANEL, pairs, sizeof(uint32_t) * (size_t)columns);
      }
    }
  }
}

KERNEL static void place_halves(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                                struct tile *t) {
  uint16_t *out = (uint16_t *)room;
  int64_t filled = (K + 31) / 32 * 32;
  if (transposed) {
    for (int64_t m = 0; m < M; m += 16) {
      for (int64_t k = 0; k < K; k += PANEL) {
        float block[16 * PANEL];
        int64_t rows = M - m < 16 ? M - m : 16, count = K - k < PANEL ? K - k : PANEL;
        gather_block(a + k * stride + m, stride, rows, count, block);
        for (int64_t i = 0; i < rows; i++) {
          for (int64_t j = 0; j < count; j++) out[(m + i) * HALVES + k + j] = nearest(block[i * PANEL + j]);
        }
      }
    }
  } else {
    for (int64_t m = 0; m < M; m++) {
      for (int64_t k = 0; k < K; k++) out[m * HALVES + k] = nearest(a[m * stride + k]);
    }
  }
  for (int64_t m = 0; m < M && K < filled; m++) {
    memset(out + m * HALVES + K, 0, sizeof(uint16_t) * (size_t)(filled - K));
  }
  // Distances in floats, which `a` points to.
  t->a = room, t->tileStep = HALVES / 2, t->depth = filled;
}

/// C = initial + bias + sums, for `rows` rows of the SIDE x SIDE sums.
INLINE void finish(int rows, const struct tile *t, const float *sums) {
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < PANEL; j++) {
      float start = (t->bias ? t->bias[j] : 0) + (t->initial ? t->initial[i * t->stride + j] : 0);
      t->c[i * t->stride + j] = start + sums[i * SIDE + j];
    }
  }
}

INLINE float widened(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

static void tile_portable(int rows, const struct tile *t) {
  const uint16_t *a = (const uint16_t *)t->a, *b = (const uint16_t *)t->b;
  float sums[SIDE * SIDE];
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < PANEL; j++) {
      float sum = 0;
      for (int64_t k = 0; k < t->depth; k++) {
        sum += widened(a[i * HALVES + k]) * widened(b[(k / 2 * PANEL + j) * 2 + k % 2]);
      }
      sums[i * SIDE + j] = sum;
    }
  }
  finish(rows, t, sums);
}

#if defined(__x86_64__)
/// AMX: two tiles of 16 rows of A by two of 16 columns of B, 32 deep at a time (Intel SDM, chapter 18).
__attribute__((target("arch=x86-64-v4,amx-tile,amx-bf16"))) static void tile_amx(int rows, const struct tile *t) {
  struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
  } shapes = {.palette = 1};
  for (int i = 0; i < 8; i++) shapes.bytes[i] = 64, shapes.rows[i] = 16;
  _tile_loadconfig(&shapes);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  const uint16_t *a = (const uint16_t *)t->a, *b = (const uint16_t *)t->b;
  for (int64_t k = 0; k < t->depth; k += 32) {
    const uint16_t *pairs = b + k * PANEL;
    _tile_loadd(4, a + k, HALVES * 2);
    _tile_loadd(6, pairs, PANEL * 4);
    _tile_loadd(7, pairs + 32, PANEL * 4);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    if (rows > 16) {
      _tile_loadd(5, a + 16 * HALVES + k, HALVES * 2);
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  float sums[SIDE * SIDE] __attribute__((aligned(64)));
  _tile_stored(0, sums, SIDE * 4);
  _tile_stored(1, sums + 16, SIDE * 4);
  _tile_stored(2, sums + 16 * SIDE, SIDE * 4);
  _tile_stored(3, sums + 16 * SIDE + 16, SIDE * 4);
  _tile_release();
  finish(rows, t, sums);
}

INLINE __attribute__((target("arch=x86-64-v4,avx512bf16"))) void pairs_tile(const int rows, const struct tile *t) {
  const uint16_t *a = (const uint16_t *)t->a, *b = (const uint16_t *)t->b;
  __m512 low[rows], high[rows];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) low[i] = high[i] = _mm512_setzero_ps();
  for (int64_t k = 0; k < t->depth; k += 2, b += PANEL * 2) {
    __m512bh b0 = (__m512bh)_mm512_loadu_si512(b), b1 = (__m512bh)_mm512_loadu_si512(b + 32);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      int32_t pair;
      memcpy(&pair, a + i * HALVES + k, 4);
      __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
      low[i] = _mm512_dpbf16_ps(low[i], x, b0);
      high[i] = _mm512_dpbf16_ps(high[i], x, b1);
    }
  }
  float sums[MOST_ROWS * SIDE] __attribute__((aligned(64)));
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    _mm512_store_ps(sums + i * SIDE, low[i]);
    _mm512_store_ps(sums + i * SIDE + 16, high[i]);
  }
  finish(rows, t, sums);
}

#define CASE(n) \
  case n: pairs_tile(n, t); break;
__attribute__((target("arch=x86-64-v4,avx512bf16"))) static void tile_pairs(int rows, const struct tile *t) {
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
  }
}

static const struct engine amx = {"amx", SIDE, pack_pairs, place_halves, tile_amx};
static const struct engine avx512 = {"avx512-bf16", 12, pack_pairs, place_halves, tile_pairs};

const struct engine *engine_bf16(void) {
  enum { requestPermission = 0x1023, tileData = 18 };
  __builtin_cpu_init();
  bool wide = strcmp(kernel_clone(), "avx512") == 0;
  // The kernel must allow the process tile registers first; without, the first use is an illegal instruction.
  if (wide && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") &&
      syscall(SYS_arch_prctl, requestPermission, tileData) == 0)
    return &amx;
  return wide && __builtin_cpu_supports("avx512bf16") ? &avx512 : 0;
}
#else
const struct engine *engine_bf16(void) { return 0; }
#endif

static const struct engine portable = {"portable", SIDE, pack_pairs, place_halves, tile_portable};

const struct engine *engine_bf16_portable(void) { return &portable; }
