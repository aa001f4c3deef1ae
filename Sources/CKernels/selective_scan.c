#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// h_t = exp(delta_t A) h_(t-1) + delta_t u_t B_t, y_t = (C_t . h_t + D u_t) SiLU(z_t), delta = softplus(steps + bias).
//
// 16 channels make a strip, one number a lane: every sum over states runs down the lanes, and no lane waits for
// another. Tokens are worked on in spans. The forward pass keeps the states before every span; the backward pass
// computes a span's states again from there. The sums over channels (gradients of B and C) stay apart by lane until a
// span is done.
enum { lanes = 16, span = 32 };

// All of it is inlined into one clone: no vector is ever passed by a calling convention.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float Lanes __attribute__((ext_vector_type(16)));
typedef int32_t Bits __attribute__((ext_vector_type(16)));
typedef float Half __attribute__((ext_vector_type(8)));
typedef float Quarter __attribute__((ext_vector_type(4)));
typedef float Tile[span * lanes];

#define INLINE static inline __attribute__((always_inline))

static int64_t strips(int64_t E) { return (E + lanes - 1) / lanes; }

int64_t kernel_scan_states(const int32_t *starts, int64_t B, int64_t E, int64_t N) {
  int64_t spans = 0;
  for (int64_t b = 0; b < B; b++) spans += (starts[b + 1] - starts[b] + span - 1) / span;
  return spans * strips(E) * N * lanes;
}

// Scratch, in order: rates (A in base 2), running states or their gradients, gradients of A: one set of N lanes per
// strip; a span's states, the first before it; a span's decays; a span's gradients of B and C.
int64_t kernel_scan_scratch(int64_t E, int64_t N) { return (3 * strips(E) + span + 1 + span + 2 * span) * N * lanes; }

/// 2^x for x <= 0, relative error below 2e-7; 2^-125 below that.
INLINE Lanes power_of_two(Lanes x) {
  x = __builtin_elementwise_max(x, (Lanes)(-125.0f));
  Lanes shifted = x + 12582912.0f;  // 1.5 * 2^23: the whole part lands in the low bits
  Lanes f = x - (shifted - 12582912.0f);
  Lanes p = 0.0013276466634124517f;
  p = p * f + 0.009675540961325169f;
  p = p * f + 0.05550713464617729f;
  p = p * f + 0.24022120237350464f;
  p = p * f + 0.6931469440460205f;
  p = p * f + 1.0f;
  Bits bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits <<= 23;
  Bits sum;
  memcpy(&sum, &p, sizeof sum);
  sum += bits;
  memcpy(&p, &sum, sizeof p);
  return p;
}

INLINE Lanes load(const float *x) {
  Lanes v;
  memcpy(&v, x, sizeof v);
  return v;
}
INLINE void store(float *x, Lanes v) { memcpy(x, &v, sizeof v); }

/// The sum over lanes, halves first.
INLINE float sum(Lanes v) {
  Half h = v.lo + v.hi;
  Quarter q = h.lo + h.hi;
  return (q.x + q.z) + (q.y + q.w);
}

/// Where the spans of one sequence lie: token k of the scan is row first + k * direction.
typedef struct {
  int64_t first, direction, count, strip, channels;
} Piece;

/// Copies a span of one strip out of a matrix of E columns; lanes beyond its last channel become zero.
INLINE void take(const float *x, int64_t E, const Piece *p, float *tile) {
  for (int64_t k = 0; k < p->count; k++) {
    const float *in = x + (p->first + k * p->direction) * E + p->strip * lanes;
    float *out = tile + k * lanes;
    if (p->channels == lanes) {
      memcpy(out, in, lanes * sizeof(float));
    } else {
      for (int64_t i = 0; i < lanes; i++) out[i] = i < p->channels ? in[i] : 0.0f;
    }
  }
}

INLINE void put(const float *tile, int64_t E, const Piece *p, float *x, bool accumulate) {
  for (int64_t k = 0; k < p->count; k++) {
    float *out = x + (p->first + k * p->direction) * E + p->strip * lanes;
    const float *in = tile + k * lanes;
    if (p->channels == lanes) {
      store(out, accumulate ? load(out) + load(in) : load(in));
    } else {
      for (int64_t i = 0; i < p->channels; i++) out[i] = accumulate ? out[i] + in[i] : in[i];
    }
  }
}

/// A strip's numbers of a vector of E, zero beyond it.
INLINE Lanes channels_of(const float *x, const Piece *p) {
  float values[lanes] = {0};
  memcpy(values, x + p->strip * lanes, (size_t)p->channels * sizeof(float));
  return load(values);
}

INLINE void add_channels(float *x, const Piece *p, Lanes v) {
  for (int64_t i = 0; i < p->channels; i++) x[p->strip * lanes + i] += v[i];
}

