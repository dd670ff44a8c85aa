/* The reference loops: the specification, the oracle of the tests and the fallback. The loops are deliberately simple.
 * Floats are summed in double. */
#include <math.h>
#include <string.h>

#include "cnncore.h"
#include "kernels/table.h"
#include "kernels/mean.h"
#include "kernels/pool_winners.h"

/* Adds one term to `sum`, and after each block `sum` to `total`. */
#define ADD(term)                                   \
    do {                                            \
        sum += (term);                              \
        if (++terms % CNN_SUM_BLOCK == 0) {         \
            total += sum;                           \
            sum = 0;                                \
        }                                           \
    } while (0)

#define RECTIFIED(T, sum) (t->relu && (sum) < 0 ? 0 : (T)(sum))

#define REF_CONV(X, T, S)                                                                                            \
    static void X##_conv2d(const struct conv_tile *t) {                                                              \
        for (int64_t y = 0; y < t->rows; y++)                                                                        \
            for (int64_t x = 0; x < t->columns; x++)                                                                 \
                for (int64_t f = 0; f < t->filters; f++) {                                                           \
                    const T *in = (const T *)t->in + y * t->stride_h * t->in_row + x * t->stride_w * t->in_pixel;    \
                    const T *w = (const T *)t->weights + f;                                                          \
                    S total = t->bias == NULL ? 0 : ((const T *)t->bias)[f], sum = 0;                                \
                    int64_t terms = 0;                                                                               \
                    for (int64_t a = 0; a < t->kernel_h; a++)                                                        \
                        for (int64_t b = 0; b < t->kernel_w; b++) {                                                  \
                            const T *p = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel;       \
                            for (int64_t c = 0; c < t->channels; c++, w += t->weights_row) ADD((S)p[c] * (S)*w);     \
                        }                                                                                            \
                    ((T *)t->out)[y * t->out_row + x * t->out_pixel + f] = RECTIFIED(T, total + sum);                \
                }                                                                                                    \
    }                                                                                                                \
    static void X##_conv2d_one_map(const struct one_kernel_tile *t) {                                                \
        for (int64_t y = 0; y < t->rows; y++)                                                                        \
            for (int64_t i = 0; i < t->length; i++) {                                                                \
                const T *in = (const T *)t->in + y * t->stride_h * t->in_row + i, *w = t->weights;                   \
                S total = t->bias == NULL ? 0 : *(const T *)t->bias, sum = 0;                                        \
                int64_t terms = 0;                                                                                   \
                for (int64_t a = 0; a < t->kernel_h; a++)                                                            \
                    for (int64_t b = 0; b < t->kernel_w; b++)                                                        \
                        ADD((S)in[a * t->dilation_h * t->in_row + b * t->step] * (S)*w++);                           \
                ((T *)t->out)[y * t->out_row + i] = RECTIFIED(T, total + sum);                                       \
            }                                                                                                        \
    }                                                                                                                \
    static void X##_conv2d_depthwise(const struct depthwise_tile *t) {                                               \
        for (int64_t y = 0; y < t->rows; y++)                                                                        \
            for (int64_t x = 0; x < t->columns; x++)                                                                 \
                for (int64_t c = 0; c < t->channels; c++) {                                                          \
                    const T *in = (const T *)t->in + y * t->stride_h * t->in_row + x * t->stride_w * t->in_pixel;    \
                    const T *w = (const T *)t->weights + c;                                                          \
                    S total = t->bias == NULL ? 0 : ((const T *)t->bias)[c], sum = 0;                                \
                    int64_t terms = 0;                                                                               \
                    for (int64_t a = 0; a < t->kernel_h; a++)                                                        \
                        for (int64_t b = 0; b < t->kernel_w; b++, w += t->channels)                                  \
                            ADD((S)in[a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + c] * (S)*w); \
                    ((T *)t->out)[y * t->out_row + x * t->out_pixel + c] = RECTIFIED(T, total + sum);                \
                }                                                                                                    \
    }

REF_CONV(f32, float, double)
REF_CONV(f64, double, double)
REF_CONV(i32, int32_t, int32_t)

