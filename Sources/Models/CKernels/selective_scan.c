#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

// h_t = exp(delta_t A) h_(t-1) + delta_t u_t B_t, y_t = (C_t . h_t + D u_t) SiLU(z_t), delta = softplus(steps + bias).
//
// 16 channels make a strip, one number a lane: every sum over states runs down the lanes, and no lane waits
// for another. Tokens are worked on in spans, copied strip after strip into tiles while memory is read row after row.
// The forward pass keeps the states before every span; the backward pass computes a span's states again from there.
// The sums over channels (gradients of B and C) stay apart by lane until a span is done.
enum { lanes = 16, span = 32, tile = span * lanes };

// All of it is inlined into one clone: no vector is ever passed by a calling convention.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float Lanes __attribute__((ext_vector_type(16)));
typedef int32_t Bits __attribute__((ext_vector_type(16)));
typedef float Half __attribute__((ext_vector_type(8)));
typedef float Quarter __attribute__((ext_vector_type(4)));

#define INLINE static inline __attribute__((always_inline))

static int64_t strips(int64_t E) { return (E + lanes - 1) / lanes; }

int64_t kernel_scan_states(const int32_t *starts, int64_t B, int64_t E, int64_t N) {
  int64_t spans = 0;
  for (int64_t b = 0; b < B; b++) spans += (starts[b + 1] - starts[b] + span - 1) / span;
  return spans * strips(E) * N * lanes;
}

int64_t kernel_scan_carried(int64_t E, int64_t N) { return strips(E) * N * lanes; }

// Scratch, in order: rates (A in base 2), running states or their gradients, gradients of A: one set of N lanes per
// strip; four tiles per strip; a span's states, the first before it; a span's decays; its gradients of B and C.
int64_t kernel_scan_scratch(int64_t E, int64_t N) {
  return 3 * strips(E) * N * lanes + 4 * strips(E) * tile + (4 * span + 1) * N * lanes;
}

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

/// A span of one sequence: token k of it is row first + k * direction.
typedef struct {
  int64_t first, direction, count;
} Span;

INLINE Span span_of(const kernel_scan *s, int64_t b, int64_t token) {
  int64_t left = s->starts[b + 1] - s->starts[b] - token;
  Span p = {s->reversed ? s->starts[b + 1] - 1 - token : s->starts[b] + token, s->reversed ? -1 : 1,
            left < span ? left : span};
  return p;
}

/// Copies a span's rows of E numbers into one tile per strip; lanes beyond the last channel become zero.
INLINE void take(const float *x, int64_t E, const Span *p, float *tiles) {
  for (int64_t k = 0; k < p->count; k++) {
    const float *in = x + (p->first + k * p->direction) * E;
    float *out = tiles + k * lanes;
    int64_t c = 0;
    for (; c + lanes <= E; c += lanes, out += tile) store(out, load(in + c));
    if (c < E) {
      memset(out, 0, lanes * sizeof(float));
      memcpy(out, in + c, (size_t)(E - c) * sizeof(float));
    }
  }
}

/// Copies the tiles back: x = tiles, plus `add` when given, which may be x.
INLINE void put(const float *tiles, int64_t E, const Span *p, const float *add, float *x) {
  for (int64_t k = 0; k < p->count; k++) {
    int64_t row = (p->first + k * p->direction) * E, c = 0;
    const float *in = tiles + k * lanes;
    for (; c + lanes <= E; c += lanes, in += tile) {
      store(x + row + c, add ? load(add + row + c) + load(in) : load(in));
    }
    for (int64_t i = 0; c + i < E; i++) x[row + c + i] = add ? add[row + c + i] + in[i] : in[i];
  }
}

/// A strip's numbers of a vector of E, zero beyond it.
INLINE Lanes channels_of(const float *x, int64_t E, int64_t strip) {
  int64_t left = E - strip * lanes;
  float values[lanes] = {0};
  memcpy(values, x + strip * lanes, (size_t)(left < lanes ? left : lanes) * sizeof(float));
  return load(values);
}

