/* The gradient of a convolution's input: a convolution of the output's gradient with the kernel turned by 180 degrees,
 * its channels and filters exchanged.
 *
 * With strides, inputs are sorted by phase: those a stride apart are reached by the same taps, a part of the kernel,
 * and from neighbouring outputs. So each phase is a convolution without strides, whose output is spread over the
 * inputs. */
#include <string.h>

#include "api/conv2d_backward.h"
#include "api/tiles.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

/* In one direction: inputs first, first + stride, ... (count), reached by taps first_tap, first_tap + tap_step, ...
 * (taps). Input i of the phase is reached from outputs i - before, i - before + dilation, ... */
struct phase {
    int64_t first, count;
    int64_t first_tap, tap_step, taps;
    int64_t before, dilation;
    int64_t begin, end; /* the outputs that it reads; none where end <= begin */
};

static int64_t common_divisor(int64_t a, int64_t b) {
    return b == 0 ? a : common_divisor(b, a % b);
}

static struct phase phase_of(int64_t first, int64_t size, int64_t window, int64_t stride, int64_t dilation,
                             int64_t padding, int64_t outputs) {
    struct phase p = {.first = first, .count = cnn_ceil_div(size - first, stride)};
    const int64_t divisor = common_divisor(stride, dilation), at = first + padding;
    p.tap_step = stride / divisor;
    p.dilation = dilation / divisor;
    while (p.first_tap < window && p.first_tap < p.tap_step && (at - p.first_tap * dilation) % stride != 0)
        p.first_tap++;
    if (p.first_tap == window || p.first_tap == p.tap_step) return p; /* no tap reaches it */
    p.taps = (window - 1 - p.first_tap) / p.tap_step + 1;
    const int64_t nearest = (at - p.first_tap * dilation) / stride;
    p.before = (p.taps - 1) * p.dilation - nearest;
    p.begin = cnn_max(0, -p.before);
    p.end = cnn_min(outputs, p.count + nearest);
    return p;
}

struct job {
    const struct backward *g;
    struct phase rows, columns;
    char *kernel;   /* turned: (rows.taps, columns.taps, filters / groups, c) */
    char *read;     /* outputs [begin, end) alone, where these are not all */
    char *computed; /* inputs of the phase: (n, rows.count, columns.count, c), or d_in itself */
    char *d_in;
};

enum { TURNED = 16 }; /* filters of a task, and channels of a block */

/* Blocks of TURNED x TURNED: whole cache lines on both sides. */
#define TURN(T)                                                                       \
    for (int64_t k = 0; k < end - f; k++)                                             \
        for (int64_t i = 0; i < wide; i++)                                            \
            ((T *)j->kernel)[target + k * g->w.c + i] = ((const T *)g->kernel)[source + i * g->filters + k];

/* Writes TURNED filters of a tap in the turned kernel. */
static void turn(void *context, int64_t index, int worker) {
    (void)worker;
    const struct job *j = context;
    const struct backward *g = j->g;
    const int64_t groups = g->groups, in_group = g->w.c / groups, out_group = g->filters / groups;
    const int64_t blocks = cnn_ceil_div(out_group, TURNED), f = index % blocks * TURNED, tap = index / blocks;
    const int64_t end = cnn_min(out_group, f + TURNED);
    const int64_t a = j->rows.first_tap + (j->rows.taps - 1 - tap / j->columns.taps) * j->rows.tap_step;
    const int64_t b = j->columns.first_tap + (j->columns.taps - 1 - tap % j->columns.taps) * j->columns.tap_step;
    const int64_t from = (a * g->w.kernel_w + b) * in_group * g->filters, to = tap * out_group * g->w.c;
    for (int64_t group = 0; group < groups; group++)
        for (int64_t c = 0; c < in_group; c += TURNED) {
            const int64_t source = from + c * g->filters + group * out_group + f;
            const int64_t target = to + f * g->w.c + group * in_group + c, wide = cnn_min(TURNED, in_group - c);
            if (g->type == CNN_F32)
                TURN(float)
            else
                TURN(double)
        }
}

