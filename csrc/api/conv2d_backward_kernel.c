/* The gradients of a convolution's kernel and bias: sums over the positions of all images.
 *
 * Positions are cut into chunks of at most CNN_GRADIENT_POSITIONS, and chunks into parts; the kernel's taps and
 * channels are cut into units, and units into shares. A task adds the chunks of a part for the units of a share, so
 * that these weights stay in the cache; in the end the parts are added in double. Chunks and parts depend on shapes
 * alone: the result is the same for any number of threads. */
#include <string.h>

#include "api/conv2d_backward.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

enum {
    MOST_CHUNKS = 64,        /* of a part: sums added in the type of the result */
    TASKS = 16,              /* parts are made until there are as many tasks */
    SHARE_BYTES = 256 << 10, /* of weights: stays in an L2 cache beside a chunk */
    UNIT_WEIGHTS = 32 << 10,
    UNIT_CHANNELS = 128, /* depthwise */
    ADDED = 256,         /* elements of the parts that are added at once */
    BUNDLE_TERMS = 64,
    BUNDLE_FILTERS = 16,
    SMALL_COPY = 16 << 10 /* elements */
};

struct job {
    const struct backward *g;
    cnn_window w;
    int64_t out_h, out_w;
    int depthwise, merged; /* merged: a unit has all taps of a kernel row, whose inputs are neighbours */
    int64_t bundle;        /* groups of a unit: where they have few channels and filters, more than one */
    int64_t weights;       /* of the whole kernel */
    int64_t tap_terms, terms, block, blocks; /* terms of a tap, of a row of merged taps or of one tap; in a unit */
    int64_t units, shares;
    int64_t images, rows, columns;                /* of a chunk */
    int64_t row_chunks, column_chunks, chunks, parts;
    char *sums; /* (parts, weights + filters), or NULL for one part, which adds into the results */
    char *d_kernel, *d_bias;
};

/* Positions: [first, end) of images, rows and columns. */
struct chunk {
    int64_t first_image, end_image, first_row, end_row, first_column, end_column;
};

struct unit {
    int64_t group, groups, a, b;
    int64_t first, end;                /* terms */
    int64_t first_filter, end_filter;
};

static int is_bias(const struct job *j, int64_t unit) {
    return unit == j->units - 1;
}

static struct unit unit_at(const struct job *j, int64_t index) {
    const int64_t block = index % j->blocks, taps = j->merged ? 1 : j->w.kernel_w;
    index /= j->blocks;
    struct unit u = {.b = index % taps, .a = index / taps % j->w.kernel_h, .group = index / taps / j->w.kernel_h};
    const int64_t in_group = j->g->filters / j->g->groups;
    if (j->depthwise) {
        u.group = 0;
        u.end = j->terms;
        u.first_filter = block * j->block;
        u.end_filter = cnn_min(j->g->filters, u.first_filter + j->block);
    } else {
        u.first = block * j->block;
        u.end = cnn_min(j->terms, u.first + j->block);
        u.group *= j->bundle;
        u.groups = cnn_min(j->bundle, j->g->groups - u.group);
        u.first_filter = u.group * in_group;
        u.end_filter = u.first_filter + u.groups * in_group;
    }
    return u;
}

/* Where a part's sums of a unit's first term begin. */
static char *sums_of(const struct job *j, int64_t part, const struct unit *u) {
    const int64_t in_group = j->depthwise ? 1 : j->w.c / j->g->groups;
    const int64_t term = (u->a * j->w.kernel_w + u->b) * in_group + u->first;
    char *kernel = j->sums == NULL ? j->d_kernel : j->sums + (size_t)(part * (j->weights + j->g->filters)) * j->g->size;
    return kernel + (size_t)(term * j->g->filters + u->first_filter) * j->g->size;
}

static char *bias_sums_of(const struct job *j, int64_t part) {
    return j->sums == NULL ? j->d_bias
                           : j->sums + (size_t)(part * (j->weights + j->g->filters) + j->weights) * j->g->size;
}