#include "kernels/ref_conv2d_backward.inc.c"

static uint8_t to_pixel(float value) {
    if (!(value > 0)) return 0; /* NaN too */
    return value >= 255 ? 255 : (uint8_t)rintf(value);
}

static void filter2d_int(const struct one_kernel_tile *t) {
    for (int64_t y = 0; y < t->rows; y++)
        for (int64_t i = 0; i < t->length; i++) {
            const uint8_t *in = (const uint8_t *)t->in + y * t->stride_h * t->in_row + i;
            const int32_t *w = t->weights;
            int32_t sum = 0;
            for (int64_t a = 0; a < t->kernel_h; a++)
                for (int64_t b = 0; b < t->kernel_w; b++) sum += in[a * t->dilation_h * t->in_row + b * t->step] * *w++;
            ((uint8_t *)t->out)[y * t->out_row + i] = to_pixel((float)sum * t->scale);
        }
}

static void filter2d_float(const struct one_kernel_tile *t) {
    for (int64_t y = 0; y < t->rows; y++)
        for (int64_t i = 0; i < t->length; i++) {
            const uint8_t *in = (const uint8_t *)t->in + y * t->stride_h * t->in_row + i;
            const float *w = t->weights;
            double sum = 0;
            for (int64_t a = 0; a < t->kernel_h; a++)
                for (int64_t b = 0; b < t->kernel_w; b++)
                    sum += (double)in[a * t->dilation_h * t->in_row + b * t->step] * (double)*w++;
            ((uint8_t *)t->out)[y * t->out_row + i] = to_pixel((float)sum * t->scale);
        }
}

/* One window, cut at the image's edges. */
struct span {
    int64_t first, end;
};

static struct span cut(int64_t first, int64_t window, int64_t size) {
    struct span s = {first < 0 ? 0 : first, first + window > size ? size : first + window};
    return s;
}

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TYPED(name) PASTE(X, name)
#define X u8
#define T uint8_t
#include "kernels/mean.inc.c"
#undef X
#undef T
#define X i8
#define T int8_t
#include "kernels/mean.inc.c"
#undef X
#undef T
#define X i16
#define T int16_t
#include "kernels/mean.inc.c"
#undef X
#undef T
#define X i32
#define T int32_t
#include "kernels/mean.inc.c"
#undef X
#undef T
#define X f32
#define T float
#include "kernels/mean.inc.c"
#undef X
#undef T
#define X f64
#define T double
#include "kernels/mean.inc.c"
#undef X
#undef T

#define REF_POINT(X, T, S)                                                                                        \
    static void X##_max_pool(const struct pool_tile *t) {                                                         \
        for (int64_t y = 0; y < t->rows; y++)                                                                     \
            for (int64_t x = 0; x < t->columns; x++)                                                              \
                for (int64_t c = 0; c < t->channels; c++) {                                                       \
                    struct span rows = cut(t->first_row + y * t->stride_h, t->kernel_h, t->in_rows);              \
                    struct span columns =                                                                         \
                        cut(t->first_column + x * t->stride_w, t->kernel_w, t->in_columns);                       \
                    const T *in = (const T *)t->in + c;                                                           \
                    T best = in[rows.first * t->in_row + columns.first * t->channels];                            \
                    for (int64_t a = rows.first; a < rows.end; a++)                                               \
                        for (int64_t b = columns.first; b < columns.end; b++) {                                   \
                            T value = in[a * t->in_row + b * t->channels];                                        \
                            if (value > best || value != value) best = value;                                     \
                        }                                                                                         \
                    ((T *)t->out)[y * t->out_row + x * t->channels + c] = best;                                   \
                }                                                                                                 \
    }                                                                                                             \
    static void X##_avg_pool(const struct pool_tile *t) {                                                         \
        for (int64_t y = 0; y < t->rows; y++)                                                                     \
            for (int64_t x = 0; x < t->columns; x++)                                                              \
                for (int64_t c = 0; c < t->channels; c++) {                                                       \
                    struct span rows = cut(t->first_row + y * t->stride_h, t->kernel_h, t->in_rows);              \
                    struct span columns =                                                                         \
                        cut(t->first_column + x * t->stride_w, t->kernel_w, t->in_columns);                       \
                    const T *in = (const T *)t->in + c + rows.first * t->in_row + columns.first * t->channels;    \
                    const int64_t high = rows.end - rows.first, wide = columns.end - columns.first;               \
                    double mean = X##_mean(in, t->in_row, high, t->channels, wide, 1);                            \
                    if (!isfinite(mean)) mean = X##_mean(in, t->in_row, high, t->channels, wide, CNN_MEAN_SCALE); \
                    ((S *)t->out)[y * t->out_row + x * t->channels + c] = (S)mean;                                \
                }                                                                                                 \
    }                                                                                                             \
    static void X##_clamp_u8(int64_t count, const void *in, double low, double high, void *out) {                 \
        for (int64_t i = 0; i < count; i++) {                                                                     \
            double x = (double)((const T *)in)[i];                                                                \
            ((uint8_t *)out)[i] = (uint8_t)rint(x >= low ? (x <= high ? x : high) : low);                         \
        }                                                                                                         \
    }                                                                                                             \
    static void X##_relu(int64_t count, const void *in, void *out) {                                              \
        for (int64_t i = 0; i < count; i++) {                                                                     \
            T x = ((const T *)in)[i];                                                                             \
            ((T *)out)[i] = x < 0 ? 0 : x;                                                                        \
        }                                                                                                         \
    }

