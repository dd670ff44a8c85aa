/* cnn_conv2d and plans: check the arguments, choose the kernel and the tiles, hand them out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cnncore.h"
#include "dispatch.h"
#include "float_kernel.h"
#include "plain.h"
#include "plan.h"
#include "scratch.h"
#include "stage.h"
#include "threadpool.h"

struct block {
    int64_t group, first, filters; /* first filter, counted over all groups */
};

static struct block block_at(const struct cnn_plan *p, int64_t index) {
    const int64_t in_group = p->filters / p->groups, size = p->table->block[p->row];
    const int64_t per_group = cnn_ceil_div(in_group, size);
    const int64_t start = index % per_group * size;
    struct block b = {index / per_group, index / per_group * in_group + start, cnn_min(size, in_group - start)};
    return b;
}

static int64_t weight_rows(const struct cnn_plan *p) {
    return p->w.kernel_h * p->w.kernel_w * (p->w.c / p->groups);
}

static int64_t whole_vectors(const struct cnn_plan *p, int64_t filters) {
    const int64_t vector = p->table->vector[p->row];
    return cnn_ceil_div(filters, vector) * vector;
}

/* A block must be packed when its filters are no whole number of vectors: kernels read whole ones. */
static int is_packed(const struct cnn_plan *p, struct block b) {
    return p->pack_all || b.filters != whole_vectors(p, b.filters);
}

/* Copies a multiple of 4 bytes; a few of them without a call, which takes longer than they. */
static inline void copy(char *to, const char *from, size_t size) {
    if (size > 16) {
        memcpy(to, from, size);
    } else if (size >= 8) { /* the first and the last ones, which may be the same */
        memcpy(to, from, 8);
        memcpy(to + size - 8, from + size - 8, 8);
    } else {
        memcpy(to, from, 4);
    }
}

static void pack(const struct cnn_plan *p) {
    const int64_t rows = weight_rows(p);
    for (int64_t i = 0; i < p->blocks; i++) {
        const struct block b = block_at(p, i);
        if (!is_packed(p, b)) continue;
        const size_t used = (size_t)b.filters * p->size, wide = (size_t)whole_vectors(p, b.filters) * p->size;
        char *target = p->packed + (size_t)i * p->packed_block;
        const char *source = p->kernel + (size_t)b.first * p->size;
        if (used < wide) memset(target, 0, (size_t)rows * wide);
        for (int64_t r = 0; r < rows; r++, target += wide, source += (size_t)p->filters * p->size)
            copy(target, source, used);
        memset(target, 0, wide);
        if (p->bias != NULL) memcpy(target, p->bias + (size_t)b.first * p->size, used);
    }
}

/* The weights of F(2, 3) along the rows, behind the others: see few.inc.c. */
static void pack_two(const struct cnn_plan *p) {
    const int64_t vector = p->table->vector[p->row], channels = p->w.c, tap = channels * p->filters;
    const float *kernel = (const float *)p->kernel, *bias = (const float *)p->bias;
    memset(p->packed + p->two, 0, p->packed_size - p->two);
    for (int64_t f = 0; f < p->filters; f++) {
        float *out = (float *)(p->packed + p->two) + f / vector * p->two_block + f % vector;
        for (int64_t a = 0; a < p->w.kernel_h; a++)
            for (int64_t c = 0; c < channels; c++, out += 4 * vector) {
                const float *w = kernel + a * 3 * tap + c * p->filters + f, g0 = w[0], g1 = w[tap], g2 = w[2 * tap];
                out[0] = g0;
                out[vector] = (g0 + g1 + g2) / 2;
                out[2 * vector] = (g0 - g1 + g2) / 2;
                out[3 * vector] = g2;
            }
        out[0] = bias == NULL ? 0 : bias[f];
    }
}

static int fit_16_bits(const int32_t *weights, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (weights[i] < INT16_MIN || weights[i] > INT16_MAX) return 0;
    return 1;
}

