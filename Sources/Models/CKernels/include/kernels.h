#ifndef KERNELS_H
#define KERNELS_H

#include <stdbool.h>
#include <stdint.h>

// Glossary: R rows (tokens), C columns (features), B sequences. Matrices are row-major. Sequences are packed: sequence
// b is rows starts[b] ..< starts[b + 1]; there is no padding. `accumulate`: add to the output instead of overwriting
// it.

// gemm.c

/// The form in which op(A) and op(B) are taken; sums are fp32. Portable: rounded to bfloat16 like GEMM_BF16,
/// multiplied in plain C with the layouts of AMX and AVX-512 BF16, for tests.
enum gemm_precision { GEMM_FP32, GEMM_BF16, GEMM_BF16_PORTABLE };

/// C (M x N) = initial + bias + op(A) op(B), op(A) M x K, op(B) K x N, row-major; a stride is the distance between rows
/// as stored. `initial` has C's shape and stride and may be C itself (to add to it) or null; `bias` has N numbers or is
/// null. K = 0 is allowed only when C is its own initial.
struct gemm {
  int64_t M, N, K;
  const float *a;
  int64_t aStride;
  bool transposeA;
  const float *b;
  int64_t bStride;
  bool transposeB;
  const float *initial, *bias;
  float *c;
  int64_t cStride;
  enum gemm_precision precision;
};
void kernel_gemm(const struct gemm *product);
/// The product of `kernel_gemm` with B packed beforehand, of which the first K rows and N columns are used; `b`,
/// `bStride` and `transposeB` are not read.
void kernel_gemm_packed(const struct gemm *product, const float *packed, int64_t packedK, int64_t packedN);
/// Floats of a packed K x N matrix.
int64_t kernel_packed_count(int64_t K, int64_t N, enum gemm_precision precision);
/// Packs op(B), K x N, for products of the same precision.
void kernel_pack(const float *b, int64_t stride, bool transposed, int64_t K, int64_t N,
                 enum gemm_precision precision, float *packed);
/// The way in which bfloat16 products are computed here: amx, avx512-bf16, or rounded operands in fp32.
const char *kernel_bf16_path(void);

// layer_norm.c
void kernel_layer_norm(const float *x, const float *weight, const float *bias, float *y, float *mean, float *inverse,
                       int64_t R, int64_t C);
void kernel_layer_norm_backward(const float *dy, const float *x, const float *weight, const float *mean,
                                const float *inverse, float *dx, float *dweight, float *dbias, int64_t R, int64_t C,
                                bool accumulate);

// rms_norm.c
void kernel_rms_norm(const float *x, const float *weight, float *y, float *inverse, int64_t R, int64_t C);
void kernel_rms_norm_backward(const float *dy, const float *x, const float *weight, const float *inverse, float *dx,
                              float *dweight, int64_t R, int64_t C, bool accumulate);

// activation.c
void kernel_gelu(const float *z, const float *bias, const float *residual, float *y, int64_t R, int64_t C);
void kernel_gelu_backward(const float *dy, const float *z, const float *bias, float *dz, float *dbias, int64_t R,
                          int64_t C);
void kernel_activation(const float *x, const float *bias, float *y, int64_t R, int64_t C, int32_t form);
void kernel_activation_backward(const float *dy, const float *x, const float *bias, float *dx, float *dbias,
                                int64_t R, int64_t C, int32_t form, bool accumulate);
void kernel_multiply(const float *a, const float *b, float *y, int64_t count, bool accumulate);
void kernel_dropout(const float *x, float *y, int64_t R, int64_t C, int64_t row, float rate, float kept,
                    float dropped, uint32_t key0, uint32_t key1, bool accumulate);

// matrix.c
void kernel_column_sums(const float *dy, float *dbias, int64_t R, int64_t C);
void kernel_add(const float *x, float *y, int64_t count);

// convolution.c
void kernel_pad(const float *x, const int32_t *starts, int64_t B, int64_t C, int64_t gap, float *padded);
void kernel_reverse_taps(const float *weight, int64_t out, int64_t taps, int64_t C, float *reversed);

// depthwise.c
void kernel_depthwise(const float *x, const float *weight, const float *bias, float *y, const int32_t *starts,
                      int64_t B, int64_t C, int64_t taps, int64_t dilation, int64_t left, bool silu, bool reversed);
void kernel_depthwise_backward(const float *dy, const float *x, const float *weight, const float *bias, float *dx,
                               float *dweight, float *dbias, const int32_t *starts, int64_t B, int64_t C,
                               int64_t taps, int64_t dilation, int64_t left, bool silu, bool reversed);

