#include "winograd.h"


#include "scratch.h"
#include "stage.h"
#include "threadpool.h"

enum { IN = 6, OUT = 4, POINTS = 36 };

struct job {
    const struct kernel_table *table;
    const cnn_window *w;
    const float *in, *kernel, *bias;
    float *out;
    int relu;
    int64_t filters, wide; /* `wide` filters: rounded up to whole vectors */
    int64_t out_h, out_w, tiles_h, tiles_w, tiles;
    int64_t group; /* tiles of one task */
    float *weights; /* (36, channels, wide) */
    float *work;    /* a worker's: a padded tile, then (36, group, channels) and (36, group, wide) */
    int64_t work_size;
};

int cnn_winograd_fits(const struct kernel_table *table, const cnn_window *w, int64_t filters, int64_t groups,
                      int in_type, int type, const void *kernel) {
    if (table->winograd_input == NULL || in_type != CNN_F32 || type != CNN_F32 || groups != 1) return 0;
    if (w->kernel_h != 3 || w->kernel_w != 3 || w->stride_h != 1 || w->stride_w != 1 || w->dilation_h != 1 ||
        w->dilation_w != 1)
        return 0;
    const int64_t rows = w->top + w->h + w->bottom - 2, columns = w->left + w->w + w->right - 2;
    if (w->c < 16 || filters < 16 || rows < 4 || columns < 4 || w->n * rows * columns < 64) return 0;
    const float *weights = kernel;
    float poison = 0;
    for (int64_t i = 0; i < 9 * w->c * filters; i++) poison += weights[i] * 0;
    return poison == 0;
}

/* The definition, for a tile in which something is infinite or NaN. `tile` is (6, 6, channels). */
static void plain(const struct job *j, const float *tile, float *out, int64_t rows, int64_t columns) {
    struct conv_tile t = {.in = tile, .in_row = IN * j->w->c, .in_pixel = j->w->c, .weights = j->kernel,
                          .weights_row = j->filters, .bias = j->bias, .out = out, .out_row = j->out_w * j->filters,
                          .out_pixel = j->filters, .rows = rows, .columns = columns, .kernel_h = 3, .kernel_w = 3,
                          .channels = j->w->c, .filters = j->filters, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                          .dilation_w = 1, .relu = j->relu};
    cnn_table_ref.conv2d[CNN_F32](&t);
}

struct place {
    int64_t image, y, x; /* the tile's first output pixel */
};

static struct place place_of(const struct job *j, int64_t tile) {
    const int64_t a_image = j->tiles_h * j->tiles_w, at = tile % a_image;
    struct place p = {tile / a_image, at / j->tiles_w * OUT, at % j->tiles_w * OUT};
    return p;
}

static const float *image_of(const struct job *j, struct place p) {
    return j->in + p.image * j->w->h * j->w->w * j->w->c;
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const cnn_window *w = j->w;
    const int64_t first = index * j->group, count = cnn_min(j->group, j->tiles - first);
    float *tile = j->work + worker * j->work_size, *in = tile + IN * IN * w->c, *out = in + POINTS * j->group * w->c;
    for (int64_t i = 0; i < count; i++) {
        const struct place p = place_of(j, first + i);
        const int64_t y = p.y - w->top, x = p.x - w->left;
        const float *source = image_of(j, p) + (y * w->w + x) * w->c;
        int64_t row = w->w * w->c;
        if (y < 0 || x < 0 || y + IN > w->h || x + IN > w->w) {
            cnn_stage(w, CNN_F32, CNN_F32, image_of(j, p), p.y, IN, p.x, IN, tile);
            source = tile;
            row = IN * w->c;
        }
        j->table->winograd_input(source, row, w->c, w->c, in + i * w->c, j->group * w->c);
    }
    const int64_t block = j->table->block[CNN_F32];
    for (int64_t point = 0; point < POINTS; point++) /* each a product of matrices, that is, a 1x1 convolution */
        for (int64_t f = 0; f < j->wide; f += block) {
            struct conv_tile t = {.in = in + point * j->group * w->c, .in_row = 0, .in_pixel = w->c,
                                  .weights = j->weights + point * w->c * j->wide + f, .weights_row = j->wide,
                                  .out = out + point * j->group * j->wide + f, .out_row = 0, .out_pixel = j->wide,
                                  .rows = 1, .columns = count, .kernel_h = 1, .kernel_w = 1, .channels = w->c,
                                  .filters = cnn_min(block, j->wide - f), .stride_h = 1, .stride_w = 1,
                                  .dilation_h = 1, .dilation_w = 1};
            j->table->conv2d[CNN_F32](&t);
        }
    for (int64_t i = 0; i < count; i++) {
        const struct place p = place_of(j, first + i);
        struct winograd_output t = {.in = out + i * j->wide, .point = j->group * j->wide, .bias = j->bias,
                                    .filters = j->filters,
                                    .out = j->out + ((p.image * j->out_h + p.y) * j->out_w + p.x) * j->filters,
                                    .out_row = j->out_w * j->filters, .out_pixel = j->filters,
                                    .rows = cnn_min(OUT, j->out_h - p.y), .columns = cnn_min(OUT, j->out_w - p.x),
                                    .relu = j->relu};
        if (!j->table->winograd_output(&t)) {
            cnn_stage(w, CNN_F32, CNN_F32, image_of(j, p), p.y, IN, p.x, IN, tile);
            plain(j, tile, t.out, t.rows, t.columns);
        }
    }
}

int cnn_winograd(const struct kernel_table *table, const cnn_window *w, int64_t filters, const float *in,
                 const float *kernel, const float *bias, int relu, float *out) {
    const int64_t vector = table->vector[CNN_F32], channels = w->c;
    struct job j = {.table = table, .w = w, .in = in, .kernel = kernel, .bias = bias, .out = out, .relu = relu,
                    .filters = filters, .wide = cnn_ceil_div(filters, vector) * vector};
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    j.tiles_h = cnn_ceil_div(j.out_h, OUT);
    j.tiles_w = cnn_ceil_div(j.out_w, OUT);
    j.tiles = w->n * j.tiles_h * j.tiles_w;
    /* As many tiles as one pass of the product holds in registers, twice where that leaves enough tasks: the transformed
     * tiles of 64 channels and 64 filters then stay in a 1 MB cache beside the weights. */
    struct cut cut = cnn_cut(1, j.tiles, POINTS * channels * filters);
    j.group = cnn_min(table->pixels * 2, cnn_max(1, j.tiles));
    if (cut.threads > 1 && cnn_ceil_div(j.tiles, j.group) < 4 * cut.threads)
        j.group = cnn_min(table->pixels, cnn_ceil_div(j.tiles, cut.threads));
    j.work_size = (IN * IN * channels + POINTS * j.group * (channels + j.wide) + 15) / 16 * 16;
    const int64_t weights = POINTS * channels * j.wide;
    float *scratch = cnn_scratch_take((size_t)(weights + j.work_size * cut.threads) * sizeof *scratch);
    if (scratch == NULL) return CNN_NO_MEMORY;
    j.weights = scratch;
    j.work = scratch + weights;
    struct winograd_weights t = {.kernel = kernel, .tap = channels * filters, .channel = filters, .channels = channels,
                                 .filters = filters, .out = j.weights, .out_point = channels * j.wide,
                                 .out_channel = j.wide};
    table->winograd_weights(&t);
    cnn_parallel_for(cnn_ceil_div(j.tiles, j.group), cut.threads, run, &j);
    cnn_scratch_give(scratch);
    return CNN_OK;
}
