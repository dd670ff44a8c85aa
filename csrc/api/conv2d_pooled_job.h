/* What the parts of the fast gradients of a pooled convolution share: conv2d_pooled_backward.c cuts the work,
 * conv2d_pooled_piece.c does a piece of it. */
#ifndef CNN_CONV2D_POOLED_JOB_H
#define CNN_CONV2D_POOLED_JOB_H

#include "api/conv2d_pooled.h"

enum { FEW = 8 }; /* with fewer channels than this, the lanes of a vector are filters */

struct job {
    const struct pooled *p;
    int64_t vector, blocks;      /* blocks of a vector of channels */
    int64_t taps, shares, share; /* images of a share, at most */
    int few;
    int64_t images, rows; /* of a piece, at most: several images, or rows of one */
    int64_t padded_h, padded_w;
    int64_t by_winner, by_filter; /* elements of a list */
    float *weights;               /* (blocks, tap blocks, filters, taps of the block, vector) */
    float *sums;                  /* of each share: as the weights, or with few channels as the kernel; then the bias */
    int64_t sums_size;
    char *work; /* of each worker: struct work */
    size_t work_size;
};

/* A worker's memory. */
struct work {
    float *in;   /* (blocks, images, rows, columns, vector) */
    float *d_in; /* likewise */
    float *four, *padded;
    float *values, *filter_values;
    int32_t *ids, *counts, *targets, *filter_ids, *filter_counts, *filter_targets;
    float *bias;
};

struct piece {
    int64_t image, images, y, rows;
};

/* Rows or columns between the first taps of the first and of the last of `count` pooled pixels' windows, the second in
 * each pair included, and one more. */
static inline int64_t reach(int64_t count, int64_t pool_stride, int64_t stride) {
    return ((count - 1) * pool_stride + 1) * stride + 1;
}

static inline int64_t padded_rows(const struct job *j, int64_t rows) {
    const cnn_window *w = &j->p->conv;
    return reach(rows, j->p->pool.stride_h, w->stride_h) + (w->kernel_h - 1) * w->dilation_h;
}

/* Adds the gradients of a piece to `sums`, and writes that of its input. */
void cnn_pooled_piece(const struct job *j, const struct piece *piece, const struct work *work, float *sums);

/* Writes 0 to the rows and columns of an image that no window reaches, or where several bands add to them, to all. */
void cnn_pooled_clear(const struct job *j, int64_t image);

/* Weights or sums of a block of channels, between the kernel's order and that of the blocks; `to_kernel`: the way. */
void cnn_pooled_reorder(const struct job *j, int64_t block, float *blocks, float *kernel, int to_kernel);

#endif
