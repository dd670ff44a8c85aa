/* cnn_conv2d: check the arguments, choose the kernel and the tiles, hand them out. */
#include <string.h>

#include "cnncore.h"
#include "dispatch.h"
#include "scratch.h"
#include "stage.h"
#include "threadpool.h"
#include "winograd.h"

enum kind { DIRECT, FLAT, DEPTHWISE };

struct job {
    const cnn_window *w;
    const struct kernel_table *table;
    enum kind kind;
    int in_type, type, relu, staged;
    int row; /* of the kernel table: `type`, or CNN_I16 for CNN_I32 with weights that fit 16 bits */
    size_t size, in_size;
    const char *in, *kernel, *bias;
    char *out;
    int64_t filters, groups;
    int64_t out_h, out_w;
    /* Tiles. A task is one band of rows x one band of columns of one image, for a share of the filter blocks. */
    struct cut rows;
    int64_t columns, column_bands;
    int64_t blocks; /* of all groups */
    int64_t shares, blocks_a_share;
    /* Packed weights: block after block, each (taps x channels) rows of a whole number of vectors, then its bias. */
    int pack_all;
    char *packed;
    size_t packed_block;
    /* Staged input, one buffer a worker. */
    char *stage;
    size_t stage_size;
};

struct block {
    int64_t group, first, filters; /* first filter, counted over all groups */
};

static struct block block_at(const struct job *j, int64_t index) {
    const int64_t in_group = j->filters / j->groups, size = j->table->block[j->row];
    const int64_t per_group = cnn_ceil_div(in_group, size);
    const int64_t start = index % per_group * size;
    struct block b = {index / per_group, index / per_group * in_group + start, cnn_min(size, in_group - start)};
    return b;
}

static int64_t weight_rows(const struct job *j) {
    return j->w->kernel_h * j->w->kernel_w * (j->w->c / j->groups);
}

/* A block must be packed when its filters are no whole number of vectors: kernels read whole ones. */
static int is_packed(const struct job *j, struct block b) {
    return j->pack_all || b.filters % j->table->vector[j->row] != 0;
}

static void pack(const struct job *j) {
    const int64_t rows = weight_rows(j);
    for (int64_t i = 0; i < j->blocks; i++) {
        struct block b = block_at(j, i);
        if (!is_packed(j, b)) continue;
        const int64_t vector = j->table->vector[j->row], width = cnn_ceil_div(b.filters, vector) * vector;
        const size_t used = (size_t)b.filters * j->size, wide = (size_t)width * j->size;
        char *target = j->packed + (size_t)i * j->packed_block;
        const char *source = j->kernel + (size_t)b.first * j->size;
        for (int64_t r = 0; r < rows; r++, target += wide, source += (size_t)j->filters * j->size) {
            memcpy(target, source, used);
            memset(target + used, 0, wide - used);
        }
        memset(target, 0, wide);
        if (j->bias != NULL) memcpy(target, j->bias + (size_t)b.first * j->size, used);
    }
}

