/* One piece of the fast gradients of a pooled convolution, some images or a band of one: its input in the kernels'
 * order, its gradients sorted, and the sums. */
#include <string.h>

#include "api/conv2d_pooled_job.h"
#include "api/tiles.h"

/* ---- blocks of taps ---- */

struct taps {
    int64_t a, b, first; /* position in the kernel; how many taps the blocks before this one have */
    int rows, vectors;
};

static struct taps taps_at(const cnn_window *w, int64_t a, int64_t b, int64_t first) {
    struct taps t = {a, b, first, 1, 1};
    const int64_t left = w->kernel_w - b;
    if (w->dilation_w == 1) t.vectors = left >= 5 ? 5 : left >= 3 ? 3 : 1;
    if (w->dilation_w == 1 && w->kernel_w == 3 && w->kernel_h - a >= 3) t.rows = 3;
    if (w->dilation_w == 1 && w->kernel_w == 5 && w->kernel_h - a >= 2) t.rows = 2;
    return t;
}

static struct taps first_taps(const cnn_window *w) {
    return taps_at(w, 0, 0, 0);
}

/* The next block; a == kernel_h behind the last. */
static struct taps next_taps(const cnn_window *w, struct taps t) {
    const int64_t b = t.b + t.vectors, first = t.first + t.rows * t.vectors;
    return b < w->kernel_w ? taps_at(w, t.a, b, first) : taps_at(w, t.a + t.rows, 0, first);
}

/* Where the weights of a block of channels and one of taps begin. */
static int64_t block_at(const struct job *j, int64_t block, struct taps t) {
    return (block * j->taps + t.first) * j->p->filters * j->vector;
}

void cnn_pooled_reorder(const struct job *j, int64_t block, float *blocks, float *kernel, int to_kernel) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t n = j->vector, lanes = cnn_min(n, w->c - block * n);
    for (struct taps t = first_taps(w); t.a < w->kernel_h; t = next_taps(w, t))
        for (int64_t i = 0; i < t.rows * t.vectors; i++) {
            const int64_t tap = (t.a + i / t.vectors) * w->kernel_w + t.b + i % t.vectors;
            const int64_t size = t.rows * t.vectors * n;
            float *to = blocks + block_at(j, block, t) + i * n, *from = kernel + (tap * w->c + block * n) * p->filters;
            for (int64_t f = 0; f < p->filters; f++)
                for (int64_t lane = 0; lane < n; lane++) {
                    if (!to_kernel)
                        to[f * size + lane] = lane < lanes ? from[lane * p->filters + f] : 0;
                    else if (lane < lanes)
                        from[lane * p->filters + f] = to[f * size + lane];
                }
        }
}

/* ---- a piece ---- */

/* The part of a padded range [first, first + count) that lies on `size` values behind `before` ones of padding. */
struct inside {
    int64_t first, end; /* counted from the range's start */
};
static struct inside inside(int64_t first, int64_t count, int64_t before, int64_t size) {
    struct inside s = {cnn_max(0, before - first), cnn_min(count, before + size - first)};
    if (s.end < s.first) s.end = s.first;
    return s;
}

/* The input of the piece's windows, in blocks of channels, with zeros for the padding. */
static void split_input(const struct job *j, const struct piece *piece, const struct work *work) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = padded_rows(j, piece->rows), top = piece->y * p->pool.stride_h * w->stride_h;
    const int64_t block = piece->images * high * j->padded_w * j->vector;
    const struct inside rows = inside(top, high, w->top, w->h), columns = inside(0, j->padded_w, w->left, w->w);
    if (rows.end - rows.first < high || columns.end - columns.first < j->padded_w)
        memset(work->in, 0, (size_t)(block * j->blocks) * sizeof *work->in);
    for (int64_t i = 0; i < piece->images; i++)
        for (int64_t y = rows.first; y < rows.end; y++) {
            const int64_t row = (piece->image + i) * w->h + top + y - w->top;
            p->table->split_channels(columns.end - columns.first, w->c,
                                     p->in + (row * w->w + columns.first - w->left) * w->c,
                                     work->in + ((i * high + y) * j->padded_w + columns.first) * j->vector, block);
        }
}

void cnn_pooled_clear(const struct job *j, int64_t image) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const struct inside rows = inside(0, padded_rows(j, p->out_h), w->top, w->h);
    const struct inside columns = inside(0, j->padded_w, w->left, w->w);
    const int64_t whole = j->rows == p->out_h ? cnn_min(w->h, rows.end - w->top) : 0;
    const int64_t reached = cnn_min(w->w, columns.end - w->left);
    float *at = p->d_in + image * w->h * w->w * w->c;
    for (int64_t y = 0; y < whole && reached < w->w; y++)
        memset(at + (y * w->w + reached) * w->c, 0, (size_t)((w->w - reached) * w->c) * sizeof *at);
    memset(at + whole * w->w * w->c, 0, (size_t)((w->h - whole) * w->w * w->c) * sizeof *at);
}

