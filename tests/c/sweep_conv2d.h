/* One example of a convolution: sweep_conv2d.c checks it, sweep_conv2d_shapes.c goes through the shapes. */
#ifndef SWEEP_CONV2D_H
#define SWEEP_CONV2D_H

#include "sweep.h"

struct convolution {
    cnn_window w;
    int64_t filters, groups;
    int in_type, type, relu, biased;
};

/* `weights`: the largest integer weight; weights are smaller where a sum could leave int32. `threads`: of the second
 * run. */
void check_convolution(struct convolution c, int64_t weights, enum values values, int threads);

/* Returns 1 if cnncore.h bounds the error by norms, not by each sum. */
int may_be_winograd(const struct convolution *c);

/* Adds to `allowed`, the error of the sums, the error of the transforms that cnncore.h promises for each output: with
 * few channels that of its own window, else that of the windows of its tile, at most 16 times as large. */
void allow_transforms(const struct convolution *c, const double *in, const double *kernel, int64_t rows,
                      int64_t columns, double *allowed);

#endif