/// rates = -exp(logA) log2 e, N lanes per strip.
INLINE void fill_rates(const kernel_scan *s, float *rates) {
  for (int64_t j = 0; j < strips(s->E); j++) {
    for (int64_t n = 0; n < s->N; n++) {
      float *out = rates + (j * s->N + n) * lanes;
      for (int64_t i = 0; i < lanes; i++) {
        int64_t c = j * lanes + i;
        out[i] = c < s->E ? -1.44269504f * vector_exp(s->logA[n * s->E + c]) : 0.0f;
      }
    }
  }
}

INLINE Piece piece_of(const kernel_scan *s, int64_t b, int64_t token, int64_t strip) {
  int64_t length = s->starts[b + 1] - s->starts[b], left = s->E - strip * lanes;
  Piece p = {s->reversed ? s->starts[b + 1] - 1 - token : s->starts[b] + token, s->reversed ? -1 : 1,
             length - token < span ? length - token : span, strip, left < lanes ? left : lanes};
  return p;
}

INLINE void forward_span(const kernel_scan *s, const Piece *p, int64_t N, const float *rates, float *h,
                         const float *residual, float *y) {
  Tile u, z, delta, out;
  take(s->u, s->E, p, u);
  take(s->z, s->E, p, z);
  take(s->steps, s->E, p, delta);
  Lanes bias = channels_of(s->stepBias, p), skip = channels_of(s->D, p);
  for (int64_t k = 0; k < p->count; k++) store(delta + k * lanes, load(delta + k * lanes) + bias);
  for (int64_t i = 0; i < p->count * lanes; i++) delta[i] = vector_softplus(delta[i]);
  for (int64_t i = 0; i < p->count * lanes; i++) z[i] = z[i] * vector_sigmoid(z[i]);
  for (int64_t k = 0; k < p->count; k++) {
    const float *B = s->projected + (p->first + k * p->direction) * (s->rank + 2 * N) + s->rank, *C = B + N;
    Lanes d = load(delta + k * lanes), x = load(u + k * lanes), du = d * x, sum = skip * x;
    for (int64_t n = 0; n < N; n++) {
      Lanes state = power_of_two(d * load(rates + n * lanes)) * load(h + n * lanes) + du * B[n];
      store(h + n * lanes, state);
      sum += state * C[n];
    }
    store(out + k * lanes, sum * load(z + k * lanes));
  }
  if (residual) {
    take(residual, s->E, p, u);
    for (int64_t i = 0; i < p->count * lanes; i++) out[i] += u[i];
  }
  put(out, s->E, p, y, false);
}

/// y = the scan's output, plus `residual` (R x E) when given.
KERNEL void kernel_selective_scan(const kernel_scan *s, const float *residual, float *y) {
  int64_t set = s->N * lanes, all = strips(s->E) * set;
  float *rates = s->scratch, *running = rates + all, *kept = s->states;
  fill_rates(s, rates);
  for (int64_t b = 0; b < s->B; b++) {
    memset(running, 0, (size_t)all * sizeof(float));
    for (int64_t token = 0; token < s->starts[b + 1] - s->starts[b]; token += span, kept += all) {
      memcpy(kept, running, (size_t)all * sizeof(float));
      for (int64_t j = 0; j < strips(s->E); j++) {
        Piece p = piece_of(s, b, token, j);
        if (s->N == 16) {
          forward_span(s, &p, 16, rates + j * set, running + j * set, residual, y);
        } else {
          forward_span(s, &p, s->N, rates + j * set, running + j * set, residual, y);
        }
      }
    }
  }
}

/// The buffers of one strip in the backward pass.
typedef struct {
  const float *rates, *kept;
  float *carry, *dA, *states, *decays, *dB, *dC;
} Strip;

