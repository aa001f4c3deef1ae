#ifndef KERNELS_H
#define KERNELS_H

#include <stdbool.h>
#include <stdint.h>

// Glossary: R rows (tokens), C columns (features), B sequences. Matrices are row-major. Sequences are packed: sequence
// b is rows starts[b] ..< starts[b + 1]; there is no padding. `accumulate`: add to the output instead of overwriting
// it.

// layer_norm.c
void kernel_layer_norm(const float *x, const float *weight, const float *bias, float *y, float *mean, float *inverse,
                       int64_t R, int64_t C);
void kernel_layer_norm_backward(const float *dy, const float *x, const float *weight, const float *mean,
                                const float *inverse, float *dx, float *dweight, float *dbias, int64_t R, int64_t C,
                                bool accumulate);

// activation.c
void kernel_gelu(const float *z, const float *bias, const float *residual, float *y, int64_t R, int64_t C);
void kernel_gelu_backward(const float *dy, const float *z, const float *bias, float *dz, float *dbias, int64_t R,
                          int64_t C);
void kernel_dropout(const float *x, float *y, int64_t R, int64_t C, int64_t row, float rate, uint32_t key0,
                    uint32_t key1, bool accumulate);

// matrix.c
void kernel_fill_rows(const float *x, const float *bias, float *y, int64_t R, int64_t C);
void kernel_column_sums(const float *dy, float *dbias, int64_t R, int64_t C);
void kernel_add(const float *x, float *y, int64_t count);

// convolution.c
void kernel_unfold(const float *x, float *columns, const int32_t *starts, int64_t B, int64_t C, int64_t taps,
                   int64_t dilation, int64_t left, int64_t first, int64_t end);
void kernel_fold(const float *columns, float *dx, const int32_t *starts, int64_t B, int64_t C, int64_t taps,
                 int64_t dilation, int64_t left, int64_t first, int64_t end);

// attention.c
void kernel_rotary_table(float *cosines, float *sines, int64_t L, int64_t half, double base);
void kernel_rotary(float *x, const float *cosines, const float *sines, const int32_t *starts, int64_t B,
                   int64_t stride, int64_t heads, int64_t half, bool inverse);
void kernel_attention_softmax(float *scores, float *normalisers, int64_t R, int64_t C, int64_t firstVisible,
                              float scale);
void kernel_attention_probabilities(float *scores, const float *normalisers, int64_t R, int64_t C,
                                    int64_t firstVisible, float scale);
void kernel_attention_score_gradient(const float *probabilities, float *dprobabilities, const float *deltas, int64_t R,
                                     int64_t C, float scale);
void kernel_row_dots(const float *a, int64_t aStride, const float *b, int64_t bStride, float *dots, int64_t R,
                     int64_t C);

// gather.c
void kernel_gather(const float *table, const int32_t *rows, float *y, int64_t R, int64_t C);
void kernel_scatter_add(const float *dy, const int32_t *rows, float *dtable, int64_t R, int64_t C);
void kernel_segment_means(const float *x, const int32_t *starts, float *y, int64_t B, int64_t C);
void kernel_segment_means_backward(const float *dy, const int32_t *starts, float *dx, int64_t B, int64_t C,
                                   bool accumulate);
void kernel_segment_maxima(const float *x, const int32_t *starts, float *y, int32_t *places, int64_t B, int64_t C);
void kernel_segment_maxima_backward(const float *dy, const int32_t *places, float *dx, int64_t B, int64_t C);
void kernel_pair_features(const float *x, float *y, int64_t P, int64_t C);
void kernel_pair_features_backward(const float *dy, const float *x, float *dx, int64_t P, int64_t C, bool accumulate);

// loss.c
double kernel_cross_entropy(float *logits, const int32_t *targets, const float *weights, float scale, int64_t R,
                            int64_t C, bool gradient, int64_t *correct);
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
const char *kernel_openblas_core(void);

#endif
