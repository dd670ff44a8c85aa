/* A prepared convolution: the algorithm chosen for it, and its weights in the order in which the kernels read them.
 * conv2d.c makes plans; conv2d_direct.c and conv2d_winograd.c run them. These two do not use each other. */
#ifndef CNN_PLAN_H
#define CNN_PLAN_H

#include <stddef.h>

#include "api/geometry.h"
#include "cnncore.h"
#include "kernels/table.h"

/* DIRECT: any convolution. FEW_CHANNELS: float32 of at most 8 channels. ONE_MAP: one channel to one filter. DEPTHWISE:
 * one filter a channel. WINOGRAD: float32 3x3. */
enum algorithm { DIRECT, FEW_CHANNELS, ONE_MAP, DEPTHWISE, WINOGRAD };

struct cnn_plan {
    const struct kernel_table *table;
    enum algorithm algorithm;
    cnn_window w; /* n is not used */
    int in_type, type, relu, exact, pool;
    int loose;      /* WINOGRAD: also tiles whose windows differ much in size */
    int once;       /* made for a single call */
    int copies;     /* tiles are computed from a copy of their input, because it is padded or of another type */
    int table_type; /* index into the kernel table: `type`, or CNN_I16 for CNN_I32 with weights that fit 16 bits */
    size_t size, in_size;
    int64_t filters, groups;
    int64_t blocks;         /* blocks of filters, over all groups */
    int64_t conv_h, conv_w; /* size of the convolution's output */
    int64_t out_h, out_w;   /* size of the final output: half of it with `pool` */
    const char *kernel, *bias;
    /* Filter block after filter block. DIRECT and FEW_CHANNELS: (kernel_h, kernel_w, channels) rows of a whole
     * number of vectors, then the bias. WINOGRAD: (36, channels, filters of the block). */
    char *packed;
    size_t packed_size, packed_block; /* bytes */
    size_t packed_room;               /* of the memory at `packed` */
    int pack_all;
    size_t f23; /* FEW_CHANNELS: offset in `packed` of the weights for F(2, 3) (see few_channels_tile), or 0 */
    int64_t f23_block;
    int64_t padded_filters; /* WINOGRAD: filters, rounded up to whole vectors */
};

/* kernel_h * kernel_w * channels of a group: the terms of one sum. */
static inline int64_t cnn_plan_terms(const struct cnn_plan *p) {
    return p->w.kernel_h * p->w.kernel_w * (p->w.c / p->groups);
}

/* `filters` rounded up to whole vectors. */
static inline int64_t cnn_plan_whole_vectors(const struct cnn_plan *p, int64_t filters) {
    const int64_t vector = p->table->vector[p->table_type];
    return cnn_ceil_div(filters, vector) * vector;
}

/* Writes the 2x2 maxima of `rows` x `columns` outputs (both even) of `filters` at `in` to `out`, and unless it is NULL,
 * the winners to `winners`. */
void cnn_plan_pool(const struct cnn_plan *plan, const void *in, int64_t in_row, int64_t rows, int64_t columns,
                   int64_t filters, void *buffer, void *out, int64_t out_row, uint8_t *winners);

/* conv2d_direct.c and conv2d_pack.c. cnn_direct_choose sets `algorithm`, and packed_size to the bytes of the packed
 * weights, which may be 0; cnn_direct_pack fills `packed`. */
void cnn_direct_choose(struct cnn_plan *plan);
void cnn_direct_pack(const struct cnn_plan *plan);
int cnn_direct_run(const struct cnn_plan *plan, int64_t n, const void *in, void *out, uint8_t *winners);

/* A block of filters, of which one call of a kernel takes one. */
struct filter_block {
    int64_t group, first, filters; /* `first` is counted over all groups */
};
struct filter_block cnn_direct_block(const struct cnn_plan *plan, int64_t index);

/* Returns 1 if a block's weights are in `packed`, as they must be if the filters do not fill whole vectors, because
 * kernels read whole vectors. */
int cnn_direct_is_packed(const struct cnn_plan *plan, struct filter_block block);

/* conv2d_winograd.c. Winograd's algorithm suits a float32 3x3 convolution with strides and dilation 1, one group, and
 * enough channels, filters and pixels to pay for its transforms (for those of the weights too where the plan is used
 * `once`). The weights must be finite, those of no filter all whole numbers, and the plan not `exact`. */
int cnn_winograd_fits(const struct cnn_plan *plan);
size_t cnn_winograd_packed_size(const struct cnn_plan *plan);
void cnn_winograd_pack(struct cnn_plan *plan);
int cnn_winograd_run(const struct cnn_plan *plan, int64_t n, const float *in, float *out, uint8_t *winners);

/* cnn_plan_run; for a float32 plan with `pool` also the winners of its windows, unless that is NULL. */
int cnn_plan_run_winners(const struct cnn_plan *plan, int64_t n, const void *in, void *out, uint8_t *winners);

#endif