static int check(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->filters < 1 || p->groups < 1 || w->c % p->groups != 0 || p->filters % p->groups != 0)
        return CNN_BAD_ARGUMENT;
    const int small = p->in_type == CNN_U8 || p->in_type == CNN_I8 || p->in_type == CNN_I16;
    const int same = (p->type == CNN_F32 || p->type == CNN_F64) && p->in_type == p->type;
    if (!same && !(small && (p->type == CNN_I32 || p->type == CNN_F32))) return CNN_BAD_ARGUMENT;
    const int64_t limit = (int64_t)1 << 60;
    int64_t weights, pixels;
    if (__builtin_mul_overflow(w->kernel_h, w->kernel_w, &weights) ||
        __builtin_mul_overflow(weights, w->c / p->groups, &weights) ||
        __builtin_mul_overflow(weights, p->filters, &weights) || weights > limit)
        return CNN_BAD_ARGUMENT;
    if (__builtin_mul_overflow(p->conv_h, p->conv_w, &pixels) ||
        __builtin_mul_overflow(pixels, cnn_max(w->n, 1), &pixels) ||
        __builtin_mul_overflow(pixels, p->filters, &pixels) || pixels > limit)
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}

/* Few channels, a row of whose taps is one run of values, and weights soon packed. */
static int is_few(const struct cnn_plan *p) {
    return p->table->conv_few != NULL && p->type == CNN_F32 && p->groups == 1 && p->w.dilation_w == 1 && p->w.c <= 8 &&
           weight_rows(p) <= CNN_SUM_BLOCK && weight_rows(p) * p->filters <= 1 << 16;
}

/* Whether F(2, 3) along the rows pays and is safe: weights so large that its sums could become infinite are not, and
 * whole numbers must stay exact. */
static int is_two(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->in_type != CNN_F32 || w->kernel_h != 3 || w->kernel_w != 3 || w->stride_h != 1 || w->stride_w != 1 ||
        w->dilation_h != 1 || (w->c != 1 && w->c != 3) || !p->table->few_two)
        return 0;
    if (p->filters <= p->table->vector[p->row] || p->exact) return 0;
    if (cnn_any_whole((const float *)p->kernel, 9 * w->c, p->filters)) return 0;
    for (int64_t i = 0; i < 9 * w->c * p->filters; i++)
        if (!(fabsf(((const float *)p->kernel)[i]) < 0x1p24f)) return 0;
    return 1;
}

/* Chooses everything but the memory for packed weights, whose size is left in packed_size. What is run more than `once`
 * is packed at leisure; what is run for one call only where that call is long enough. */
static int prepare(struct cnn_plan *p) {
    cnn_window *w = &p->w;
    p->table = cnn_table();
    int status = cnn_output_size(w, &p->conv_h, &p->conv_w);
    if (status == CNN_OK) status = check(p);
    if (status != CNN_OK) return status;
    if (p->table == NULL) return CNN_UNKNOWN_ISA;
    p->out_h = p->pool ? p->conv_h / 2 : p->conv_h;
    p->out_w = p->pool ? p->conv_w / 2 : p->conv_w;
    if (p->out_h == 0 || p->out_w == 0) return CNN_BAD_ARGUMENT;
    p->size = cnn_size_of(p->type);
    p->in_size = cnn_size_of(p->in_type);
    p->staged = p->in_type != p->type || cnn_is_padded(w);
    p->row = p->type;
    if (p->type == CNN_I32 && fit_16_bits((const int32_t *)p->kernel, weight_rows(p) * p->filters)) p->row = CNN_I16;
    p->table = cnn_table_for_conv(p->table, p);
    if (cnn_winograd_fits(p)) {
        p->kind = WINOGRAD;
        p->wide = whole_vectors(p, p->filters);
        p->packed_size = cnn_winograd_packed_size(p);
        return CNN_OK;
    }
    if (w->c == 1 && p->filters == 1 && w->stride_w == 1) {
        p->kind = FLAT;
    } else if (p->groups == w->c && p->filters == w->c) {
        p->kind = DEPTHWISE;
    } else {
        /* Packing makes weights contiguous. For one call it pays only where each is used for many pixels: one thread
         * writes what the others then fetch from its cache (64 -> 64 on 11x11 outputs, two threads: 188 us with it, 63
         * us without). */
        const int64_t rows = weight_rows(p), in_group = p->filters / p->groups, block = p->table->block[p->row];
        p->kind = is_few(p) ? FEW : DIRECT;
        p->blocks = p->groups * cnn_ceil_div(in_group, block);
        p->pack_all = !p->once ? rows * p->filters <= 1 << 24
                               : w->n * p->conv_h * p->conv_w >= 1024 && rows * p->filters <= 1 << 20;
        if (p->kind == FEW) p->pack_all = 1;
        if (p->pack_all || in_group != whole_vectors(p, in_group)) {
            p->packed_block = (size_t)((rows + 1) * cnn_min(block, whole_vectors(p, in_group))) * p->size;
            p->packed_size = (size_t)p->blocks * p->packed_block;
            if (p->kind == FEW && is_two(p)) {
                const int64_t vector = p->table->vector[p->row];
                p->two = p->packed_size;
                p->two_block = (12 * w->c + 1) * vector;
                p->packed_size += (size_t)(cnn_ceil_div(p->filters, vector) * p->two_block) * p->size;
            }
        }
    }
    return CNN_OK;
}

