/* Convolution by Winograd's algorithm (see winograd.inc.c): transformed tiles, 36 matrix products, tiles back. */
#include "plan.h"
#include "scratch.h"
#include "stage.h"
#include "threadpool.h"

enum { IN = 6, OUT = 4, POINTS = 36 };

struct job {
    const struct cnn_plan *p;
    const float *in;
    float *out;
    int64_t tiles_w, tiles_a_image, tiles;
    int64_t group; /* tiles of one task */
    /* A worker's: a padded tile of input, (36, group, channels), (36, group, wide), a tile of output and a row of it. */
    float *work;
    int64_t work_size;
};

int cnn_winograd_fits(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->table->winograd_input == NULL || p->in_type != CNN_F32 || p->type != CNN_F32 || p->groups != 1) return 0;
    if (w->kernel_h != 3 || w->kernel_w != 3 || w->stride_h != 1 || w->stride_w != 1 || w->dilation_h != 1 ||
        w->dilation_w != 1)
        return 0;
    if (w->c < 16 || p->filters < 16 || p->conv_h < OUT || p->conv_w < OUT || w->n * p->conv_h * p->conv_w < 64) return 0;
    const float *weights = (const float *)p->kernel;
    float poison = 0; /* x * 0 is NaN for what is not finite */
    for (int64_t i = 0; i < 9 * w->c * p->filters; i++) poison += weights[i] * 0;
    return poison == 0;
}

void cnn_winograd_pack(struct cnn_plan *p) {
    const int64_t channels = p->w.c;
    const struct winograd_weights t = {.kernel = (const float *)p->kernel, .tap = channels * p->filters,
                                       .channel = p->filters, .channels = channels, .filters = p->filters,
                                       .out = (float *)p->packed, .out_point = channels * p->wide,
                                       .out_channel = p->wide};
    p->table->winograd_weights(&t);
}

struct place {
    const float *image;
    int64_t index, y, x; /* the image's, and the tile's first output pixel */
};

static struct place place_of(const struct job *j, int64_t tile) {
    const cnn_window *w = &j->p->w;
    const int64_t index = tile / j->tiles_a_image, at = tile % j->tiles_a_image;
    const struct place place = {j->in + index * w->h * w->w * w->c, index, at / j->tiles_w * OUT, at % j->tiles_w * OUT};
    return place;
}

static void transform_input(const struct job *j, int64_t tile, float *padded, float *out, int64_t point) {
    const cnn_window *w = &j->p->w;
    const struct place at = place_of(j, tile);
    const int64_t y = at.y - w->top, x = at.x - w->left;
    if (y >= 0 && x >= 0 && y + IN <= w->h && x + IN <= w->w) {
        j->p->table->winograd_input(at.image + (y * w->w + x) * w->c, w->w * w->c, w->c, w->c, out, point);
    } else {
        cnn_stage(w, CNN_F32, CNN_F32, at.image, at.y, IN, at.x, IN, padded);
        j->p->table->winograd_input(padded, IN * w->c, w->c, w->c, out, point);
    }
}

/* The definition, for a tile in which something is infinite or NaN: the transform would spread it. */
static void by_definition(const struct job *j, struct place at, float *padded, const struct winograd_output *o) {
    const struct cnn_plan *p = j->p;
    cnn_stage(&p->w, CNN_F32, CNN_F32, at.image, at.y, IN, at.x, IN, padded);
    const struct conv_tile t = {.in = padded, .in_row = IN * p->w.c, .in_pixel = p->w.c, .weights = p->kernel,
                                .weights_row = p->filters, .bias = p->bias, .out = o->out, .out_row = o->out_row,
                                .out_pixel = o->out_pixel, .rows = o->rows, .columns = o->columns, .kernel_h = 3,
                                .kernel_w = 3, .channels = p->w.c, .filters = p->filters, .stride_h = 1, .stride_w = 1,
                                .dilation_h = 1, .dilation_w = 1, .relu = p->relu};
    cnn_table_ref.conv2d[CNN_F32](&t);
}

