/* 3x3 convolution of float32 by Winograd's algorithm: when it is taken, and how it is run. */
#ifndef CNN_WINOGRAD_H
#define CNN_WINOGRAD_H

#include "cnncore.h"
#include "kernels.h"

/* Whether this convolution is faster so: 3x3, stride and dilation 1, one group, enough channels, filters and pixels to pay
 * for the transforms, and finite weights. */
int cnn_winograd_fits(const struct kernel_table *table, const cnn_window *window, int64_t filters, int64_t groups,
                      int in_type, int type, const void *kernel);

/* Runs it. `window` as in cnn_conv2d; the arguments have been checked. */
int cnn_winograd(const struct kernel_table *table, const cnn_window *window, int64_t filters, const float *in,
                 const float *kernel, const float *bias, int relu, float *out);

#endif