/* The gradient goes to the rows and columns that the windows reach. */
static void join_gradient(const struct job *j, const struct piece *piece, const struct work *work) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = padded_rows(j, piece->rows), top = piece->y * p->pool.stride_h * w->stride_h;
    const int64_t block = piece->images * high * j->padded_w * j->vector;
    const struct inside rows = inside(top, high, w->top, w->h), columns = inside(0, j->padded_w, w->left, w->w);
    for (int64_t i = 0; i < piece->images; i++)
        for (int64_t y = rows.first; y < rows.end; y++) {
            const int64_t row = (piece->image + i) * w->h + top + y - w->top;
            p->table->join_channels(columns.end - columns.first, w->c,
                                    work->d_in + ((i * high + y) * j->padded_w + columns.first) * j->vector, block,
                                    p->d_in + (row * w->w + columns.first - w->left) * w->c, j->rows < p->out_h);
        }
}

/* Sorts the piece's gradients by pixel and winner. A list's target is where its window lies in a block of channels. */
static void sort_piece(const struct job *j, const struct piece *piece, const struct work *work) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv, *pool = &p->pool;
    const int64_t high = padded_rows(j, piece->rows), list = j->by_winner;
    int64_t pixel = 0;
    for (int64_t i = 0; i < piece->images; i++)
        for (int64_t y = 0; y < piece->rows; y++)
            for (int64_t x = 0; x < p->out_w; x++, pixel++) {
                const int64_t at = ((piece->image + i) * p->out_h + piece->y + y) * p->out_w + x;
                p->table->sort_winners(p->filters, p->grad + at * p->filters, p->winners + at * p->filters, list,
                                       work->ids + 4 * pixel * list, work->values + 4 * pixel * list,
                                       work->counts + 4 * pixel, work->bias);
                for (int64_t k = 0; k < 4; k++) {
                    const int64_t row = i * high + (y * pool->stride_h + k / 2) * w->stride_h;
                    const int64_t column = (x * pool->stride_w + k % 2) * w->stride_w;
                    work->targets[4 * pixel + k] = (int32_t)((row * j->padded_w + column) * j->vector);
                }
            }
}

static void kernel_gradient(const struct job *j, const struct piece *piece, const struct work *work, float *sums) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = padded_rows(j, piece->rows), row = j->padded_w * j->vector;
    const int64_t at = (piece->image * p->out_h + piece->y) * p->out_w * p->filters;
    p->table->sort_by_filter(piece->images * piece->rows * p->out_w, p->filters, p->grad + at, p->winners + at,
                             work->targets, j->by_filter, work->filter_ids, work->filter_values, work->filter_counts);
    for (int64_t block = 0; block < j->blocks; block++)
        for (struct taps t = first_taps(w); t.a < w->kernel_h; t = next_taps(w, t)) {
            const int64_t size = t.rows * t.vectors * j->vector;
            for (int64_t f = 0; f < p->filters; f++) work->filter_targets[f] = (int32_t)(f * size);
            const struct sparse_sums_tile tile = {
                .in = work->in + block * piece->images * high * row + t.a * w->dilation_h * row +
                      t.b * w->dilation_w * j->vector,
                .scale = 1, .in_row = w->dilation_h * row, .ids = work->filter_ids, .values = work->filter_values,
                .list = j->by_filter, .counts = work->filter_counts, .targets = work->filter_targets,
                .groups = p->filters, .out = sums + block_at(j, block, t), .out_row = t.vectors * j->vector,
                .rows = t.rows, .vectors = t.vectors};
            p->table->sparse_sums(&tile);
        }
}

static void input_gradient(const struct job *j, const struct piece *piece, const struct work *work) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = padded_rows(j, piece->rows), row = j->padded_w * j->vector;
    memset(work->d_in, 0, (size_t)(j->blocks * piece->images * high * row) * sizeof *work->d_in);
    for (int64_t block = 0; block < j->blocks; block++)
        for (struct taps t = first_taps(w); t.a < w->kernel_h; t = next_taps(w, t)) {
            const struct sparse_sums_tile tile = {
                .in = j->weights + block_at(j, block, t), .scale = t.rows * t.vectors * j->vector,
                .in_row = t.vectors * j->vector, .ids = work->ids, .values = work->values, .list = j->by_winner,
                .counts = work->counts, .targets = work->targets,
                .groups = 4 * piece->images * piece->rows * p->out_w,
                .out = work->d_in + block * piece->images * high * row + t.a * w->dilation_h * row +
                       t.b * w->dilation_w * j->vector,
                .out_row = w->dilation_h * row, .rows = t.rows, .vectors = t.vectors};
            p->table->sparse_sums(&tile);
        }
    join_gradient(j, piece, work);
}

