#ifndef KERNEL_VECTOR_MATH_H
#define KERNEL_VECTOR_MATH_H

#include <stdint.h>
#include <string.h>

// Elementary functions of our own, so that results do not depend on the C library. All of them vectorise.
// The polynomials are least-squares fits made for this project.

/// e^x, relative error below 1.2e-7 on [-87, 88], clamped outside; NaN stays NaN.
static inline __attribute__((always_inline)) float vector_exp(float x) {
  float clamped = x < -87.0f ? -87.0f : x;
  clamped = clamped > 88.0f ? 88.0f : clamped;
  float scaled = clamped * 1.44269504f;
  scaled = scaled > -128.0f ? scaled : -128.0f;  // a NaN becomes a number here: it must not reach the conversion
  int32_t n = (int32_t)(scaled + (scaled < 0.0f ? -0.5f : 0.5f));
  float f = (float)n;
  float r = clamped - f * 0.693359375f;
  r = r + f * 2.12194440e-4f;
  float p = 0.0013947569532319903f;
  p = p * r + 0.008369864895939827f;
  p = p * r + 0.04166624695062637f;
  p = p * r + 0.16666509211063385f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  int32_t bits = (n + 127) << 23;
  float power;
  memcpy(&power, &bits, 4);
  return p * power;
}

/// The largest of `count` > 0 numbers. A NaN among them is passed over or is the result.
static inline __attribute__((always_inline)) float vector_maximum(const float *x, int64_t count) {
  // The compiler does not vectorise a maximum by itself, since NaNs make its order matter.
  enum { lanes = 32 };
  float largest[lanes], maximum = x[0];
  int64_t i = 0;
  if (count >= lanes) {
    memcpy(largest, x, sizeof largest);
    for (i = lanes; i + lanes <= count; i += lanes) {
      for (int l = 0; l < lanes; l++) largest[l] = x[i + l] > largest[l] ? x[i + l] : largest[l];
    }
    for (int step = lanes / 2; step > 0; step /= 2) {
      for (int l = 0; l < step; l++) largest[l] = largest[l + step] > largest[l] ? largest[l + step] : largest[l];
    }
    maximum = largest[0];
  }
  for (; i < count; i++) maximum = x[i] > maximum ? x[i] : maximum;
  return maximum;
}

/// The standard normal distribution function and its density at x.
/// Phi(x) = erfc(-x / sqrt 2) / 2, erfc(z) = e^(-z^2) t P(t), t = 1 / (1 + z / 2) for z >= 0.
static inline __attribute__((always_inline)) float vector_normal(float x, float *density) {
  float magnitude = x < 0.0f ? -x : x;
  float e = vector_exp(-0.5f * x * x);
  float t = 1.0f / (1.0f + 0.35355339f * magnitude);
  float p = -0.05884492520868308f;
  p = p * t + 0.2834780604458659f;
  p = p * t + -0.4849191843948344f;
  p = p * t + 0.275445005524316f;
  p = p * t + -0.024808634926504047f;
  p = p * t + 0.2019126281702551f;
  p = p * t + 0.24330110237590588f;
  p = p * t + 0.28234790690740713f;
  p = p * t + 0.2820879992347058f;
  float tail = 0.5f * e * p * t;
  *density = 0.3989422804f * e;
  return x < 0.0f ? tail : 1.0f - tail;
}

/// The logistic function 1 / (1 + e^-x).
static inline __attribute__((always_inline)) float vector_sigmoid(float x) { return 1.0f / (1.0f + vector_exp(-x)); }

/// log(1 + e^x) = max(x, 0) + log(1 + u), u = e^-|x|, log(1 + u) = u P(u); relative error below 3e-7.
static inline __attribute__((always_inline)) float vector_softplus(float x) {
  float u = vector_exp(x < 0.0f ? x : -x);
  float p = -0.0032439809292554855f;
  p = p * u + 0.019851263612508774f;
  p = p * u + -0.056959159672260284f;
  p = p * u + 0.10603617131710052f;
  p = p * u + -0.15305569767951965f;
  p = p * u + 0.19675931334495544f;
  p = p * u + -0.24954132735729218f;
  p = p * u + 0.3332996368408203f;
  p = p * u + -0.4999990165233612f;
  p = p * u + 1.0f;
  float tail = p * u;
  return x > 0.0f ? x + tail : tail;
}

/// Hyperbolic tangent: x + x^3 P(x^2) for |x| < 0.625, else 1 - 2 / (1 + e^2|x|) with the sign of x.
static inline __attribute__((always_inline)) float vector_tanh(float x) {
  float magnitude = x < 0.0f ? -x : x, square = x * x;
  float p = -0.006096940953284502f;
  p = p * square + 0.020997358486056328f;
  p = p * square + -0.05385095253586769f;
  p = p * square + 0.13332770764827728f;
  p = p * square + -0.333333283662796f;
  float large = 1.0f - 2.0f / (1.0f + vector_exp(2.0f * magnitude));
  float small = x + x * square * p;
  return magnitude < 0.625f ? small : (x < 0.0f ? -large : large);
}

/// sin x, and cos x; absolute error below 1.2e-7 for |x| < 8,000, a number that follows from x alone beyond; NaN stays
/// NaN. Reduced by multiples of pi / 2 in three parts, then polynomials on [-pi / 4, pi / 4].
static inline __attribute__((always_inline)) float vector_sine(float x, float *cosine) {
  float scaled = x * 0.6366197723675814f;
  scaled = scaled > -1e6f ? scaled : -1e6f;  // a NaN becomes a number here: it must not reach the conversion
  scaled = scaled < 1e6f ? scaled : 1e6f;
  int32_t n = (int32_t)(scaled + (scaled < 0.0f ? -0.5f : 0.5f));
  float turns = (float)n;
  float r = x - turns * 1.5703125f;
  r = r - turns * 4.837512969970703125e-4f;
  r = r - turns * 7.54978995489188216e-8f;
  float square = r * r;
  float s = -0.00019507344404701144f;
  s = s * square + 0.00833211187273264f;
  s = s * square + -0.16666653752326965f;
  s = s * square * r + r;
  float c = 2.4423658032901585e-05f;
  c = c * square + -0.001388723962008953f;
  c = c * square + 0.04166664555668831f;
  c = c * square * square + (1.0f - 0.5f * square);
  float even = n & 1 ? c : s, odd = n & 1 ? s : c;
  *cosine = (n + 1) & 2 ? -odd : odd;
  return n & 2 ? -even : even;
}

/// sin and cos of x in [0, 1e6], in double precision, for tables: it does not vectorise.
static inline void sine_cosine(double x, double *sine, double *cosine) {
  // x >= 0, below 1e6: reduced by multiples of pi / 2, then Taylor on [-pi / 4, pi / 4].
  int64_t n = (int64_t)(x * 0.6366197723675814 + 0.5);
  double r = (x - (double)n * 1.5707963267341256) - (double)n * 6.077100506506192e-11;
  double s = 0.0, c = 0.0, term = 1.0;
  for (int k = 0; k <= 17; k++) {
    if (k > 0) term *= r / k;
    double sign = (k / 2) % 2 ? -1.0 : 1.0;
    if (k % 2) s += sign * term; else c += sign * term;
  }
  switch (n & 3) {
  case 0: *sine = s, *cosine = c; break;
  case 1: *sine = c, *cosine = -s; break;
  case 2: *sine = -s, *cosine = -c; break;
  default: *sine = -c, *cosine = s; break;
  }
}

#endif