static void fill(struct cnn_plan *p) {
    if (p->kind == WINOGRAD)
        cnn_winograd_pack(p);
    else if (p->packed_size > 0)
        pack(p);
    if (p->two > 0) pack_two(p);
}

/* One run: tiles and their memory. A task is one band of rows x one band of columns of one image, for a share of the
 * filter blocks. With pooling, rows and columns are those of the pooled output. */
struct job {
    const struct cnn_plan *p;
    cnn_window w;
    int64_t out_h, out_w;
    const char *in;
    char *out;
    struct cut rows;
    struct reach high, wide; /* of a whole tile, for what is staged */
    int64_t columns, column_bands, shares, blocks_a_share;
    char *work; /* a worker's: staged input, then with pooling the convolution's rows and the pooling's buffer */
    size_t work_size, stage_size, conv_size;
    int64_t line; /* elements of one of few_tile's lines, or 0 */
};

static void direct(const struct job *j, struct conv_tile *t, int64_t index) {
    const struct cnn_plan *p = j->p;
    const struct block b = block_at(p, index);
    const char *in = t->in;
    char *out = t->out;
    t->filters = b.filters;
    t->in = in + (size_t)(b.group * t->channels) * p->size;
    t->out = out + (size_t)b.first * p->size;
    if (is_packed(p, b)) {
        t->weights_row = whole_vectors(p, b.filters);
        t->weights = p->packed + (size_t)index * p->packed_block;
        t->bias = (const char *)t->weights + (size_t)(weight_rows(p) * t->weights_row) * p->size;
    } else {
        t->weights_row = p->filters;
        t->weights = p->kernel + (size_t)b.first * p->size;
        t->bias = p->bias == NULL ? NULL : p->bias + (size_t)b.first * p->size;
    }
    p->table->conv2d[p->row](t);
    t->in = in;
    t->out = out;
}