/* Copies the outputs that a phase reads, of one row of one image. */
static void crop(void *context, int64_t index, int worker) {
    (void)worker;
    const struct job *j = context;
    const struct backward *g = j->g;
    const int64_t high = j->rows.end - j->rows.begin, wide = j->columns.end - j->columns.begin;
    const int64_t image = index / high, row = j->rows.begin + index % high;
    const size_t pixel = (size_t)g->filters * g->size;
    memcpy(j->read + (size_t)(index * wide) * pixel,
           g->grad + (size_t)((image * g->out_h + row) * g->out_w + j->columns.begin) * pixel, (size_t)wide * pixel);
}

/* Writes a row of a phase's inputs to its places; zeros where no tap reaches them. */
static void spread(void *context, int64_t index, int worker) {
    (void)worker;
    const struct job *j = context;
    const cnn_window *w = &j->g->w;
    const int64_t image = index / j->rows.count, y = j->rows.first + index % j->rows.count * w->stride_h;
    const size_t pixel = (size_t)w->c * j->g->size, step = (size_t)w->stride_w * pixel;
    const char *from = j->computed == NULL ? NULL : j->computed + (size_t)(index * j->columns.count) * pixel;
    char *to = j->d_in + (size_t)((image * w->h + y) * w->w + j->columns.first) * pixel;
    for (int64_t x = 0; x < j->columns.count; x++, to += step) {
        if (from == NULL)
            memset(to, 0, pixel);
        else
            memcpy(to, from + (size_t)x * pixel, pixel);
    }
}

static int threads_for_values(int64_t values) {
    return cnn_threads_for((double)values / 4);
}

static int is_empty(const struct job *j) {
    return j->rows.taps == 0 || j->columns.taps == 0 || j->rows.begin >= j->rows.end ||
           j->columns.begin >= j->columns.end;
}

/* The convolution of a phase. */
static int convolve(const struct job *j) {
    const struct backward *g = j->g;
    const struct phase *r = &j->rows, *c = &j->columns;
    const int whole = r->end - r->begin == g->out_h && c->end - c->begin == g->out_w;
    const int64_t tasks = r->taps * c->taps * cnn_ceil_div(g->filters / g->groups, TURNED);
    cnn_parallel_for(tasks, threads_for_values(r->taps * c->taps * g->filters * g->w.c / g->groups), turn, (void *)j);
    cnn_window w = {.n = g->w.n, .h = r->end - r->begin, .w = c->end - c->begin, .c = g->filters, .kernel_h = r->taps,
                    .kernel_w = c->taps, .stride_h = 1, .stride_w = 1, .dilation_h = r->dilation,
                    .dilation_w = c->dilation, .top = cnn_max(r->before, 0), .left = cnn_max(c->before, 0)};
    w.bottom = r->count - 1 + (r->taps - 1) * r->dilation - r->before - (r->end - 1);
    w.right = c->count - 1 + (c->taps - 1) * c->dilation - c->before - (c->end - 1);
    if (!whole)
        cnn_parallel_for(w.n * w.h, threads_for_values(w.n * w.h * w.w * w.c), crop, (void *)j);
    return cnn_conv2d(&w, g->w.c, g->groups, g->type, g->type, whole ? g->grad : j->read, j->kernel, NULL, g->flags,
                      j->computed);
}

static int run_phase(struct job *j) {
    const cnn_window *w = &j->g->w;
    char *computed = j->computed;
    if (is_empty(j)) {
        j->computed = NULL;
    } else {
        const int status = convolve(j);
        if (status != CNN_OK || computed == j->d_in) return status;
    }
    const int64_t rows = w->n * j->rows.count;
    cnn_parallel_for(rows, threads_for_values(rows * j->columns.count * w->c), spread, j);
    j->computed = computed;
    return CNN_OK;
}

static struct phase row_phase(const struct backward *g, int64_t first) {
    const cnn_window *w = &g->w;
    return phase_of(first, w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top, g->out_h);
}

