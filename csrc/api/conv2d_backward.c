/* cnn_conv2d_backward: checks the arguments; its two halves compute. */
#include "api/conv2d_backward.h"

#include <string.h>

#include "runtime/dispatch.h"

/* By the bits: the compiler vectorizes a loop of integers, but not a sum of floats. */
int cnn_all_finite(int type, const void *values, int64_t count) {
    int special = 0;
    for (int64_t i = 0; i < count; i++) {
        if (type == CNN_F32) {
            uint32_t bits;
            memcpy(&bits, (const char *)values + i * 4, sizeof bits);
            special |= (bits & 0x7f800000) == 0x7f800000;
        } else {
            uint64_t bits;
            memcpy(&bits, (const char *)values + i * 8, sizeof bits);
            special |= (bits & 0x7ff0000000000000) == 0x7ff0000000000000;
        }
    }
    return !special;
}

static int check(const struct backward *g) {
    const cnn_window *w = &g->w;
    if (g->type != CNN_F32 && g->type != CNN_F64) return CNN_BAD_ARGUMENT;
    if (g->filters < 1 || g->groups < 1 || w->c % g->groups != 0 || g->filters % g->groups != 0)
        return CNN_BAD_ARGUMENT;
    const int64_t limit = (int64_t)1 << 60;
    int64_t weights, pixels;
    if (__builtin_mul_overflow(w->kernel_h, w->kernel_w, &weights) ||
        __builtin_mul_overflow(weights, w->c / g->groups, &weights) ||
        __builtin_mul_overflow(weights, g->filters, &weights) || weights > limit)
        return CNN_BAD_ARGUMENT;
    if (__builtin_mul_overflow(g->out_h, g->out_w, &pixels) ||
        __builtin_mul_overflow(pixels, cnn_max(w->n, 1), &pixels) ||
        __builtin_mul_overflow(pixels, g->filters, &pixels) || pixels > limit)
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}

int cnn_conv2d_backward(const cnn_window *w, int64_t filters, int64_t groups, int type, const void *in,
                        const void *kernel, const void *grad, int flags, void *d_in, void *d_kernel, void *d_bias) {
    struct backward g = {.table = cnn_table(), .w = *w, .filters = filters, .groups = groups, .type = type,
                         .flags = flags & CNN_EXACT, .in = in, .kernel = kernel, .grad = grad};
    int status = cnn_output_size(w, &g.out_h, &g.out_w);
    if (status == CNN_OK) status = check(&g);
    if (status != CNN_OK) return status;
    if (g.table == NULL) return CNN_UNKNOWN_ISA;
    g.size = cnn_size_of(type);
    if (w->n == 0) {
        memset(d_kernel, 0, (size_t)(cnn_backward_terms(&g) * filters) * g.size);
        memset(d_bias, 0, (size_t)filters * g.size);
        return CNN_OK;
    }
    status = cnn_kernel_gradient(&g, d_kernel, d_bias);
    return status == CNN_OK && d_in != NULL ? cnn_input_gradient(&g, d_in) : status;
}