static struct chunk chunk_at(const struct job *j, int64_t index) {
    const int64_t column = index % j->column_chunks, row = index / j->column_chunks % j->row_chunks;
    const int64_t image = index / j->column_chunks / j->row_chunks;
    const struct chunk c = {image * j->images, cnn_min(j->w.n, (image + 1) * j->images),
                            row * j->rows, cnn_min(j->out_h, (row + 1) * j->rows),
                            column * j->columns, cnn_min(j->out_w, (column + 1) * j->columns)};
    return c;
}

/* Terms [first, end) of a unit for the positions of a chunk in [first_column, end_column). */
static struct kernel_gradient_tile tile_of(const struct job *j, const struct unit *u, const struct chunk *c,
                                           int64_t first, int64_t end, int64_t first_column, int64_t end_column,
                                           char *out, int64_t out_row) {
    const struct backward *g = j->g;
    const cnn_window *w = &j->w;
    const int64_t y = c->first_row * w->stride_h + u->a * w->dilation_h - w->top;
    const int64_t x = first_column * w->stride_w + u->b * w->dilation_w - w->left;
    const int64_t step = j->depthwise ? w->dilation_w * w->c : 1;
    const int64_t channel = j->depthwise ? u->first_filter : u->group * (w->c / g->groups);
    const int64_t in = ((c->first_image * w->h + y) * w->w + x) * w->c + channel + first * step;
    const int64_t grad = ((c->first_image * j->out_h + c->first_row) * j->out_w + first_column) * g->filters;
    const struct kernel_gradient_tile t = {
        .in = g->in + in * (int64_t)g->size, .in_image = w->h * w->w * w->c, .in_row = w->stride_h * w->w * w->c,
        .in_pixel = w->stride_w * w->c, .step = step,
        .grad = g->grad + (size_t)(grad + u->first_filter) * g->size, .grad_image = j->out_h * j->out_w * g->filters,
        .grad_row = j->out_w * g->filters, .grad_pixel = g->filters, .images = c->end_image - c->first_image,
        .rows = c->end_row - c->first_row, .columns = end_column - first_column, .terms = end - first,
        .filters = u->end_filter - u->first_filter, .out = out, .out_row = out_row};
    return t;
}

static void add_columns(const struct job *j, const struct unit *u, const struct chunk *c, int64_t first, int64_t end,
                        int64_t first_column, int64_t end_column, char *sums) {
    const struct backward *g = j->g;
    if (first >= end || first_column >= end_column) return;
    const struct kernel_gradient_tile t = tile_of(j, u, c, first, end, first_column, end_column,
                                                  sums + (size_t)((first - u->first) * g->filters) * g->size,
                                                  g->filters);
    (j->depthwise ? g->table->kernel_gradient_depthwise : g->table->kernel_gradient)[g->type](&t);
}

/* The same for a bundle of groups: multiplies all of its channels with all of its filters, which fill a vector, and
 * adds what belongs to one group. */
static void add_bundle(const struct job *j, const struct unit *u, const struct chunk *c, int64_t first_column,
                       int64_t end_column, char *sums) {
    const struct backward *g = j->g;
    const int64_t in_group = j->w.c / g->groups, out_group = g->filters / g->groups, wide = u->groups * out_group;
    double products[BUNDLE_TERMS * BUNDLE_FILTERS];
    const struct kernel_gradient_tile t = tile_of(j, u, c, 0, u->groups * in_group, first_column, end_column,
                                                  (char *)products, wide);
    memset(products, 0, (size_t)(t.terms * wide) * g->size);
    g->table->kernel_gradient[g->type](&t);
    for (int64_t group = 0; group < u->groups; group++)
        for (int64_t k = 0; k < in_group; k++) {
            const int64_t from = (group * in_group + k) * wide + group * out_group;
            const int64_t to = k * g->filters + group * out_group;
            if (g->type == CNN_F32)
                for (int64_t f = 0; f < out_group; f++)
                    ((float *)sums)[to + f] += ((const float *)products)[from + f];
            else
                for (int64_t f = 0; f < out_group; f++) ((double *)sums)[to + f] += products[from + f];
        }
}

