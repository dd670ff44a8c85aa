/* cnn_filter2d_small and cnn_correlate2d_small: one image, a small kernel of any type, no padding. They convert the
 * kernel on the stack, so that the caller does not have to, and call the general functions. */
#include <math.h>

#include "api/geometry.h"
#include "cnncore.h"

enum { MOST_TAPS = 128 };

/* Copies a kernel of any integer type to `weights`. Returns 0 where a sum over inputs of up to `largest` could leave
 * int32. */
static int as_int32(int type, const void *kernel, int64_t taps, int64_t largest, int32_t *weights) {
    int64_t total = 0;
    for (int64_t i = 0; i < taps; i++) {
        int64_t w;
        switch (type) {
            case CNN_I64: w = ((const int64_t *)kernel)[i]; break;
            case CNN_I32: w = ((const int32_t *)kernel)[i]; break;
            case CNN_I16: w = ((const int16_t *)kernel)[i]; break;
            case CNN_I8: w = ((const int8_t *)kernel)[i]; break;
            case CNN_U8: w = ((const uint8_t *)kernel)[i]; break;
            default: return 0;
        }
        if (w > INT32_MAX || w < -INT32_MAX) return 0;
        total += w < 0 ? -w : w;
        weights[i] = (int32_t)w;
    }
    return total <= INT32_MAX / largest;
}

static cnn_window window_of(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w) {
    cnn_window window = {.n = 1, .h = h, .w = w, .c = 1, .kernel_h = kernel_h, .kernel_w = kernel_w, .stride_h = 1,
                         .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    return window;
}

static int is_aligned(const void *data, int type) {
    const size_t size = type == CNN_I64 ? sizeof(int64_t) : cnn_size_of(type);
    return (uintptr_t)data % size == 0;
}

/* A finite value must not become infinite in float32. */
static int fits_float(double value) {
    return !isinf((float)value) || isinf(value);
}

int cnn_filter2d_small(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w, int kernel_type, const void *image,
                       const void *kernel, double scale, void *out) {
    const cnn_window window = window_of(h, w, kernel_h, kernel_w);
    const int64_t taps = kernel_h * kernel_w;
    int32_t whole[MOST_TAPS];
    float real[MOST_TAPS];
    if (kernel_h < 1 || kernel_w < 1 || kernel_h > MOST_TAPS || taps > MOST_TAPS) return CNN_BAD_ARGUMENT;
    if (!is_aligned(kernel, kernel_type) || !fits_float(scale)) return CNN_BAD_ARGUMENT;
    if (kernel_type == CNN_F32) return cnn_filter2d(&window, CNN_F32, image, kernel, (float)scale, out);
    if (kernel_type == CNN_F64) {
        for (int64_t i = 0; i < taps; i++) {
            const double weight = ((const double *)kernel)[i];
            if (!fits_float(weight)) return CNN_BAD_ARGUMENT;
            real[i] = (float)weight;
        }
        return cnn_filter2d(&window, CNN_F32, image, real, (float)scale, out);
    }
    if (!as_int32(kernel_type, kernel, taps, 255, whole)) return CNN_BAD_ARGUMENT;
    return cnn_filter2d(&window, CNN_I32, image, whole, (float)scale, out);
}

int cnn_correlate2d_small(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w, int in_type, int kernel_type,
                          const void *image, const void *kernel, void *out) {
    const cnn_window window = window_of(h, w, kernel_h, kernel_w);
    int32_t whole[MOST_TAPS];
    if (kernel_h < 1 || kernel_w < 1 || kernel_h > MOST_TAPS || kernel_h * kernel_w > MOST_TAPS)
        return CNN_BAD_ARGUMENT;
    if (!is_aligned(image, in_type) || !is_aligned(kernel, kernel_type)) return CNN_BAD_ARGUMENT;
    if (in_type == CNN_F32 || in_type == CNN_F64)
        return kernel_type != in_type ? CNN_BAD_ARGUMENT
                                      : cnn_conv2d(&window, 1, 1, in_type, in_type, image, kernel, NULL, 0, out);
    if (in_type != CNN_U8 || !as_int32(kernel_type, kernel, kernel_h * kernel_w, 255, whole))
        return CNN_BAD_ARGUMENT;
    return cnn_conv2d(&window, 1, 1, CNN_U8, CNN_I32, image, whole, NULL, 0, out);
}
