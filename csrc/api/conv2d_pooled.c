/* cnn_pooled_conv2d and cnn_pooled_conv2d_backward: check the arguments; and the general backward pass, plain loops in
 * double for any window, stride, dilation and group. */
#include "api/conv2d_pooled.h"

#include <string.h>

#include "api/plan.h"
#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

/* `pool` is a window over the convolution's outputs, its position a byte that is not CNN_SHUT. */
static int check_pool(const cnn_window *pool, int64_t h, int64_t w, int64_t filters, int64_t *out_h, int64_t *out_w) {
    const int status = cnn_output_size(pool, out_h, out_w);
    if (status != CNN_OK) return status;
    if (pool->h != h || pool->w != w || pool->c != filters || pool->dilation_h != 1 || pool->dilation_w != 1 ||
        cnn_max(pool->top, pool->bottom) >= pool->kernel_h || cnn_max(pool->left, pool->right) >= pool->kernel_w ||
        pool->kernel_h > CNN_SHUT || pool->kernel_w > CNN_SHUT || pool->kernel_h * pool->kernel_w > CNN_SHUT)
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}

static int is_halving(const cnn_window *pool) {
    return pool->kernel_h == 2 && pool->kernel_w == 2 && pool->stride_h == 2 && pool->stride_w == 2 &&
           !cnn_is_padded(pool);
}

/* ---- forward ---- */

struct forward {
    const cnn_plan *plan;
    const cnn_window *pool;
    int64_t out_h, out_w;
    const float *in;
    float *out, *work; /* the convolution's output of one image for each worker */
    uint8_t *winners;
    int status;
};

static void forward_image(void *context, int64_t image, int worker) {
    struct forward *f = context;
    const cnn_plan *p = f->plan;
    const cnn_window *pool = f->pool;
    const int64_t size = f->out_h * f->out_w * p->filters;
    float *between = f->work + worker * p->conv_h * p->conv_w * p->filters;
    const int status = cnn_plan_run(p, 1, f->in + image * p->w.h * p->w.w * p->w.c, between);
    if (status != CNN_OK) {
        __atomic_store_n(&f->status, status, __ATOMIC_RELAXED);
        return;
    }
    const struct pool_tile t = {
        .in = between, .in_row = p->conv_w * p->filters, .out = f->out + image * size, .out_row = f->out_w * p->filters,
        .rows = f->out_h, .columns = f->out_w, .channels = p->filters, .first_row = -pool->top,
        .first_column = -pool->left, .in_rows = p->conv_h, .in_columns = p->conv_w, .kernel_h = pool->kernel_h,
        .kernel_w = pool->kernel_w, .stride_h = pool->stride_h, .stride_w = pool->stride_w};
    p->table->pool_winners(&t, p->relu, f->winners + image * size);
}

