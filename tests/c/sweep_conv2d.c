/* Checks one convolution, and plans of it with and without pooling, against the definition. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_conv2d.h"

/* The definition. `size` is the same sum over absolute values. */
static void convolve(const struct convolution *c, const double *in, const double *kernel, const double *bias,
                     double *out, double *size) {
    const cnn_window *w = &c->w;
    const int64_t in_group = w->c / c->groups, out_group = c->filters / c->groups;
    int64_t rows, columns, i = 0;
    outputs(w, &rows, &columns);
    for (int64_t n = 0; n < w->n; n++)
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++)
                for (int64_t f = 0; f < c->filters; f++, i++) {
                    double absolute = fabs(bias[f]);
                    long double sum = (long double)bias[f]; /* of which float64 is checked, too */
                    for (int64_t a = 0; a < w->kernel_h; a++)
                        for (int64_t b = 0; b < w->kernel_w; b++) {
                            const int64_t row = y * w->stride_h + a * w->dilation_h - w->top;
                            const int64_t column = x * w->stride_w + b * w->dilation_w - w->left;
                            const int inside = row >= 0 && row < w->h && column >= 0 && column < w->w;
                            const double *pixel =
                                in + ((n * w->h + row) * w->w + column) * w->c + f / out_group * in_group;
                            const double *weight = kernel + (a * w->kernel_w + b) * in_group * c->filters + f;
                            for (int64_t k = 0; k < in_group; k++, weight += c->filters) {
                                const double product = (inside ? pixel[k] : 0) * *weight;
                                sum += (long double)((inside ? pixel[k] : 0)) * (long double)*weight;
                                absolute += fabs(product);
                            }
                        }
                    out[i] = c->relu && sum < 0 ? 0 : (double)sum;
                    size[i] = absolute;
                }
}

int may_be_winograd(const struct convolution *c) {
    const cnn_window *w = &c->w;
    return c->in_type == CNN_F32 && w->kernel_h == 3 && w->kernel_w == 3 && w->stride_h == 1 && w->stride_w == 1 &&
           w->dilation_h == 1 && w->dilation_w == 1 && c->groups == 1 &&
           ((w->c >= 16 && c->filters >= 16) || ((w->c == 1 || w->c == 3) && c->filters > 16));
}

/* The norm of each window of an image over all channels: (rows, columns). */
static void window_norms(const cnn_window *w, const double *image, int64_t rows, int64_t columns, double *norms) {
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++, norms++) {
            double sum = 0;
            for (int64_t a = 0; a < 3; a++)
                for (int64_t b = 0; b < 3; b++) {
                    const int64_t row = y + a - w->top, column = x + b - w->left;
                    if (row < 0 || row >= w->h || column < 0 || column >= w->w) continue;
                    for (int64_t k = 0; k < w->c; k++) {
                        const double v = image[(row * w->w + column) * w->c + k];
                        sum += v * v;
                    }
                }
            *norms = sqrt(sum);
        }
}

/* The largest finite norm of the windows of a tile that may hold output (y, x). */
static double largest_near(const double *norms, int64_t rows, int64_t columns, int64_t y, int64_t x) {
    double largest = 0;
    for (int64_t i = y < 3 ? 0 : y - 3; i < rows && i <= y + 3; i++)
        for (int64_t j = x < 3 ? 0 : x - 3; j < columns && j <= x + 3; j++)
            if (isfinite(norms[i * columns + j])) largest = fmax(largest, norms[i * columns + j]);
    return largest;
}

void allow_transforms(const struct convolution *c, const double *in, const double *kernel, int64_t rows,
                             int64_t columns, double *allowed) {
    const cnn_window *w = &c->w;
    double *norms = room(rows * columns, sizeof *norms);
    for (int64_t n = 0; n < w->n; n++) {
        window_norms(w, in + n * w->h * w->w * w->c, rows, columns, norms);
        for (int64_t f = 0; f < c->filters; f++) {
            double filter = 0;
            for (int64_t i = 0; i < 9 * w->c; i++) filter += kernel[i * c->filters + f] * kernel[i * c->filters + f];
            filter = sqrt(filter);
            for (int64_t y = 0; y < rows; y++)
                for (int64_t x = 0; x < columns; x++) {
                    const double own = norms[y * columns + x];
                    const double near = w->c < 16 ? own : fmin(16 * own, largest_near(norms, rows, columns, y, x));
                    allowed[((n * rows + y) * columns + x) * c->filters + f] += 8 * (double)FLT_EPSILON * near * filter;
                }
        }
    }
    free(norms);
}