void cnn_plan_pool(const struct cnn_plan *p, const void *in, int64_t in_row, int64_t rows, int64_t columns,
                   int64_t filters, void *buffer, void *out, int64_t out_row) {
    const struct pool_tile t = {.in = in, .in_row = in_row, .out = out, .out_row = out_row, .rows = rows / 2,
                                .columns = columns / 2, .channels = filters, .in_rows = rows, .in_columns = columns,
                                .kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .buffer = buffer};
    p->table->max_pool[p->type](&t);
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &j->w;
    const int64_t share = index % j->shares;
    index /= j->shares;
    const int64_t out_x = index % j->column_bands * j->columns, out_columns = cnn_min(j->columns, j->out_w - out_x);
    index /= j->column_bands;
    const int64_t out_y = index % j->rows.bands * j->rows.rows, out_rows = cnn_min(j->rows.rows, j->out_h - out_y);
    const int64_t image = index / j->rows.bands, by = p->pool ? 2 : 1;
    const int64_t y = out_y * by, x = out_x * by, rows = out_rows * by, columns = out_columns * by;

    char *work = j->work + (size_t)worker * j->work_size;
    const char *in = j->in + (size_t)(image * w->h * w->w * w->c) * p->in_size;
    int64_t in_row = w->w * w->c;
    struct reach high = j->high, wide = j->wide;
    high.count = rows;
    wide.count = columns;
    if (p->staged) {
        cnn_stage_tile(w, p->in_type, p->type, in, &high, y * w->stride_h, &wide, x * w->stride_w, work);
        in = work;
        in_row = cnn_staged_size(&wide) * w->c;
    } else {
        in += (size_t)(y * w->stride_h * in_row + x * w->stride_w * w->c) * p->size;
    }
    const int64_t stride_h = cnn_staged_stride(&high), dilation_h = cnn_staged_dilation(&high);
    const int64_t stride_w = cnn_staged_stride(&wide), dilation_w = cnn_staged_dilation(&wide);
    char *final = j->out + (size_t)((image * j->out_h + out_y) * j->out_w + out_x) * (size_t)p->filters * p->size;
    if (p->kind == FEW) {
        const struct few_tile t = {
            .in = (const float *)in, .in_row = in_row, .step = stride_w * w->c, .weights = (const float *)p->packed,
            .weights_block = (int64_t)(p->packed_block / p->size), .out = (float *)final,
            .out_row = j->out_w * p->filters, .rows = out_rows, .columns = out_columns, .filters = p->filters,
            .kernel_h = w->kernel_h, .taps = w->kernel_w * w->c, .stride_h = stride_h, .dilation_h = dilation_h,
            .relu = p->relu, .pool = p->pool, .two = j->line > 0 ? (const float *)(p->packed + p->two) : NULL,
            .two_block = p->two_block, .lines = (float *)(work + j->stage_size), .line = j->line, .outputs = p->conv_w};
        p->table->conv_few(&t);
        return;
    }
    char *out = p->pool ? work + j->stage_size : final;
    const int64_t out_row = (p->pool ? columns : j->out_w) * p->filters;

    if (p->kind == FLAT) {
        const struct flat_tile t = {
            .in = in, .in_row = in_row, .step = dilation_w, .weights = p->kernel, .kernel_h = w->kernel_h,
            .kernel_w = w->kernel_w, .stride_h = stride_h, .dilation_h = dilation_h, .out = out,
            .out_row = out_row, .rows = rows, .length = columns, .bias = p->bias, .relu = p->relu, .scale = 1};
        p->table->flat[p->row](&t);
    } else if (p->kind == DEPTHWISE) {
        const struct depthwise_tile t = {
            .in = in, .in_row = in_row, .in_pixel = w->c, .weights = p->kernel, .bias = p->bias, .out = out,
            .out_row = out_row, .out_pixel = w->c, .rows = rows, .columns = columns, .channels = w->c,
            .kernel_h = w->kernel_h, .kernel_w = w->kernel_w, .stride_h = stride_h, .stride_w = stride_w,
            .dilation_h = dilation_h, .dilation_w = dilation_w, .relu = p->relu};
        p->table->depthwise[p->row](&t);
    } else {
        struct conv_tile t = {
            .in = in, .in_row = in_row, .in_pixel = w->c, .out = out, .out_row = out_row, .out_pixel = p->filters,
            .rows = rows, .columns = columns, .kernel_h = w->kernel_h, .kernel_w = w->kernel_w,
            .channels = w->c / p->groups, .stride_h = stride_h, .stride_w = stride_w,
            .dilation_h = dilation_h, .dilation_w = dilation_w, .relu = p->relu};
        if (p->groups == 1 && dilation_w == 1) { /* the taps of one row lie side by side: one long loop, not three */
            t.channels *= t.kernel_w;
            t.kernel_w = 1;
        }
        const int64_t end = cnn_min((share + 1) * j->blocks_a_share, p->blocks);
        for (int64_t b = share * j->blocks_a_share; b < end; b++) direct(j, &t, b);
    }
    if (p->pool)
        cnn_plan_pool(p, out, out_row, rows, columns, p->filters, work + j->stage_size + j->conv_size, final,
                      j->out_w * p->filters);
}

