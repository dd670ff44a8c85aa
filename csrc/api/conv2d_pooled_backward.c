/* The fast gradients of a convolution behind which ReLU and 2x2 maximum pooling follow (see
 * kernels/conv2d_pooled_backward.inc.c).
 *
 * Images are cut into shares, whose number follows from the shape alone; a share is added up in order, by whichever
 * thread, and the shares' sums in a fixed tree: the result does not depend on the number of threads, bit for bit. A
 * share is worked through in pieces, some images or a band of one, that stay in the caches, and whose sums of at most
 * about CNN_SUM_BLOCK terms stay in registers.
 */
#include <string.h>

#include "api/conv2d_pooled_job.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

static void pack_weights(void *context, int64_t block, int worker) {
    const struct job *j = context;
    (void)worker;
    cnn_pooled_reorder(j, block, j->weights, (float *)j->p->kernel, 0);
}

static struct work work_of(const struct job *j, char *memory, size_t *size) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t high = j->padded_h, wide = j->padded_w, pixels = j->images * j->rows * p->out_w;
    const int sorts = !j->few || p->d_in != NULL;
    struct work work;
    *size = 0;
#define TAKE(field, count)                                                    \
    work.field = (void *)(memory + *size);                                    \
    *size += ((size_t)(count) * sizeof *work.field + 127) / 64 * 64
    TAKE(in, j->few ? 0 : j->blocks * j->images * high * wide * j->vector);
    TAKE(d_in, p->d_in == NULL ? 0 : j->blocks * j->images * high * wide * j->vector);
    TAKE(four, j->few ? high * wide * w->c * 4 : 0);
    TAKE(padded, j->few ? high * wide * w->c : 0);
    TAKE(values, sorts ? 4 * pixels * j->by_winner : 0);
    TAKE(ids, sorts ? 4 * pixels * j->by_winner : 0);
    TAKE(counts, sorts ? 4 * pixels : 0);
    TAKE(targets, sorts ? 4 * pixels : 0);
    TAKE(filter_values, j->few ? 0 : p->filters * j->by_filter);
    TAKE(filter_ids, j->few ? 0 : p->filters * j->by_filter);
    TAKE(filter_counts, p->filters);
    TAKE(filter_targets, p->filters);
    TAKE(bias, p->filters);
#undef TAKE
    return work;
}

static void run_share(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    size_t size;
    const struct work work = work_of(j, j->work + (size_t)worker * j->work_size, &size);
    float *sums = j->sums + index * j->sums_size;
    const int64_t first = cnn_part(index, j->shares, w->n), end = cnn_part(index + 1, j->shares, w->n);
    const int64_t pieces = cnn_ceil_div(end - first, j->images), bands = cnn_ceil_div(p->out_h, j->rows);
    memset(sums, 0, (size_t)j->sums_size * sizeof *sums);
    for (int64_t i = first; i < end && p->d_in != NULL; i++) cnn_pooled_clear(j, i);
    for (int64_t i = 0; i < pieces; i++) {
        const int64_t image = first + cnn_part(i, pieces, end - first);
        const int64_t images = first + cnn_part(i + 1, pieces, end - first) - image;
        for (int64_t band = 0; band < bands; band++) {
            const int64_t y = cnn_part(band, bands, p->out_h), rows = cnn_part(band + 1, bands, p->out_h) - y;
            const struct piece piece = {image, images, y, rows};
            cnn_pooled_piece(j, &piece, &work, sums);
        }
    }
}

enum { CHUNK = 4096 }; /* sums that one task adds up */

static void add_chunk(void *context, int64_t index, int worker) {
    const struct job *j = context;
    (void)worker;
    const int64_t first = index * CHUNK, count = cnn_min(CHUNK, j->sums_size - first);
    for (int64_t step = 1; step < j->shares; step *= 2)
        for (int64_t s = 0; s + step < j->shares; s += 2 * step) {
            float *to = j->sums + s * j->sums_size + first, *from = to + step * j->sums_size;
            for (int64_t i = 0; i < count; i++) to[i] += from[i];
        }
}

static void write_kernel(void *context, int64_t block, int worker) {
    const struct job *j = context;
    (void)worker;
    cnn_pooled_reorder(j, block, j->sums, j->p->d_kernel, 1);
}