static void check_plan(const struct convolution *c, const char *isa, const char *in, const char *kernel,
                       const char *bias, int64_t rows, int64_t columns, const double *want, const double *allowed,
                       char *whole) {
    const int64_t count = c->w.n * rows * columns * c->filters;
    cnn_plan *plan = NULL;
    CHECK(cnn_plan_new(&c->w, c->filters, c->groups, c->in_type, c->type, kernel, bias, c->relu, 0, &plan) == CNN_OK,
          "%s", now_at);
    CHECK(cnn_plan_run(plan, c->w.n, in, whole) == CNN_OK, "%s", now_at);
    cnn_plan_free(plan);
    compare(isa, ", plan", c->type, whole, want, allowed, count);
    if (rows < 2 || columns < 2) return;
    const int64_t half_h = rows / 2, half_w = columns / 2, pooled = c->w.n * half_h * half_w * c->filters;
    const cnn_window halves = {.n = c->w.n, .h = rows, .w = columns, .c = c->filters, .kernel_h = 2, .kernel_w = 2,
                               .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1};
    char *apart = room(pooled, size_of(c->type));
    CHECK(cnn_max_pool2d(&halves, c->type, whole, apart) == CNN_OK, "%s", now_at);
    double *largest = room(pooled, sizeof *largest), *most = room(pooled, sizeof *most), *v = largest, *m = most;
    for (int64_t n = 0; n < c->w.n; n++)
        for (int64_t y = 0; y < half_h; y++)
            for (int64_t x = 0; x < half_w; x++)
                for (int64_t f = 0; f < c->filters; f++, v++, m++) {
                    *v = -INFINITY;
                    *m = 0;
                    for (int tap = 0; tap < 4; tap++) {
                        const int64_t at_row = (n * rows + 2 * y + tap / 2) * columns + 2 * x + tap % 2;
                        const double value = want[at_row * c->filters + f];
                        if (value > *v || isnan(value)) *v = value;
                        if (allowed != NULL) *m = fmax(*m, allowed[at_row * c->filters + f]);
                    }
                }
    char *out = place(AGAIN, pooled, c->type, 1);
    CHECK(cnn_plan_new(&c->w, c->filters, c->groups, c->in_type, c->type, kernel, bias, c->relu, 1, &plan) == CNN_OK,
          "%s", now_at);
    CHECK(cnn_plan_run(plan, c->w.n, in, out) == CNN_OK, "%s", now_at);
    cnn_plan_free(plan);
    compare(isa, ", plan with pooling", c->type, out, largest, allowed == NULL ? NULL : most, pooled);
    compare_bits(isa, ", plan with pooling and pooling after it", c->type, out, apart, pooled);
    free(apart);
    free(largest);
    free(most);
}

void check_convolution(struct convolution c, int64_t weights, enum values values, int threads) {
    if (!is_mine()) return;
    int64_t rows, columns;
    outputs(&c.w, &rows, &columns);
    CHECK(rows > 0 && columns > 0, "example %d has no output", (int)example - 1);
    describe("convolution", &c.w, c.in_type, c.type, c.filters, c.groups);
    const cnn_window *w = &c.w;
    const int64_t taps = w->kernel_h * w->kernel_w * (w->c / c.groups), kernel_count = taps * c.filters;
    const int64_t in_count = w->n * w->h * w->w * w->c, count = w->n * rows * columns * c.filters;
    char *in = place(IN, in_count, c.in_type, 1), *kernel = place(KERNEL, kernel_count, c.type, 1);
    char *bias = place(BIAS, c.filters, c.type, 1);
    fill(c.in_type, in, in_count, values);
    if (c.type == CNN_I32) {
        const int64_t most = (INT32_MAX - 1000) / (c.in_type == CNN_U8 ? UINT8_MAX : -lowest(c.in_type));
        const int64_t largest = most / taps < weights ? most / taps : weights;
        fill_weights(c.type, kernel, kernel_count, largest > 0 ? largest : 1, values);
        fill_weights(c.type, bias, c.filters, 1000, values);
    } else {
        const enum values weights = values == EQUAL || values == WHOLE ? values : ORDINARY;
        fill(c.type, kernel, kernel_count, weights);
        fill(c.type, bias, c.filters, values == WHOLE ? WHOLE : ORDINARY);
    }
    if (!c.biased) bias = NULL;
    double *want = room(count, sizeof *want), *allowed = room(count, sizeof *allowed);
    double *x = as_doubles(c.in_type, in, in_count), *k = as_doubles(c.type, kernel, kernel_count);
    double *offsets = bias ? as_doubles(c.type, bias, c.filters) : memset(room(c.filters, 8), 0, (size_t)c.filters * 8);
    convolve(&c, x, k, offsets, want, allowed);
    if (c.type == CNN_I32) {
        free(allowed);
        allowed = NULL;
    } else {
        const double epsilon = c.type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
        const double bits = last_bits(c.type, (double)taps);
        /* With transforms sixteen roundings of a sum itself, which is what a random walk of `taps` of them makes. */
        for (int64_t i = 0; i < count; i++)
            allowed[i] *= epsilon * (may_be_winograd(&c) && values != EQUAL ? fmin(16, bits) : bits);
        if (values == WHOLE) memset(allowed, 0, (size_t)count * sizeof *allowed);
        else if (may_be_winograd(&c)) allow_transforms(&c, x, k, rows, columns, allowed);
    }
    free(x);
    free(k);
    free(offsets);
    const char *isa;
    for (int i = 0; (isa = cnn_isa_name(i)) != NULL; i++) {
        cnn_use_isa(isa);
        char *out = place(OUT, count, c.type, 1), *again = place(AGAIN, count, c.type, 0);
        memset(out, 0x5A, (size_t)count * size_of(c.type));
        cnn_set_num_threads(1);
        CHECK(cnn_conv2d(w, c.filters, c.groups, c.in_type, c.type, in, kernel, bias, c.relu, out) == CNN_OK, "%s",
              now_at);
        compare(isa, "", c.type, out, want, allowed, count);
        check_plan(&c, isa, in, kernel, bias, rows, columns, want, allowed, place(AGAIN, count, c.type, 1));
        char *in2 = moved(IN, in_count, c.in_type), *kernel2 = moved(KERNEL, kernel_count, c.type);
        char *bias2 = bias == NULL ? NULL : moved(BIAS, c.filters, c.type);
        cnn_set_num_threads(threads);
        CHECK(cnn_conv2d(w, c.filters, c.groups, c.in_type, c.type, in2, kernel2, bias2, c.relu, again) == CNN_OK, "%s",
              now_at);
        compare_bits(isa, ", several threads and one", c.type, again, out, count);
    }
    free(want);
    free(allowed);
}