/* Rows first; where there are too few of them for the threads, columns, and at last filters. */
static void choose_tiles(struct job *j) {
    const struct cnn_plan *p = j->p;
    const int64_t by = p->pool ? 4 : 1, threads = cnn_get_num_threads();
    const int64_t pixel_work = p->filters * weight_rows(p) * by;
    j->rows = cnn_cut(j->w.n, j->out_h, j->out_w * pixel_work);
    j->columns = j->out_w;
    j->column_bands = 1;
    j->shares = 1;
    j->blocks_a_share = p->blocks;
    if (p->pool && p->kind != FEW) { /* what is pooled should still lie in the cache: about 64 KB of rows */
        const int64_t row_size = 2 * p->conv_w * p->filters * (int64_t)p->size;
        j->rows.rows = cnn_max(1, cnn_min(j->rows.rows, (64 << 10) / row_size));
        j->rows.bands = cnn_ceil_div(j->out_h, j->rows.rows);
    }
    if (j->rows.threads == 1) return;
    if (j->w.n * j->rows.bands < 4 * threads && j->rows.rows == 1 && p->two == 0) { /* that looks at whole rows */
        const int64_t pixels = p->table->pixels * 4;
        const struct cut c = cnn_cut(j->w.n * j->out_h, cnn_ceil_div(j->out_w, pixels), pixels * pixel_work);
        j->columns = c.rows * pixels;
        j->column_bands = cnn_ceil_div(j->out_w, j->columns);
    }
    if (p->kind == DIRECT && !p->pool && j->w.n * j->rows.bands * j->column_bands < threads) {
        j->blocks_a_share = cnn_ceil_div(p->blocks, cnn_min(p->blocks, threads * 2));
        j->shares = cnn_ceil_div(p->blocks, j->blocks_a_share);
    }
}

static size_t aligned(int64_t elements, size_t size) {
    return ((size_t)elements * size + 63) / 64 * 64;
}

/* What is staged of a tile, its rows and columns made fewer where padding, strides, dilation or another type would make
 * it large beside inputs and outputs. */
static void fit_stage(struct job *j) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &j->w;
    const int64_t by = p->pool ? 2 : 1;
    j->high = (struct reach){j->rows.rows * by, w->kernel_h, w->stride_h, w->dilation_h, BY_OUTPUT, 0};
    j->wide = (struct reach){j->columns * by, w->kernel_w, w->stride_w, w->dilation_w,
                             p->kind == FLAT ? BY_TAP : BY_OUTPUT, 0};
    if (!p->staged) return;
    const double size = (double)p->size, in = (double)(w->n * w->h * w->w * w->c) * (double)p->in_size;
    const double out = (double)(w->n * j->out_h * j->out_w * p->filters) * size;
    const double weights = (double)(weight_rows(p) * p->filters) * size;
    if (p->two == 0) /* that looks at whole rows, of one row more than there are filters for each */
        cnn_fit_tile(&j->high, &j->wide, (double)w->c * size, cnn_work_limit(in + weights + out, j->rows.threads));
    j->rows.rows = cnn_ceil_div(j->high.count, by);
    j->rows.bands = cnn_ceil_div(j->out_h, j->rows.rows);
    j->columns = cnn_ceil_div(j->wide.count, by);
    j->column_bands = cnn_ceil_div(j->out_w, j->columns);
    j->high.count = j->rows.rows * by;
    j->wide.count = j->columns * by;
    j->stage_size = aligned(cnn_staged_size(&j->high) * cnn_staged_size(&j->wide) * w->c, p->size);
}