// attention.c
double kernel_natural_exp(double x);  // of x <= 0
double kernel_natural_log(double x);  // of x >= 1
void kernel_rotary_table(float *cosines, float *sines, int64_t first, int64_t L, int64_t half, double base,
                         double stretch);
void kernel_sine_cosine(double x, double *sine, double *cosine);
void kernel_rotary(float *x, const float *cosines, const float *sines, const int32_t *starts,
                   const int32_t *places, int64_t B, int64_t stride, int64_t heads, int64_t half, bool inverse);
void kernel_attention_softmax(float *scores, float *normalisers, int64_t R, int64_t C, int64_t low,
                              int64_t high, float scale);
void kernel_attention_probabilities(float *scores, const float *normalisers, int64_t R, int64_t C,
                                    int64_t low, int64_t high, float scale);
void kernel_attention_score_gradient(const float *probabilities, float *dprobabilities, const float *deltas, int64_t R,
                                     int64_t C, float scale);
void kernel_row_dots(const float *a, int64_t aStride, const float *b, int64_t bStride, float *dots, int64_t R,
                     int64_t C);

// gather.c
void kernel_gather(const float *table, const int32_t *rows, float *y, int64_t R, int64_t C);
void kernel_scatter_add(const float *dy, const int32_t *rows, float *dtable, int64_t R, int64_t C);
void kernel_stem_embedding(const float *table, const int32_t *ids, float *y, const int32_t *starts, int64_t B, int64_t C,
                           int64_t taps, int64_t left);
void kernel_stem_embedding_backward(const float *dy, const int32_t *ids, float *dtable, const int32_t *starts, int64_t B,
                                    int64_t C, int64_t taps, int64_t left);
void kernel_segment_means(const float *x, const int32_t *starts, float *y, int64_t B, int64_t C);
void kernel_segment_means_backward(const float *dy, const int32_t *starts, float *dx, int64_t B, int64_t C,
                                   bool accumulate);
void kernel_segment_maxima(const float *x, const int32_t *starts, float *y, int32_t *places, int64_t B, int64_t C);
void kernel_segment_maxima_backward(const float *dy, const int32_t *places, float *dx, int64_t B, int64_t C);
void kernel_attention_pooling(const float *x, const float *scores, const int32_t *starts, float *weights, float *y,
                              int64_t B, int64_t C, int64_t Q);
void kernel_attention_pooling_backward(const float *dy, const float *x, const float *weights, const int32_t *starts,
                                       float *dx, float *dscores, int64_t B, int64_t C, int64_t Q);
void kernel_pair_features(const float *x, float *y, int64_t P, int64_t C);
void kernel_pair_features_backward(const float *dy, const float *x, float *dx, int64_t P, int64_t C, bool accumulate);

// lstm.c
void kernel_order_by_length(const int32_t *starts, int32_t *order, int64_t B);
void kernel_lstm_step(float *gates, int64_t gateStride, const float *recurrent, float *cells, float *y, int64_t stride,
                      float *hidden, const int32_t *starts, const int32_t *order, int64_t m, int64_t g, int64_t step,
                      bool reversed);
void kernel_lstm_step_backward(const float *dy, float *gates, int64_t gateStride, const float *cells, int64_t stride,
                               const float *dhidden, float *dcell, float *drecurrent, const int32_t *starts,
                               const int32_t *order, int64_t m, int64_t g, int64_t step, bool reversed);
void kernel_lstm_previous(const float *y, int64_t stride, float *previous, const int32_t *starts, int64_t B,
                          int64_t g, bool reversed);

// selective_scan.c
/// The input of a selective scan (Gu and Dao 2023): E channels of N states; sequences run from their end
/// when `reversed`.
typedef struct {
  const float *u, *z;         // R x E: the channels' inputs and gates
  const float *steps;         // R x E: time steps before their bias and softplus
  const float *projected;     // R x (rank + 2 N): of each row, the last 2 N are B and C
  const float *stepBias, *D;  // E
  const float *logA;          // N x E: A = -exp(logA)
  const int32_t *starts;
  int64_t B, E, N, rank;
  bool reversed;
  float *states;   // kernel_scan_states floats, written by the forward pass for the backward pass
  float *const *carried;  // null, or by sequence kernel_scan_carried floats: its states before and then after
  float *scratch;  // kernel_scan_scratch floats
} kernel_scan;
typedef struct {
  float *du, *dz;                      // R x E, added to when `accumulateU`, `accumulateZ`
  float *dsteps;                       // R x E
  float *dprojected;                   // R x (rank + 2 N): the last 2 N of each row are written
  float *dstepBias, *dD, *dlogA;       // added to
  bool accumulateU, accumulateZ;
} kernel_scan_gradients;
int64_t kernel_scan_states(const int32_t *starts, int64_t B, int64_t E, int64_t N);
int64_t kernel_scan_scratch(int64_t E, int64_t N);
int64_t kernel_scan_carried(int64_t E, int64_t N);
void kernel_selective_scan(const kernel_scan *scan, const float *residual, float *y);
void kernel_selective_scan_backward(const kernel_scan *scan, const float *dy, const kernel_scan_gradients *gradients);