static struct phase column_phase(const struct backward *g, int64_t first) {
    const cnn_window *w = &g->w;
    return phase_of(first, w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left, g->out_w);
}

static size_t in_lines(int64_t elements, size_t size) {
    return ((size_t)elements * size + 63) / 64 * 64;
}

static int by_phases(const struct backward *g, void *d_in) {
    const cnn_window *w = &g->w;
    const int64_t high = cnn_min(w->stride_h, w->h), wide = cnn_min(w->stride_w, w->w);
    struct job j = {.g = g, .d_in = d_in};
    const size_t kernel = in_lines(cnn_backward_terms(g) * g->filters, g->size);
    const size_t read = in_lines(w->n * g->out_h * g->out_w * g->filters, g->size);
    const size_t computed = in_lines(w->n * cnn_ceil_div(w->h, w->stride_h) * cnn_ceil_div(w->w, w->stride_w) * w->c,
                                     g->size);
    const int crops = w->top > (w->kernel_h - 1) * w->dilation_h || w->bottom > (w->kernel_h - 1) * w->dilation_h ||
                      w->left > (w->kernel_w - 1) * w->dilation_w || w->right > (w->kernel_w - 1) * w->dilation_w ||
                      high * wide > 1;
    j.kernel = cnn_scratch_take(CNN_SCRATCH_BACKWARD,
                                kernel + (crops ? read : 0) + (high * wide > 1 ? computed : 0));
    if (j.kernel == NULL) return CNN_NO_MEMORY;
    j.read = j.kernel + kernel;
    j.computed = high * wide > 1 ? j.read + read : d_in;
    int status = CNN_OK;
    for (int64_t y = 0; y < high && status == CNN_OK; y++)
        for (int64_t x = 0; x < wide && status == CNN_OK; x++) {
            j.rows = row_phase(g, y);
            j.columns = column_phase(g, x);
            status = run_phase(&j);
        }
    cnn_scratch_give(CNN_SCRATCH_BACKWARD, j.kernel);
    return status;
}

struct definition {
    const struct backward *g;
    char *d_in;
    struct cut cut;
};

static void define(void *context, int64_t index, int worker) {
    (void)worker;
    const struct definition *d = context;
    const struct backward *g = d->g;
    const cnn_window *w = &g->w;
    const int64_t image = index / d->cut.bands, first = index % d->cut.bands * d->cut.rows;
    const struct input_gradient_tile t = {
        .window = w, .filters = g->filters, .groups = g->groups, .out_h = g->out_h, .out_w = g->out_w,
        .grad = g->grad + (size_t)(image * g->out_h * g->out_w * g->filters) * g->size, .kernel = g->kernel,
        .out = d->d_in + (size_t)(image * w->h * w->w * w->c) * g->size, .first_row = first,
        .end_row = cnn_min(w->h, first + d->cut.rows)};
    cnn_table_ref.input_gradient[g->type](&t);
}

static int by_definition(const struct backward *g, void *d_in) {
    const cnn_window *w = &g->w;
    const int64_t work = w->w * w->c * w->kernel_h * w->kernel_w * (g->filters / g->groups);
    struct definition d = {g, d_in, cnn_cut_rows(w->n, w->h, work)};
    cnn_parallel_for(w->n * d.cut.bands, d.cut.threads, define, &d);
    return CNN_OK;
}

/* A convolution multiplies its padding too: zero times infinity would be a term that does not exist. */
int cnn_input_gradient(const struct backward *g, void *d_in) {
    if (g->table->input_gradient[g->type] != NULL) return by_definition(g, d_in);
    if (!cnn_all_finite(g->type, g->kernel, cnn_backward_terms(g) * g->filters))
        return by_definition(g, d_in);
    if (cnn_input_gradient_by_columns_fits(g)) return cnn_input_gradient_by_columns(g, d_in);
    const int status = by_phases(g, d_in);
    return status == CNN_BAD_ARGUMENT ? by_definition(g, d_in) : status; /* a padded size beyond 2^60 */
}
