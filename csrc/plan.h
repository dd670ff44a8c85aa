/* A convolution made ready: what has been chosen for it, and its weights in the order its kernels read them. */
#ifndef CNN_PLAN_H
#define CNN_PLAN_H

#include <stddef.h>

#include "cnncore.h"
#include "kernels.h"
#include "stage.h"

enum plan_kind { DIRECT, FEW, FLAT, DEPTHWISE, WINOGRAD };

struct cnn_plan {
    const struct kernel_table *table;
    enum plan_kind kind;
    cnn_window w; /* n is of no meaning */
    int in_type, type, relu, exact, pool, staged, once;
    int row; /* of the kernel table: `type`, or CNN_I16 for CNN_I32 with weights that fit 16 bits */
    size_t size, in_size;
    int64_t filters, groups, blocks; /* blocks of filters, of all groups */
    int64_t conv_h, conv_w;          /* of the convolution's output */
    int64_t out_h, out_w;            /* of what is written: half of it with `pool` */
    const char *kernel, *bias;
    /* Block of filters after block. DIRECT: each (taps x channels) rows of a whole number of vectors, then its bias.
     * WINOGRAD: each (36, channels, filters of the block). */
    char *packed;
    size_t packed_size, packed_block;
    int pack_all;
    size_t two; /* FEW: where in `packed` the weights of F(2, 3) begin (see few_tile), or 0 */
    int64_t two_block;
    int64_t wide; /* WINOGRAD: filters rounded up to whole vectors */
};

/* Whether Winograd's algorithm is the faster one for this: 3x3, stride and dilation 1, one group, float32, enough
 * channels, filters and pixels to pay for its transforms (for the weights' too where the plan is run `once`), and
 * finite weights, no filter's whole numbers; and not to be `exact`. */
int cnn_winograd_fits(const struct cnn_plan *plan);
size_t cnn_winograd_packed_size(const struct cnn_plan *plan);
void cnn_winograd_pack(struct cnn_plan *plan);
int cnn_winograd_run(const struct cnn_plan *plan, int64_t n, const float *in, float *out);

/* 2x2 maxima of `rows` x `columns` outputs (both even) of `filters` at `in` into `out`. */
void cnn_plan_pool(const struct cnn_plan *plan, const void *in, int64_t in_row, int64_t rows, int64_t columns,
                   int64_t filters, void *buffer, void *out, int64_t out_row);

#endif
