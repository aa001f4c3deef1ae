#include <string.h>

#include "clones.h"
#include "kernels.h"
#include "vector_math.h"

/// y[r] = table[rows[r]].
void kernel_gather(const float *table, const int32_t *rows, float *y, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) memcpy(y + r * C, table + (int64_t)rows[r] * C, (size_t)C * sizeof(float));
}

/// dtable[rows[r]] += dy[r], in row order.
KERNEL void kernel_scatter_add(const float *dy, const int32_t *rows, float *dtable, int64_t R, int64_t C) {
  for (int64_t r = 0; r < R; r++) {
    float *out = dtable + (int64_t)rows[r] * C;
    for (int64_t c = 0; c < C; c++) out[c] += dy[r * C + c];
  }
}

/// y[t] = sum over taps j of table[ids[t + j - left]][j] within each sequence.
KERNEL void kernel_stem_embedding(const float *table, const int32_t *ids, float *y, const int32_t *starts, int64_t B,
                                  int64_t C, int64_t taps, int64_t left) {
  for (int64_t b = 0; b < B; b++) {
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      float *restrict out = y + r * C;
      memset(out, 0, (size_t)C * sizeof(float));
      for (int64_t j = 0; j < taps; j++) {
        int64_t source = r + j - left;
        if (source < starts[b] || source >= starts[b + 1]) continue;
        const float *row = table + ((int64_t)ids[source] * taps + j) * C;
        for (int64_t c = 0; c < C; c++) out[c] += row[c];
      }
    }
  }
}

/// dtable[ids[t + j - left]][j] += dy[t].
KERNEL void kernel_stem_embedding_backward(const float *dy, const int32_t *ids, float *dtable, const int32_t *starts,
                                           int64_t B, int64_t C, int64_t taps, int64_t left) {
  for (int64_t b = 0; b < B; b++) {
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      const float *in = dy + r * C;
      for (int64_t j = 0; j < taps; j++) {
        int64_t source = r + j - left;
        if (source < starts[b] || source >= starts[b + 1]) continue;
        float *restrict row = dtable + ((int64_t)ids[source] * taps + j) * C;
        for (int64_t c = 0; c < C; c++) row[c] += in[c];
      }
    }
  }
}

/// y[b] = mean of the rows of sequence b; zero for an empty sequence.
KERNEL void kernel_segment_means(const float *x, const int32_t *starts, float *y, int64_t B, int64_t C) {
  for (int64_t b = 0; b < B; b++) {
    float *out = y + b * C;
    memset(out, 0, (size_t)C * sizeof(float));
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      for (int64_t c = 0; c < C; c++) out[c] += x[r * C + c];
    }
    int64_t count = starts[b + 1] - starts[b];
    float inverse = count > 0 ? 1.0f / (float)count : 0.0f;
    for (int64_t c = 0; c < C; c++) out[c] *= inverse;
  }
}

/// Each row of sequence b gets dy[b] / length.
KERNEL void kernel_segment_means_backward(const float *dy, const int32_t *starts, float *dx, int64_t B, int64_t C,
                                          bool accumulate) {
  for (int64_t b = 0; b < B; b++) {
    int64_t count = starts[b + 1] - starts[b];
    float inverse = count > 0 ? 1.0f / (float)count : 0.0f;
    for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
      for (int64_t c = 0; c < C; c++) {
        float d = dy[b * C + c] * inverse;
        dx[r * C + c] = accumulate ? dx[r * C + c] + d : d;
      }
    }
  }
}

/// y[b] = largest of the rows of sequence b, feature by feature; places[b] = the row where it is, the first of equals.
/// An empty sequence gives zeros, and -1 for its places.
KERNEL void kernel_segment_maxima(const float *x, const int32_t *starts, float *y, int32_t *places, int64_t B,
                                  int64_t C) {
  for (int64_t b = 0; b < B; b++) {
    float *out = y + b * C;
    int32_t *place = places + b * C;
    for (int64_t c = 0; c < C; c++) {
      out[c] = starts[b] < starts[b + 1] ? x[starts[b] * C + c] : 0.0f;
      place[c] = starts[b] < starts[b + 1] ? starts[b] : -1;
    }
    for (int32_t r = starts[b] + 1; r < starts[b + 1]; r++) {
      for (int64_t c = 0; c < C; c++) {
        float v = x[r * C + c];
        bool larger = v > out[c];
        out[c] = larger ? v : out[c];
        place[c] = larger ? r : place[c];
      }
    }
  }
}

