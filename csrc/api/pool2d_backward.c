/* cnn_max_pool2d_backward and cnn_avg_pool2d_backward: check the arguments, cut the images into bands of input rows.
 * A band takes every window that reaches it and writes its own rows alone: rows of windows that overlap two bands are
 * looked at twice, and each input value adds its windows' gradients in the same order however the rows are cut. */
#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/threadpool.h"

struct back_job {
    const cnn_window *w;
    pool_backward_fn *kernel_fn;
    const char *in, *gradient;
    char *out;
    size_t size;
    int64_t out_h, out_w;
    struct cut rows;
};

static void run_back(void *context, int64_t index, int worker) {
    const struct back_job *j = context;
    const cnn_window *w = j->w;
    const int64_t image = index / j->rows.bands, own = index % j->rows.bands * j->rows.rows;
    const int64_t own_end = cnn_min(own + j->rows.rows, w->h), values = w->h * w->w * w->c;
    /* The first row of windows that ends behind `own`, and the first that begins at own_end or behind it. */
    const int64_t before = own + w->top - w->kernel_h + 1, behind = own_end + w->top;
    (void)worker;
    const struct pool_backward_tile t = {.in = j->in == NULL ? NULL : j->in + (size_t)(image * values) * j->size,
                                         .gradient =
                                             j->gradient + (size_t)(image * j->out_h * j->out_w * w->c) * j->size,
                                         .d_in = j->out + (size_t)(image * values) * j->size,
                                         .row = w->w * w->c,
                                         .first = before <= 0 ? 0 : cnn_ceil_div(before, w->stride_h),
                                         .end = cnn_min(j->out_h, cnn_ceil_div(behind, w->stride_h)),
                                         .own_first = own,
                                         .own_end = own_end,
                                         .columns = j->out_w,
                                         .channels = w->c,
                                         .in_rows = w->h,
                                         .in_columns = w->w,
                                         .top = w->top,
                                         .left = w->left,
                                         .kernel_h = w->kernel_h,
                                         .kernel_w = w->kernel_w,
                                         .stride_h = w->stride_h,
                                         .stride_w = w->stride_w};
    j->kernel_fn(&t);
}

static int pool_backward(const cnn_window *w, int type, const void *in, const void *gradient, void *out, int average) {
    struct back_job j = {.w = w, .in = in, .gradient = gradient, .out = out};
    const struct kernel_table *table = cnn_table();
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    if ((type != CNN_F32 && type != CNN_F64) || w->dilation_h != 1 || w->dilation_w != 1 ||
        cnn_max(w->top, w->bottom) >= w->kernel_h || cnn_max(w->left, w->right) >= w->kernel_w)
        return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    if (w->n == 0) return CNN_OK;
    /* Few channels: fewer than half a vector, but four always suffice (six in a vector of 16: 0.38 ms, 3.3 by the plain
     * loops). Or more cells in a window than a float counts. */
    const double cells = (double)cnn_min(w->kernel_h, w->h) * (double)cnn_min(w->kernel_w, w->w);
    if (2 * w->c < cnn_min(table->vector[type], 8) || cells > 0x1p24) table = &cnn_table_ref;
    j.size = cnn_size_of(type);
    j.kernel_fn = average ? table->avg_pool_backward[type] : table->max_pool_backward[type];
    /* Work of an input row: its share of the windows' cells, each read and written. */
    const int64_t overlap = cnn_ceil_div(w->kernel_h, w->stride_h) * cnn_ceil_div(w->kernel_w, w->stride_w);
    j.rows = cnn_cut_rows(w->n, w->h, w->w * w->c * overlap * 8);
    /* Bands not below a window: what lies in two of them is computed twice. */
    const int64_t least = w->kernel_h <= w->stride_h ? w->stride_h : 4 * w->kernel_h;
    j.rows.rows = cnn_min(w->h, cnn_ceil_div(cnn_max(j.rows.rows, least), w->stride_h) * w->stride_h);
    j.rows.bands = cnn_ceil_div(w->h, j.rows.rows);
    cnn_parallel_for(w->n * j.rows.bands, j.rows.threads, run_back, &j);
    return CNN_OK;
}

int cnn_max_pool2d_backward(const cnn_window *w, int type, const void *in, const void *gradient, void *d_in) {
    return pool_backward(w, type, in, gradient, d_in, 0);
}

int cnn_avg_pool2d_backward(const cnn_window *w, int type, const void *gradient, void *d_in) {
    return pool_backward(w, type, NULL, gradient, d_in, 1);
}