/* ---- few channels ---- */

/* For each input value of an image's band the four that a weight multiplies in the four sums of a window. */
static void gather_fours(const struct job *j, const struct piece *piece, const struct work *work, int64_t wide) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t padded = padded_rows(j, piece->rows), high = padded - w->stride_h;
    const int64_t right = w->stride_w * w->c, below = w->stride_h * j->padded_w * w->c;
    cnn_copy_padded(w, CNN_F32, CNN_F32, p->in + piece->image * w->h * w->w * w->c,
                    piece->y * p->pool.stride_h * w->stride_h, padded, 0, j->padded_w, work->padded);
    for (int64_t y = 0; y < high; y++) {
        const float *in = work->padded + y * j->padded_w * w->c;
        float *four = work->four + y * wide * w->c * 4;
        if (right == 1) {
            for (int64_t i = 0; i < wide; i++) {
                memcpy(four + 4 * i, in + i, 2 * sizeof *four);
                memcpy(four + 4 * i + 2, in + i + below, 2 * sizeof *four);
            }
            continue;
        }
        for (int64_t i = 0; i < wide * w->c; i++) {
            four[4 * i] = in[i];
            four[4 * i + 1] = in[i + right];
            four[4 * i + 2] = in[i + below];
            four[4 * i + 3] = in[i + below + right];
        }
    }
}

/* The gradients of the kernel and the bias from a band of an image. */
static void few_gradient(const struct job *j, const struct piece *piece, const struct work *work, float *sums) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv, *pool = &p->pool;
    const int64_t wide = j->padded_w - w->stride_w, at = (piece->image * p->out_h + piece->y) * p->out_w * p->filters;
    gather_fours(j, piece, work, wide);
    struct picked_sums_tile t = {
        .four_row = w->dilation_h * wide * w->c * 4, .pixel = pool->stride_w * w->stride_w * w->c * 4,
        .row = pool->stride_h * w->stride_h * wide * w->c * 4, .grad = p->grad + at, .winners = p->winners + at,
        .rows = piece->rows, .columns = p->out_w, .filters = p->filters, .out = sums,
        .out_row = w->kernel_w * w->c * p->filters, .bias = sums + j->taps * w->c * p->filters, .tap_rows = 1};
    if (w->kernel_h == 3 && w->kernel_w == 3 && w->c == 1 && w->dilation_w == 1) {
        t.four = work->four;
        t.tap_rows = t.terms = 3;
        p->table->picked_sums(&t);
        return;
    }
    const int64_t together = w->dilation_w == 1 ? w->kernel_w : 1; /* taps that are neighbours in memory */
    for (int64_t a = 0; a < w->kernel_h; a++)
        for (int64_t b = 0; b < w->kernel_w; b += together)
            for (int64_t i = 0; i < together * w->c; i += t.terms) {
                t.four = work->four + ((a * w->dilation_h * wide + b * w->dilation_w) * w->c + i) * 4;
                t.terms = (int)cnn_min(CNN_MOST_PICKED, together * w->c - i);
                t.out = sums + ((a * w->kernel_w + b) * w->c + i) * p->filters;
                p->table->picked_sums(&t);
                t.bias = NULL;
            }
}

void cnn_pooled_piece(const struct job *j, const struct piece *piece, const struct work *work, float *sums) {
    const struct pooled *p = j->p;
    if (j->few) {
        for (int64_t i = 0; i < piece->images; i++) {
            const struct piece one = {piece->image + i, 1, piece->y, piece->rows};
            few_gradient(j, &one, work, sums);
        }
    }
    if (j->few && p->d_in == NULL) return;
    memset(work->bias, 0, (size_t)p->filters * sizeof *work->bias);
    sort_piece(j, piece, work);
    if (!j->few) {
        float *bias = sums + j->sums_size - p->filters;
        for (int64_t f = 0; f < p->filters; f++) bias[f] += work->bias[f];
        split_input(j, piece, work);
        kernel_gradient(j, piece, work, sums);
    }
    if (p->d_in != NULL) input_gradient(j, piece, work);
}
