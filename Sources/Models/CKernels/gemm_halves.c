#include <string.h>

#include "clones.h"
#include "gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The layout of operands for products of bfloat16, which AMX and AVX-512 BF16 share.
//
// Panels of B hold pairs of rows: [k / 2][PANEL][2] bfloat16. A is copied as rows of bfloat16, HALVES apart. In both,
// K is filled up with zeros to a multiple of 32. Layouts come in plain C, for tests on any CPU, and by the CPU's own
// instructions: those take a denormal number for zero, as the products do.

/// The nearest bfloat16, ties to even; a NaN stays one.
INLINE uint16_t nearest(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16 | 0x40);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

INLINE int64_t filled(int64_t K) { return (K + 31) / 32 * 32; }

/// The copy of A in `room`, as a tile reads it; distances in floats, which `a` points to.
INLINE void copied(const float *room, int64_t K, struct tile *t) {
  t->a = room, t->tileStep = HALVES / 2, t->depth = filled(K);
}

void halves_pack_plain(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed) {
  uint16_t *out = (uint16_t *)packed;
  for (int64_t n = 0; n < N; n += PANEL, out += filled(K) * PANEL) {
    for (int64_t k = 0; k < filled(K); k++) {
      for (int64_t j = n; j < n + PANEL; j++) {
        float x = k < K && j < N ? b[transposed ? j * stride + k : k * stride + j] : 0;
        out[(k / 2 * PANEL + j - n) * 2 + k % 2] = nearest(x);
      }
    }
  }
}

void halves_place_plain(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                        struct tile *t) {
  uint16_t *out = (uint16_t *)room;
  for (int64_t m = 0; m < M; m++) {
    for (int64_t k = 0; k < filled(K); k++) {
      float x = k < K ? a[transposed ? k * stride + m : m * stride + k] : 0;
      out[m * HALVES + k] = nearest(x);
    }
  }
  copied(room, K, t);
}

#if defined(__x86_64__)
#define NATIVE __attribute__((target("arch=x86-64-v4,avx512bf16")))

NATIVE INLINE __m512 first_of(const float *x, int64_t count) {
  if (count >= 16) return _mm512_loadu_ps(x);
  return _mm512_maskz_loadu_ps(count > 0 ? (__mmask16)((1u << count) - 1) : 0, x);
}

NATIVE INLINE vec halves_of(__m512 low, __m512 high) { return (vec)_mm512_cvtne2ps_pbh(high, low); }

/// 32 numbers each of 16 rows of x, zeros beyond `rows` and `depth`.
NATIVE INLINE void load_rows(const float *x, int64_t stride, int64_t rows, int64_t depth, vec v[16]) {
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++, x += stride) {
    v[i] = i < rows ? halves_of(first_of(x, depth), first_of(x + 16, depth - 16)) : (vec){0};
  }
}

/// 16 numbers each of 32 rows of x, two rows interleaved, zeros beyond `columns` and `depth`.
NATIVE INLINE void load_pairs(const float *x, int64_t stride, int64_t columns, int64_t depth, vec v[16]) {
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                         21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++, x += 2 * stride) {
    __m512 even = first_of(x, 2 * i < depth ? columns : 0);
    __m512 odd = 2 * i + 1 < depth ? first_of(x + stride, columns) : _mm512_setzero_ps();
    v[i] = (vec)_mm512_permutexvar_epi16(order, (__m512i)halves_of(even, odd));
  }
}

INLINE void store(const vec v[16], uint16_t *out, int64_t stride, int64_t count) {
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) {
    if (i < count) *(vec *)(out + i * stride) = v[i];
  }
}

/// 32 rows of a panel of B.
NATIVE INLINE void pack_block(const float *b, int64_t stride, bool transposed, int64_t columns, int64_t depth,
                              uint16_t *out) {
  for (int64_t j = 0; j < PANEL; j += 16) {
    vec v[16];
    if (transposed) {
      load_rows(b + j * stride, stride, columns - j, depth, v);
      transpose_lanes(v);
    } else {
      load_pairs(b + j, stride, columns - j, depth, v);
    }
    store(v, out + 2 * j, 2 * PANEL, 16);
  }
}

// Memory is read along its rows.
NATIVE void halves_pack(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed) {
  uint16_t *halves = (uint16_t *)packed;
  for (int64_t i = 0; i < (transposed ? N : K); i += 32) {
    for (int64_t j = 0; j < (transposed ? K : N); j += 32) {
      int64_t n = transposed ? i : j, k = transposed ? j : i;
      uint16_t *out = halves + n * filled(K) + k * PANEL;
      if (N - n >= PANEL && K - k >= 32) {
        pack_block(b + i * stride + j, stride, transposed, PANEL, 32, out);
      } else {
        pack_block(b + i * stride + j, stride, transposed, N - n, K - k, out);
      }
    }
  }
}

/// Up to 16 rows of A by up to 32 numbers.
NATIVE INLINE void place_block(const float *a, int64_t stride, bool transposed, int64_t rows, int64_t depth,
                               uint16_t *out) {
  vec v[16];
  if (transposed) {
    load_pairs(a, stride, rows, depth, v);
    transpose_lanes(v);
  } else {
    load_rows(a, stride, rows, depth, v);
  }
  store(v, out, HALVES, rows);
}

NATIVE void halves_place(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                         struct tile *t) {
  // Memory is read along its rows, several at a time.
  int64_t outer = transposed ? K : M, outerStep = transposed ? 32 : 16;
  int64_t inner = transposed ? M : K, innerStep = transposed ? 16 : 32;
  for (int64_t i = 0; i < outer; i += outerStep) {
    for (int64_t j = 0; j < inner; j += innerStep) {
      int64_t m = transposed ? j : i, k = transposed ? i : j;
      uint16_t *out = (uint16_t *)room + m * HALVES + k;
      if (M - m >= 16 && K - k >= 32) {
        place_block(a + i * stride + j, stride, transposed, 16, 32, out);
      } else {
        place_block(a + i * stride + j, stride, transposed, M - m, K - k, out);
      }
    }
  }
  copied(room, K, t);
}
#endif
