/* A convolution behind which ReLU and maximum pooling follow, as training needs it: conv2d_pooled.c checks the calls
 * and has the general ways, conv2d_pooled_backward.c the fast gradients. */
#ifndef CNN_CONV2D_POOLED_H
#define CNN_CONV2D_POOLED_H

#include "api/geometry.h"
#include "kernels/table.h"

struct pooled {
    const struct kernel_table *table;
    cnn_window conv, pool;
    int64_t filters, groups;
    int64_t out_h, out_w; /* of the pooled output */
    const float *in, *kernel, *grad;
    const uint8_t *winners;
    float *d_in, *d_kernel, *d_bias; /* d_in and d_bias may be NULL */
};

/* Windows of 2x2 without padding, any strides, one group; on every instruction set but ref. */
int cnn_pooled_is_fast(const struct pooled *p);
int cnn_pooled_backward_fast(const struct pooled *p);

#endif
