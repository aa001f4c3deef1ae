#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clones.h"
#include "gemm.h"
#include "kernels.h"

// Matrix products of our own: C = initial + bias + op(A) op(B).
//
// Every element of C is one chain of multiply-adds over k, in ascending order, started from its initial value (with
// AMX and AVX-512 BF16: one chain from zero for each DEPTH of k, added to what is there). So its bits depend on nothing
// but its row of A and its column of B: not on the number of rows or columns computed with it, nor on the blocks below,
// nor (in fp32) on the width of the CPU's registers where it has fused multiply-add.
//
// The blocking is that of Goto & van de Geijn (2008): DEPTH rows of B are packed into panels of PANEL columns, and a
// tile of a few rows of A by one panel is held in registers. In fp32, A is read where it lies unless it is transposed.
// The sizes were measured on a Cascade Lake whose two hyper-threads share 32 KB and 1 MB of cache.

/// Rows of A that are multiplied by a packed block of B, and the block's columns of 4 bytes a number.
enum { COLUMNS = 512, ROWS = 96 };

/// By gemm_precision.
static const struct engine *engines[3];

__attribute__((constructor)) static void choose_engines(void) {
  const struct engine *own = engine_bf16();
  engines[GEMM_FP32] = engine_fp32(false);
  engines[GEMM_BF16] = own ? own : engine_fp32(true);
  engines[GEMM_BF16_PORTABLE] = engine_bf16_portable();
}

const char *kernel_bf16_path(void) { return engines[GEMM_BF16]->name; }

// MARK: scratch of each thread

static pthread_key_t scratch_key;
__attribute__((constructor)) static void make_scratch_key(void) { pthread_key_create(&scratch_key, free); }

/// Room for a packed block of B, then one of A. It lasts as long as the thread.
static float *thread_scratch(void) {
  float *scratch = pthread_getspecific(scratch_key);
  if (!scratch) {
    scratch = aligned_alloc(64, sizeof(float) * (DEPTH * COLUMNS + COPY * ROWS));
    if (!scratch) abort();
    pthread_setspecific(scratch_key, scratch);
  }
  return scratch;
}

// MARK: packing

/// Floats of `columns` columns, whole panels, of a packed block of `depth` rows.
static int64_t packed_floats(const struct engine *engine, int64_t depth, int64_t columns) {
  return columns * ((depth + 31) / 32 * 32) * engine->size / 4;
}

static int64_t whole_panels(int64_t N) { return (N + PANEL - 1) / PANEL * PANEL; }

int64_t kernel_packed_count(int64_t K, int64_t N, enum gemm_precision precision) {
  return packed_floats(engines[precision], K, whole_panels(N));
}

/// Columns of B that are packed at a time.
static int64_t block_columns(const struct engine *engine) { return COLUMNS * 4 / engine->size; }

void kernel_pack(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N,
                 enum gemm_precision precision, float *packed) {
  const struct engine *engine = engines[precision];
  for (int64_t k = 0; k < K; k += DEPTH) {
    int64_t depth = K - k < DEPTH ? K - k : DEPTH;
    engine->pack_b(transposed ? b + k : b + k * stride, stride, transposed, depth, N, packed);
    packed += packed_floats(engine, depth, whole_panels(N));
  }
}

// MARK: products

/// A block of B: distances from column to column, which is used for whole panels, and from row to row.
struct block {
  const float *numbers;
  int64_t columnStep, depthStride;
};

static struct block packed_block(const struct engine *engine, const float *numbers, int64_t depth) {
  return (struct block){numbers, packed_floats(engine, depth, 1), PANEL};
}

