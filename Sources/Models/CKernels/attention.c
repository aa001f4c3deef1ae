#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

double kernel_natural_exp(double x) {
  // x <= 0 and small in number of calls: halve until tiny, Taylor, square back.
  int halvings = 0;
  while (x < -0.01) x *= 0.5, halvings++;
  double sum = 1.0, term = 1.0;
  for (int i = 1; i <= 8; i++) term *= x / i, sum += term;
  while (halvings-- > 0) sum *= sum;
  return sum;
}

double kernel_natural_log(double x) {
  // Newton on e^y = x: y += 2 (x - e^y) / (x + e^y), cubic convergence, for x >= 1.
  double y = 1.0;
  for (int i = 0; i < 64; i++) {
    double e = 1.0 / kernel_natural_exp(-y), step = 2.0 * (x - e) / (x + e);
    y += step;
    if (step < 1e-15 && step > -1e-15) break;
  }
  return y;
}

/// sin and cos of x in [0, 1e6].
void kernel_sine_cosine(double x, double *sine, double *cosine) { sine_cosine(x, sine, cosine); }

/// cos and sin of position / stretch * base^(-i / half), L x half each (RoPE, Su et al. 2021, equation 15).
void kernel_rotary_table(float *cosines, float *sines, int64_t first, int64_t L, int64_t half, double base,
                         double stretch) {
  double logarithm = kernel_natural_log(base);
  for (int64_t i = 0; i < half; i++) {
    double frequency = kernel_natural_exp(-logarithm * (double)i / (double)half);
    for (int64_t t = 0; t < L; t++) {
      double s, c;
      sine_cosine((double)(first + t) / stretch * frequency, &s, &c);
      cosines[t * half + i] = (float)c;
      sines[t * half + i] = (float)s;
    }
  }
}

/// Rotates, in place, features (i, i + half) of each head by the angle of the row's place: that of `places`, or the
/// row's distance from the start of its sequence where `places` is null.
KERNEL void kernel_rotary(float *x, const float *cosines, const float *sines, const int32_t *starts,
                          const int32_t *places, int64_t B, int64_t stride, int64_t heads, int64_t half,
                          bool inverse) {
  float sign = inverse ? -1.0f : 1.0f;
  for (int64_t b = 0; b < B; b++) {
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      int64_t place = places ? places[r] : r - starts[b];
      const float *c = cosines + place * half, *s = sines + place * half;
      for (int64_t h = 0; h < heads; h++) {
        float *restrict low = x + r * stride + h * 2 * half, *restrict high = low + half;
        for (int64_t i = 0; i < half; i++) {
          float a = low[i], z = high[i], si = s[i] * sign;
          low[i] = a * c[i] - z * si;
          high[i] = z * c[i] + a * si;
        }
      }
    }
  }
}

/// Row r of scores becomes softmax(scale * scores) over its columns max(0, low + r) ..< min(C, high + r), of which some
/// are there, the rest zero; normalisers[2r], [2r + 1] = the row's maximum and 1 / sum of exponentials, for the backward
/// pass.
KERNEL void kernel_attention_softmax(float *scores, float *normalisers, int64_t R, int64_t C, int64_t low,
                                     int64_t high, float scale) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    float *row = scores + r * C;
    int64_t hidden = low + r > 0 ? low + r : 0, visible = high + r < C ? high + r : C;
    float maximum = vector_maximum(row + hidden, visible - hidden);
    float sum = 0.0f;
    for (int64_t c = hidden; c < visible; c++) {
      float e = vector_exp((row[c] - maximum) * scale);
      row[c] = e;
      sum += e;
    }
    float inverse = 1.0f / sum;
    for (int64_t c = 0; c < hidden; c++) row[c] = 0.0f;
    for (int64_t c = hidden; c < visible; c++) row[c] *= inverse;
    for (int64_t c = visible; c < C; c++) row[c] = 0.0f;
    normalisers[r * 2] = maximum;
    normalisers[r * 2 + 1] = inverse;
  }
}

/// Makes the probabilities again, from scores and the saved maximum and inverse sum of each row.
KERNEL void kernel_attention_probabilities(float *scores, const float *normalisers, int64_t R, int64_t C,
                                           int64_t low, int64_t high, float scale) {
  for (int64_t r = 0; r < R; r++) {
    float *row = scores + r * C;
    int64_t hidden = low + r > 0 ? low + r : 0, visible = high + r < C ? high + r : C;
    float maximum = normalisers[r * 2], inverse = normalisers[r * 2 + 1];
    for (int64_t c = 0; c < hidden; c++) row[c] = 0.0f;
    for (int64_t c = hidden; c < visible; c++) row[c] = vector_exp((row[c] - maximum) * scale) * inverse;
    for (int64_t c = visible; c < C; c++) row[c] = 0.0f;
  }
}

/// dscores = P * (dP - delta) * scale, in place of dP; delta[r] = sum of dO * O of the row.
KERNEL void kernel_attention_score_gradient(const float *probabilities, float *dprobabilities, const float *deltas,
                                            int64_t R, int64_t C, float scale) {
  for (int64_t r = 0; r < R; r++) {
    const float *p = probabilities + r * C;
    float *restrict d = dprobabilities + r * C;
    float delta = deltas[r];
    for (int64_t c = 0; c < C; c++) d[c] = p[c] * (d[c] - delta) * scale;
  }
}

/// dots[r] = sum over C of a * b, rows at the given strides.
KERNEL void kernel_row_dots(const float *a, int64_t aStride, const float *b, int64_t bStride, float *dots, int64_t R,
                            int64_t C) {
  KERNEL_SUMS
  for (int64_t r = 0; r < R; r++) {
    float sum = 0.0f;
    for (int64_t c = 0; c < C; c++) sum += a[r * aStride + c] * b[r * bStride + c];
    dots[r] = sum;
  }
}