static void direct(const struct job *j, struct conv_tile *t, int64_t index) {
    const struct block b = block_at(j, index);
    const char *in = t->in;
    char *out = t->out;
    t->filters = b.filters;
    t->in = in + (size_t)(b.group * t->channels) * j->size;
    t->out = out + (size_t)b.first * j->size;
    if (is_packed(j, b)) {
        const int64_t vector = j->table->vector[j->row];
        t->weights_row = cnn_ceil_div(b.filters, vector) * vector;
        t->weights = j->packed + (size_t)index * j->packed_block;
        t->bias = (const char *)t->weights + (size_t)(weight_rows(j) * t->weights_row) * j->size;
    } else {
        t->weights_row = j->filters;
        t->weights = j->kernel + (size_t)b.first * j->size;
        t->bias = j->bias == NULL ? NULL : j->bias + (size_t)b.first * j->size;
    }
    j->table->conv2d[j->row](t);
    t->in = in;
    t->out = out;
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const cnn_window *w = j->w;
    const int64_t share = index % j->shares;
    index /= j->shares;
    const int64_t x = index % j->column_bands * j->columns, columns = cnn_min(j->columns, j->out_w - x);
    index /= j->column_bands;
    const int64_t y = index % j->rows.bands * j->rows.rows, rows = cnn_min(j->rows.rows, j->out_h - y);
    const int64_t image = index / j->rows.bands;

    const char *in = j->in + (size_t)(image * w->h * w->w * w->c) * j->in_size;
    int64_t in_row = w->w * w->c;
    if (j->staged) {
        const int64_t tall = (rows - 1) * w->stride_h + (w->kernel_h - 1) * w->dilation_h + 1;
        const int64_t wide = (columns - 1) * w->stride_w + (w->kernel_w - 1) * w->dilation_w + 1;
        char *stage = j->stage + (size_t)worker * j->stage_size;
        cnn_stage(w, j->in_type, j->type, in, y * w->stride_h, tall, x * w->stride_w, wide, stage);
        in = stage;
        in_row = wide * w->c;
    } else {
        in += (size_t)(y * w->stride_h * in_row + x * w->stride_w * w->c) * j->size;
    }
    const int64_t out_row = j->out_w * j->filters;
    char *out = j->out + (size_t)((image * j->out_h + y) * out_row + x * j->filters) * j->size;

    if (j->kind == FLAT) {
        struct flat_tile t = {
            .in = in, .in_row = in_row, .step = w->dilation_w, .weights = j->kernel, .kernel_h = w->kernel_h,
            .kernel_w = w->kernel_w, .stride_h = w->stride_h, .dilation_h = w->dilation_h, .out = out,
            .out_row = out_row, .rows = rows, .length = columns, .bias = j->bias, .relu = j->relu, .scale = 1};
        j->table->flat[j->row](&t);
    } else if (j->kind == DEPTHWISE) {
        struct depthwise_tile t = {
            .in = in, .in_row = in_row, .in_pixel = w->c, .weights = j->kernel, .bias = j->bias, .out = out,
            .out_row = out_row, .out_pixel = w->c, .rows = rows, .columns = columns, .channels = w->c,
            .kernel_h = w->kernel_h, .kernel_w = w->kernel_w, .stride_h = w->stride_h, .stride_w = w->stride_w,
            .dilation_h = w->dilation_h, .dilation_w = w->dilation_w, .relu = j->relu};
        j->table->depthwise[j->row](&t);
    } else {
        struct conv_tile t = {
            .in = in, .in_row = in_row, .in_pixel = w->c, .out = out, .out_row = out_row, .out_pixel = j->filters,
            .rows = rows, .columns = columns, .kernel_h = w->kernel_h, .kernel_w = w->kernel_w,
            .channels = w->c / j->groups, .stride_h = w->stride_h, .stride_w = w->stride_w,
            .dilation_h = w->dilation_h, .dilation_w = w->dilation_w, .relu = j->relu};
        const int64_t end = cnn_min((share + 1) * j->blocks_a_share, j->blocks);
        for (int64_t b = share * j->blocks_a_share; b < end; b++) direct(j, &t, b);
    }
}

/* Rows first; where there are too few of them for the threads, columns, and at last filters. */
static void choose_tiles(struct job *j) {
    const cnn_window *w = j->w;
    const int64_t pixel_work = j->filters * weight_rows(j), threads = cnn_get_num_threads();
    j->rows = cnn_cut(w->n, j->out_h, j->out_w * pixel_work);
    j->columns = j->out_w;
    j->column_bands = 1;
    j->shares = 1;
    j->blocks_a_share = j->blocks;
    if (j->rows.threads == 1) return;
    if (w->n * j->rows.bands < 4 * threads && j->rows.rows == 1) {
        const int64_t pixels = j->table->pixels * 4;
        struct cut c = cnn_cut(w->n * j->out_h, cnn_ceil_div(j->out_w, pixels), pixels * pixel_work);
        j->columns = c.rows * pixels;
        j->column_bands = cnn_ceil_div(j->out_w, j->columns);
    }
    if (j->kind == DIRECT && w->n * j->rows.bands * j->column_bands < threads) {
        j->blocks_a_share = cnn_ceil_div(j->blocks, cnn_min(j->blocks, threads * 2));
        j->shares = cnn_ceil_div(j->blocks, j->blocks_a_share);
    }
}

