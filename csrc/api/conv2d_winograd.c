/* Runs a convolution by Winograd's F(4x4, 3x3) (see kernels/conv2d_winograd.inc.c): tiles are transformed,
 * multiplied by the weights in 36 matrix products, and transformed back. Tiles whose values differ too much in size
 * are computed by definition. */
#include <string.h>

#include "api/plan.h"
#include "api/tiles.h"
#include "api/weights.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

enum { IN = 6, OUT = 4, POINTS = 36, MOST_TILES = 64 };

struct job {
    const struct cnn_plan *p;
    const float *in;
    float *out;
    uint8_t *winners; /* or NULL */
    int64_t height, width;          /* of the outputs that tiles cover: not those that pooling drops */
    int64_t tiles_w, tiles_a_image, tiles;
    int64_t group;                  /* tiles of one task */
    int64_t shares,
        blocks_a_share;          /* a task computes all filter blocks or a share of them; tasks are ordered by share */
    int64_t in_point, out_point; /* elements between two points of transformed tiles */
    /* For each worker: (36, group, channels), (36, group, block), each point a little longer than that, and the
     * arrays of struct definition. */
    float *work;
    int64_t work_size;
};

int cnn_winograd_fits(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->table->winograd_input == NULL || p->in_type != CNN_F32 || p->type != CNN_F32 || p->groups != 1) return 0;
    if (w->kernel_h != 3 || w->kernel_w != 3 || w->stride_h != 1 || w->stride_w != 1 || w->dilation_h != 1 ||
        w->dilation_w != 1)
        return 0;
    if (w->c < 16 || p->filters < 16 || p->conv_h < OUT || p->conv_w < OUT) return 0;
    if (w->n * p->conv_h * p->conv_w < 400 && p->once) return 0; /* 64 -> 64 on 11x11 outputs: 90 us, direct 75 us */
    if (p->exact || cnn_any_filter_is_whole((const float *)p->kernel, 9 * w->c, p->filters)) return 0;
    /* Infinite or NaN, by the bits: the compiler vectorizes a loop of integers, but not a sum of floats. */
    int special = 0;
    for (int64_t i = 0; i < 9 * w->c * p->filters; i++) {
        uint32_t bits;
        memcpy(&bits, p->kernel + i * 4, sizeof bits);
        special |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !special;
}

static int64_t block_size(const struct cnn_plan *p) {
    return cnn_min(p->table->block[CNN_F32], p->padded_filters);
}

/* Elements from one of the 36 points to the next: a little more than a point has. A large power of two would map all
 * points of a tile to a few sets of the L1 cache, where they would evict each other. */
static int64_t point_size(int64_t elements) {
    return cnn_ceil_div(elements, 32) * 32 + 16;
}

static int64_t packed_block(const struct cnn_plan *p) {
    return POINTS * point_size(p->w.c * block_size(p));
}

size_t cnn_winograd_packed_size(const struct cnn_plan *p) {
    return (size_t)(cnn_ceil_div(p->padded_filters, block_size(p)) * packed_block(p)) * sizeof(float);
}

enum { CHANNELS_A_TASK = 16 };

static void pack(void *context, int64_t index, int worker) {
    (void)worker;
    const struct cnn_plan *p = context;
    const int64_t block = block_size(p), pieces = cnn_ceil_div(p->w.c, CHANNELS_A_TASK);
    const int64_t b = index / pieces, first = index % pieces * CHANNELS_A_TASK, f = b * block;
    const int64_t wide = cnn_min(block, p->padded_filters - f);
    const struct winograd_weights t = {.kernel = (const float *)p->kernel + first * p->filters + f,
                                       .tap = p->w.c * p->filters, .channel = p->filters,
                                       .channels = cnn_min(CHANNELS_A_TASK, p->w.c - first),
                                       .filters = cnn_min(block, p->filters - f),
                                       .out = (float *)p->packed + b * packed_block(p) + first * wide,
                                       .out_point = point_size(p->w.c * wide), .out_channel = wide};
    p->table->winograd_weights(&t);
}

void cnn_winograd_pack(struct cnn_plan *p) {
    const int64_t blocks = cnn_ceil_div(p->padded_filters, block_size(p)),
                  pieces = cnn_ceil_div(p->w.c, CHANNELS_A_TASK);
    const struct cut cut = cnn_cut_rows(1, blocks * pieces, POINTS * CHANNELS_A_TASK * block_size(p));
    cnn_parallel_for(blocks * pieces, cut.threads, pack, p);
}