/* The outputs of a chunk's columns whose tap `b` lies on the input. */
static void inside(const struct job *j, const struct chunk *c, int64_t b, int64_t *first, int64_t *end) {
    const cnn_window *w = &j->w;
    cnn_tap_inside(w->w, w->stride_w, w->left, b * w->dilation_w, j->out_w, first, end);
    *first = cnn_max(*first, c->first_column);
    *end = cnn_max(*first, cnn_min(*end, c->end_column));
}

static void add_unit(const struct job *j, int64_t part, const struct unit *u, struct chunk c) {
    const cnn_window *w = &j->w;
    int64_t first, end;
    char *sums = sums_of(j, part, u);
    cnn_tap_inside(w->h, w->stride_h, w->top, u->a * w->dilation_h, j->out_h, &first, &end);
    c.first_row = cnn_max(c.first_row, first);
    c.end_row = cnn_min(c.end_row, end);
    if (c.first_row >= c.end_row) return;
    if (!j->merged) {
        inside(j, &c, u->b, &first, &end);
        if (j->bundle > 1 && first < end)
            add_bundle(j, u, &c, first, end, sums);
        else
            add_columns(j, u, &c, u->first, u->end, first, end, sums);
        return;
    }
    int64_t last_first, last_end;
    inside(j, &c, 0, &first, &end);
    inside(j, &c, w->kernel_w - 1, &last_first, &last_end);
    const int64_t middle = first, middle_end = cnn_max(first, last_end); /* all taps lie on the input */
    add_columns(j, u, &c, u->first, u->end, middle, middle_end, sums);
    for (int64_t b = u->first / j->tap_terms; b * j->tap_terms < u->end; b++) { /* the rest, tap by tap */
        const int64_t from = cnn_max(u->first, b * j->tap_terms), to = cnn_min(u->end, (b + 1) * j->tap_terms);
        inside(j, &c, b, &first, &end);
        add_columns(j, u, &c, from, to, first, cnn_min(end, middle), sums);
        add_columns(j, u, &c, from, to, cnn_max(first, middle_end), end, sums);
    }
}

/* The sum of all gradients: that of a kernel whose inputs are all 1. */
static void add_bias(const struct job *j, int64_t part, const struct chunk *c) {
    static const float one = 1;
    static const double wide_one = 1;
    const struct backward *g = j->g;
    const int64_t grad = ((c->first_image * j->out_h + c->first_row) * j->out_w + c->first_column) * g->filters;
    const struct kernel_gradient_tile t = {
        .in = g->type == CNN_F32 ? (const void *)&one : (const void *)&wide_one,
        .grad = g->grad + (size_t)grad * g->size, .grad_image = j->out_h * j->out_w * g->filters,
        .grad_row = j->out_w * g->filters, .grad_pixel = g->filters, .images = c->end_image - c->first_image,
        .rows = c->end_row - c->first_row, .columns = c->end_column - c->first_column, .terms = 1,
        .filters = g->filters, .out = bias_sums_of(j, part), .out_row = g->filters};
    g->table->kernel_gradient[g->type](&t);
}

static void clear(const struct job *j, int64_t part, int64_t index) {
    const struct backward *g = j->g;
    if (is_bias(j, index)) {
        memset(bias_sums_of(j, part), 0, (size_t)g->filters * g->size);
        return;
    }
    const struct unit u = unit_at(j, index);
    char *sums = sums_of(j, part, &u);
    for (int64_t k = u.first; k < u.end; k++, sums += (size_t)g->filters * g->size)
        memset(sums, 0, (size_t)(u.end_filter - u.first_filter) * g->size);
}

static void run(void *context, int64_t index, int worker) {
    (void)worker;
    const struct job *j = context;
    const int64_t part = index / j->shares, share = index % j->shares;
    const int64_t first = cnn_part(share, j->shares, j->units), end = cnn_part(share + 1, j->shares, j->units);
    for (int64_t i = first; i < end; i++) clear(j, part, i);
    const int64_t last = cnn_part(part + 1, j->parts, j->chunks);
    for (int64_t k = cnn_part(part, j->parts, j->chunks); k < last; k++) {
        const struct chunk c = chunk_at(j, k);
        for (int64_t i = first; i < end; i++) {
            if (is_bias(j, i)) {
                add_bias(j, part, &c);
            } else {
                const struct unit u = unit_at(j, i);
                add_unit(j, part, &u, c);
            }
        }
    }
}

