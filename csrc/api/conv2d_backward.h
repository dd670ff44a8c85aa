/* The parts of cnn_conv2d_backward. */
#ifndef CNN_CONV2D_BACKWARD_H
#define CNN_CONV2D_BACKWARD_H

#include "api/geometry.h"
#include "kernels/table.h"

/* One call: the convolution, its input, its weights and the gradient of its output. */
struct backward {
    const struct kernel_table *table;
    cnn_window w;
    int64_t filters, groups, out_h, out_w;
    int type, flags;
    size_t size; /* bytes of an element */
    const char *in, *kernel, *grad;
};

/* kernel_h * kernel_w * channels of a group: the weights of one filter. */
static inline int64_t cnn_backward_terms(const struct backward *g) {
    return g->w.kernel_h * g->w.kernel_w * (g->w.c / g->groups);
}

/* Outputs [*first, *end) whose tap lies on the input, not on padding: the tap of output i is on input i * stride -
 * before + offset. */
static inline void cnn_tap_inside(int64_t size, int64_t stride, int64_t before, int64_t offset, int64_t outputs,
                                  int64_t *first, int64_t *end) {
    *first = cnn_ceil_div(cnn_max(before - offset, 0), stride);
    *end = size - 1 + before < offset ? 0 : cnn_min(outputs, (size - 1 + before - offset) / stride + 1);
    *end = cnn_max(*first, *end);
}

int cnn_all_finite(int type, const void *values, int64_t count);
int cnn_input_gradient(const struct backward *call, void *d_in);
/* The same for few channels, where cnn_input_gradient_by_columns_fits. */
int cnn_input_gradient_by_columns_fits(const struct backward *call);
int cnn_input_gradient_by_columns(const struct backward *call, void *d_in);
int cnn_kernel_gradient(const struct backward *call, void *d_kernel, void *d_bias);

#endif