static void transform_output(const struct job *j, int64_t tile, const float *in, int64_t point, float *padded, float *pooled) {
    const struct cnn_plan *p = j->p;
    const struct place at = place_of(j, tile);
    const int64_t by = p->pool ? 2 : 1, row = p->out_w * p->filters;
    float *out = j->out + ((at.index * p->out_h + at.y / by) * p->out_w + at.x / by) * p->filters;
    struct winograd_output t = {.in = in, .point = point, .bias = (const float *)p->bias, .filters = p->filters,
                                .out = p->pool ? pooled : out, .out_row = p->pool ? OUT * p->filters : row,
                                .out_pixel = p->filters, .rows = cnn_min(OUT, p->conv_h - at.y),
                                .columns = cnn_min(OUT, p->conv_w - at.x), .relu = p->relu};
    if (!p->table->winograd_output(&t)) by_definition(j, at, padded, &t);
    const int64_t rows = t.rows / 2 * 2, columns = t.columns / 2 * 2; /* an odd last one belongs to no window */
    if (p->pool && rows > 0 && columns > 0)
        cnn_plan_pool(p, pooled, t.out_row, rows, columns, pooled + OUT * OUT * p->filters, out, row);
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct cnn_plan *p = j->p;
    const int64_t channels = p->w.c, block = p->table->block[CNN_F32];
    const int64_t first = index * j->group, count = cnn_min(j->group, j->tiles - first);
    float *padded = j->work + worker * j->work_size, *in = padded + IN * IN * channels;
    float *out = in + POINTS * j->group * channels, *pooled = out + POINTS * j->group * p->wide;
    for (int64_t i = 0; i < count; i++)
        transform_input(j, first + i, padded, in + i * channels, j->group * channels);
    for (int64_t point = 0; point < POINTS; point++) /* each a product of matrices, that is, a 1x1 convolution */
        for (int64_t f = 0; f < p->wide; f += block) {
            const struct conv_tile t = {
                .in = in + point * j->group * channels, .in_pixel = channels,
                .weights = (const float *)p->packed + point * channels * p->wide + f, .weights_row = p->wide,
                .out = out + point * j->group * p->wide + f, .out_pixel = p->wide, .rows = 1, .columns = count,
                .kernel_h = 1, .kernel_w = 1, .channels = channels, .filters = cnn_min(block, p->wide - f),
                .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
            p->table->conv2d[CNN_F32](&t);
        }
    for (int64_t i = 0; i < count; i++)
        transform_output(j, first + i, out + i * p->wide, j->group * p->wide, padded, pooled);
}

int cnn_winograd_run(const struct cnn_plan *p, int64_t n, const float *in, float *out) {
    struct job j = {.p = p, .in = in, .out = out, .tiles_w = cnn_ceil_div(p->conv_w, OUT)};
    const int64_t channels = p->w.c;
    j.tiles_a_image = cnn_ceil_div(p->conv_h, OUT) * j.tiles_w;
    j.tiles = n * j.tiles_a_image;
    /* As many tiles as two passes of the product hold in registers, fewer where that leaves too few tasks: transformed tiles
     * of 64 channels and 64 filters then stay in a 1 MB cache beside the weights. */
    const struct cut cut = cnn_cut(1, j.tiles, POINTS * channels * p->filters);
    j.group = cnn_min(p->table->pixels * 2, j.tiles);
    if (cut.threads > 1 && cnn_ceil_div(j.tiles, j.group) < 4 * cut.threads)
        j.group = cnn_min(p->table->pixels, cnn_ceil_div(j.tiles, cut.threads));
    j.work_size = IN * IN * channels + POINTS * j.group * (channels + p->wide) + (p->pool ? OUT * (OUT + 1) * p->filters : 0);
    j.work_size = cnn_ceil_div(j.work_size, 16) * 16;
    j.work = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(j.work_size * cut.threads) * sizeof *j.work);
    if (j.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(cnn_ceil_div(j.tiles, j.group), cut.threads, run, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, j.work);
    return CNN_OK;
}