int cnn_pooled_conv2d(const cnn_plan *p, const cnn_window *pool, int64_t n, const float *in, float *out,
                      uint8_t *winners) {
    struct forward f = {.plan = p, .pool = pool, .in = in, .out = out, .winners = winners};
    if (p->in_type != CNN_F32 || p->type != CNN_F32 || n < 0) return CNN_BAD_ARGUMENT;
    const int status = check_pool(pool, p->conv_h, p->conv_w, p->filters, &f.out_h, &f.out_w);
    if (status != CNN_OK || n == 0) return status;
    if (p->pool) return is_halving(pool) ? cnn_plan_run_winners(p, n, in, out, winners) : CNN_BAD_ARGUMENT;
    const int64_t outputs = p->conv_h * p->conv_w * p->filters;
    const double work = (double)outputs * (double)n * (double)(cnn_plan_terms(p) + 4 * pool->kernel_h * pool->kernel_w);
    const int threads = (int)cnn_min(n, cnn_threads_for(work / CNN_WORK_A_NS));
    f.work = cnn_scratch_take(CNN_SCRATCH_POOLED, (size_t)(outputs * threads) * sizeof *f.work);
    if (f.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(n, threads, forward_image, &f);
    cnn_scratch_give(CNN_SCRATCH_POOLED, f.work);
    return f.status;
}

/* ---- backward, in general ---- */

/* The upper left input pixel of the window whose sum won at pooled (y, x). */
static void winning_window(const struct pooled *p, int64_t y, int64_t x, int64_t winner, int64_t *row,
                           int64_t *column) {
    const cnn_window *pool = &p->pool, *w = &p->conv;
    *row = (y * pool->stride_h - pool->top + winner / pool->kernel_w) * w->stride_h - w->top;
    *column = (x * pool->stride_w - pool->left + winner % pool->kernel_w) * w->stride_w - w->left;
}

struct general {
    const struct pooled *p;
    double *work; /* of each worker: a filter's weights, or an image */
    int64_t work_size;
};

/* The gradients of one filter's weights and bias. */
static void general_filter(void *context, int64_t f, int worker) {
    const struct general *g = context;
    const struct pooled *p = g->p;
    const cnn_window *w = &p->conv;
    const int64_t channels = w->c / p->groups, first = f / (p->filters / p->groups) * channels;
    const int64_t pixels = p->out_h * p->out_w, terms = w->kernel_h * w->kernel_w * channels;
    double *sums = g->work + worker * g->work_size, bias = 0;
    memset(sums, 0, (size_t)terms * sizeof *sums);
    for (int64_t i = 0; i < w->n * pixels; i++) {
        const int64_t winner = p->winners[i * p->filters + f];
        if (winner == CNN_SHUT) continue;
        const double grad = p->grad[i * p->filters + f];
        const float *image = p->in + i / pixels * w->h * w->w * w->c + first;
        int64_t row, column;
        winning_window(p, i % pixels / p->out_w, i % p->out_w, winner, &row, &column);
        bias += grad;
        double *sum = sums;
        for (int64_t a = 0; a < w->kernel_h; a++)
            for (int64_t b = 0; b < w->kernel_w; b++) {
                const int64_t y = row + a * w->dilation_h, x = column + b * w->dilation_w;
                const int inside = y >= 0 && y < w->h && x >= 0 && x < w->w;
                for (int64_t c = 0; c < channels; c++)
                    *sum++ += grad * (inside ? (double)image[(y * w->w + x) * w->c + c] : 0);
            }
    }
    for (int64_t i = 0; i < terms; i++) p->d_kernel[i * p->filters + f] = (float)sums[i];
    if (p->d_bias != NULL) p->d_bias[f] = (float)bias;
}

/* The gradient of one image. */
static void general_image(void *context, int64_t n, int worker) {
    const struct general *g = context;
    const struct pooled *p = g->p;
    const cnn_window *w = &p->conv;
    const int64_t in_group = p->filters / p->groups, channels = w->c / p->groups, size = w->h * w->w * w->c;
    double *sums = g->work + worker * g->work_size;
    memset(sums, 0, (size_t)size * sizeof *sums);
    const int64_t start = n * p->out_h * p->out_w * p->filters;
    for (int64_t i = 0; i < p->out_h * p->out_w * p->filters; i++) {
        const int64_t f = i % p->filters, pixel = i / p->filters, winner = p->winners[start + i];
        if (winner == CNN_SHUT) continue;
        const double grad = p->grad[start + i];
        int64_t row, column;
        winning_window(p, pixel / p->out_w, pixel % p->out_w, winner, &row, &column);
        for (int64_t a = 0; a < w->kernel_h; a++)
            for (int64_t b = 0; b < w->kernel_w; b++) {
                const int64_t y = row + a * w->dilation_h, x = column + b * w->dilation_w;
                if (y < 0 || y >= w->h || x < 0 || x >= w->w) continue;
                const float *kernel = p->kernel + (a * w->kernel_w + b) * channels * p->filters + f;
                double *sum = sums + (y * w->w + x) * w->c + f / in_group * channels;
                for (int64_t c = 0; c < channels; c++) sum[c] += grad * (double)kernel[c * p->filters];
            }
    }
    for (int64_t i = 0; i < size; i++) p->d_in[n * size + i] = (float)sums[i];
}

static int backward_in_general(const struct pooled *p) {
    struct general g = {.p = p};
    const cnn_window *w = &p->conv;
    const int64_t terms = w->kernel_h * w->kernel_w * (w->c / p->groups), size = w->h * w->w * w->c;
    const double work = 2.0 * (double)(w->n * p->out_h * p->out_w * p->filters) * (double)terms;
    const int threads = cnn_threads_for(work);
    g.work_size = p->d_in == NULL ? terms : cnn_max(terms, size);
    g.work = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(g.work_size * threads) * sizeof *g.work);
    if (g.work == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(p->filters, (int)cnn_min(threads, p->filters), general_filter, &g);
    if (p->d_in != NULL && w->n > 0) cnn_parallel_for(w->n, (int)cnn_min(threads, w->n), general_image, &g);
    cnn_scratch_give(CNN_SCRATCH_WORK, g.work);
    return CNN_OK;
}

int cnn_pooled_conv2d_backward(const cnn_window *w, const cnn_window *pool, int64_t filters, int64_t groups,
                               const float *in, const float *kernel, const float *grad, const uint8_t *winners,
                               float *d_in, float *d_kernel, float *d_bias) {
    struct pooled p = {.table = cnn_table(), .conv = *w, .pool = *pool, .filters = filters, .groups = groups, .in = in,
                       .kernel = kernel, .grad = grad, .winners = winners, .d_in = d_in, .d_kernel = d_kernel,
                       .d_bias = d_bias};
    int64_t h, width;
    int status = cnn_output_size(w, &h, &width);
    if (status == CNN_OK && (filters < 1 || groups < 1 || w->c % groups != 0 || filters % groups != 0))
        status = CNN_BAD_ARGUMENT;
    if (status == CNN_OK && pool->n != w->n) status = CNN_BAD_ARGUMENT;
    if (status == CNN_OK) status = check_pool(pool, h, width, filters, &p.out_h, &p.out_w);
    if (status != CNN_OK) return status;
    if (p.table == NULL) return CNN_UNKNOWN_ISA;
    return w->n > 0 && cnn_pooled_is_fast(&p) ? cnn_pooled_backward_fast(&p) : backward_in_general(&p);
}
