/* cnn_filter2d, pooling, clamping and ReLU: check the arguments, choose the kernel and the tiles, hand them out. */
#include <math.h>
#include <string.h>

#include "cnncore.h"
#include "dispatch.h"
#include "float_kernel.h"
#include "plain.h"
#include "scratch.h"
#include "stage.h"
#include "threadpool.h"

struct filter_job {
    const cnn_window *w;
    flat_fn *kernel_fn;
    int (*faster)(const struct flat_tile *); /* NULL, or what is faster where tiles are not too small for it */
    const uint8_t *image;
    const void *kernel, *faster_kernel;
    float scale;
    uint8_t *out;
    int64_t out_h, out_w;
    struct cut rows;
    int64_t columns, column_bands;
    uint8_t *stage;
    size_t stage_size;
};

static void run_filter(void *context, int64_t index, int worker) {
    const struct filter_job *j = context;
    const cnn_window *w = j->w;
    const int64_t x = index % j->column_bands * j->columns, columns = cnn_min(j->columns, j->out_w - x);
    const int64_t y = index / j->column_bands * j->rows.rows, rows = cnn_min(j->rows.rows, j->out_h - y);
    const uint8_t *in = j->image + (y * w->w + x) * w->c;
    int64_t in_row = w->w * w->c;
    if (j->stage_size != 0) {
        uint8_t *stage = j->stage + (size_t)worker * j->stage_size;
        const int64_t wide = columns + w->kernel_w - 1;
        cnn_stage(w, CNN_U8, CNN_U8, j->image, y, rows + w->kernel_h - 1, x, wide, stage);
        in = stage;
        in_row = wide * w->c;
    }
    struct flat_tile t = {.in = in, .in_row = in_row, .step = w->c, .weights = j->kernel, .kernel_h = w->kernel_h,
                          .kernel_w = w->kernel_w, .stride_h = 1, .dilation_h = 1,
                          .out = j->out + (y * j->out_w + x) * w->c, .out_row = j->out_w * w->c, .rows = rows,
                          .length = columns * w->c, .scale = j->scale};
    if (j->faster != NULL) {
        t.weights = j->faster_kernel;
        if (j->faster(&t)) return;
        t.weights = j->kernel;
    }
    j->kernel_fn(&t);
}

/* The narrowest sums that hold every sum of these weights. */
static flat_fn *choose_filter(const struct kernel_table *table, int kernel_type, const void *kernel, int64_t taps) {
    if (kernel_type == CNN_F32) return table->filter2d_float;
    const int32_t *w = kernel;
    int64_t total = 0;
    int narrow = 1;
    for (int64_t i = 0; i < taps; i++) {
        int64_t size = w[i] < 0 ? -(int64_t)w[i] : w[i];
        if (size > INT16_MAX) narrow = 0;
        total += size;
        if (total > INT32_MAX) return table->filter2d_int32;
    }
    if (total * 255 <= INT16_MAX) return table->filter2d_small;
    return narrow ? table->filter2d_int16 : table->filter2d_int32;
}

static int use_quads(const struct kernel_table *table, const cnn_window *w, const int32_t *weights) {
    return table->quads_pay != NULL && w->c == 1 && table->quads_pay(weights, w->kernel_h, w->kernel_w);
}

/* A float kernel of whole numbers times a unit goes by bytes: not separable, 3x3 takes 0.23 to 0.55 of the time on any
 * instruction set, 7x7 0.2 to 0.35. Separable as well it is faster up to 3x3 (0.55 to 0.87), 5x5 (1.15 on SSE2) is not,
 * and by quads up to 7x7 (0.85). A look at the weights of 7x7 takes 55 ns, as long as half of 8 values. */
enum { WHOLE_TAPS = 121, WHOLE_AND_SEPARABLE_TAPS = 9, WHOLE_AND_SEPARABLE_QUADS = 49, WORTH_A_LOOK = 64 };

struct other_weights {
    int32_t whole[WHOLE_TAPS];
    float factors[2 * CNN_SEPARABLE_SIDE];
};

/* Chooses the functions for the job, and other weights to the same effect where those are faster. */
static void choose_way(struct filter_job *j, const struct kernel_table *table, int kernel_type,
                       struct other_weights *other) {
    const cnn_window *w = j->w;
    const int64_t taps = w->kernel_h * w->kernel_w;
    if (kernel_type == CNN_F32 && table->filter2d_separable != NULL && j->out_h * j->out_w * w->c >= WORTH_A_LOOK) {
        float unit;
        if (cnn_separate(j->kernel, w->kernel_h, w->kernel_w, other->factors)) {
            j->faster = table->filter2d_separable;
            j->faster_kernel = other->factors;
        }
        if (taps <= WHOLE_TAPS && cnn_whole(j->kernel, taps, other->whole, &unit) &&
            (j->faster == NULL || taps <= WHOLE_AND_SEPARABLE_TAPS ||
             (taps <= WHOLE_AND_SEPARABLE_QUADS && use_quads(table, w, other->whole)))) {
            j->faster = NULL;
            j->kernel = other->whole;
            j->scale *= unit;
            kernel_type = CNN_I32;
        }
    }
    if (kernel_type == CNN_I32 && use_quads(table, w, j->kernel)) {
        j->faster = table->filter2d_quads;
        j->faster_kernel = j->kernel;
    }
    j->kernel_fn = choose_filter(table, kernel_type, j->kernel, taps);
}

