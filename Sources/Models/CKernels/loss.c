#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

/// ln x for x >= 1, from the exponent and an atanh series of the mantissa.
static double logarithm(double x) {
  int64_t bits;
  memcpy(&bits, &x, 8);
  int64_t exponent = (bits >> 52) - 1023;
  bits = (bits & 0xFFFFFFFFFFFFFll) | 0x3FF0000000000000ll;
  double m;
  memcpy(&m, &bits, 8);
  if (m > 1.4142135623730951) m *= 0.5, exponent++;
  double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
  for (int k = 21; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
  return (double)exponent * 0.6931471805599453 + 2 * s * sum;
}

/// The sum over rows of weights[target] * scale * (ln sum e^logits - logits[target]); `weights` may be null.
/// With `gradient`, each row is replaced by weights[target] * scale * (softmax - one-hot). Counts rows whose largest
/// logit (the first of equals) is the target.
KERNEL double kernel_cross_entropy(float *logits, const int32_t *targets, const float *weights, float scale,
                                   float smoothing, int64_t R, int64_t C, bool gradient, int64_t *correct) {
  KERNEL_SUMS
  double total = 0;
  int64_t hits = 0;
  for (int64_t r = 0; r < R; r++) {
    float *row = logits + r * C;
    int64_t target = targets[r];
    float maximum = vector_maximum(row, C), chosen = row[target], sum = 0.0f;
    if (chosen >= maximum) {
      int32_t equals = 0;
      for (int64_t c = 0; c < target; c++) equals += row[c] >= chosen;
      hits += equals == 0;
    }
    float factor = (weights ? weights[target] : 1.0f) * scale;
    double named = (double)chosen;
    if (smoothing > 0) {
      double all = 0;
      for (int64_t c = 0; c < C; c++) all += (double)row[c];
      named += (double)smoothing * (all / (double)C - named);
    }
    if (gradient) {
      for (int64_t c = 0; c < C; c++) {
        float e = vector_exp(row[c] - maximum);
        row[c] = e;
        sum += e;
      }
      float inverse = factor / sum;
      for (int64_t c = 0; c < C; c++) row[c] *= inverse;
      row[target] -= factor * (1.0f - smoothing);
      if (smoothing > 0) {
        float share = factor * smoothing / (float)C;
        for (int64_t c = 0; c < C; c++) row[c] -= share;
      }
    } else {
      for (int64_t c = 0; c < C; c++) sum += vector_exp(row[c] - maximum);
    }
    // A NaN among the logits makes `sum` NaN; logarithm() takes numbers only.
    double term = sum >= 1.0f ? logarithm((double)sum) + (double)maximum - named : __builtin_nan("");
    total += (double)factor * term;
  }
  *correct = hits;
  return total;
}

/// One row of the binary cross-entropy below; `positives` null here is a loop of its own, or neither vectorises.
static inline __attribute__((always_inline)) double binary_row(float *restrict row, const float *restrict targets,
                                                               const float *restrict positives, float scale, int64_t C,
                                                               bool gradient) {
  KERNEL_SUMS
  double sum = 0;
#pragma clang loop vectorize_width(16)
  for (int64_t c = 0; c < C; c++) {
    float x = row[c], y = targets[c], w = positives ? 1.0f + (positives[c] - 1.0f) * y : 1.0f;
    sum += (double)((1.0f - y) * x + w * vector_softplus(-x));
    if (gradient) row[c] = scale * (1.0f - y - w * vector_sigmoid(-x));
  }
  return (double)scale * sum;
}

/// The sum over logits x with targets y, 0 or 1, of scale * ((1 - y) x + w ln(1 + e^-x)), w = 1 + (positive - 1) y:
/// binary cross-entropy in which a positive of column c counts `positives[c]` times; null: once. With `gradient`, each
/// logit is replaced by scale * (1 - y - w (1 - sigma(x))).
KERNEL double kernel_binary_cross_entropy(float *logits, const float *targets, const float *positives, float scale,
                                          int64_t R, int64_t C, bool gradient) {
  double total = 0;
  for (int64_t r = 0; r < R; r++, logits += C, targets += C) {
    if (positives) {
      total += gradient ? binary_row(logits, targets, positives, scale, C, true)
                        : binary_row(logits, targets, positives, scale, C, false);
    } else {
      total += gradient ? binary_row(logits, targets, 0, scale, C, true)
                        : binary_row(logits, targets, 0, scale, C, false);
    }
  }
  return total;
}

/// The sum of scale * (x - target)^2. With `gradient`, each x is replaced by 2 scale (x - target).
double kernel_squared_error(float *x, const float *targets, float scale, int64_t count, bool gradient) {
  double total = 0;
  for (int64_t i = 0; i < count; i++) {
    float d = x[i] - targets[i];
    total += (double)scale * (double)d * (double)d;
    if (gradient) x[i] = 2.0f * scale * d;
  }
  return total;
}