/// The row that gave the largest value gets its gradient; dx is added to.
void kernel_segment_maxima_backward(const float *dy, const int32_t *places, float *dx, int64_t B, int64_t C) {
  for (int64_t b = 0; b < B; b++) {
    for (int64_t c = 0; c < C; c++) {
      int64_t place = places[b * C + c];
      if (place >= 0) dx[place * C + c] += dy[b * C + c];
    }
  }
}

/// weights[r][q] = softmax over the rows of a sequence of scores[r][q]; y[b][q] = sum of weights[r][q] x[r].
KERNEL void kernel_attention_pooling(const float *x, const float *scores, const int32_t *starts, float *weights,
                                     float *y, int64_t B, int64_t C, int64_t Q) {
  for (int64_t b = 0; b < B; b++) {
    memset(y + b * Q * C, 0, (size_t)(Q * C) * sizeof(float));
    if (starts[b] == starts[b + 1]) continue;
    for (int64_t q = 0; q < Q; q++) {
      float largest = scores[starts[b] * Q + q], sum = 0.0f, *out = y + (b * Q + q) * C;
      for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
        largest = scores[r * Q + q] > largest ? scores[r * Q + q] : largest;
      }
      for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
        float e = vector_exp(scores[r * Q + q] - largest);
        weights[r * Q + q] = e;
        sum += e;
      }
      for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
        float w = weights[r * Q + q] /= sum;
        for (int64_t c = 0; c < C; c++) out[c] += w * x[r * C + c];
      }
    }
  }
}

/// dx[r] += sum over q of weights[r][q] dy[q]; dscores[r][q] += weights[r][q] (dy[q] . x[r] - dy[q] . y[q]).
KERNEL void kernel_attention_pooling_backward(const float *dy, const float *x, const float *weights,
                                              const int32_t *starts, float *dx, float *dscores, int64_t B, int64_t C,
                                              int64_t Q) {
  for (int64_t b = 0; b < B; b++) {
    for (int64_t q = 0; q < Q; q++) {
      const float *in = dy + (b * Q + q) * C;
      float mean = 0.0f;
      for (int pass = 0; pass < 2; pass++) {
        for (int64_t r = starts[b]; r < starts[b + 1]; r++) {
          float w = weights[r * Q + q], dot = 0.0f;
          for (int64_t c = 0; c < C; c++) dot += in[c] * x[r * C + c];
          if (pass == 0) {
            mean += w * dot;
            continue;
          }
          dscores[r * Q + q] += w * (dot - mean);
          for (int64_t c = 0; c < C; c++) dx[r * C + c] += w * in[c];
        }
      }
    }
  }
}

/// y[p] = (u, v, |u - v|, u v), u and v rows 2p and 2p + 1 of x.
KERNEL void kernel_pair_features(const float *x, float *y, int64_t P, int64_t C) {
  for (int64_t p = 0; p < P; p++) {
    const float *u = x + 2 * p * C, *v = u + C;
    float *out = y + 4 * p * C;
    for (int64_t c = 0; c < C; c++) {
      float d = u[c] - v[c];
      out[c] = u[c];
      out[C + c] = v[c];
      out[2 * C + c] = d < 0.0f ? -d : d;
      out[3 * C + c] = u[c] * v[c];
    }
  }
}

/// du = dy1 + sign(u - v) dy3 + v dy4, dv = dy2 - sign(u - v) dy3 + u dy4; sign(0) = 0.
KERNEL void kernel_pair_features_backward(const float *dy, const float *x, float *dx, int64_t P, int64_t C,
                                          bool accumulate) {
  for (int64_t p = 0; p < P; p++) {
    const float *u = x + 2 * p * C, *v = u + C, *in = dy + 4 * p * C;
    float *du = dx + 2 * p * C, *dv = du + C;
    for (int64_t c = 0; c < C; c++) {
      float d = u[c] - v[c];
      float s = (d > 0.0f ? 1.0f : d < 0.0f ? -1.0f : 0.0f) * in[2 * C + c];
      float gu = in[c] + s + v[c] * in[3 * C + c];
      float gv = in[C + c] - s + u[c] * in[3 * C + c];
      du[c] = accumulate ? du[c] + gu : gu;
      dv[c] = accumulate ? dv[c] + gv : gv;
    }
  }
}