/* Returns 1 if the last tile of a direction of `size` outputs, when it is partial, can leave out a point.
 *
 * Such a tile begins one pixel before its first wanted output. By the transform only the first output needs the
 * first of the six points of a direction, and only the last output the last point: one or two outputs need four
 * points, three need five. (Three outputs could also begin their tile, but pooling keeps two of them, whose bits
 * must be the same.) */
static int unused(int64_t size, int64_t point) {
    return point == 0 || (point == IN - 1 && size % OUT < OUT - 1);
}

/* The position of a tile. */
struct position {
    const float *image;
    int64_t index, y, x;        /* the image's number, and the first wanted output of the tile */
    int64_t before_y, before_x; /* 1 where the tile begins one pixel before it */
};

static struct position position_of(const struct job *j, int64_t tile) {
    const cnn_window *w = &j->p->w;
    const int64_t index = tile / j->tiles_a_image, number = tile % j->tiles_a_image;
    const int64_t y = number / j->tiles_w * OUT, x = number % j->tiles_w * OUT;
    const struct position at = {j->in + index * w->h * w->w * w->c, index, y, x, j->height - y < OUT,
                                j->width - x < OUT};
    return at;
}

static struct winograd_input input_of(const struct job *j, int64_t tile, float *out) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &p->w;
    const struct position at = position_of(j, tile);
    const int64_t y = at.y - at.before_y - w->top, x = at.x - at.before_x - w->left;
    const struct winograd_input t = {
        .in = at.image + (y * w->w + x) * w->c, .row = w->w * w->c, .pixel = w->c, .channels = w->c,
        .first_row = cnn_max(0, -y), .end_row = cnn_min(IN, w->h - y), .first_column = cnn_max(0, -x),
        .end_column = cnn_min(IN, w->w - x), .first_output_row = at.before_y,
        /* Includes outputs that pooling drops: with and without pooling the same tiles are computed directly. */
        .end_output_row = cnn_min(OUT, p->conv_h - at.y + at.before_y), .first_output_column = at.before_x,
        .end_output_column = cnn_min(OUT, p->conv_w - at.x + at.before_x), .out = out, .point = j->in_point};
    return t;
}

/* A worker's memory for tiles computed by definition. */
struct definition {
    float *padded;  /* (6, 6, channels) of the input */
    float *columns; /* (16, 3, 3, channels): the window of each output */
    float *out;     /* (16, block) */
    float *last;    /* (16, a vector) */
    float *buffer;  /* for cnn_plan_pool */
};

static int64_t definition_size(const struct cnn_plan *p) {
    return (IN * IN + OUT * OUT * 9) * p->w.c + OUT * OUT * 2 * block_size(p) + OUT * block_size(p) + 16;
}

static struct definition definition_at(const struct cnn_plan *p, float *work) {
    struct definition d = {.padded = work};
    d.columns = d.padded + IN * IN * p->w.c;
    d.out = d.columns + OUT * OUT * 9 * p->w.c;
    d.last = d.out + OUT * OUT * block_size(p);
    d.buffer = d.last + OUT * OUT * block_size(p);
    return d;
}

/* `pixels` outputs of a tile for `count` filters from `f`: a matrix product. Kernels read whole vectors of weights: the
 * last filters, where they do not fill one, are computed together with filters before them. */
static void multiply(const struct cnn_plan *p, const struct definition *d, int64_t pixels, int64_t f, int64_t count) {
    const int64_t vector = p->table->vector[CNN_F32], left = count % vector;
    struct conv_tile t = {.in = d->columns, .in_pixel = 9 * p->w.c, .weights_row = p->filters, .out = d->out,
                          .out_pixel = count, .rows = 1, .columns = pixels, .kernel_h = 1, .kernel_w = 1,
                          .channels = 9 * p->w.c, .filters = count - left, .stride_h = 1, .stride_w = 1,
                          .dilation_h = 1, .dilation_w = 1, .relu = p->relu};
    const float *kernel = (const float *)p->kernel, *bias = (const float *)p->bias;
    t.weights = kernel + f;
    t.bias = bias == NULL ? NULL : bias + f;
    if (t.filters > 0) p->table->conv2d[CNN_F32](&t);
    if (left == 0) return;
    t.weights = kernel + p->filters - vector;
    t.bias = bias == NULL ? NULL : bias + p->filters - vector;
    t.filters = t.out_pixel = vector;
    t.out = d->last;
    p->table->conv2d[CNN_F32](&t);
    for (int64_t i = 0; i < pixels; i++)
        memcpy(d->out + i * count + count - left, d->last + (i + 1) * vector - left, (size_t)left * sizeof(float));
}