/* What is staged of a tile, which is made smaller where a kernel is large beside the image. */
static void fit_filter(struct filter_job *j, int kernel_type) {
    const cnn_window *w = j->w;
    const double values = (double)((w->h * w->w + j->out_h * j->out_w) * w->c) +
                          (double)(w->kernel_h * w->kernel_w) * (double)cnn_size_of(kernel_type);
    struct reach rows = {j->rows.rows, w->kernel_h, 1, 1, NEVER_SPARSE, 0};
    struct reach columns = {j->out_w, w->kernel_w, 1, 1, NEVER_SPARSE, 0};
    cnn_fit_tile(&rows, &columns, (double)w->c, cnn_work_limit(values, j->rows.threads));
    j->rows.rows = rows.count;
    j->rows.bands = cnn_ceil_div(j->out_h, rows.count);
    j->columns = columns.count;
    j->column_bands = cnn_ceil_div(j->out_w, columns.count);
    j->stage_size = (size_t)(cnn_staged_size(&rows) * cnn_staged_size(&columns) * w->c);
}

int cnn_filter2d(const cnn_window *w, int kernel_type, const uint8_t *image, const void *kernel, float scale,
                 uint8_t *out) {
    struct filter_job j = {.w = w, .image = image, .kernel = kernel, .scale = scale, .out = out};
    const struct kernel_table *table = cnn_table();
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    if (w->n != 1 || w->stride_h != 1 || w->stride_w != 1 || w->dilation_h != 1 || w->dilation_w != 1 ||
        (kernel_type != CNN_I32 && kernel_type != CNN_F32))
        return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    struct other_weights other;
    choose_way(&j, cnn_table_for_filter(table, j.out_w * w->c), kernel_type, &other);
    /* A byte is a quarter of a float's work. */
    j.rows = cnn_cut(1, j.out_h, cnn_ceil_div(j.out_w * w->c * w->kernel_h * w->kernel_w, 4));
    j.columns = j.out_w;
    j.column_bands = 1;
    if (cnn_is_padded(w)) {
        fit_filter(&j, kernel_type);
        j.stage = cnn_scratch_take(CNN_SCRATCH_WORK, j.stage_size * (size_t)j.rows.threads);
        if (j.stage == NULL) return CNN_NO_MEMORY;
    } else if (j.rows.threads == 1) {
        j.rows.rows = j.out_h; /* nothing to share out or to keep in the cache */
        j.rows.bands = 1;
    }
    cnn_parallel_for(j.rows.bands * j.column_bands, j.rows.threads, run_filter, &j);
    if (j.stage != NULL) cnn_scratch_give(CNN_SCRATCH_WORK, j.stage);
    return CNN_OK;
}

enum { PLAIN_TAPS = 128 };

/* A small kernel of any integer type as int32, on the caller's stack; 0 where a sum over `largest` could leave
 * int32. */
static int plain_weights(int type, const void *kernel, int64_t taps, int64_t largest, int32_t *weights) {
    int64_t total = 0;
    for (int64_t i = 0; i < taps; i++) {
        int64_t w;
        switch (type) {
            case CNN_I64: w = ((const int64_t *)kernel)[i]; break;
            case CNN_I32: w = ((const int32_t *)kernel)[i]; break;
            case CNN_I16: w = ((const int16_t *)kernel)[i]; break;
            case CNN_I8: w = ((const int8_t *)kernel)[i]; break;
            case CNN_U8: w = ((const uint8_t *)kernel)[i]; break;
            default: return 0;
        }
        if (w > INT32_MAX || w < -INT32_MAX) return 0;
        total += w < 0 ? -w : w;
        weights[i] = (int32_t)w;
    }
    return total <= INT32_MAX / largest;
}

