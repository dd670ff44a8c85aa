/* Every operation on every instruction set, including the reference loops, against the definition, which is written
 * here again, independently of csrc. Not at random (test_operations.c does that) but in order: channels and filters
 * around every block, every kernel from 1x1 to 11x11, every width around the vectors, strides, dilations, groups,
 * "same", weights at the edge of each integer path. Equal for integers, maximum, clamp and ReLU; within a bound scaled
 * by the sum of |x*w| for float sums. Each is computed with its arrays ending at forbidden pages by one thread, and
 * with its arrays beginning behind such pages by several: both must be equal bit for bit. (Which NaN it is may differ.)
 *
 * test_sweep [EVERY [FIRST]]    only the examples FIRST, FIRST + EVERY, ... ; a failure prints its number
 */
#include "sweep.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc > 1) every = atoll(argv[1]);
    if (argc > 2) first = atoll(argv[2]);
    CHECK(every > 0 && first >= 0, "usage: test_sweep [EVERY [FIRST]]");
    arenas_new();
    const struct {
        const char *name;
        void (*run)(void);
    } sweeps[] = {{"channels and filters", sweep_channels},
                  {"Winograd", sweep_winograd},
                  {"kernels", sweep_kernels},
                  {"widths", sweep_widths},
                  {"strides and dilations", sweep_strides},
                  {"groups", sweep_groups},
                  {"long sums", sweep_long},
                  {"far apart", sweep_far},
                  {"threads", sweep_threads},
                  {"gradients of convolution", sweep_conv2d_backward},
                  {"filters", sweep_filters},
                  {"pooling", sweep_pools},
                  {"pooled convolutions", sweep_pooled},
                  {"clamp and ReLU", sweep_points},
                  {"gradients of pooling", sweep_pool_gradients},
                  {"gradients of dense", sweep_dense_gradients},
                  {"Adam and the gradient of ReLU", sweep_updates}};
    for (int64_t i = 0; i < COUNT(sweeps); i++) {
        const int64_t before = examples_run;
        sweeps[i].run();
        printf("%s: %d examples\n", sweeps[i].name, (int)(examples_run - before));
        fflush(stdout);
    }
    arenas_free();
    CHECK(every > 1 || examples_run == example, "every example is run");
    return 0;
}