static void plan_pieces(struct job *j) {
    const struct pooled *p = j->p;
    const cnn_window *w = &p->conv;
    const int64_t vector = j->vector, lists = 1 << 14; /* elements of the lists of a piece's pixels */
    j->by_winner = cnn_ceil_div(p->filters, vector) * vector;
    j->padded_w = reach(p->out_w, p->pool.stride_w, w->stride_w) + (w->kernel_w - 1) * w->dilation_w;
    int64_t pixels = cnn_min(CNN_SUM_BLOCK, lists / j->by_winner);
    if (j->few && p->d_in == NULL) /* their gradients stay in the L1 cache while filter after filter reads them */
        pixels = cnn_min(pixels, (16 << 10) / (p->filters * (int64_t)sizeof(float)));
    pixels = cnn_max(pixels, p->out_w);
    j->rows = cnn_min(p->out_h, pixels / p->out_w);
    j->rows = cnn_ceil_div(p->out_h, cnn_ceil_div(p->out_h, j->rows)); /* nearly equal bands */
    j->padded_h = padded_rows(j, j->rows);
    const int64_t cache = (24 << 10) / (int64_t)sizeof(float); /* for a block of channels of the piece */
    j->images = 1;
    if (j->rows == p->out_h)
        j->images = cnn_max(1, cnn_min(cache / (j->padded_h * j->padded_w * vector), pixels / (j->rows * p->out_w)));
    j->images = cnn_min(j->images, cnn_ceil_div(w->n, j->shares));
    j->by_filter = cnn_ceil_div(j->images * j->rows * p->out_w, 16) * 16;
}

int cnn_pooled_is_fast(const struct pooled *p) {
    const cnn_window *pool = &p->pool;
    return p->table->sparse_sums != NULL && p->groups == 1 && pool->kernel_h == 2 && pool->kernel_w == 2 &&
           !cnn_is_padded(pool);
}

int cnn_pooled_backward_fast(const struct pooled *p) {
    const cnn_window *w = &p->conv;
    struct job j = {.p = p, .vector = p->table->vector[CNN_F32], .taps = w->kernel_h * w->kernel_w, .few = w->c < FEW};
    j.blocks = cnn_ceil_div(w->c, j.vector);
    j.shares = cnn_min(w->n, cnn_max(4, cnn_min(16, w->n / 12)));
    j.sums_size = (j.few ? j.taps * w->c : j.blocks * j.taps * j.vector) * p->filters + p->filters;
    j.sums_size = cnn_ceil_div(j.sums_size, 16) * 16; /* the bias stands at the end */
    plan_pieces(&j);
    work_of(&j, NULL, &j.work_size);
    const double products = (double)(w->n * p->out_h * p->out_w * p->filters) * (double)(j.taps * w->c);
    const int threads = (int)cnn_min(j.shares, cnn_threads_for(products * (p->d_in == NULL ? 1 : 2) / CNN_WORK_A_NS));
    const size_t weights = p->d_in == NULL ? 0 : (size_t)(j.blocks * j.taps * j.vector * p->filters) * sizeof(float);
    const size_t sums = (size_t)(j.shares * j.sums_size) * sizeof(float), aligned = (weights + 63) / 64 * 64;
    char *memory = cnn_scratch_take(CNN_SCRATCH_WORK, aligned + sums + j.work_size * (size_t)threads);
    if (memory == NULL) return CNN_NO_MEMORY;
    j.weights = (float *)memory;
    j.sums = (float *)(memory + aligned);
    j.work = memory + aligned + sums;
    if (p->d_in != NULL) cnn_parallel_for(j.blocks, threads, pack_weights, &j);
    cnn_parallel_for(j.shares, threads, run_share, &j);
    cnn_parallel_for(cnn_ceil_div(j.sums_size, CHUNK), threads, add_chunk, &j);
    if (j.few)
        memcpy(p->d_kernel, j.sums, (size_t)(j.taps * w->c * p->filters) * sizeof(float));
    else
        cnn_parallel_for(j.blocks, threads, write_kernel, &j);
    if (p->d_bias != NULL)
        memcpy(p->d_bias, j.sums + (j.few ? j.taps * w->c * p->filters : j.sums_size - p->filters),
               (size_t)p->filters * sizeof(float));
    cnn_scratch_give(CNN_SCRATCH_WORK, memory);
    return CNN_OK;
}