static cnn_window plain_window(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w) {
    cnn_window window = {.n = 1, .h = h, .w = w, .c = 1, .kernel_h = kernel_h, .kernel_w = kernel_w, .stride_h = 1,
                         .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    return window;
}

static int is_aligned(const void *data, int type) {
    const size_t size = type == CNN_I64 ? sizeof(int64_t) : cnn_size_of(type);
    return (uintptr_t)data % size == 0;
}

/* Whether float32 holds `value` as what it is: not as infinity, where it is none. */
static int fits_float(double value) {
    return !isinf((float)value) || isinf(value);
}

int cnn_filter2d_plain(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w, int kernel_type, const void *image,
                       const void *kernel, double scale, void *out) {
    const cnn_window window = plain_window(h, w, kernel_h, kernel_w);
    const int64_t taps = kernel_h * kernel_w;
    int32_t whole[PLAIN_TAPS];
    float real[PLAIN_TAPS];
    if (kernel_h < 1 || kernel_w < 1 || kernel_h > PLAIN_TAPS || taps > PLAIN_TAPS) return CNN_BAD_ARGUMENT;
    if (!is_aligned(kernel, kernel_type) || !fits_float(scale)) return CNN_BAD_ARGUMENT;
    if (kernel_type == CNN_F32) return cnn_filter2d(&window, CNN_F32, image, kernel, (float)scale, out);
    if (kernel_type == CNN_F64) {
        for (int64_t i = 0; i < taps; i++) {
            const double weight = ((const double *)kernel)[i];
            if (!fits_float(weight)) return CNN_BAD_ARGUMENT;
            real[i] = (float)weight;
        }
        return cnn_filter2d(&window, CNN_F32, image, real, (float)scale, out);
    }
    if (!plain_weights(kernel_type, kernel, taps, 255, whole)) return CNN_BAD_ARGUMENT;
    return cnn_filter2d(&window, CNN_I32, image, whole, (float)scale, out);
}

int cnn_correlate2d_plain(int64_t h, int64_t w, int64_t kernel_h, int64_t kernel_w, int in_type, int kernel_type,
                          const void *image, const void *kernel, void *out) {
    const cnn_window window = plain_window(h, w, kernel_h, kernel_w);
    int32_t whole[PLAIN_TAPS];
    if (kernel_h < 1 || kernel_w < 1 || kernel_h > PLAIN_TAPS || kernel_h * kernel_w > PLAIN_TAPS)
        return CNN_BAD_ARGUMENT;
    if (!is_aligned(image, in_type) || !is_aligned(kernel, kernel_type)) return CNN_BAD_ARGUMENT;
    if (in_type == CNN_F32 || in_type == CNN_F64)
        return kernel_type != in_type ? CNN_BAD_ARGUMENT
                                      : cnn_conv2d(&window, 1, 1, in_type, in_type, image, kernel, NULL, 0, out);
    if (in_type != CNN_U8 || !plain_weights(kernel_type, kernel, kernel_h * kernel_w, 255, whole))
        return CNN_BAD_ARGUMENT;
    return cnn_conv2d(&window, 1, 1, CNN_U8, CNN_I32, image, whole, NULL, 0, out);
}

struct pool_job {
    const cnn_window *w;
    pool_fn *kernel_fn;
    const char *in;
    char *out;
    size_t in_size, out_size;
    int64_t out_h, out_w;
    struct cut rows;
    int64_t columns, column_bands; /* of a tile: rows so long that the buffer would be large are cut */
    char *buffer;
    size_t buffer_size;
};

static void run_pool(void *context, int64_t index, int worker) {
    const struct pool_job *j = context;
    const cnn_window *w = j->w;
    const int64_t x = index % j->column_bands * j->columns, columns = cnn_min(j->columns, j->out_w - x);
    index /= j->column_bands;
    const int64_t y = index % j->rows.bands * j->rows.rows, image = index / j->rows.bands;
    /* The input's columns that the tile's windows reach: they are cut at the image's edges alone. */
    const int64_t left = x * w->stride_w - w->left, first = cnn_max(0, left);
    const int64_t end = cnn_min(w->w, left + (columns - 1) * w->stride_w + w->kernel_w);
    const struct pool_tile t = {.in = j->in + (size_t)((image * w->h * w->w + first) * w->c) * j->in_size,
                                .in_row = w->w * w->c,
                                .out = j->out + (size_t)(((image * j->out_h + y) * j->out_w + x) * w->c) * j->out_size,
                                .out_row = j->out_w * w->c,
                                .rows = cnn_min(j->rows.rows, j->out_h - y),
                                .columns = columns,
                                .channels = w->c,
                                .first_row = y * w->stride_h - w->top,
                                .first_column = left - first,
                                .in_rows = w->h,
                                .in_columns = end - first,
                                .kernel_h = w->kernel_h,
                                .kernel_w = w->kernel_w,
                                .stride_h = w->stride_h,
                                .stride_w = w->stride_w,
                                .buffer = j->buffer + (size_t)worker * j->buffer_size};
    j->kernel_fn(&t);
}

static void fit_pool(struct pool_job *j, size_t value) {
    const cnn_window *w = j->w;
    struct reach row = {1, 1, 1, 1, NEVER_SPARSE, 0};
    struct reach columns = {j->out_w, w->kernel_w, w->stride_w, 1, NEVER_SPARSE, 0};
    cnn_fit_tile(&row, &columns, (double)w->c * (double)value, cnn_work_limit(0, 1));
    j->columns = columns.count;
    j->column_bands = cnn_ceil_div(j->out_w, columns.count);
    j->buffer_size = ((size_t)(cnn_min(cnn_staged_size(&columns), w->w) * w->c) * value + 127) / 64 * 64;
    j->rows.threads = (int)cnn_min(j->rows.threads, w->n * j->rows.bands * j->column_bands);
}

static int pool(const cnn_window *w, int type, const void *in, void *out, int average) {
    struct pool_job j = {.w = w, .in = in, .out = out};
    const struct kernel_table *table = cnn_table();
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    /* No window may hold padding alone: its maximum and its mean would be of nothing. */
    if (type < CNN_U8 || type > CNN_F64 || w->dilation_h != 1 || w->dilation_w != 1 ||
        cnn_max(w->top, w->bottom) >= w->kernel_h || cnn_max(w->left, w->right) >= w->kernel_w)
        return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    if (w->n == 0) return CNN_OK;
    table = cnn_table_for_pool(table, w, j.out_w, average && type < CNN_F32 ? CNN_F32 : type);
    j.in_size = cnn_size_of(type);
    j.out_size = average ? cnn_size_of(type == CNN_F64 ? CNN_F64 : CNN_F32) : j.in_size;
    j.kernel_fn = average ? table->avg_pool[type] : table->max_pool[type];
    j.rows = cnn_cut(w->n, j.out_h, j.out_w * w->c * w->kernel_h * w->kernel_w * (int64_t)j.in_size / 4);
    fit_pool(&j, !average ? j.in_size : type == CNN_F64 ? 2 * sizeof(double) : sizeof(double));
    j.buffer = cnn_scratch_take(CNN_SCRATCH_WORK, j.buffer_size * (size_t)j.rows.threads);
    if (j.buffer == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(w->n * j.rows.bands * j.column_bands, j.rows.threads, run_pool, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, j.buffer);
    return CNN_OK;
}

int cnn_max_pool2d(const cnn_window *w, int type, const void *in, void *out) {
    return pool(w, type, in, out, 0);
}

int cnn_avg_pool2d(const cnn_window *w, int type, const void *in, void *out) {
    return pool(w, type, in, out, 1);
}

struct point_job {
    clamp_fn *clamp;
    relu_fn *relu;
    const char *in;
    char *out;
    size_t in_size, out_size;
    int64_t count, piece;
    double low, high;
};

static void run_point(void *context, int64_t index, int worker) {
    const struct point_job *j = context;
    const int64_t first = index * j->piece, count = cnn_min(j->piece, j->count - first);
    const char *in = j->in + (size_t)first * j->in_size;
    char *out = j->out + (size_t)first * j->out_size;
    (void)worker;
    if (j->clamp != NULL)
        j->clamp(count, in, j->low, j->high, out);
    else
        j->relu(count, in, out);
}

static int point(struct point_job *j, int in_type, int out_type) {
    if (j->count < 0 || j->count > (int64_t)1 << 60) return CNN_BAD_ARGUMENT;
    if (j->count == 0) return CNN_OK;
    j->in_size = cnn_size_of(in_type);
    j->out_size = cnn_size_of(out_type);
    const int64_t line = 4096; /* values in a row of cnn_cut's, about half an L1 cache of float32 */
    struct cut c = cnn_cut(1, cnn_ceil_div(j->count, line), line);
    j->piece = c.rows * line;
    cnn_parallel_for(c.bands, c.threads, run_point, j);
    return CNN_OK;
}

int cnn_clamp(int in_type, int out_type, int64_t count, const void *in, double low, double high, void *out) {
    const struct kernel_table *table = cnn_table();
    if (in_type < CNN_U8 || in_type > CNN_F64 || !(low <= high)) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    table = cnn_table_for_points(table, count);
    struct point_job j = {.in = in, .out = out, .count = count, .low = low, .high = high};
    if (out_type == CNN_U8 && low >= 0 && high <= 255) j.clamp = table->clamp_u8[in_type];
    if (out_type == in_type && out_type != CNN_U8) j.clamp = table->clamp_same[in_type];
    return j.clamp == NULL ? CNN_BAD_ARGUMENT : point(&j, in_type, out_type);
}

int cnn_relu(int type, int64_t count, const void *in, void *out) {
    const struct kernel_table *table = cnn_table();
    if (type < CNN_U8 || type > CNN_F64) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    table = cnn_table_for_points(table, count);
    struct point_job j = {.relu = table->relu[type], .in = in, .out = out, .count = count};
    return point(&j, type, type);
}