static int check(const struct job *j, int in_type, int type) {
    if (j->filters < 1 || j->groups < 1 || j->w->c % j->groups != 0 || j->filters % j->groups != 0)
        return CNN_BAD_ARGUMENT;
    const int small = in_type == CNN_U8 || in_type == CNN_I8 || in_type == CNN_I16;
    const int same = (type == CNN_F32 || type == CNN_F64) && in_type == type;
    if (!same && !(small && (type == CNN_I32 || type == CNN_F32))) return CNN_BAD_ARGUMENT;
    int64_t weights;
    if (__builtin_mul_overflow(j->w->kernel_h * j->w->kernel_w, j->w->c / j->groups, &weights) ||
        __builtin_mul_overflow(weights, j->filters, &weights) || weights > (int64_t)1 << 60)
        return CNN_BAD_ARGUMENT;
    int64_t pixels = j->out_h * j->out_w;
    if (__builtin_mul_overflow(pixels, cnn_max(j->w->n, 1), &pixels) ||
        __builtin_mul_overflow(pixels, j->filters, &pixels) || pixels > (int64_t)1 << 60)
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}

static int fit_16_bits(const int32_t *weights, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (weights[i] < INT16_MIN || weights[i] > INT16_MAX) return 0;
    return 1;
}

int cnn_conv2d(const cnn_window *w, int64_t filters, int64_t groups, int in_type, int type, const void *in,
               const void *kernel, const void *bias, int relu, void *out) {
    struct job j = {.w = w, .table = cnn_table(), .in_type = in_type, .type = type, .relu = relu, .in = in,
                    .kernel = kernel, .bias = bias, .out = out, .filters = filters, .groups = groups};
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status == CNN_OK) status = check(&j, in_type, type);
    if (status != CNN_OK) return status;
    if (j.table == NULL) return CNN_UNKNOWN_ISA;
    if (w->n == 0) return CNN_OK;
    if (cnn_winograd_fits(j.table, w, filters, groups, in_type, type, kernel))
        return cnn_winograd(j.table, w, filters, in, kernel, bias, relu, out);
    j.size = cnn_size_of(type);
    j.in_size = cnn_size_of(in_type);
    j.row = type == CNN_I32 && fit_16_bits(kernel, weight_rows(&j) * filters) ? CNN_I16 : type;
    j.staged = in_type != type || cnn_is_padded(w);
    if (w->c == 1 && filters == 1 && w->stride_w == 1)
        j.kind = FLAT;
    else if (groups == w->c && filters == w->c && w->c > 1)
        j.kind = DEPTHWISE;
    else
        j.kind = DIRECT;
    const int64_t block = j.table->block[j.row], vector = j.table->vector[j.row];
    j.blocks = j.kind == DIRECT ? groups * cnn_ceil_div(filters / groups, block) : 1;
    choose_tiles(&j);

    size_t packed = 0, stage = 0;
    if (j.kind == DIRECT) {
        /* Packing makes weights contiguous. It pays when each is used for many pixels, and is too long a copy for the
         * matrix of a large dense layer. */
        const int64_t rows = weight_rows(&j), in_group = filters / groups;
        j.pack_all = w->n * j.out_h * j.out_w >= 32 && rows * filters <= 1 << 20;
        if (j.pack_all || in_group % vector != 0) {
            const int64_t width = cnn_min(block, cnn_ceil_div(in_group, vector) * vector);
            j.packed_block = (size_t)((rows + 1) * width) * j.size;
            packed = ((size_t)j.blocks * j.packed_block + 63) / 64 * 64;
        }
    }
    if (j.staged) {
        const int64_t tall = (j.rows.rows - 1) * w->stride_h + (w->kernel_h - 1) * w->dilation_h + 1;
        const int64_t wide = (j.columns - 1) * w->stride_w + (w->kernel_w - 1) * w->dilation_w + 1;
        j.stage_size = ((size_t)(tall * wide * w->c) * j.size + 63) / 64 * 64;
        stage = j.stage_size * (size_t)j.rows.threads;
    }
    char *scratch = NULL;
    if (packed + stage > 0) {
        scratch = cnn_scratch_take(packed + stage);
        if (scratch == NULL) return CNN_NO_MEMORY;
        j.packed = packed ? scratch : NULL;
        j.stage = scratch + packed;
        if (packed) pack(&j);
    }
    cnn_parallel_for(w->n * j.rows.bands * j.column_bands * j.shares, j.rows.threads, run, &j);
    if (scratch != NULL) cnn_scratch_give(scratch);
    return CNN_OK;
}
