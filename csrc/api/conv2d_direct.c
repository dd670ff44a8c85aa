/* Runs a direct convolution: cuts the output into tiles, copies the input of a tile where it is padded or of another
 * type, and calls the kernel of the plan's algorithm. */
#include "api/plan.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

/* One run. A task is one band of rows x one band of columns of one image, for a share of the filter blocks. With
 * pooling, rows and columns are those of the pooled output. */
struct job {
    const struct cnn_plan *p;
    cnn_window w;
    int64_t out_h, out_w;
    const char *in;
    char *out;
    uint8_t *winners; /* or NULL */
    struct cut rows;
    struct reach high, wide; /* the input that a whole tile reads */
    int64_t columns, column_bands, shares, blocks_a_share;
    /* Per worker: the copied input; with pooling the convolution's rows and the buffer of the pooling; with F(2, 3)
     * the lines of few_channels_tile. */
    char *work;
    size_t work_size, copy_size, conv_size; /* bytes */
    int64_t line;                           /* elements of one of those lines, or 0 */
};

/* A tile of one task: where its input lies, and where the convolution's output goes. */
struct tile {
    const char *in;
    char *out;
    uint8_t *winners;
    int64_t in_row, out_row; /* elements between two rows */
    int64_t rows, columns;   /* of the convolution's output */
    int64_t stride_h, stride_w, dilation_h, dilation_w;
    char *work;
};

static void run_few_channels(const struct job *j, const struct tile *at) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &j->w;
    const int64_t by = p->pool ? 2 : 1;
    const struct few_channels_tile t = {
        .in = (const float *)at->in, .in_row = at->in_row, .step = at->stride_w * w->c,
        .weights = (const float *)p->packed, .weights_block = (int64_t)(p->packed_block / p->size),
        .out = (float *)at->out, .out_row = at->out_row, .rows = at->rows / by, .columns = at->columns / by,
        .filters = p->filters, .kernel_h = w->kernel_h, .taps = w->kernel_w * w->c, .stride_h = at->stride_h,
        .dilation_h = at->dilation_h, .relu = p->relu, .pool = p->pool,
        .winners = at->winners,
        .f23 = j->line > 0 ? (const float *)(p->packed + p->f23) : NULL, .f23_block = p->f23_block,
        .lines = (float *)(at->work + j->copy_size), .line = j->line, .outputs = p->conv_w};
    p->table->conv2d_few_channels(&t);
}

static void run_one_map(const struct job *j, const struct tile *at) {
    const struct cnn_plan *p = j->p;
    const struct one_kernel_tile t = {
        .in = at->in, .in_row = at->in_row, .step = at->dilation_w, .weights = p->kernel, .kernel_h = p->w.kernel_h,
        .kernel_w = p->w.kernel_w, .stride_h = at->stride_h, .dilation_h = at->dilation_h, .out = at->out,
        .out_row = at->out_row, .rows = at->rows, .length = at->columns, .bias = p->bias, .relu = p->relu, .scale = 1};
    p->table->conv2d_one_map[p->table_type](&t);
}

static void run_depthwise(const struct job *j, const struct tile *at) {
    const struct cnn_plan *p = j->p;
    const struct depthwise_tile t = {
        .in = at->in, .in_row = at->in_row, .in_pixel = p->w.c, .weights = p->kernel, .bias = p->bias, .out = at->out,
        .out_row = at->out_row, .out_pixel = p->w.c, .rows = at->rows, .columns = at->columns, .channels = p->w.c,
        .kernel_h = p->w.kernel_h, .kernel_w = p->w.kernel_w, .stride_h = at->stride_h, .stride_w = at->stride_w,
        .dilation_h = at->dilation_h, .dilation_w = at->dilation_w, .relu = p->relu};
    p->table->conv2d_depthwise[p->table_type](&t);
}

/* Computes block `index` of the filters. `t` has the fields that are the same for every block. */
static void run_block(const struct cnn_plan *p, const struct tile *at, struct conv_tile *t, int64_t index) {
    const struct filter_block b = cnn_direct_block(p, index);
    t->filters = b.filters;
    t->in = at->in + (size_t)(b.group * t->channels) * p->size;
    t->out = at->out + (size_t)b.first * p->size;
    if (cnn_direct_is_packed(p, b)) {
        t->weights_row = cnn_plan_whole_vectors(p, b.filters);
        t->weights = p->packed + (size_t)index * p->packed_block;
        t->bias = (const char *)t->weights + (size_t)(cnn_plan_terms(p) * t->weights_row) * p->size;
    } else {
        t->weights_row = p->filters;
        t->weights = p->kernel + (size_t)b.first * p->size;
        t->bias = p->bias == NULL ? NULL : p->bias + (size_t)b.first * p->size;
    }
    p->table->conv2d[p->table_type](t);
}

