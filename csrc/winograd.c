/* Convolution by Winograd's algorithm (see winograd.inc.c): transformed tiles, 36 matrix products, tiles back. */
#include <string.h>

#include "float_kernel.h"
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
    /* A worker's: (36, group, channels) and (36, group, block), each point a little longer than that, and what
     * `struct definition` points to. */
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
    if (p->exact || cnn_any_whole((const float *)p->kernel, 9 * w->c, p->filters)) return 0;
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

static struct winograd_input input_of(const struct job *j, int64_t tile, float *out) {
    const struct cnn_plan *p = j->p;
    const cnn_window *w = &p->w;
    const struct place at = place_of(j, tile);
    const int64_t y = at.y - at.before_y - w->top, x = at.x - at.before_x - w->left;
    const struct winograd_input t = {
        .in = at.image + (y * w->w + x) * w->c, .row = w->w * w->c, .pixel = w->c, .channels = w->c,
        .first_row = cnn_max(0, -y), .end_row = cnn_min(IN, w->h - y), .first_column = cnn_max(0, -x),
        .end_column = cnn_min(IN, w->w - x), .first_output_row = at.before_y,
        /* Not only those that are pooled: with pooling and without it tiles are judged alike. */
        .end_output_row = cnn_min(OUT, p->conv_h - at.y + at.before_y), .first_output_column = at.before_x,
        .end_output_column = cnn_min(OUT, p->conv_w - at.x + at.before_x), .out = out, .point = j->in_point};
    return t;
}

/* A worker's memory for tiles done by definition. */
struct definition {
    float *padded;  /* (6, 6, channels) of the input */
    float *columns; /* (16, 3, 3, channels): what each output is summed from */
    float *out;     /* (16, block) */
    float *last;    /* (16, a vector) */
    float *buffer;  /* of the pooling: see cnn_plan_pool */
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

/* The outputs of a tile, `pixels` of them, for `count` filters from `f`: a product of matrices. Its kernel reads whole
 * vectors of weights, which the last filters alone do not fill: those are computed with the ones before them. */
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

/* The definition, for a tile that the transforms are not for, and `count` filters from `f`. */
static void by_definition(const struct job *j, int64_t tile, int64_t f, int64_t count, float *work) {
    const struct cnn_plan *p = j->p;
    const struct place at = place_of(j, tile);
    const struct definition d = definition_at(p, work);
    const int64_t channels = p->w.c, rows = cnn_min(OUT, p->conv_h - at.y), columns = cnn_min(OUT, p->conv_w - at.x);
    float *to = d.columns;
    cnn_stage(&p->w, CNN_F32, CNN_F32, at.image, at.y, rows + 2, at.x, IN, d.padded);
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++)
            for (int64_t a = 0; a < 3; a++, to += 3 * channels)
                memcpy(to, d.padded + ((y + a) * IN + x) * channels, (size_t)(3 * channels) * sizeof *to);
    const int64_t by = p->pool ? 2 : 1, block = block_size(p);
    float *out = j->out + ((at.index * p->out_h + at.y / by) * p->out_w + at.x / by) * p->filters;
    for (const int64_t end = f + count; f < end; f += block) {
        const int64_t filters = cnn_min(block, end - f);
        multiply(p, &d, rows * columns, f, filters);
        for (int64_t y = 0; y < rows / by; y++)
            for (int64_t x = 0; x < columns / by; x++) {
                const float *from = d.out + (y * columns + x) * by * filters;
                float *pixel = out + (y * p->out_w + x) * p->filters + f;
                if (p->pool)
                    cnn_plan_pool(p, from, columns * filters, 2, 2, filters, d.buffer, pixel, filters);
                else
                    memcpy(pixel, from, (size_t)filters * sizeof *pixel);
            }
    }
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
    if (!p->table->winograd_output(&t)) by_definition(j, tile, f, t.filters, work);
}

/* Tiles in this order are neighbours wherever they need the same point: first those that do without some columns of
 * points, then those that need all, then those that do without some rows, then those that do without both. */
enum kind { NARROW, FULL, LOW, LEAST, KINDS };

struct order {
    int64_t tile[MOST_TILES], count[KINDS];
    int64_t wide[MOST_TILES], wide_count; /* those done by definition */
};

/* Sorts `count` tiles and transforms them, one behind the other. */
static void transform_inputs(const struct job *j, int64_t first, int64_t count, float *in, struct order *o) {
    const struct kernel_table *table = j->p->table;
    char kinds[MOST_TILES];
    int64_t total = 0;
    o->wide_count = 0;
    for (int64_t i = 0; i < count; i++) {
        const struct place at = place_of(j, first + i);
        kinds[i] = (char)(at.before_y ? (at.before_x ? LEAST : LOW) : (at.before_x ? NARROW : FULL));
    }
    for (int kind = 0; kind < KINDS; kind++) {
        const int64_t before = total;
        for (int64_t i = 0; i < count; i++) {
            if (kinds[i] != kind) continue;
            const struct winograd_input t = input_of(j, first + i, in + total * j->p->w.c);
            if (table->winograd_is_wide(&t)) {
                o->wide[o->wide_count++] = first + i;
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
    const int64_t end = cnn_min((share + 1) * j->blocks_a_share * block, p->wide);
    float *in = j->work + worker * j->work_size, *out = in + POINTS * j->in_point, *rest = out + POINTS * j->out_point;
    struct order order;
    transform_inputs(j, first, count, in, &order);
    const int64_t narrow = order.count[NARROW], full = order.count[FULL], low = order.count[LOW];
    for (int64_t f = share * j->blocks_a_share * block; f < end; f += block) {
        const int64_t wide = cnn_min(block, p->wide - f);
        struct conv_tile t = {.in_pixel = channels, .weights = (const float *)p->packed + f / block * packed_block(p),
                              .weights_row = wide, .out_pixel = wide, .rows = 1, .kernel_h = 1, .kernel_w = 1,
                              .channels = channels, .filters = wide, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                              .dilation_w = 1};
        for (int64_t point = 0; point < POINTS; point++) { /* a product of matrices, that is, a 1x1 convolution */
            const int not_low = without(j->height, point / IN), not_narrow = without(j->width, point % IN);
            const int64_t skipped = not_narrow ? narrow : 0;
            t.columns = full + (not_narrow ? 0 : narrow) + (not_low ? 0 : low) +
                        (not_low || not_narrow ? 0 : order.count[LEAST]);
            t.in = in + point * j->in_point + skipped * channels;
            t.out = out + point * j->out_point + skipped * wide;
            if (t.columns > 0) p->table->conv2d[CNN_F32](&t);
            t.weights = (const float *)t.weights + point_size(channels * wide);
        }
        for (int64_t i = 0; i < narrow + full + low + order.count[LEAST]; i++)
            transform_output(j, order.tile[i], f, out + i * wide, rest);
    }
    const int64_t from = share * j->blocks_a_share * block;
    for (int64_t i = 0; i < order.wide_count; i++)
        by_definition(j, order.wide[i], from, cnn_min(end, p->filters) - from, rest);
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
    j.work_size = POINTS * (j.in_point + j.out_point) + point_size(definition_size(p));
    j.work = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(j.work_size * threads) * sizeof *j.work);
    if (j.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(cnn_ceil_div(j.tiles, j.group) * j.shares, cut.threads, run, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}
