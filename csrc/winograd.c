/* Convolution by Winograd's algorithm (see winograd.inc.c): transformed tiles, 36 matrix products, tiles back. */
#include <string.h>

#include "plan.h"
#include "scratch.h"
#include "stage.h"
#include "threadpool.h"

enum { IN = 6, OUT = 4, POINTS = 36, MOST_TILES = 64 };

struct job {
    const struct cnn_plan *p;
    const float *in;
    float *out;
    int64_t height, width;          /* of the outputs that tiles cover: what the pool drops belongs to none */
    int64_t tiles_w, tiles_a_image, tiles;
    int64_t group;                  /* tiles of one task */
    int64_t shares, blocks_a_share; /* a task does all filter blocks, or a share of them; tasks go share by share */
    int64_t in_point, out_point;    /* elements between two points of transformed tiles */
    /* A worker's: (36, group, channels) and (36, group, block), each point a little longer than that, and, for tiles
     * done by definition, a padded tile of input, a tile of output and a row of it. */
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
    if (w->n * p->conv_h * p->conv_w < 400 && p->once) return 0; /* 64 -> 64 on 11x11 outputs: 75 us direct, 90 us so */
    /* Infinite or NaN; by its bits, because a loop of integers becomes vectors and a sum of floats does not. */
    int odd = 0;
    for (int64_t i = 0; i < 9 * w->c * p->filters; i++) {
        uint32_t bits;
        memcpy(&bits, p->kernel + i * 4, sizeof bits);
        odd |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !odd;
}

static int64_t block_size(const struct cnn_plan *p) {
    return cnn_min(p->table->block[CNN_F32], p->wide);
}

/* Elements from one of the 36 points to the next: a little more than what they hold. With a large power of two between
 * them all points of a tile would fall on few sets of the first cache and push each other out. */
static int64_t point_size(int64_t elements) {
    return cnn_ceil_div(elements, 32) * 32 + 16;
}

static int64_t packed_block(const struct cnn_plan *p) {
    return POINTS * point_size(p->w.c * block_size(p));
}

size_t cnn_winograd_packed_size(const struct cnn_plan *p) {
    return (size_t)(cnn_ceil_div(p->wide, block_size(p)) * packed_block(p)) * sizeof(float);
}

enum { CHANNELS_A_TASK = 16 };

static void pack(void *context, int64_t index, int worker) {
    (void)worker;
    const struct cnn_plan *p = context;
    const int64_t block = block_size(p), pieces = cnn_ceil_div(p->w.c, CHANNELS_A_TASK);
    const int64_t b = index / pieces, first = index % pieces * CHANNELS_A_TASK, f = b * block;
    const int64_t wide = cnn_min(block, p->wide - f);
    const struct winograd_weights t = {.kernel = (const float *)p->kernel + first * p->filters + f,
                                       .tap = p->w.c * p->filters, .channel = p->filters,
                                       .channels = cnn_min(CHANNELS_A_TASK, p->w.c - first),
                                       .filters = cnn_min(block, p->filters - f),
                                       .out = (float *)p->packed + b * packed_block(p) + first * wide,
                                       .out_point = point_size(p->w.c * wide), .out_channel = wide};
    p->table->winograd_weights(&t);
}

void cnn_winograd_pack(struct cnn_plan *p) {
    const int64_t blocks = cnn_ceil_div(p->wide, block_size(p)), pieces = cnn_ceil_div(p->w.c, CHANNELS_A_TASK);
    const struct cut cut = cnn_cut(1, blocks * pieces, POINTS * CHANNELS_A_TASK * block_size(p));
    cnn_parallel_for(blocks * pieces, cut.threads, pack, p);
}

/* Fewer than four outputs at the end of a direction are the last ones of a tile that begins one pixel before them. As
 * one sees in the transform, its first output alone needs the first of the six points in that direction, its last one
 * alone the last: one or two outputs do with four points, three with five. (Three could begin their tile as well, but
 * pooling makes two of them, which then must have the same bits.) Whether such an end, of `size` outputs in all, does
 * without a point: */
static int without(int64_t size, int64_t point) {
    return point == 0 || (point == IN - 1 && size % OUT < OUT - 1);
}

struct place {
    const float *image;
    int64_t index, y, x;        /* the image's, and the first output pixel wanted of the tile */
    int64_t before_y, before_x; /* 1 where the tile begins one pixel before it */
};

static struct place place_of(const struct job *j, int64_t tile) {
    const cnn_window *w = &j->p->w;
    const int64_t index = tile / j->tiles_a_image, at = tile % j->tiles_a_image;
    const int64_t y = at / j->tiles_w * OUT, x = at % j->tiles_w * OUT;
    const struct place place = {j->in + index * w->h * w->w * w->c, index, y, x, j->height - y < OUT,
                                j->width - x < OUT};
    return place;
}

static void transform_input(const struct job *j, int64_t tile, float *out) {
    const cnn_window *w = &j->p->w;
    const struct place at = place_of(j, tile);
    const int64_t y = at.y - at.before_y - w->top, x = at.x - at.before_x - w->left;
    const struct winograd_input t = {.in = at.image + (y * w->w + x) * w->c, .row = w->w * w->c, .pixel = w->c,
                                     .channels = w->c, .first_row = cnn_max(0, -y), .end_row = cnn_min(IN, w->h - y),
                                     .first_column = cnn_max(0, -x), .end_column = cnn_min(IN, w->w - x), .out = out,
                                     .point = j->in_point};
    j->p->table->winograd_input(&t);
}

/* The definition, for a tile in which something is infinite or NaN: the transform would spread it. */
static void by_definition(const struct job *j, struct place at, int64_t f, const struct winograd_output *o,
                          float *work) {
    const struct cnn_plan *p = j->p;
    const int64_t rows = cnn_min(OUT, p->conv_h - at.y), columns = cnn_min(OUT, p->conv_w - at.x);
    float *padded = work, *tile = padded + IN * IN * p->w.c;
    cnn_stage(&p->w, CNN_F32, CNN_F32, at.image, at.y, IN, at.x, IN, padded);
    const struct conv_tile t = {
        .in = padded, .in_row = IN * p->w.c, .in_pixel = p->w.c, .weights = (const float *)p->kernel + f,
        .weights_row = p->filters, .bias = o->bias, .out = p->pool ? tile : o->out,
        .out_row = p->pool ? OUT * o->filters : o->out_row, .out_pixel = p->pool ? o->filters : o->out_pixel,
        .rows = rows, .columns = columns, .kernel_h = 3, .kernel_w = 3, .channels = p->w.c, .filters = o->filters,
        .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1, .relu = p->relu};
    cnn_table_ref.conv2d[CNN_F32](&t);
    if (!p->pool) return;
    for (int64_t y = 0; y < rows / 2; y++)
        for (int64_t x = 0; x < columns / 2; x++)
            cnn_plan_pool(p, tile + (y * OUT + x) * 2 * o->filters, OUT * o->filters, 2, 2, o->filters,
                          tile + OUT * OUT * o->filters, o->out + y * o->out_row + x * o->out_pixel, o->out_row);
}

static void transform_output(const struct job *j, int64_t tile, int64_t f, const float *in, float *work) {
    const struct cnn_plan *p = j->p;
    const struct place at = place_of(j, tile);
    const int64_t by = p->pool ? 2 : 1;
    const struct winograd_output t = {
        .in = in, .point = j->out_point, .bias = p->bias == NULL ? NULL : (const float *)p->bias + f,
        .filters = cnn_min(block_size(p), p->filters - f), .out_row = p->out_w * p->filters, .out_pixel = p->filters,
        .out = j->out + ((at.index * p->out_h + at.y / by) * p->out_w + at.x / by) * p->filters + f,
        .rows = cnn_min(OUT, p->conv_h - at.y) / by, .columns = cnn_min(OUT, p->conv_w - at.x) / by, .relu = p->relu,
        .pool = p->pool};
    if (!p->table->winograd_output(&t)) by_definition(j, at, f, &t, work);
}

/* Tiles in this order are neighbours wherever they need the same point: first those that do without some columns of
 * points, then those that need all, then those that do without some rows, then those that do without both. */
struct order {
    int64_t tile[MOST_TILES];
    int64_t narrow, full, low, least; /* how many of each */
};

static void sort(const struct job *j, int64_t first, int64_t count, struct order *o) {
    int64_t *const counts[] = {&o->narrow, &o->full, &o->low, &o->least}, total = 0;
    for (int kind = 0; kind < 4; kind++) {
        const int64_t before = total;
        for (int64_t tile = first; tile < first + count; tile++) {
            const struct place at = place_of(j, tile);
            if (kind == (at.before_y ? (at.before_x ? 3 : 2) : !at.before_x)) o->tile[total++] = tile;
        }
        *counts[kind] = total - before;
    }
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct cnn_plan *p = j->p;
    const int64_t channels = p->w.c, block = block_size(p), groups = cnn_ceil_div(j->tiles, j->group);
    const int64_t share = index / groups, first = index % groups * j->group;
    const int64_t count = cnn_min(j->group, j->tiles - first);
    const int64_t end = cnn_min((share + 1) * j->blocks_a_share * block, p->wide);
    float *in = j->work + worker * j->work_size, *out = in + POINTS * j->in_point, *rest = out + POINTS * j->out_point;
    struct order order;
    sort(j, first, count, &order);
    for (int64_t i = 0; i < count; i++) transform_input(j, order.tile[i], in + i * channels);
    for (int64_t f = share * j->blocks_a_share * block; f < end; f += block) {
        const int64_t wide = cnn_min(block, p->wide - f);
        struct conv_tile t = {.in_pixel = channels, .weights = (const float *)p->packed + f / block * packed_block(p),
                              .weights_row = wide, .out_pixel = wide, .rows = 1, .kernel_h = 1, .kernel_w = 1,
                              .channels = channels, .filters = wide, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                              .dilation_w = 1};
        for (int64_t point = 0; point < POINTS; point++) { /* a product of matrices, that is, a 1x1 convolution */
            const int not_low = without(j->height, point / IN), not_narrow = without(j->width, point % IN);
            const int64_t skipped = not_narrow ? order.narrow : 0;
            t.columns = order.full + (not_narrow ? 0 : order.narrow) + (not_low ? 0 : order.low) +
                        (not_low || not_narrow ? 0 : order.least);
            t.in = in + point * j->in_point + skipped * channels;
            t.out = out + point * j->out_point + skipped * wide;
            if (t.columns > 0) p->table->conv2d[CNN_F32](&t);
            t.weights = (const float *)t.weights + point_size(channels * wide);
        }
        for (int64_t i = 0; i < count; i++) transform_output(j, order.tile[i], f, out + i * wide, rest);
    }
}

int cnn_winograd_run(const struct cnn_plan *p, int64_t n, const float *in, float *out) {
    struct job j = {.p = p, .in = in, .out = out, .shares = 1};
    const int64_t channels = p->w.c, block = block_size(p), blocks = cnn_ceil_div(p->wide, block);
    j.height = p->pool ? p->conv_h / 2 * 2 : p->conv_h;
    j.width = p->pool ? p->conv_w / 2 * 2 : p->conv_w;
    j.tiles_w = cnn_ceil_div(j.width, OUT);
    j.tiles_a_image = cnn_ceil_div(j.height, OUT) * j.tiles_w;
    j.tiles = n * j.tiles_a_image;
    j.blocks_a_share = blocks;
    /* As many tiles as two passes of the product hold in registers, so that what is transformed of 64 channels stays in
     * a 1 MB cache beside the weights of a block; as many tasks as make all threads end together. */
    const struct cut cut = cnn_cut(1, j.tiles, POINTS * channels * p->filters);
    const int64_t most = cnn_min(p->table->pixels * 2, MOST_TILES), threads = cut.threads;
    if (threads > 1 && j.tiles <= p->table->pixels * (p->once ? 16 : 1)) {
        /* One pass, or weights fresh from the threads that packed them: rather half of the weights each than half of
         * the tiles (128 -> 128 on 26x26 outputs, packing included, two threads: 0.91 ms by tiles, 0.43 ms so). */
        j.blocks_a_share = cnn_ceil_div(blocks, cnn_min(threads, blocks));
        j.shares = cnn_ceil_div(blocks, j.blocks_a_share);
    }
    const int64_t tasks = cnn_ceil_div(cnn_ceil_div(j.tiles, most), threads / j.shares) * (threads / j.shares);
    j.group = cnn_ceil_div(j.tiles, tasks);
    j.in_point = point_size(j.group * channels);
    j.out_point = point_size(j.group * block);
    j.work_size = POINTS * (j.in_point + j.out_point) + point_size(IN * IN * channels + OUT * (OUT + 1) * block + 16);
    j.work = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(j.work_size * threads) * sizeof *j.work);
    if (j.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(cnn_ceil_div(j.tiles, j.group) * j.shares, cut.threads, run, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}