// fft.c
int64_t kernel_fft_length(int64_t L);
int64_t kernel_fft_table_size(int64_t N);
void kernel_fft_table(float *table, int64_t N);

// implicit_filter.c
void kernel_filter_features(float *y, int64_t R, int64_t bands, int64_t length);
void kernel_sine(const float *x, const float *frequency, float *y, int64_t R, int64_t C);
void kernel_sine_backward(const float *dy, const float *x, const float *frequency, float *dx, float *dfrequency,
                          int64_t R, int64_t C, bool accumulate);
void kernel_filter_window(const float *x, const float *rates, float *y, int64_t R, int64_t C, bool accumulate);
void kernel_modal_filter(double *poles, const float *real, const float *imaginary, float *y, int64_t L, int64_t N,
                         int64_t C);
void kernel_modal_filter_backward(double *poles, const float *real, const float *imaginary, const float *dy,
                                  double *sums, int64_t L, int64_t N, int64_t C);

// long_convolution.c
/// The input of a long convolution with its gates: `filter` and `reversed` (may be null) are lags x C.
typedef struct {
  const float *u;  // R x 3C: the outer gate, the inner gate, the values
  const float *filter, *reversed;
  const float *bias;  // C
  const int32_t *starts;
  int64_t B, C, lags;
  float *scratch;  // kernel_long_convolution_scratch floats
} kernel_long_convolution;
typedef struct {
  float *du;                           // R x 3C, overwritten
  float *dfilter, *dreversed, *dbias;  // added to
} kernel_long_convolution_gradients;
int64_t kernel_long_convolution_scratch(int64_t N);
void kernel_long_convolution_forward(const kernel_long_convolution *op, const float *table, int64_t N, float *y);
void kernel_long_convolution_backward(const kernel_long_convolution *op, const float *table, int64_t N,
                                      const float *dy, const kernel_long_convolution_gradients *to);

// continue.c
void kernel_attention_step(const float *query, const float *keys, int64_t stride, int64_t h, int64_t C, int64_t d,
                           float scale, float *scores, float *y);
void kernel_modal_steps(double *modes, const float *u, const float *bias, float *y, int64_t L, int64_t N, int64_t C);
void kernel_lagged_step(const float *u, const float *z, int64_t count, const float *filter, const float *bias, float *y,
                        int64_t C);

// loss.c
double kernel_cross_entropy(float *logits, const int32_t *targets, const float *weights, float scale,
                            float smoothing, int64_t R, int64_t C, bool gradient, int64_t *correct);
double kernel_binary_cross_entropy(float *logits, const float *targets, const float *positives, float scale,
                                   int64_t R, int64_t C, bool gradient);
double kernel_squared_error(float *x, const float *targets, float scale, int64_t count, bool gradient);

// optimizer.c
double kernel_square_sum(const float *x, int64_t count);
void kernel_tree_sum(float *const *parts, int64_t count, int64_t first, int64_t end);
void kernel_adamw(float *weights, const float *gradients, float *first, float *second, int64_t count, float rate,
                  float beta1, float beta2, float epsilon, float decay, float correction1, float correction2,
                  float scale);

// cpu.c
const char *kernel_clone(void);
float kernel_multiply_add(float a, float b, float c);

// products.c

/// Y (R x M) += X W in double, W K x M: element (r, k) of X is x[r * xRow + k * xStep]. Each sum is made in the order of
/// k, without fused operations: the same bits on all CPUs.
void kernel_add_products(const float *x, int64_t xRow, int64_t xStep, const double *w, double *y, int64_t R, int64_t K,
                         int64_t M);

// peak.c

/// The peak of one thread, for shares of it: `rounds` of independent chains of x = x * factor + summand in registers.
/// Returns the number of operations (a multiply-add is two); `result` is 16 numbers that depend on all.
double kernel_peak(int64_t rounds, float factor, float summand, float *result);

#endif