REF_POINT(u8, uint8_t, float)
REF_POINT(i8, int8_t, float)
REF_POINT(i16, int16_t, float)
REF_POINT(i32, int32_t, float)
REF_POINT(f32, float, float)
REF_POINT(f64, double, double)

#define REF_CLAMP(X, T)                                                                             \
    static void X##_clamp_same(int64_t count, const void *in, double low, double high, void *out) { \
        const T bottom = (T)low, top = (T)high;                                                     \
        for (int64_t i = 0; i < count; i++) {                                                       \
            T x = ((const T *)in)[i];                                                               \
            ((T *)out)[i] = x >= bottom ? (x <= top ? x : top) : bottom;                            \
        }                                                                                           \
    }

REF_CLAMP(f32, float)
REF_CLAMP(f64, double)

#include "kernels/ref_gradients.inc.c"

#define ALL(name) {u8_##name, i8_##name, i16_##name, i32_##name, f32_##name, f64_##name}
#define FLOAT(name) {NULL, NULL, NULL, NULL, f32_##name, f64_##name}
#define WIDE(name) {NULL, NULL, i32_##name, i32_##name, f32_##name, f64_##name}
#define FLOAT(name) {NULL, NULL, NULL, NULL, f32_##name, f64_##name}

const struct kernel_table cnn_table_ref = {
    .name = "ref",
    .block = {0, 0, 32, 32, 32, 32},
    .vector = {1, 1, 1, 1, 1, 1},
    .conv_pixels = 1,
    .conv2d = WIDE(conv2d),
    .conv2d_one_map = WIDE(conv2d_one_map),
    .conv2d_depthwise = WIDE(conv2d_depthwise),
    .kernel_gradient = FLOAT(kernel_gradient),
    .kernel_gradient_depthwise = FLOAT(kernel_gradient_depthwise),
    .input_gradient = FLOAT(input_gradient),
    .filter2d_sum16 = filter2d_int,
    .filter2d_int16 = filter2d_int,
    .filter2d_int32 = filter2d_int,
    .filter2d_float = filter2d_float,
    .max_pool = ALL(max_pool),
    .avg_pool = ALL(avg_pool),
    .pool_winners = pool_winners_any,
    .clamp_u8 = ALL(clamp_u8),
    .clamp_same = {NULL, NULL, NULL, NULL, f32_clamp_same, f64_clamp_same},
    .relu = ALL(relu),
    .max_pool_backward = FLOAT(max_pool_backward),
    .avg_pool_backward = FLOAT(avg_pool_backward),
    .gemm = FLOAT(gemm),
    .relu_backward = FLOAT(relu_backward),
    .adam = FLOAT(adam),
};