/* Adds ADDED elements of all parts, in order. */
static void add_parts(void *context, int64_t index, int worker) {
    (void)worker;
    const struct job *j = context;
    const struct backward *g = j->g;
    const int64_t all = j->weights + g->filters, first = index * ADDED, count = cnn_min(ADDED, all - first);
    double total[ADDED] = {0};
    for (int64_t part = 0; part < j->parts; part++) {
        const char *sums = j->sums + (size_t)(part * all + first) * g->size;
        if (g->type == CNN_F32)
            for (int64_t i = 0; i < count; i++) total[i] += (double)((const float *)sums)[i];
        else
            for (int64_t i = 0; i < count; i++) total[i] += ((const double *)sums)[i];
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t at = first + i;
        char *out = at < j->weights ? j->d_kernel + (size_t)at * g->size
                                    : j->d_bias + (size_t)(at - j->weights) * g->size;
        if (g->type == CNN_F32)
            *(float *)out = (float)total[i];
        else
            *(double *)out = total[i];
    }
}

/* Wide images are cut into columns, others into rows; of small ones several form a chunk. */
static void choose_chunks(struct job *j) {
    const int64_t most = CNN_GRADIENT_POSITIONS;
    j->column_chunks = cnn_ceil_div(j->out_w, most);
    j->columns = cnn_ceil_div(j->out_w, j->column_chunks);
    j->column_chunks = cnn_ceil_div(j->out_w, j->columns);
    j->rows = j->column_chunks > 1 ? 1 : cnn_min(j->out_h, most / j->out_w);
    j->row_chunks = cnn_ceil_div(j->out_h, j->rows);
    j->rows = cnn_ceil_div(j->out_h, j->row_chunks);
    j->row_chunks = cnn_ceil_div(j->out_h, j->rows);
    j->images = j->row_chunks * j->column_chunks > 1 ? 1 : cnn_min(j->w.n, most / (j->out_h * j->out_w));
    j->chunks = cnn_ceil_div(j->w.n, j->images) * j->row_chunks * j->column_chunks;
}

/* Few channels: the taps of a kernel row are neighbours, and together fill a pass of the kernel. */
static int merges(const struct backward *g) {
    return g->groups == 1 && g->w.kernel_w > 1 && g->w.dilation_w == 1 && g->w.c < g->table->conv_pixels;
}

static void choose_units(struct job *j) {
    const struct backward *g = j->g;
    const cnn_window *w = &j->w;
    const int64_t in_group = g->filters / g->groups, pixels = g->table->conv_pixels;
    j->depthwise = g->groups > 1 && g->groups == w->c && g->filters == w->c;
    j->merged = (j->depthwise && w->kernel_w > 1) || merges(g);
    j->tap_terms = j->depthwise ? 1 : w->c / g->groups;
    j->terms = j->merged ? j->tap_terms * w->kernel_w : j->tap_terms;
    if (j->depthwise) {
        j->block = UNIT_CHANNELS;
        j->blocks = cnn_ceil_div(w->c, j->block);
    } else { /* whole passes of a kernel */
        j->block = cnn_max(1, UNIT_WEIGHTS / in_group / pixels) * pixels;
        if (j->block >= j->terms) j->block = j->terms;
        j->blocks = cnn_ceil_div(j->terms, j->block);
    }
    j->bundle = 1;
    if (!j->depthwise && g->groups > 1) {
        const int64_t fill = cnn_min(g->table->vector[g->type], BUNDLE_FILTERS) / in_group;
        j->bundle = cnn_max(1, cnn_min(cnn_min(g->groups, fill), BUNDLE_TERMS / j->tap_terms));
    }
    const int64_t bundles = j->depthwise ? 1 : cnn_ceil_div(g->groups, j->bundle);
    j->units = bundles * w->kernel_h * (j->merged ? 1 : w->kernel_w) * j->blocks + 1;
}

