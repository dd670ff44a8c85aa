/* cnn_max_pool2d and cnn_avg_pool2d: check the arguments, choose the kernel, cut the images into tiles. */
#include "api/choose_table.h"
#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

struct pool_job {
    const cnn_window *w;
    pool_fn *kernel_fn;
    const char *in;
    char *out;
    size_t in_size, out_size;
    int64_t out_h, out_w;
    struct cut rows;
    int64_t columns, column_bands; /* of a tile: long rows are cut, so that the buffer stays small */
    char *buffer;
    size_t buffer_size;
};

static void run_pool(void *context, int64_t index, int worker) {
    const struct pool_job *j = context;
    const cnn_window *w = j->w;
    const int64_t x = index % j->column_bands * j->columns, columns = cnn_min(j->columns, j->out_w - x);
    index /= j->column_bands;
    const int64_t y = index % j->rows.bands * j->rows.rows, image = index / j->rows.bands;
    /* The input columns under the tile's windows, cut only at the edges of the image. */
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

/* Sizes a worker's buffer, which takes `value` bytes for each input value of a tile's row. */
static void fit_buffer(struct pool_job *j, size_t value) {
    const cnn_window *w = j->w;
    struct reach row = {1, 1, 1, 1, NEVER_SPARSE, 0};
    struct reach columns = {j->out_w, w->kernel_w, w->stride_w, 1, NEVER_SPARSE, 0};
    cnn_fit_tile(&row, &columns, (double)w->c * (double)value, cnn_work_limit(0, 1));
    j->columns = columns.count;
    j->column_bands = cnn_ceil_div(j->out_w, columns.count);
    j->buffer_size = ((size_t)(cnn_min(cnn_reach_size(&columns), w->w) * w->c) * value + 127) / 64 * 64;
    j->rows.threads = (int)cnn_min(j->rows.threads, w->n * j->rows.bands * j->column_bands);
}

static int pool(const cnn_window *w, int type, const void *in, void *out, int average) {
    struct pool_job j = {.w = w, .in = in, .out = out};
    const struct kernel_table *table = cnn_table();
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    /* A window of padding alone has neither a maximum nor a mean. */
    if (type < CNN_U8 || type > CNN_F64 || w->dilation_h != 1 || w->dilation_w != 1 ||
        cnn_max(w->top, w->bottom) >= w->kernel_h || cnn_max(w->left, w->right) >= w->kernel_w)
        return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    if (w->n == 0) return CNN_OK;
    table = cnn_table_for_pool(table, w, j.out_w, average && type < CNN_F32 ? CNN_F32 : type);
    j.in_size = cnn_size_of(type);
    j.out_size = average ? cnn_size_of(type == CNN_F64 ? CNN_F64 : CNN_F32) : j.in_size;
    j.kernel_fn = average ? table->avg_pool[type] : table->max_pool[type];
    j.rows = cnn_cut_rows(w->n, j.out_h, j.out_w * w->c * w->kernel_h * w->kernel_w * (int64_t)j.in_size / 4);
    fit_buffer(&j, !average ? j.in_size : type == CNN_F64 ? 2 * sizeof(double) : sizeof(double));
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