static void run_direct(const struct job *j, const struct tile *at, int64_t share) {
    const struct cnn_plan *p = j->p;
    struct conv_tile t = {
        .in_row = at->in_row, .in_pixel = j->w.c, .out_row = at->out_row, .out_pixel = p->filters, .rows = at->rows,
        .columns = at->columns, .kernel_h = j->w.kernel_h, .kernel_w = j->w.kernel_w, .channels = j->w.c / p->groups,
        .stride_h = at->stride_h, .stride_w = at->stride_w, .dilation_h = at->dilation_h, .dilation_w = at->dilation_w,
        .relu = p->relu};
    if (p->groups == 1 && t.dilation_w == 1) { /* the taps of a row are adjacent: one long loop instead of two */
        t.channels *= t.kernel_w;
        t.kernel_w = 1;
    }
    const int64_t end = cnn_min((share + 1) * j->blocks_a_share, p->blocks);
    for (int64_t b = share * j->blocks_a_share; b < end; b++) run_block(p, at, &t, b);
}

static void run_algorithm(const struct job *j, const struct tile *at, int64_t share) {
    if (j->p->algorithm == FEW_CHANNELS)
        run_few_channels(j, at);
    else if (j->p->algorithm == ONE_MAP)
        run_one_map(j, at);
    else if (j->p->algorithm == DEPTHWISE)
        run_depthwise(j, at);
    else
        run_direct(j, at, share);
}

/* Finds the input of the tile of output (y, x) of an image, or copies it to the worker's memory. */
static void find_input(const struct job *j, int64_t image, int64_t y, int64_t x, struct tile *t) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &j->w;
    struct reach high = j->high, wide = j->wide;
    high.count = t->rows;
    wide.count = t->columns;
    t->in = j->in + (size_t)(image * w->h * w->w * w->c) * p->in_size;
    t->in_row = w->w * w->c;
    if (p->copies) {
        cnn_copy_tile(w, p->in_type, p->type, t->in, &high, y * w->stride_h, &wide, x * w->stride_w, t->work);
        t->in = t->work;
        t->in_row = cnn_reach_size(&wide) * w->c;
    } else {
        t->in += (size_t)(y * w->stride_h * t->in_row + x * w->stride_w * w->c) * p->size;
    }
    t->stride_h = cnn_copied_stride(&high);
    t->stride_w = cnn_copied_stride(&wide);
    t->dilation_h = cnn_copied_dilation(&high);
    t->dilation_w = cnn_copied_dilation(&wide);
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct cnn_plan *p = j->p;
    const int64_t share = index % j->shares;
    index /= j->shares;
    const int64_t out_x = index % j->column_bands * j->columns, out_columns = cnn_min(j->columns, j->out_w - out_x);
    index /= j->column_bands;
    const int64_t out_y = index % j->rows.bands * j->rows.rows, out_rows = cnn_min(j->rows.rows, j->out_h - out_y);
    const int64_t image = index / j->rows.bands, by = p->pool ? 2 : 1;
    const int64_t first = ((image * j->out_h + out_y) * j->out_w + out_x) * p->filters;
    char *final = j->out + (size_t)first * p->size;
    uint8_t *winners = j->winners == NULL ? NULL : j->winners + first;
    const int64_t final_row = j->out_w * p->filters;
    struct tile t = {.out = final, .winners = winners, .out_row = final_row, .rows = out_rows * by,
                     .columns = out_columns * by, .work = j->work + (size_t)worker * j->work_size};
    const int pools_after = p->pool && p->algorithm != FEW_CHANNELS;
    if (pools_after) {
        t.out = t.work + j->copy_size;
        t.out_row = t.columns * p->filters;
    }
    find_input(j, image, out_y * by, out_x * by, &t);
    run_algorithm(j, &t, share);
    if (pools_after)
        cnn_plan_pool(p, t.out, t.out_row, t.rows, t.columns, p->filters, t.work + j->copy_size + j->conv_size, final,
                      final_row, winners);
}

/* Cuts rows first, then columns if there are too few rows for the threads, then filters. F(2, 3) needs whole rows. */
static void choose_tiles(struct job *j) {
    const struct cnn_plan *p = j->p;
    const int64_t by = p->pool ? 4 : 1, threads = cnn_get_num_threads();
    const int64_t pixel_work = p->filters * cnn_plan_terms(p) * by;
    j->rows = cnn_cut_rows(j->w.n, j->out_h, j->out_w * pixel_work);
    j->columns = j->out_w;
    j->column_bands = 1;
    j->shares = 1;
    j->blocks_a_share = p->blocks;
    if (p->pool && p->algorithm != FEW_CHANNELS) { /* about 64 KB of rows, which are still in the cache when pooled */
        const int64_t row_size = 2 * p->conv_w * p->filters * (int64_t)p->size;
        j->rows.rows = cnn_max(1, cnn_min(j->rows.rows, (64 << 10) / row_size));
        j->rows.bands = cnn_ceil_div(j->out_h, j->rows.rows);
    }
    if (j->rows.threads == 1) return;
    if (j->w.n * j->rows.bands < 4 * threads && j->rows.rows == 1 && p->f23 == 0) {
        const int64_t pixels = p->table->conv_pixels * 4;
        const struct cut c = cnn_cut_rows(j->w.n * j->out_h, cnn_ceil_div(j->out_w, pixels), pixels * pixel_work);
        j->columns = c.rows * pixels;
        j->column_bands = cnn_ceil_div(j->out_w, j->columns);
    }
    if (p->algorithm == DIRECT && !p->pool && j->w.n * j->rows.bands * j->column_bands < threads) {
        j->blocks_a_share = cnn_ceil_div(p->blocks, cnn_min(p->blocks, threads * 2));
        j->shares = cnn_ceil_div(p->blocks, j->blocks_a_share);
    }
}