/// Rows of C by one block of B. t holds the facts that all tiles share, for the block's first row and column.
static void multiply_block(const struct engine *engine, struct tile t, int64_t M, int64_t N, int64_t columnStep) {
  float edge[MOST_ROWS * PANEL], edgeBias[PANEL];
  const struct tile block = t;
  for (int64_t n = 0; n < N; n += PANEL) {
    int64_t columns = N - n < PANEL ? N - n : PANEL;
    t.b = block.b + n * columnStep;
    t.bias = block.bias ? block.bias + n : 0;
    if (columns < PANEL && t.bias) {
      memcpy(edgeBias, t.bias, sizeof(float) * (size_t)columns);
      t.bias = edgeBias;
    }
    for (int64_t m = 0; m < M; m += engine->rows) {
      int rows = (int)(M - m < engine->rows ? M - m : engine->rows);
      t.a = block.a + m * block.tileStep;
      t.columnStride = block.columnStride ? block.columnStride : rows;
      const float *initial = block.initial ? block.initial + m * block.stride + n : 0;
      float *c = block.c + m * block.stride + n;
      if (columns == PANEL) {
        t.initial = initial, t.c = c, t.stride = block.stride;
        engine->tile(rows, &t);
        continue;
      }
      for (int r = 0; initial && r < rows; r++) {
        memcpy(edge + r * PANEL, initial + r * block.stride, sizeof(float) * (size_t)columns);
      }
      t.initial = initial ? edge : 0, t.c = edge, t.stride = PANEL;
      engine->tile(rows, &t);
      for (int r = 0; r < rows; r++) memcpy(c + r * block.stride, edge + r * PANEL, sizeof(float) * (size_t)columns);
    }
  }
}

/// One DEPTH of the product: all rows of A by a block of B.
static void multiply_rows(const struct engine *engine, const struct gemm *g, struct block b, int64_t k, int64_t depth,
                          int64_t n, int64_t columns, float *room) {
  for (int64_t m = 0; m < g->M; m += ROWS) {
    int64_t rows = g->M - m < ROWS ? g->M - m : ROWS;
    struct tile t = {.b = b.numbers, .c = g->c + m * g->cStride + n, .stride = g->cStride, .depth = depth};
    t.depthStride = b.depthStride;
    t.initial = k > 0 ? t.c : g->initial ? g->initial + m * g->cStride + n : 0;
    t.bias = k == 0 && g->bias ? g->bias + n : 0;
    const float *a = g->a + (g->transposeA ? k * g->aStride + m : m * g->aStride + k);
    engine->place_a(a, g->aStride, g->transposeA, rows, depth, room, &t);
    multiply_block(engine, t, rows, columns, b.columnStep);
  }
}

void kernel_gemm(const struct gemm *g) {
  const struct engine *engine = engines[g->precision];
  float *panels = thread_scratch(), *room = panels + DEPTH * COLUMNS;
  // A block of B that is used once is not worth packing.
  int64_t asItLies = engine->takesRows && !g->transposeB && g->M <= ROWS ? g->N / PANEL * PANEL : 0;
  for (int64_t k = 0; asItLies > 0 && k < g->K; k += DEPTH) {
    int64_t depth = g->K - k < DEPTH ? g->K - k : DEPTH;
    multiply_rows(engine, g, (struct block){g->b + k * g->bStride, 1, g->bStride}, k, depth, 0, asItLies, room);
  }
  for (int64_t n = asItLies; n < g->N; n += block_columns(engine)) {
    int64_t columns = g->N - n < block_columns(engine) ? g->N - n : block_columns(engine);
    for (int64_t k = 0; k < g->K; k += DEPTH) {
      int64_t depth = g->K - k < DEPTH ? g->K - k : DEPTH;
      const float *b = g->b + (g->transposeB ? n * g->bStride + k : k * g->bStride + n);
      engine->pack_b(b, g->bStride, g->transposeB, depth, columns, panels);
      multiply_rows(engine, g, packed_block(engine, panels, depth), k, depth, n, columns, room);
    }
  }
}

void kernel_gemm_packed(const struct gemm *g, const float *packed, int64_t packedK, int64_t packedN) {
  const struct engine *engine = engines[g->precision];
  float *room = thread_scratch() + DEPTH * COLUMNS;
  for (int64_t n = 0; n < g->N; n += block_columns(engine)) {
    int64_t columns = g->N - n < block_columns(engine) ? g->N - n : block_columns(engine);
    for (int64_t k = 0; k < g->K; k += DEPTH) {
      int64_t panelDepth = packedK - k < DEPTH ? packedK - k : DEPTH;
      int64_t depth = g->K - k < panelDepth ? g->K - k : panelDepth;
      // Whole blocks of DEPTH rows lie before this one, and within it n columns.
      int64_t before = packed_floats(engine, k, whole_panels(packedN)) + packed_floats(engine, panelDepth, n);
      multiply_rows(engine, g, packed_block(engine, packed + before, panelDepth), k, depth, n, columns, room);
    }
  }
}