/* A tile by definition, for `count` filters from `f`. */
static void by_definition(const struct job *j, int64_t tile, int64_t f, int64_t count, float *work) {
    const struct cnn_plan *p = j->p;
    const struct position at = position_of(j, tile);
    const struct definition d = definition_at(p, work);
    const int64_t channels = p->w.c, rows = cnn_min(OUT, p->conv_h - at.y), columns = cnn_min(OUT, p->conv_w - at.x);
    float *to = d.columns;
    cnn_copy_padded(&p->w, CNN_F32, CNN_F32, at.image, at.y, rows + 2, at.x, IN, d.padded);
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++)
            for (int64_t a = 0; a < 3; a++, to += 3 * channels)
                memcpy(to, d.padded + ((y + a) * IN + x) * channels, (size_t)(3 * channels) * sizeof *to);
    const int64_t by = p->pool ? 2 : 1, block = block_size(p);
    const int64_t first = ((at.index * p->out_h + at.y / by) * p->out_w + at.x / by) * p->filters;
    for (const int64_t end = f + count; f < end; f += block) {
        const int64_t filters = cnn_min(block, end - f);
        multiply(p, &d, rows * columns, f, filters);
        for (int64_t y = 0; y < rows / by; y++)
            for (int64_t x = 0; x < columns / by; x++) {
                const float *from = d.out + (y * columns + x) * by * filters;
                const int64_t at_pixel = first + (y * p->out_w + x) * p->filters + f;
                float *pixel = j->out + at_pixel;
                if (p->pool)
                    cnn_plan_pool(p, from, columns * filters, 2, 2, filters, d.buffer, pixel, filters,
                                  j->winners == NULL ? NULL : j->winners + at_pixel);
                else
                    memcpy(pixel, from, (size_t)filters * sizeof *pixel);
            }
    }
}

static void transform_output(const struct job *j, int64_t tile, int64_t f, const float *in, float *work) {
    const struct cnn_plan *p = j->p;
    const struct position at = position_of(j, tile);
    const int64_t by = p->pool ? 2 : 1;
    const int64_t start = ((at.index * p->out_h + at.y / by) * p->out_w + at.x / by) * p->filters + f;
    const struct winograd_output t = {
        .in = in, .point = j->out_point, .bias = p->bias == NULL ? NULL : (const float *)p->bias + f,
        .filters = cnn_min(block_size(p), p->filters - f), .out_row = p->out_w * p->filters, .out_pixel = p->filters,
        .out = j->out + start, .winners = j->winners == NULL ? NULL : j->winners + start,
        .rows = cnn_min(OUT, p->conv_h - at.y) / by, .columns = cnn_min(OUT, p->conv_w - at.x) / by, .relu = p->relu,
        .pool = p->pool};
    if (!p->table->winograd_output(&t)) by_definition(j, tile, f, t.filters, work);
}

/* Sorted in this order, the tiles that use a point are adjacent for every point: first tiles without some columns of
 * points, then whole ones, then those without some rows, then those without both. */
enum kind { NARROW, FULL, LOW, LEAST, KINDS };

struct order {
    int64_t tile[MOST_TILES], count[KINDS];
    int64_t uneven[MOST_TILES], uneven_count; /* those computed by definition */
};