static void choose_parts(struct job *j, int threads) {
    const struct backward *g = j->g;
    const int64_t all = j->weights + g->filters;
    const int64_t values = j->w.n * (j->w.h * j->w.w * j->w.c + j->out_h * j->out_w * g->filters);
    const int64_t shares = cnn_min(j->units, cnn_ceil_div(all * (int64_t)g->size, SHARE_BYTES));
    j->parts = cnn_min(cnn_min(cnn_ceil_div(TASKS, shares), j->chunks), cnn_max(1, values / all));
    j->parts = cnn_max(j->parts, cnn_ceil_div(j->chunks, MOST_CHUNKS));
    j->shares = cnn_max(shares, cnn_min(j->units, cnn_ceil_div(2 * threads, j->parts)));
    if (threads == 1) j->shares = shares;
}

static int sum(const struct backward *g, void *d_kernel, void *d_bias) {
    struct job j = {.g = g, .w = g->w, .out_h = g->out_h, .out_w = g->out_w, .d_kernel = d_kernel, .d_bias = d_bias,
                    .weights = cnn_backward_terms(g) * g->filters};
    const cnn_window *w = &g->w;
    if (w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 && w->stride_w == 1 && !cnn_is_padded(w)) {
        /* 1x1: all pixels form one row. */
        j.w.w = j.out_w = w->n * w->h * w->w;
        j.w.n = j.w.h = j.out_h = 1;
    }
    const double products = (double)j.weights * (double)(j.w.n * j.out_h * j.out_w);
    const int threads = cnn_threads_for(products / CNN_WORK_A_NS);
    choose_chunks(&j);
    choose_units(&j);
    choose_parts(&j, threads);
    const int64_t all = j.weights + g->filters;
    if (j.parts > 1) {
        j.sums = cnn_scratch_take(CNN_SCRATCH_WORK, (size_t)(j.parts * all) * g->size);
        if (j.sums == NULL) return CNN_NO_MEMORY;
    }
    cnn_parallel_for(j.parts * j.shares, threads, run, &j);
    if (j.parts > 1) {
        cnn_parallel_for(cnn_ceil_div(all, ADDED), threads, add_parts, &j);
        cnn_scratch_give(CNN_SCRATCH_WORK, j.sums);
    }
    return CNN_OK;
}

struct copy {
    const struct backward *from, *to;
    char *in;
};

static void copy_padded(void *context, int64_t index, int worker) {
    (void)worker;
    const struct copy *c = context;
    const cnn_window *from = &c->from->w, *to = &c->to->w;
    const size_t pixel = (size_t)from->c * c->from->size;
    cnn_copy_padded(from, c->from->type, c->from->type, c->from->in + (size_t)(index * from->h * from->w) * pixel, 0,
                    to->h, 0, to->w, c->in + (size_t)(index * to->h * to->w) * pixel);
}

/* Few channels with padding: of a padded copy all taps of a row are merged at the edges too. Where a gradient is not
 * finite, its product with the copy's zeros is NaN, a term that does not exist: then tap by tap, without a copy. */
int cnn_kernel_gradient(const struct backward *g, void *d_kernel, void *d_bias) {
    const cnn_window *w = &g->w;
    struct backward padded = *g;
    cnn_window *p = &padded.w;
    p->h += w->top + w->bottom;
    p->w += w->left + w->right;
    p->top = p->bottom = p->left = p->right = 0;
    const int64_t size = w->n * p->h * p->w * w->c;
    if (!merges(g) || !cnn_is_padded(w) || size > 2 * w->n * w->h * w->w * w->c + SMALL_COPY)
        return sum(g, d_kernel, d_bias);
    struct copy copy = {g, &padded, cnn_scratch_take(CNN_SCRATCH_BACKWARD, (size_t)size * g->size)};
    if (copy.in == NULL) return CNN_NO_MEMORY;
    cnn_parallel_for(w->n, cnn_threads_for((double)size / 4), copy_padded, &copy);
    padded.in = copy.in;
    const int status = sum(&padded, d_kernel, d_bias);
    cnn_scratch_give(CNN_SCRATCH_BACKWARD, copy.in);
    if (status != CNN_OK || cnn_all_finite(g->type, d_kernel, cnn_backward_terms(g) * g->filters)) return status;
    return sum(g, d_kernel, d_bias);
}
