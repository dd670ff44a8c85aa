/* What lies between the public calls and the kernels: sizes, and input rows with their padding and type. */
#ifndef CNN_STAGE_H
#define CNN_STAGE_H

#include <stddef.h>
#include <stdint.h>

#include "cnncore.h"

size_t cnn_size_of(int type);

/* Output rows and columns of a window, or CNN_BAD_ARGUMENT: a size that is not positive (n may be 0), negative padding,
 * a window larger than the padded input, or a product of sizes beyond 2^60. */
int cnn_output_size(const cnn_window *window, int64_t *rows, int64_t *columns);

int cnn_is_padded(const cnn_window *window);

/* Copies the rectangle [row, row + rows) x [column, column + columns) of one padded image, in padded coordinates, into
 * `out`, contiguous, converted from in_type to type; what is padding becomes zero. */
void cnn_stage(const cnn_window *window, int in_type, int type, const void *image, int64_t row, int64_t rows,
               int64_t column, int64_t columns, void *out);

/* What a tile of `count` outputs needs of the padded input in one direction: all that lies between its first tap and
 * its last, or where taps or outputs are far apart (`sparse`) the taps alone, in one of two orders. In the memory that
 * this makes, outputs are cnn_staged_stride apart and taps cnn_staged_dilation. */
struct reach {
    int64_t count, taps, stride, dilation;
    enum { NEVER_SPARSE, BY_OUTPUT, BY_TAP } order;
    int sparse;
};

static inline int64_t cnn_staged_size(const struct reach *r) {
    return r->sparse ? r->count * r->taps : (r->count - 1) * r->stride + (r->taps - 1) * r->dilation + 1;
}

static inline int64_t cnn_staged_stride(const struct reach *r) {
    return !r->sparse ? r->stride : r->order == BY_TAP ? 1 : r->taps;
}

static inline int64_t cnn_staged_dilation(const struct reach *r) {
    return !r->sparse ? r->dilation : r->order == BY_TAP ? r->count : 1;
}

/* Makes a tile smaller until what it needs, rows times columns of `size` bytes, is no more than `limit`, or little
 * would be gained: its windows overlap then, and it needs little more than a kernel has weights. Chooses `sparse`. */
void cnn_fit_tile(struct reach *rows, struct reach *columns, double size, double limit);

/* Work space that no one minds; beyond it a thread takes what `values` bytes of inputs, weights and outputs allow. */
double cnn_work_limit(double values, int threads);

/* Copies what a tile needs whose first tap is at (row, column) of one padded image, converted from in_type to type,
 * into `out`. What is padding becomes zero. */
void cnn_stage_tile(const cnn_window *window, int in_type, int type, const void *image, const struct reach *rows,
                    int64_t row, const struct reach *columns, int64_t column, void *out);

/* How a loop over `rows` output rows of `work` multiplications each, `images` times, is cut: enough pieces for the
 * threads to end together, none so small that handing it out costs more than doing it. */
struct cut {
    int threads;
    int64_t rows;  /* of a piece */
    int64_t bands; /* pieces an image */
};
/* Multiplications a thread makes in a nanosecond, about, the smaller ones of layers included. */
enum { CNN_WORK_A_NS = 30 };
struct cut cnn_cut(int64_t images, int64_t rows, int64_t work);

static inline int64_t cnn_min(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline int64_t cnn_max(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static inline int64_t cnn_ceil_div(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

#endif