INLINE void add_channels(float *x, int64_t E, int64_t strip, Lanes v) {
  for (int64_t i = 0; i < lanes && strip * lanes + i < E; i++) x[strip * lanes + i] += v[i];
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

/// B of the span's token k; C follows it.
INLINE const float *projection(const kernel_scan *s, const Span *p, int64_t k, int64_t N) {
  return s->projected + (p->first + k * p->direction) * (s->rank + 2 * N) + s->rank;
}

/// One strip of a span; its output replaces u in the tiles.
INLINE void forward_strip(const kernel_scan *s, const Span *p, int64_t strip, int64_t N, const float *rates, float *h,
                          float *u, float *z, float *delta) {
  Lanes bias = channels_of(s->stepBias, s->E, strip), skip = channels_of(s->D, s->E, strip);
  for (int64_t k = 0; k < p->count; k++) store(delta + k * lanes, load(delta + k * lanes) + bias);
  for (int64_t i = 0; i < p->count * lanes; i++) delta[i] = vector_softplus(delta[i]);
  for (int64_t i = 0; i < p->count * lanes; i++) z[i] = z[i] * vector_sigmoid(z[i]);
  for (int64_t k = 0; k < p->count; k++) {
    const float *B = projection(s, p, k, N), *C = B + N;
    Lanes d = load(delta + k * lanes), x = load(u + k * lanes), du = d * x, sum = skip * x;
    for (int64_t n = 0; n < N; n++) {
      Lanes state = power_of_two(d * load(rates + n * lanes)) * load(h + n * lanes) + du * B[n];
      store(h + n * lanes, state);
      sum += state * C[n];
    }
    store(u + k * lanes, sum * load(z + k * lanes));
  }
}

/// y = the scan's output, plus `residual` (R x E) when given.
KERNEL void kernel_selective_scan(const kernel_scan *s, const float *residual, float *y) {
  int64_t set = s->N * lanes, all = strips(s->E) * set, tiles = strips(s->E) * tile;
  float *rates = s->scratch, *running = rates + all, *u = rates + 3 * all, *z = u + tiles, *delta = z + tiles;
  float *kept = s->states;
  fill_rates(s, rates);
  for (int64_t b = 0; b < s->B; b++) {
    if (s->carried) {
      memcpy(running, s->carried[b], (size_t)all * sizeof(float));
    } else {
      memset(running, 0, (size_t)all * sizeof(float));
    }
    for (int64_t token = 0; token < s->starts[b + 1] - s->starts[b]; token += span, kept += all) {
      memcpy(kept, running, (size_t)all * sizeof(float));
      Span p = span_of(s, b, token);
      take(s->u, s->E, &p, u);
      take(s->z, s->E, &p, z);
      take(s->steps, s->E, &p, delta);
      for (int64_t j = 0; j < strips(s->E); j++) {
        float *h = running + j * set, *uj = u + j * tile, *zj = z + j * tile, *dj = delta + j * tile;
        if (s->N == 16) {
          forward_strip(s, &p, j, 16, rates + j * set, h, uj, zj, dj);
        } else {
          forward_strip(s, &p, j, s->N, rates + j * set, h, uj, zj, dj);
        }
      }
      put(u, s->E, &p, residual, y);
    }
    if (s->carried) memcpy(s->carried[b], running, (size_t)all * sizeof(float));
  }
}

/// The buffers of one strip in the backward pass.
typedef struct {
  const float *rates, *kept;
  float *carry, *dA, *states, *decays, *dB, *dC;
  // Tiles: u, z, steps become their gradients.
  float *u, *z, *step, *dy;
} Strip;

INLINE void backward_strip(const kernel_scan *s, const kernel_scan_gradients *g, const Span *p, int64_t strip,
                           int64_t N, const Strip *t) {
  float delta[tile], *u = t->u, *slope = t->z, *step = t->step, *gate = t->dy;
  Lanes bias = channels_of(s->stepBias, s->E, strip), skip = channels_of(s->D, s->E, strip);
  for (int64_t k = 0; k < p->count; k++) store(step + k * lanes, load(step + k * lanes) + bias);
  for (int64_t i = 0; i < p->count * lanes; i++) {
    delta[i] = vector_softplus(step[i]);
    step[i] = vector_sigmoid(step[i]);
  }
  for (int64_t i = 0; i < p->count * lanes; i++) {
    float z = slope[i], sigmoid = vector_sigmoid(z), dy = gate[i];
    gate[i] = dy * z * sigmoid;
    slope[i] = dy * sigmoid * (1.0f + z * (1.0f - sigmoid));
  }
  memcpy(t->states, t->kept, (size_t)(N * lanes) * sizeof(float));
  for (int64_t k = 0; k < p->count; k++) {
    const float *B = projection(s, p, k, N), *C = B + N;
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
  Lanes dbias = 0.0f, dskip = 0.0f;
  for (int64_t k = p->count - 1; k >= 0; k--) {
    const float *B = projection(s, p, k, N), *C = B + N;
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
  add_channels(g->dstepBias, s->E, strip, dbias);
  add_channels(g->dD, s->E, strip, dskip);
}

/// dB and dC of one span: the lanes' sums, to the last 2 N of each row.
INLINE void put_sums(const kernel_scan *s, const Span *p, const float *dB, const float *dC, float *dprojected) {
  for (int64_t k = 0; k < p->count; k++) {
    float *out = dprojected + (p->first + k * p->direction) * (s->rank + 2 * s->N) + s->rank;
    for (int64_t n = 0; n < s->N; n++) {
      out[n] = sum(load(dB + (k * s->N + n) * lanes));
      out[s->N + n] = sum(load(dC + (k * s->N + n) * lanes));
    }
  }
}

KERNEL void kernel_selective_scan_backward(const kernel_scan *s, const float *dy, const kernel_scan_gradients *g) {
  int64_t set = s->N * lanes, all = strips(s->E) * set, tiles = strips(s->E) * tile;
  float *rates = s->scratch, *carry = rates + all, *dA = carry + all, *u = dA + all, *z = u + tiles;
  float *step = z + tiles, *gy = step + tiles, *states = gy + tiles, *decays = states + (span + 1) * set;
  float *dB = decays + span * set, *dC = dB + span * set;
  const float *kept = s->states + kernel_scan_states(s->starts, s->B, s->E, s->N);
  fill_rates(s, rates);
  memset(dA, 0, (size_t)all * sizeof(float));
  for (int64_t b = s->B - 1; b >= 0; b--) {
    int64_t length = s->starts[b + 1] - s->starts[b];
    memset(carry, 0, (size_t)all * sizeof(float));
    for (int64_t token = (length - 1) / span * span; token >= 0 && length > 0; token -= span) {
      kept -= all;
      memset(dB, 0, (size_t)(2 * span * set) * sizeof(float));
      Span p = span_of(s, b, token);
      take(s->u, s->E, &p, u);
      take(s->z, s->E, &p, z);
      take(s->steps, s->E, &p, step);
      take(dy, s->E, &p, gy);
      for (int64_t j = 0; j < strips(s->E); j++) {
        Strip t = {rates + j * set, kept + j * set, carry + j * set, dA + j * set,   states,           decays,
                   dB,              dC,             u + j * tile,    z + j * tile, step + j * tile, gy + j * tile};
        if (s->N == 16) {
          backward_strip(s, g, &p, j, 16, &t);
        } else {
          backward_strip(s, g, &p, j, s->N, &t);
        }
      }
      put(u, s->E, &p, g->accumulateU ? g->du : 0, g->du);
      put(z, s->E, &p, g->accumulateZ ? g->dz : 0, g->dz);
      put(step, s->E, &p, 0, g->dsteps);
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
