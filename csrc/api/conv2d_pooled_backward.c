/* The fast gradients of a convolution behind which ReLU and 2x2 maximum pooling follow (see
 * kernels/conv2d_pooled_backward.inc.c).
 *
 * Images are cut into shares, whose number follows from the shape alone; a share is added up in order, by whichever
 * thread, and the shares' sums in a fixed tree: the result does not depend on the number of threads, bit for bit. A
 * share is worked through in pieces, some images or a band of one, that stay in the caches, and whose sums of at most
 * about CNN_SUM_BLOCK terms stay in registers.
 */
#include <string.h>

#include "api/conv2d_pooled.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

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

/* Between the kernel's order and that of the blocks; `to_kernel` sets the direction. */
static void reorder(const struct job *j, int64_t block, float *blocks, float *kernel, int to_kernel) {
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

static void pack_weights(void *context, int64_t block, int worker) {
    const struct job *j = context;
    (void)worker;
    reorder(j, block, j->weights, (float *)j->p->kernel, 0);
}

/* ---- a piece ---- */

/* Rows or columns between the first taps of the first and of the last of `count` pooled pixels' windows, the second in
 * each pair included, and one more. */
static int64_t reach(int64_t count, int64_t pool_stride, int64_t stride) {
    return ((count - 1) * pool_stride + 1) * stride + 1;
}

static int64_t padded_rows(const struct job *j, int64_t rows) {
    const cnn_window *w = &j->p->conv;
    return reach(rows, j->p->pool.stride_h, w->stride_h) + (w->kernel_h - 1) * w->dilation_h;
}

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

/* Writes 0 to the rows and columns of an image that no window reaches, or where several bands add to them, to all. */
static void clear_gradient(const struct job *j, int64_t image) {
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

/* ---- shares ---- */

static struct work work_of(const struct job *j, char *memory, size_t *size) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = j->padded_h, wide = j->padded_w, pixels = j->images * j->rows * p->out_w;
    const int sorts = !j->few || p->d_in != NULL;
    struct work work;
    *size = 0;
#define TAKE(field, count)                                                    \
    work.field = (void *)(memory + *size);                                    \
    *size += ((size_t)(count) * sizeof *work.field + 127) / 64 * 64
    TAKE(in, j->few ? 0 : j->blocks * j->images * high * wide * j->vector);
    TAKE(d_in, p->d_in == NULL ? 0 : j->blocks * j->images * high * wide * j->vector);
    TAKE(four, j->few ? high * wide * w->c * 4 : 0);
    TAKE(padded, j->few ? high * wide * w->c : 0);
    TAKE(values, sorts ? 4 * pixels * j->by_winner : 0);
    TAKE(ids, sorts ? 4 * pixels * j->by_winner : 0);
    TAKE(counts, sorts ? 4 * pixels : 0);
    TAKE(targets, sorts ? 4 * pixels : 0);
    TAKE(filter_values, j->few ? 0 : p->filters * j->by_filter);
    TAKE(filter_ids, j->few ? 0 : p->filters * j->by_filter);
    TAKE(filter_counts, p->filters);
    TAKE(filter_targets, p->filters);
    TAKE(bias, p->filters);
#undef TAKE
    return work;
}

static void run_piece(const struct job *j, const struct piece *piece, const struct work *work, float *sums) {
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

static void run_share(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    size_t size;
    const struct work work = work_of(j, j->work + (size_t)worker * j->work_size, &size);
    float *sums = j->sums + index * j->sums_size;
    const int64_t first = cnn_part(index, j->shares, w->n), end = cnn_part(index + 1, j->shares, w->n);
    const int64_t pieces = cnn_ceil_div(end - first, j->images), bands = cnn_ceil_div(p->out_h, j->rows);
    memset(sums, 0, (size_t)j->sums_size * sizeof *sums);
    for (int64_t i = first; i < end && p->d_in != NULL; i++) clear_gradient(j, i);
    for (int64_t i = 0; i < pieces; i++) {
        const int64_t image = first + cnn_part(i, pieces, end - first);
        const int64_t images = first + cnn_part(i + 1, pieces, end - first) - image;
        for (int64_t band = 0; band < bands; band++) {
            const int64_t y = cnn_part(band, bands, p->out_h), rows = cnn_part(band + 1, bands, p->out_h) - y;
            const struct piece piece = {image, images, y, rows};
            run_piece(j, &piece, &work, sums);
        }
    }
}

/* ---- all shares ---- */

enum { CHUNK = 4096 }; /* sums that one task adds up */

static void add_chunk(void *context, int64_t index, int worker) {
    const struct job *j = context;
    (void)worker;
    const int64_t first = index * CHUNK, count = cnn_min(CHUNK, j->sums_size - first);
    for (int64_t step = 1; step < j->shares; step *= 2)
        for (int64_t s = 0; s + step < j->shares; s += 2 * step) {
            float *to = j->sums + s * j->sums_size + first, *from = to + step * j->sums_size;
            for (int64_t i = 0; i < count; i++) to[i] += from[i];
        }
}

static void write_kernel(void *context, int64_t block, int worker) {
    const struct job *j = context;
    (void)worker;
    reorder(j, block, j->sums, j->p->d_kernel, 1);
}

static void plan_pieces(struct job *j) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t vector = j->vector, lists = 1 << 14; /* elements of the lists of a piece's pixels */
    j->by_winner = cnn_ceil_div(p->filters, vector) * vector;
    j->padded_w = reach(p->out_w, p->pool.stride_w, w->stride_w) + (w->kernel_w - 1) * w->dilation_w;
    int64_t pixels = cnn_min(CNN_SUM_BLOCK, lists / j->by_winner);
    if (j->few && p->d_in == NULL) /* their gradients stay in the L1 cache while filter after filter reads them */
        pixels = cnn_min(pixels, (16 << 10) / (p->filters * (int64_t)sizeof(float)));
    pixels = cnn_max(pixels, p->out_w);
    j->rows = cnn_min(p->out_h, pixels / p->out_w);
    j->rows = cnn_ceil_div(p->out_h, cnn_ceil_div(p->out_h, j->rows)); /* nearly equal bands */
    j->padded_h = padded_rows(j, j->rows);
    const int64_t cache = (24 << 10) / (int64_t)sizeof(float); /* for a block of channels of the piece */
    j->images = 1;
    if (j->rows == p->out_h)
        j->images = cnn_max(1, cnn_min(cache / (j->padded_h * j->padded_w * vector), pixels / (j->rows * p->out_w)));
    j->images = cnn_min(j->images, cnn_ceil_div(w->n, j->shares));
    j->by_filter = cnn_ceil_div(j->images * j->rows * p->out_w, 16) * 16;
}

int cnn_pooled_is_fast(const struct pooled *p) {
    const cnn_window *pool = &p->pool;
    return p->table->sparse_sums != NULL && p->groups == 1 && pool->kernel_h == 2 && pool->kernel_w == 2 &&
           !cnn_is_padded(pool);
}

int cnn_pooled_backward_fast(const struct pooled *p) {
    const cnn_window *w = &p->conv;
    struct job j = {.p = p, .vector = p->table->vector[CNN_F32], .taps = w->kernel_h * w->kernel_w, .few = w->c < FEW};
    j.blocks = cnn_ceil_div(w->c, j.vector);
    j.shares = cnn_min(w->n, cnn_max(4, cnn_min(16, w->n / 12)));
    j.sums_size = (j.few ? j.taps * w->c : j.blocks * j.taps * j.vector) * p->filters + p->filters;
    j.sums_size = cnn_ceil_div(j.sums_size, 16) * 16; /* the bias stands at the end */
    plan_pieces(&j);
    work_of(&j, NULL, &j.work_size);
    const double products = (double)(w->n * p->out_h * p->out_w * p->filters) * (double)(j.taps * w->c);
    const int threads = (int)cnn_min(j.shares, cnn_threads_for(products * (p->d_in == NULL ? 1 : 2) / CNN_WORK_A_NS));
    const size_t weights = p->d_in == NULL ? 0 : (size_t)(j.blocks * j.taps * j.vector * p->filters) * sizeof(float);
    const size_t sums = (size_t)(j.shares * j.sums_size) * sizeof(float), aligned = (weights + 63) / 64 * 64;
    char *memory = cnn_scratch_take(CNN_SCRATCH_WORK, aligned + sums + j.work_size * (size_t)threads);
    if (memory == NULL) return CNN_NO_MEMORY;
    j.weights = (float *)memory;
    j.sums = (float *)(memory + aligned);
    j.work = memory + aligned + sums;
    if (p->d_in != NULL) cnn_parallel_for(j.blocks, threads, pack_weights, &j);
    cnn_parallel_for(j.shares, threads, run_share, &j);
    cnn_parallel_for(cnn_ceil_div(j.sums_size, CHUNK), threads, add_chunk, &j);
    if (j.few)
        memcpy(p->d_kernel, j.sums, (size_t)(j.taps * w->c * p->filters) * sizeof(float));
    else
        cnn_parallel_for(j.blocks, threads, write_kernel, &j);
    if (p->d_bias != NULL)
        memcpy(p->d_bias, j.sums + (j.few ? j.taps * w->c * p->filters : j.sums_size - p->filters),
               (size_t)p->filters * sizeof(float));
    cnn_scratch_give(CNN_SCRATCH_WORK, memory);
    return CNN_OK;
}