/* Bytes of `elements`, rounded up to cache lines. */
static size_t aligned(int64_t elements, size_t size) {
    return ((size_t)elements * size + 63) / 64 * 64;
}

/* Sizes the copy of a tile's input. Takes fewer rows and columns where padding, strides, dilation or a wider type would
 * make the copy large beside inputs and outputs. */
static void fit_copy(struct job *j) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &j->w;
    const int64_t by = p->pool ? 2 : 1;
    j->high = (struct reach){j->rows.rows * by, w->kernel_h, w->stride_h, w->dilation_h, BY_OUTPUT, 0};
    j->wide = (struct reach){j->columns * by, w->kernel_w, w->stride_w, w->dilation_w,
                             p->algorithm == ONE_MAP ? BY_TAP : BY_OUTPUT, 0};
    if (!p->copies) return;
    const double size = (double)p->size, in = (double)(w->n * w->h * w->w * w->c) * (double)p->in_size;
    const double out = (double)(w->n * j->out_h * j->out_w * p->filters) * size;
    const double weights = (double)(cnn_plan_terms(p) * p->filters) * size;
    if (p->f23 == 0) /* a copy for F(2, 3) has at most 3 channels, and outputs have more than 3 filters */
        cnn_fit_tile(&j->high, &j->wide, (double)w->c * size, cnn_work_limit(in + weights + out, j->rows.threads));
    j->rows.rows = cnn_ceil_div(j->high.count, by);
    j->rows.bands = cnn_ceil_div(j->out_h, j->rows.rows);
    j->columns = cnn_ceil_div(j->wide.count, by);
    j->column_bands = cnn_ceil_div(j->out_w, j->columns);
    j->high.count = j->rows.rows * by;
    j->wide.count = j->columns * by;
    j->copy_size = aligned(cnn_reach_size(&j->high) * cnn_reach_size(&j->wide) * w->c, p->size);
}

/* Sizes a worker's memory; see struct job. */
static void size_work(struct job *j) {
    const struct cnn_plan *p = j->p;
    j->work_size = j->copy_size;
    if (p->pool && p->algorithm != FEW_CHANNELS) {
        j->conv_size = aligned(j->rows.rows * 2 * j->columns * 2 * p->filters, p->size);
        j->work_size += j->conv_size + aligned(j->columns * 2 * p->filters, p->size) + 64;
    }
    /* An output larger than all caches is limited by memory, and F(2, 3) was slower there: 1->32 on (32,150,105,1),
     * 62 MB, took 4.4 ms, direct sums 3.1. */
    if (p->f23 > 0 && (p->pool || j->w.n * p->out_h * p->out_w * p->filters <= 6 << 20)) {
        /* 16 elements more: lines a power of two apart would share sets of the cache. */
        j->line = cnn_ceil_div(p->conv_w * j->w.c, 16) * 16 + 16;
        j->work_size += aligned(CNN_F23_LINES * 4 * j->line, p->size);
    }
}

int cnn_direct_run(const struct cnn_plan *p, int64_t n, const void *in, void *out, uint8_t *winners) {
    struct job j = {.p = p, .w = p->w, .out_h = p->out_h, .out_w = p->out_w, .in = in, .out = out,
                    .winners = winners};
    const cnn_window *w = &p->w;
    j.w.n = n;
    if (w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 && w->stride_w == 1 && !p->copies && !p->pool) {
        /* 1x1: pixels do not depend on their neighbours. All of them form one long row, so that passes are full. */
        j.w.w = j.out_w = n * w->h * w->w;
        j.w.n = j.w.h = j.out_h = 1;
    }
    choose_tiles(&j);
    fit_copy(&j);
    size_work(&j);
    if (j.work_size > 0) {
        j.work = cnn_scratch_take(CNN_SCRATCH_WORK, j.work_size * (size_t)j.rows.threads);
        if (j.work == NULL) return CNN_NO_MEMORY;
    }
    cnn_parallel_for(j.w.n * j.rows.bands * j.column_bands * j.shares, j.rows.threads, run, &j);
    if (j.work != NULL) cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}
