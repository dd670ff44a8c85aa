/* Division of the work of public calls into tiles, and the copy of a tile's input: padded, and converted to the
 * kernel's type. */
#ifndef CNN_TILES_H
#define CNN_TILES_H

#include "api/geometry.h"

/* Copies the rectangle [row, row + rows) x [column, column + columns) of one padded image, in padded coordinates, into
 * `out`: contiguous, converted from in_type to type, with zeros for the padding. */
void cnn_copy_padded(const cnn_window *window, int in_type, int type, const void *image, int64_t row, int64_t rows,
                     int64_t column, int64_t columns, void *out);

/* The part of the padded input that a tile of `count` outputs reads, in one direction: everything between its first and
 * its last tap, or, where taps or outputs are far apart (`sparse`), the taps alone, in one of two orders. In the copy,
 * outputs are cnn_copied_stride apart and taps cnn_copied_dilation. */
struct reach {
    int64_t count, taps, stride, dilation;
    enum { NEVER_SPARSE, BY_OUTPUT, BY_TAP } order;
    int sparse;
};

static inline int64_t cnn_reach_size(const struct reach *r) {
    return r->sparse ? r->count * r->taps : (r->count - 1) * r->stride + (r->taps - 1) * r->dilation + 1;
}

static inline int64_t cnn_copied_stride(const struct reach *r) {
    return !r->sparse ? r->stride : r->order == BY_TAP ? 1 : r->taps;
}

static inline int64_t cnn_copied_dilation(const struct reach *r) {
    return !r->sparse ? r->dilation : r->order == BY_TAP ? r->count : 1;
}

/* Makes a tile smaller until its copy, rows times columns of `size` bytes, takes at most `limit` bytes, or until little
 * would be gained: its windows overlap then, and the copy is hardly larger than the kernel. Sets `sparse`. */
void cnn_fit_tile(struct reach *rows, struct reach *columns, double size, double limit);

/* Bytes of work space that a thread may take: 256 KB, or its share of `values` bytes of inputs, weights and outputs. */
double cnn_work_limit(double values, int threads);

/* Copies the input of a tile whose first tap is at (row, column) of one padded image into `out`, converted from in_type
 * to type, with zeros for the padding. */
void cnn_copy_tile(const cnn_window *window, int in_type, int type, const void *image, const struct reach *rows,
                   int64_t row, const struct reach *columns, int64_t column, void *out);

/* The division of a loop over `rows` output rows of `work` multiplications each, `images` times: enough pieces for the
 * threads to end together, none so small that handing it out costs more than the work. */
struct cut {
    int threads;
    int64_t rows;  /* of a piece */
    int64_t bands; /* pieces an image */
};
/* Multiplications a nanosecond that one thread makes, roughly, small layers included. */
enum { CNN_WORK_A_NS = 30 };
struct cut cnn_cut_rows(int64_t images, int64_t rows, int64_t work);

#endif
