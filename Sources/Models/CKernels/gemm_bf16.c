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

enum { SIDE = 32 };

/// C = initial + bias + sums, for row `row` of a tile.
INLINE void finish(const struct tile *t, int row, const vec sums[2]) {
  for (int i = 0; i < 2; i++) {
    vec start = {0};
    if (t->bias) start = *(const vec *)(t->bias + 16 * i);
    if (t->initial) start += *(const vec *)(t->initial + row * t->stride + 16 * i);
    *(vec *)(t->c + row * t->stride + 16 * i) = start + sums[i];
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
  for (int i = 0; i < rows; i++) {
    float sums[PANEL] = {0};
    for (int j = 0; j < PANEL; j++) {
      for (int64_t k = 0; k < t->depth; k++) {
        sums[j] += widened(a[i * HALVES + k]) * widened(b[(k / 2 * PANEL + j) * 2 + k % 2]);
      }
    }
    finish(t, i, (const vec *)sums);
  }
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
  for (int i = 0; i < rows; i++) finish(t, i, (const vec *)(sums + i * SIDE));
}

INLINE __attribute__((target("arch=x86-64-v4,avx512bf16"))) void pairs_tile(const int rows, const struct tile *t) {
  const uint16_t *a = (const uint16_t *)t->a, *b = (const uint16_t *)t->b;
  __m512 sums[rows][2];
  // C is fetched while the sums are made.
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    sums[i][0] = sums[i][1] = _mm512_setzero_ps();
    __builtin_prefetch(t->c + i * t->stride, 1);
    __builtin_prefetch(t->c + i * t->stride + 16, 1);
  }
  for (int64_t k = 0; k < t->depth; k += 2, b += PANEL * 2) {
    __m512bh b0 = (__m512bh)_mm512_loadu_si512(b), b1 = (__m512bh)_mm512_loadu_si512(b + 32);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      int32_t pair;
      memcpy(&pair, a + i * HALVES + k, 4);
      __m512bh x = (__m512bh)_mm512_set1_epi32(pair);
      sums[i][0] = _mm512_dpbf16_ps(sums[i][0], x, b0);
      sums[i][1] = _mm512_dpbf16_ps(sums[i][1], x, b1);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) finish(t, i, (const vec *)sums[i]);
}

#define CASE(n) \
  case n: pairs_tile(n, t); break;
__attribute__((target("arch=x86-64-v4,avx512bf16"))) static void tile_pairs(int rows, const struct tile *t) {
  switch (rows) {
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
  }
}

static const struct engine amx = {"amx", SIDE, 2, false, halves_pack, halves_place, tile_amx};
static const struct engine avx512 = {"avx512-bf16", 12, 2, false, halves_pack, halves_place, tile_pairs};

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

static const struct engine portable = {"portable", SIDE, 2, false, halves_pack_plain, halves_place_plain, tile_portable};

const struct engine *engine_bf16_portable(void) { return &portable; }
