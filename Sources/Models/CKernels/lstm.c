#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// The recurrence of one direction of g units. `gates` and `cells` are rows of the packed sequences, at strides
// of their own; `order` ranks the sequences by falling length, so that those still running at a step are the first m,
// and the numbers that go from step to step (hidden, dhidden, dcell, recurrent) have one row per rank.

/// order = the sequences by falling length, equal ones by number.
void kernel_order_by_length(const int32_t *starts, int32_t *order, int64_t B) {
  for (int64_t b = 0; b < B; b++) {
    int32_t length = starts[b + 1] - starts[b];
    int64_t at = b;
    for (; at > 0 && starts[order[at - 1] + 1] - starts[order[at - 1]] < length; at--) order[at] = order[at - 1];
    order[at] = (int32_t)b;
  }
}

static inline int64_t row_of(const int32_t *starts, int32_t sequence, int64_t step, bool reversed) {
  return reversed ? starts[sequence + 1] - 1 - step : starts[sequence] + step;
}

/// One step: with v = gates + recurrent (null at step 0), i, f, o = sigmoid(v), g = tanh(v), in this order of four
/// times g columns and in place; c = f c_before + i g; hidden = y = o tanh(c).
KERNEL void kernel_lstm_step(float *gates, int64_t gateStride, const float *recurrent, float *cells, float *y,
                             int64_t stride, float *hidden, const int32_t *starts, const int32_t *order, int64_t m,
                             int64_t g, int64_t step, bool reversed) {
  for (int64_t rank = 0; rank < m; rank++) {
    int64_t row = row_of(starts, order[rank], step, reversed), before = reversed ? row + 1 : row - 1;
    float *restrict v = gates + row * gateStride;
    float *restrict c = cells + row * stride, *restrict h = hidden + rank * g;
    const float *past = cells + before * stride, *add = recurrent + rank * 4 * g;
    if (step > 0) {
      for (int64_t i = 0; i < 4 * g; i++) v[i] += add[i];
    }
    for (int64_t i = 0; i < 2 * g; i++) v[i] = vector_sigmoid(v[i]);
    for (int64_t i = 2 * g; i < 3 * g; i++) v[i] = vector_tanh(v[i]);
    for (int64_t i = 3 * g; i < 4 * g; i++) v[i] = vector_sigmoid(v[i]);
    if (step > 0) {
      for (int64_t i = 0; i < g; i++) c[i] = v[g + i] * past[i] + v[i] * v[2 * g + i];
    } else {
      for (int64_t i = 0; i < g; i++) c[i] = v[i] * v[2 * g + i];
    }
    for (int64_t i = 0; i < g; i++) h[i] = v[3 * g + i] * vector_tanh(c[i]);
    memcpy(y + row * stride, h, (size_t)g * sizeof(float));
  }
}

/// The gradients of one row's gates (i, f, g, o) and of its cells, before the factor c_before of f's. A function of its
/// own for its restrict: the ranges of many rows would overlap, and the compiler checks those.
static inline __attribute__((always_inline)) void row_backward(
    const float *restrict enter, const float *restrict forget, const float *restrict value, const float *restrict open,
    const float *restrict c, const float *restrict dy, const float *restrict dhidden, float *restrict dcell,
    float *restrict denter, float *restrict dforget, float *restrict dvalue, float *restrict dopen, int64_t g) {
  for (int64_t i = 0; i < g; i++) {
    float t = vector_tanh(c[i]), d = dy[i] + dhidden[i], o = open[i];
    float cell = dcell[i] + d * o * (1.0f - t * t);
    denter[i] = cell * value[i] * enter[i] * (1.0f - enter[i]);
    dforget[i] = cell * forget[i] * (1.0f - forget[i]);
    dvalue[i] = cell * enter[i] * (1.0f - value[i] * value[i]);
    dopen[i] = d * t * o * (1.0f - o);
    dcell[i] = cell * forget[i];
  }
}

/// The step of `kernel_lstm_step` backward: `dhidden` is the gradient that later steps pass to this one's hidden
/// numbers, `dcell` the one that they pass to its cells and then the one that it passes on. The gates are overwritten
/// with their gradients, of which `drecurrent` is a copy by rank.
KERNEL void kernel_lstm_step_backward(const float *dy, float *gates, int64_t gateStride, const float *cells,
                                      int64_t stride, const float *dhidden, float *dcell, float *drecurrent,
                                      const int32_t *starts, const int32_t *order, int64_t m, int64_t g, int64_t step,
                                      bool reversed) {
  for (int64_t rank = 0; rank < m; rank++) {
    int64_t row = row_of(starts, order[rank], step, reversed), before = reversed ? row + 1 : row - 1;
    float *v = gates + row * gateStride, *dv = drecurrent + rank * 4 * g;
    row_backward(v, v + g, v + 2 * g, v + 3 * g, cells + row * stride, dy + row * stride, dhidden + rank * g,
                 dcell + rank * g, dv, dv + g, dv + 2 * g, dv + 3 * g, g);
    if (step > 0) {
      const float *past = cells + before * stride;
      for (int64_t i = 0; i < g; i++) dv[g + i] *= past[i];
    } else {
      memset(dv + g, 0, (size_t)g * sizeof(float));
    }
    memcpy(v, dv, (size_t)(4 * g) * sizeof(float));
  }
}

/// previous (R x g) = the rows of y (g columns at a stride) one step before in each sequence, zero at the first step.
void kernel_lstm_previous(const float *y, int64_t stride, float *previous, const int32_t *starts, int64_t B,
                          int64_t g, bool reversed) {
  for (int64_t b = 0; b < B; b++) {
    for (int64_t row = starts[b]; row < starts[b + 1]; row++) {
      int64_t before = reversed ? row + 1 : row - 1;
      if (before < starts[b] || before >= starts[b + 1]) {
        memset(previous + row * g, 0, (size_t)g * sizeof(float));
      } else {
        memcpy(previous + row * g, y + before * stride, (size_t)g * sizeof(float));
      }
    }
  }
}