INLINE void backward_span(const kernel_scan *s, const float *dy, const kernel_scan_gradients *g, const Piece *p,
                          int64_t N, const Strip *t) {
  Tile u, z, step, delta, gate, slope, out;
  take(s->u, s->E, p, u);
  take(s->z, s->E, p, z);
  take(s->steps, s->E, p, step);
  take(dy, s->E, p, out);
  Lanes bias = channels_of(s->stepBias, p), skip = channels_of(s->D, p);
  for (int64_t k = 0; k < p->count; k++) store(step + k * lanes, load(step + k * lanes) + bias);
  for (int64_t i = 0; i < p->count * lanes; i++) {
    delta[i] = vector_softplus(step[i]);
    step[i] = vector_sigmoid(step[i]);
  }
  for (int64_t i = 0; i < p->count * lanes; i++) {
    float sigmoid = vector_sigmoid(z[i]);
    gate[i] = out[i] * z[i] * sigmoid;
    slope[i] = out[i] * sigmoid * (1.0f + z[i] * (1.0f - sigmoid));
  }
  memcpy(t->states, t->kept, (size_t)(N * lanes) * sizeof(float));
  for (int64_t k = 0; k < p->count; k++) {
    const float *B = s->projected + (p->first + k * p->direction) * (s->rank + 2 * N) + s->rank, *C = B + N;
    const float *before = t->states + k * N * lanes;
    float *after = t->states + (k + 1) * N * lanes, *decays = t->decays + k * N * lanes;
    Lanes d = load(delta + k * lanes), x = load(u + k * lanes), du = d * x, sum = skip * x;
    for (int64_t n = 0; n < N; n++) {
      Lanes decay = power_of_two(d * load(t->rates + n * lanes));
      Lanes state = decay * load(before + n * lanes) + du * B[n];
      store(decays + n * lanes, decay);
      store(after + n * lanes, state);
      sum += state * C[n];
    }
    store(slope + k * lanes, load(slope + k * lanes) * sum);
  }
  put(slope, s->E, p, g->dz, g->accumulateZ);
  Lanes dbias = 0.0f, dskip = 0.0f;
  for (int64_t k = p->count - 1; k >= 0; k--) {
    const float *B = s->projected + (p->first + k * p->direction) * (s->rank + 2 * N) + s->rank, *C = B + N;
    const float *before = t->states + k * N * lanes, *decays = t->decays + k * N * lanes;
    float *dB = t->dB + k * N * lanes, *dC = t->dC + k * N * lanes;
    Lanes d = load(delta + k * lanes), x = load(u + k * lanes), gy = load(gate + k * lanes), du = d * x;
    Lanes ddu = 0.0f, dd = 0.0f;
    for (int64_t n = 0; n < N; n++) {
      int64_t i = n * lanes;
      Lanes dh = load(t->carry + i) + gy * C[n];
      store(dC + i, load(dC + i) + gy * load(before + N * lanes + i));
      store(dB + i, load(dB + i) + dh * du);
      ddu += dh * B[n];
      Lanes past = dh * load(decays + i), rate = past * load(before + i);
      store(t->carry + i, past);
      dd += rate * load(t->rates + i);
      store(t->dA + i, load(t->dA + i) + rate * d);
    }
    Lanes raw = (dd * 0.693147181f + ddu * x) * load(step + k * lanes);
    dbias += raw;
    dskip += gy * x;
    store(step + k * lanes, raw);
    store(u + k * lanes, ddu * d + gy * skip);
  }
  put(step, s->E, p, g->dsteps, false);
  put(u, s->E, p, g->du, g->accumulateU);
  add_channels(g->dstepBias, p, dbias);
  add_channels(g->dD, p, dskip);
}

/// dB and dC of one span: the lanes' sums, to the last 2 N of each row.
INLINE void put_sums(const kernel_scan *s, const Piece *p, const float *dB, const float *dC, float *dprojected) {
  for (int64_t k = 0; k < p->count; k++) {
    float *out = dprojected + (p->first + k * p->direction) * (s->rank + 2 * s->N) + s->rank;
    for (int64_t n = 0; n < s->N; n++) {
      out[n] = sum(load(dB + (k * s->N + n) * lanes));
      out[s->N + n] = sum(load(dC + (k * s->N + n) * lanes));
    }
  }
}

KERNEL void kernel_selective_scan_backward(const kernel_scan *s, const float *dy, const kernel_scan_gradients *g) {
  int64_t set = s->N * lanes, all = strips(s->E) * set;
  float *rates = s->scratch, *carry = rates + all, *dA = carry + all, *states = dA + all;
  float *decays = states + (span + 1) * set, *dB = decays + span * set, *dC = dB + span * set;
  const float *kept = s->states + kernel_scan_states(s->starts, s->B, s->E, s->N);
  fill_rates(s, rates);
  memset(dA, 0, (size_t)all * sizeof(float));
  for (int64_t b = s->B - 1; b >= 0; b--) {
    int64_t length = s->starts[b + 1] - s->starts[b];
    memset(carry, 0, (size_t)all * sizeof(float));
    for (int64_t token = (length - 1) / span * span; token >= 0 && length > 0; token -= span) {
      kept -= all;
      memset(dB, 0, (size_t)(2 * span * set) * sizeof(float));
      for (int64_t j = 0; j < strips(s->E); j++) {
        Piece p = piece_of(s, b, token, j);
        Strip t = {rates + j * set, kept + j * set, carry + j * set, dA + j * set, states, decays, dB, dC};
        if (s->N == 16) {
          backward_span(s, dy, g, &p, 16, &t);
        } else {
          backward_span(s, dy, g, &p, s->N, &t);
        }
      }
      Piece p = piece_of(s, b, token, 0);
      put_sums(s, &p, dB, dC, g->dprojected);
    }
  }
  for (int64_t j = 0; j < strips(s->E); j++) {
    for (int64_t n = 0; n < s->N; n++) {
      for (int64_t i = 0; i < lanes && j * lanes + i < s->E; i++) {
        int64_t at = (j * s->N + n) * lanes + i;
        g->dlogA[n * s->E + j * lanes + i] += dA[at] * rates[at] * 0.693147181f;
      }
    }
  }
}
