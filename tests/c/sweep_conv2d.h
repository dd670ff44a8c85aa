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

#endif