/* Sorts `count` tiles and transforms them. */
static void transform_inputs(const struct job *j, int64_t first, int64_t count, float *in, struct order *o) {
    const struct kernel_table *table = j->p->table;
    char kinds[MOST_TILES];
    int64_t total = 0;
    o->uneven_count = 0;
    for (int64_t i = 0; i < count; i++) {
        const struct position at = position_of(j, first + i);
        kinds[i] = (char)(at.before_y ? (at.before_x ? LEAST : LOW) : (at.before_x ? NARROW : FULL));
    }
    for (int kind = 0; kind < KINDS; kind++) {
        const int64_t before = total;
        for (int64_t i = 0; i < count; i++) {
            if (kinds[i] != kind) continue;
            const struct winograd_input t = input_of(j, first + i, in + total * j->p->w.c);
            if (!j->p->loose && table->winograd_is_uneven(&t)) {
                o->uneven[o->uneven_count++] = first + i;
                continue;
            }
            table->winograd_input(&t);
            o->tile[total++] = first + i;
        }
        o->count[kind] = total - before;
    }
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct cnn_plan *p = j->p;
    const int64_t channels = p->w.c, block = block_size(p), groups = cnn_ceil_div(j->tiles, j->group);
    const int64_t share = index / groups, first = index % groups * j->group;
    const int64_t count = cnn_min(j->group, j->tiles - first);
    const int64_t end = cnn_min((share + 1) * j->blocks_a_share * block, p->padded_filters);
    float *in = j->work + worker * j->work_size, *out = in + POINTS * j->in_point, *rest = out + POINTS * j->out_point;
    struct order order;
    transform_inputs(j, first, count, in, &order);
    const int64_t narrow = order.count[NARROW], full = order.count[FULL], low = order.count[LOW];
    for (int64_t f = share * j->blocks_a_share * block; f < end; f += block) {
        const int64_t wide = cnn_min(block, p->padded_filters - f);
        struct conv_tile t = {.in_pixel = channels, .weights = (const float *)p->packed + f / block * packed_block(p),
                              .weights_row = wide, .out_pixel = wide, .rows = 1, .kernel_h = 1, .kernel_w = 1,
                              .channels = channels, .filters = wide, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                              .dilation_w = 1};
        for (int64_t point = 0; point < POINTS; point++) { /* a matrix product is a 1x1 convolution */
            const int no_low = unused(j->height, point / IN), no_narrow = unused(j->width, point % IN);
            const int64_t skipped = no_narrow ? narrow : 0;
            t.columns = full + (no_narrow ? 0 : narrow) + (no_low ? 0 : low) +
                        (no_low || no_narrow ? 0 : order.count[LEAST]);
            t.in = in + point * j->in_point + skipped * channels;
            t.out = out + point * j->out_point + skipped * wide;
            if (t.columns > 0) p->table->conv2d[CNN_F32](&t);
            t.weights = (const float *)t.weights + point_size(channels * wide);
        }
        for (int64_t i = 0; i < narrow + full + low + order.count[LEAST]; i++)
            transform_output(j, order.tile[i], f, out + i * wide, rest);
    }
    const int64_t from = share * j->blocks_a_share * block;
    for (int64_t i = 0; i < order.uneven_count; i++)
        by_definition(j, order.uneven[i], from, cnn_min(end, p->filters) - from, rest);
}

int cnn_winograd_run(const struct cnn_plan *p, int64_t n, const float *in, float *out, uint8_t *winners) {
    struct job j = {.p = p, .in = in, .out = out, .winners = winners, .shares = 1};
    const int64_t channels = p->w.c, block = block_size(p), blocks = cnn_ceil_div(p->padded_filters, block);
    j.height = p->pool ? p->conv_h / 2 * 2 : p->conv_h;
    j.width = p->pool ? p->conv_w / 2 * 2 : p->conv_w;
    j.tiles_w = cnn_ceil_div(j.width, OUT);
    j.tiles_a_image = cnn_ceil_div(j.height, OUT) * j.tiles_w;
    j.tiles = n * j.tiles_a_image;
    j.blocks_a_share = blocks;
    /* A task takes as many tiles as two passes of the product keep in registers: the transformed tiles of 64 channels
     * then fit a 1 MB cache beside the weights of a block. The number of tasks lets all threads end together. */
    const struct cut cut = cnn_cut_rows(1, j.tiles, POINTS * channels * p->filters);
    const int64_t most = cnn_min(p->table->conv_pixels * 2, MOST_TILES), threads = cut.threads;
    if (threads > 1 && j.tiles <= p->table->conv_pixels * (p->once ? 16 : 1)) {
        /* For one pass, or where other threads have just packed the weights, each thread takes a share of the weights
         * and all tiles (128 -> 128 on 26x26 outputs, packing included, two threads: 0.43 ms, by tiles 0.91). */
        j.blocks_a_share = cnn_ceil_div(blocks, cnn_min(threads, blocks));
        j.shares = cnn_ceil_div(blocks, j.blocks_a_share);
    }
    const int64_t tasks = cnn_ceil_div(cnn_ceil_div(j.tiles, most), threads / j.shares) * (threads / j.shares);
    j.group = cnn_ceil_div(j.tiles, tasks);
    j.in_point = point_size(j.group * channels);
    j.out_point = point_size(j.group * block);
    j.work_size = POINTS * (j.in_point + j.out_point) + point_size(definition_size(p));
    j.work = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(j.work_size * threads) * sizeof *j.work);
    if (j.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(cnn_ceil_div(j.tiles, j.group) * j.shares, cut.threads, run, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}
