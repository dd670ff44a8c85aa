/* The gradient of a convolution's input of few channels: a convolution to so few would leave most of a vector unused.
 *
 * For each output, its gradients times the kernel are the terms of all inputs of its window, taps and channels side by
 * side: a matrix product. They are added to the inputs, output after output, so that the order of a sum depends on
 * shapes alone. */
#include <string.h>

#include "api/conv2d_backward.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

enum { MOST_TAPS = 49, MOST_TERMS = 1024, BUFFER = 64 << 10 };

struct job {
    const struct backward *g;
    struct cut cut;
    int64_t terms, wide; /* kernel_h * kernel_w * c, and those rounded up to whole vectors */
    int64_t columns;     /* outputs of a row that are multiplied at once */
    const char *kernel;  /* (filters, wide) */
    char *products;      /* of each worker: (columns, wide) */
    char *d_in;
};

int cnn_input_gradient_by_columns_fits(const struct backward *g) {
    const cnn_window *w = &g->w;
    const int64_t taps = w->kernel_h * w->kernel_w;
    return g->groups == 1 && g->filters > 1 && 2 * w->c <= g->table->vector[g->type] && taps > 1 && taps <= MOST_TAPS &&
           cnn_backward_terms(g) <= MOST_TERMS;
}

#define TRANSPOSE(T)                                                                           \
    for (int64_t k = 0; k < terms; k++)                                                        \
        for (int64_t f = 0; f < g->filters; f++)                                               \
            ((T *)to)[f * wide + k] = ((const T *)g->kernel)[k * g->filters + f];

static void transpose(const struct backward *g, int64_t terms, int64_t wide, char *to) {
    memset(to, 0, (size_t)(g->filters * wide) * g->size);
    if (g->type == CNN_F32) {
        TRANSPOSE(float)
    } else {
        TRANSPOSE(double)
    }
}

static void multiply(const struct job *j, const char *grad, int64_t columns, char *products) {
    const struct backward *g = j->g;
    const int64_t block = g->table->block[g->type];
    for (int64_t k = 0; k < j->wide; k += block) {
        const struct conv_tile t = {
            .in = grad, .in_pixel = g->filters, .weights = j->kernel + (size_t)k * g->size, .weights_row = j->wide,
            .out = products + (size_t)k * g->size, .out_pixel = j->wide, .rows = 1, .columns = columns, .kernel_h = 1,
            .kernel_w = 1, .channels = g->filters, .filters = cnn_min(block, j->wide - k), .stride_h = 1, .stride_w = 1,
            .dilation_h = 1, .dilation_w = 1};
        g->table->conv2d[g->type](&t);
    }
}

#define ADD(T)                                                          \
    for (int64_t i = 0; i < count; i++) ((T *)out)[i] += ((const T *)terms)[i];

static inline void add(int type, const char *terms, int64_t count, char *out) {
    if (type == CNN_F32) {
        ADD(float)
    } else {
        ADD(double)
    }
}

/* Adds the products of a row of taps to an input row: neighbouring taps at once where they are neighbours there. First
 * those of outputs whose windows do not overlap, and so on: a load of what has just been stored in other pieces would
 * wait for it (LeNet's second layer: 1.4 ms, 0.9 so). */
static void add_row(const struct job *j, const char *products, int64_t first_column, int64_t columns, char *row) {
    const struct backward *g = j->g;
    const cnn_window *w = &g->w;
    const int64_t taps = w->dilation_w == 1 ? w->kernel_w : 1;
    const size_t pixel = (size_t)w->c * g->size;
    const int64_t apart = cnn_min(columns, cnn_ceil_div(taps, w->stride_w));
    for (int64_t start = 0; start < apart; start++)
        for (int64_t x = start; x < columns; x += apart)
            for (int64_t b = 0; b < w->kernel_w; b += taps) {
                const int64_t at = (first_column + x) * w->stride_w + b * w->dilation_w - w->left;
                const int64_t from = cnn_max(0, -at), to = cnn_min(taps, w->w - at);
                if (from < to)
                    add(g->type, products + (size_t)(x * j->wide) * g->size + (size_t)(b + from) * pixel,
                        (to - from) * w->c, row + (size_t)(at + from) * pixel);
            }
}

static void run(void *context, int64_t index, int worker) {
    const struct job *j = context;
    const struct backward *g = j->g;
    const cnn_window *w = &g->w;
    const int64_t image = index / j->cut.bands, first = index % j->cut.bands * j->cut.rows;
    const int64_t end = cnn_min(w->h, first + j->cut.rows), extent = (w->kernel_h - 1) * w->dilation_h + 1;
    const size_t row = (size_t)(w->w * w->c) * g->size;
    char *d_in = j->d_in + (size_t)(image * w->h) * row;
    char *products = j->products + (size_t)(worker * j->columns * j->wide) * g->size;
    memset(d_in + (size_t)first * row, 0, (size_t)(end - first) * row);
    const int64_t last = cnn_min(g->out_h - 1, (end - 1 + w->top) / w->stride_h);
    for (int64_t i = cnn_ceil_div(cnn_max(0, first + w->top - extent + 1), w->stride_h); i <= last; i++)
        for (int64_t x = 0; x < g->out_w; x += j->columns) {
            const int64_t columns = cnn_min(j->columns, g->out_w - x);
            const int64_t at = ((image * g->out_h + i) * g->out_w + x) * g->filters;
            multiply(j, g->grad + (size_t)at * g->size, columns, products);
            for (int64_t a = 0; a < w->kernel_h; a++) {
                const int64_t y = i * w->stride_h + a * w->dilation_h - w->top;
                if (y >= first && y < end)
                    add_row(j, products + (size_t)(a * w->kernel_w * w->c) * g->size, x, columns,
                            d_in + (size_t)y * row);
            }
        }
}

int cnn_input_gradient_by_columns(const struct backward *g, void *d_in) {
    const cnn_window *w = &g->w;
    const int64_t vector = g->table->vector[g->type], terms = cnn_backward_terms(g);
    struct job j = {.g = g, .terms = terms, .wide = cnn_ceil_div(terms, vector) * vector, .d_in = d_in};
    const int64_t pixels = g->table->conv_pixels, fit = BUFFER / (j.wide * (int64_t)g->size);
    j.columns = cnn_min(g->out_w, cnn_max(1, fit / pixels) * pixels);
    j.cut = cnn_cut_rows(w->n, w->h, cnn_ceil_div(g->out_h * g->out_w, w->h) * j.wide * g->filters);
    const size_t kernel = ((size_t)(g->filters * j.wide) * g->size + 63) / 64 * 64;
    const size_t products = (size_t)(j.columns * j.wide) * g->size;
    char *work = cnn_scratch_take(CNN_SCRATCH_BACKWARD, kernel + products * (size_t)j.cut.threads);
    if (work == NULL) return CNN_NO_MEMORY;
    transpose(g, terms, j.wide, work);
    j.kernel = work;
    j.products = work + kernel;
    cnn_parallel_for(w->n * j.cut.bands, j.cut.threads, run, &j);
    cnn_scratch_give(CNN_SCRATCH_BACKWARD, work);
    return CNN_OK;
}
