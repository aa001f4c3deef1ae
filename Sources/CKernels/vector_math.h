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

#endif