int cnn_plan_run(const cnn_plan *p, int64_t n, const void *in, void *out) {
    if (n < 0) return CNN_BAD_ARGUMENT;
    if (n == 0) return CNN_OK;
    if (p->kind == WINOGRAD) return cnn_winograd_run(p, n, in, out);
    struct job j = {.p = p, .w = p->w, .out_h = p->out_h, .out_w = p->out_w, .in = in, .out = out};
    const cnn_window *w = &p->w;
    j.w.n = n;
    if (w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 && w->stride_w == 1 && !p->staged && !p->pool) {
        /* One pixel has nothing to do with its neighbours: all of them are one long row, so that passes are full. */
        j.w.w = j.out_w = n * w->h * w->w;
        j.w.n = j.w.h = j.out_h = 1;
    }
    choose_tiles(&j);
    fit_stage(&j);
    const int pooled_after = p->pool && p->kind != FEW;
    if (pooled_after) j.conv_size = aligned(j.rows.rows * 2 * j.columns * 2 * p->filters, p->size);
    j.work_size = j.stage_size + j.conv_size + (pooled_after ? aligned(j.columns * 2 * p->filters, p->size) + 64 : 0);
    /* What leaves every cache waits for memory however it was computed, and came out slower this way: 1->32 on
     * (32,150,105,1), 62 MB, took 4.4 ms for 3.1. */
    if (p->two > 0 && (p->pool || n * p->out_h * p->out_w * p->filters <= 6 << 20)) {
        /* Lines whose distance is a power of two would share sets. */
        j.line = cnn_ceil_div(p->conv_w * w->c, 16) * 16 + 16;
        j.work_size += aligned(CNN_FEW_LINES * 4 * j.line, p->size);
    }
    if (j.work_size > 0) {
        j.work = cnn_scratch_take(CNN_SCRATCH_WORK, j.work_size * (size_t)j.rows.threads);
        if (j.work == NULL) return CNN_NO_MEMORY;
    }
    cnn_parallel_for(j.w.n * j.rows.bands * j.column_bands * j.shares, j.rows.threads, run, &j);
    if (j.work != NULL) cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}

int cnn_conv2d(const cnn_window *w, int64_t filters, int64_t groups, int in_type, int type, const void *in,
               const void *kernel, const void *bias, int flags, void *out) {
    struct cnn_plan p = {.w = *w, .filters = filters, .groups = groups, .in_type = in_type, .type = type,
                         .kernel = kernel, .bias = bias, .relu = flags & CNN_RELU, .exact = flags & CNN_EXACT,
                         .once = 1};
    int status = prepare(&p);
    if (status != CNN_OK || w->n == 0) return status;
    if (p.packed_size > 0) {
        p.packed = cnn_scratch_take(CNN_SCRATCH_WEIGHTS, p.packed_size);
        if (p.packed == NULL) return CNN_NO_MEMORY;
        fill(&p);
    }
    status = cnn_plan_run(&p, w->n, in, out);
    if (p.packed_size > 0) cnn_scratch_give(CNN_SCRATCH_WEIGHTS, p.packed);
    return status;
}

int cnn_plan_new(const cnn_window *w, int64_t filters, int64_t groups, int in_type, int type, const void *kernel,
                 const void *bias, int flags, int pool, cnn_plan **plan) {
    struct cnn_plan *p = calloc(1, sizeof *p);
    if (p == NULL) return CNN_NO_MEMORY;
    p->w = *w;
    p->w.n = 1;
    p->filters = filters;
    p->groups = groups;
    p->in_type = in_type;
    p->type = type;
    p->kernel = kernel;
    p->bias = bias;
    p->relu = flags & CNN_RELU;
    p->exact = flags & CNN_EXACT;
    p->pool = pool;
    int status = prepare(p);
    if (status == CNN_OK && p->packed_size > 0) {
        p->packed = aligned_alloc(64, aligned((int64_t)p->packed_size, 1));
        if (p->packed == NULL) status = CNN_NO_MEMORY;
    }
    if (status != CNN_OK) {
        free(p);
        return status;
    }
    fill(p);
    *plan = p;
    return CNN_OK;
}

void cnn_plan_free(cnn_plan *plan) {
    if (plan != NULL) free(plan->packed);
    free(plan);
}
