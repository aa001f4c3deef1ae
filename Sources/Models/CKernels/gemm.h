#ifndef KERNEL_GEMM_H
#define KERNEL_GEMM_H

#include <stdbool.h>
#include <stdint.h>

// Declarations that the files of the matrix product share.

enum {
  /// Columns of B in a panel.
  PANEL = 32,
  /// Rows of B in a block: a multiple of 32.
  DEPTH = 384,
  /// Numbers from row to row of a copied block of A: not a multiple of 2 KB, which would fall into the same few lines
  /// of the first cache.
  COPY = DEPTH + 16,
  /// Bfloat16 numbers from row to row of A's copy.
  HALVES = DEPTH + 32,
  /// Rows of the tallest tile.
  MOST_ROWS = 32,
};

typedef float vec __attribute__((vector_size(64), aligned(4)));
#define INLINE static inline __attribute__((always_inline))

/// The parts of one tile. `initial` may be c itself or null; `bias` may be null. `a` and `b` are in the engine's own
/// form.
struct tile {
  const float *a, *b, *initial, *bias;
  float *c;
  /// Distances of A's rows and columns; a column stride of 0 means as many as the tile has rows.
  int64_t rowStride, columnStride;
  /// Distance of B's rows, where the engine takes others than PANEL.
  int64_t depthStride;
  /// Distance of A's rows within `a` when it is a block.
  int64_t tileStep;
  /// Distance of C's rows.
  int64_t stride;
  int64_t depth;
};

/// One way to multiply: the layout of its operands and the computation of a tile.
struct engine {
  const char *name;
  /// Rows of the engine's tallest tile.
  int rows;
  /// Bytes of a packed number.
  int size;
  /// Whether the tile takes rows of B where they lie.
  bool takesRows;
  /// Panels of PANEL columns of a K x N block of B, zeros beyond N, each (K rounded up to 32) x PANEL numbers. Column n
  /// of row k of B is b[k * stride + n], or b[n * stride + k] when transposed.
  void (*pack_b)(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed);
  /// Says in t where a block of M rows of A by K columns lies, after copying it into `room` if need be. Column k of row
  /// m of A is a[m * stride + k], or a[k * stride + m] when transposed.
  void (*place_a)(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room, struct tile *t);
  void (*tile)(int rows, const struct tile *t);
};

/// fp32 for this CPU; with `rounded`, operands are rounded to bfloat16 first.
const struct engine *engine_fp32(bool rounded);
/// bfloat16 by this CPU's own instructions (AMX, AVX-512 BF16), or null.
const struct engine *engine_bf16(void);
/// The layouts of engine_bf16 with plain arithmetic, for tests on any CPU.
const struct engine *engine_bf16_portable(void);

// gemm_halves.c: pack_b and place_a of bfloat16 engines.
void halves_pack_plain(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed);
void halves_place_plain(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room,
                        struct tile *t);
void halves_pack(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N, float *packed);
void halves_place(const float *a, int64_t stride, bool transposed, int64_t M, int64_t K, float *room, struct tile *t);

/// Sixteen rows of sixteen numbers, transposed in registers.
INLINE void transpose_lanes(vec v[16]) {
#define PAIR(step, i, l, h)              \
  {                                      \
    vec x = v[i], y = v[i + step];       \
    v[i] = __builtin_shufflevector l;    \
    v[i + step] = __builtin_shufflevector h; \
  }
#define S8(i) PAIR(8, i, (x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), \
                   (x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
#define S4(i) PAIR(4, i, (x, y, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27), \
                   (x, y, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
#define S2(i) PAIR(2, i, (x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29), \
                   (x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
#define S1(i) PAIR(1, i, (x, y, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30), \
                   (x, y, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
  S8(0) S8(1) S8(2) S8(3) S8(4) S8(5) S8(6) S8(7)
  S4(0) S4(1) S4(2) S4(3) S4(8) S4(9) S4(10) S4(11)
  S2(0) S2(1) S2(4) S2(5) S2(8) S2(9) S2(12) S2(13)
  S1(0) S1(2) S1(4) S1(6) S1(8) S1(10) S1(12) S1(14)
#undef PAIR
}

INLINE void transpose16(const float *in, int64_t stride, float *out, int64_t outStride) {
  vec v[16];
  for (int i = 0; i < 16; i++) v[i] = *(const vec *)(in + i * stride);
  transpose_lanes(v);
  for (int i = 0; i < 16; i++) *(vec *)(out + i * outStride) = v[i];
}

#endif
