/* Convolutions and plans: channels and filters around every block, kernels from 1x1 to 11x11, widths around the
 * vectors, strides, dilations, groups, "same", every pair of types. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

static const int64_t FILTERS[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16, 17, 23,
                                  24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 128};
static const int PAIRS[][2] = {{CNN_F32, CNN_F32}, {CNN_U8, CNN_I32}, {CNN_F64, CNN_F64}, {CNN_I8, CNN_I32},
                               {CNN_I16, CNN_I32}, {CNN_U8, CNN_F32}, {CNN_I8, CNN_F32},  {CNN_I16, CNN_F32}};

struct convolution {
    cnn_window w;
    int64_t filters, groups;
    int in_type, type, relu, biased;
};

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

/* Where cnncore.h promises an error that is small against norms, not against each sum. */
static int may_be_winograd(const struct convolution *c) {
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

/* What cnncore.h says of the error of each output: with few channels of its own window, else also of windows of its
 * tile, of which none is 16 times as large. To what is given in `allowed` of the sums themselves. */
static void allow_transforms(const struct convolution *c, const double *in, const double *kernel, int64_t rows,
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

static double *as_doubles(int type, const void *data, int64_t count) {
    double *values = room(count, sizeof *values);
    for (int64_t i = 0; i < count; i++) values[i] = at(type, data, i);
    return values;
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

/* `weights`: how large the integer weights may be; they are kept so small that no sum leaves int32. `threads`: of the
 * second run. */
static void check_convolution(struct convolution c, int64_t weights, enum values values, int threads) {
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

/* All pairs of types, or each `thin`th of them in turn, with values that suit them. */
static void check_types(cnn_window w, int64_t filters, int64_t groups, int thin, int threads) {
    static int64_t turn;
    turn++;
    for (int p = 0; p < (int)COUNT(PAIRS); p++) {
        if ((turn + p) % thin != 0) continue;
        const int64_t r = turn + p;
        const struct convolution c = {w,           filters,          groups,           PAIRS[p][0],
                                      PAIRS[p][1], (int)(r / 2 % 2), (int)(r % 3 != 0)};
        const int64_t weights = ((int64_t[]){127, INT16_MAX, 9, INT32_MAX, 32768})[r % 5];
        check_convolution(c, weights,
                          c.type == CNN_I32 && r % 4 == 1 ? EXTREME
                          : r % 3 == 1                    ? SPECIAL
                                                          : ORDINARY,
                          threads);
    }
}

void sweep_channels(void) {
    for (int64_t c = 0; c < COUNT(CHANNELS); c++)
        for (int64_t f = 0; f < COUNT(FILTERS); f++) {
            cnn_window w = window_for(1 + (c + f) % 3, COLUMNS[(5 * c + 3 * f) % 17], 3, 3);
            w.c = CHANNELS[c];
            check_types(w, FILTERS[f], 1, 4, 3);
            w = window_for(1 + f % 3, COLUMNS[(3 * c + 5 * f) % 20], 1, 1);
            w.c = CHANNELS[c];
            check_types(w, FILTERS[f], 1, 4, 2);
        }
}

void sweep_winograd(void) {
    const int64_t channels[] = {16, 17, 63, 64, 65, 128}, filters[] = {16, 17, 31, 33, 48, 64, 65};
    for (int64_t c = 0; c < COUNT(channels); c++)
        for (int64_t f = 0; f < COUNT(filters); f++)
            for (int part = 0; part < 2; part++) {
                cnn_window w = window_for(4 + (3 * c + f) % 7, 8 + (c + 2 * f) % 7, 3, 3);
                w.c = channels[c];
                w.n = 1 + f % 2;
                if (part) make_same(&w);
                const struct convolution k = {w, filters[f], 1, CNN_F32, CNN_F32, part, (int)(f % 2)};
                const enum values values[] = {ORDINARY, SPECIAL, RANGED, WHOLE};
                for (int v = 0; v < COUNT(values); v++) check_convolution(k, 0, values[v], 2 + (int)f % 3);
            }
}

void sweep_kernels(void) {
    for (int64_t kh = 1; kh <= 11; kh++)
        for (int64_t kw = 1; kw <= 11; kw++) {
            const int64_t turn = kh * 5 + kw * 3;
            cnn_window w = window_for(1 + turn % 3, COLUMNS[turn % COUNT(COLUMNS)], kh, kw);
            if (turn % 4 == 3) make_same(&w);
            check_types(w, 1, 1, 1, 2);
            w = window_for(1 + turn % 3, COLUMNS[(turn + 7) % 18], kh, kw);
            check_types(w, 17, 1, 2, 3);
            w.c = 3;
            check_types(w, 5, 1, 2, 2);
            w.c = (int64_t[]){2, 3, 4, 5, 8, 15, 16, 17}[turn % 8];
            if (turn % 3 == 2) make_same(&w);
            check_types(w, w.c, w.c, 2, 3);
        }
    cnn_window w = window_for(2, 3, 11, 11);
    w.c = 65;
    check_types(w, 33, 1, 1, 3);
    w.c = 128;
    check_types(w, 8, 1, 1, 2);
}

void sweep_widths(void) {
    for (int64_t columns = 1; columns <= 140; columns++) {
        check_types(window_for(1 + columns % 5, columns, 3, 3), 1, 1, 1, 2);
        check_types(window_for(2, columns, 5, 5), 1, 1, 2, 2);
        check_types(window_for(5, columns, 1 + columns % 7, 2), 1, 1, 2, 2);
        cnn_window w = window_for(2, columns, 3, 3);
        if (columns <= 70) {
            check_types(w, 33, 1, 4, 3);
            w.c = 3;
            check_types(w, 16, 1, 4, 3);
            check_types(w, 3, 3, 2, 2);
            w.c = 17;
            check_types(w, 17, 17, 4, 2);
        }
    }
}

void sweep_strides(void) {
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1},   {3, 3, 3},  {16, 16, 16}, {65, 65, 65}, {3, 8, 1},
                  {16, 17, 1}, {8, 34, 2}, {12, 12, 4},  {1, 33, 1}};
    const int64_t kernels[][2] = {{3, 3}, {1, 1}, {2, 3}, {5, 5}, {1, 4}, {3, 1}};
    for (int turn = 0; turn < 81; turn++)
        for (int64_t s = 0; s < COUNT(shapes); s++)
            for (int padding = 0; padding < 3; padding++) {
                const int64_t *k = kernels[(turn + s + padding) % COUNT(kernels)];
                cnn_window w = {.n = 1,
                                .c = shapes[s].channels,
                                .kernel_h = k[0],
                                .kernel_w = k[1],
                                .stride_h = 1 + turn % 3,
                                .stride_w = 1 + turn / 3 % 3,
                                .dilation_h = 1 + turn / 9 % 3,
                                .dilation_w = 1 + turn / 27};
                w.h = (k[0] - 1) * w.dilation_h + 1 + (turn + s) % 5;
                w.w = (k[1] - 1) * w.dilation_w + 1 + COLUMNS[(turn + 4 * s + 9 * padding) % 23] - 1;
                if (padding == 1) make_same(&w);
                if (padding == 2) w.top = 2, w.right = 1, w.left = turn % 2 * 3;
                check_types(w, shapes[s].filters, shapes[s].groups, 4, 3);
            }
}

void sweep_groups(void) {
    const int64_t groups[] = {2, 3, 4, 8, 16}, in[] = {1, 2, 3, 8, 15, 17}, out[] = {1, 2, 8, 15, 16, 17, 33};
    for (int64_t g = 0; g < COUNT(groups); g++)
        for (int64_t i = 0; i < COUNT(in); i++)
            for (int64_t o = 0; o < COUNT(out); o++) {
                cnn_window w = window_for(1 + i % 2, COLUMNS[(g + i + o) % 13], 1 + (g + o) % 3, 1 + (g + i) % 3);
                w.c = groups[g] * in[i];
                w.n = 1 + o % 2;
                check_types(w, groups[g] * out[o], groups[g], 4, 3);
            }
}

/* Sums around a block and of several, of values whose rounding adds up: of channels, of one map's taps, depthwise, of
 * few channels and in groups. */
void sweep_long(void) {
    const struct {
        int64_t kernel_h, kernel_w, channels, filters, groups;
    } shapes[] = {{1, 1, 255, 3, 1},  {1, 1, 256, 33, 1}, {1, 1, 257, 17, 1}, {1, 1, 513, 1, 1},   {1, 1, 5000, 2, 1},
                  {3, 3, 29, 5, 1},   {3, 2, 257, 9, 1},  {16, 16, 1, 1, 1},  {16, 17, 1, 1, 1},   {1, 300, 1, 1, 1},
                  {300, 1, 1, 1, 1},  {5, 257, 1, 1, 1},  {40, 9, 1, 1, 1},   {61, 61, 1, 1, 1},   {17, 17, 17, 17, 17},
                  {40, 40, 3, 3, 3},  {19, 17, 2, 2, 2},  {10, 10, 3, 5, 1},  {181, 181, 1, 2, 1}, {13, 13, 8, 17, 1},
                  {9, 9, 40, 20, 10}, {1, 1, 1030, 34, 2}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int part = 0; part < 8; part++) {
            cnn_window w = window_for(1 + (s + part) % 6, COLUMNS[(s + 5 * part) % 19], shapes[s].kernel_h,
                                      shapes[s].kernel_w);
            w.c = shapes[s].channels;
            if (part == 3 && w.kernel_h * w.kernel_w < 400) w.dilation_h = 2, w.h += w.kernel_h - 1;
            if (part == 5) w.stride_h = w.stride_w = 2;
            if (part == 6) w.top = w.left = 1;
            const int type = part % 4 == 3 ? CNN_F64 : CNN_F32;
            const struct convolution c = {w, shapes[s].filters, shapes[s].groups, part == 4 ? CNN_U8 : type, type,
                                          part % 2, part % 3 == 1};
            check_convolution(c, 0, part % 4 == 1 ? ORDINARY : EQUAL, 2 + part % 2);
        }
}

/* Padding, strides and dilation far beyond the input: what is staged are taps and no spans. */
void sweep_far(void) {
    const int64_t far[] = {1, 4, 9, 1000, 1000000};
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1}, {3, 3, 3}, {17, 17, 17}, {3, 8, 1}, {16, 17, 1}, {8, 34, 2}, {1, 33, 1}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int64_t i = 0; i < COUNT(far); i++)
            for (int64_t k = 0; k < COUNT(far); k++)
                for (int part = 0; part < 3; part++) {
                    cnn_window w = window_for(4 + (s + i) % 5, 3 + (s + k) % 9, 3, 3);
                    w.c = shapes[s].channels;
                    if (part != 1) w.dilation_h = far[i], w.dilation_w = far[k];
                    if (part != 2) w.stride_h = far[k], w.stride_w = far[i];
                    if (part == 0) make_same(&w);
                    if (part == 1) w.top = w.bottom = far[k], w.left = w.right = far[i];
                    if (part == 2) w.top = w.bottom = far[i] + 1, w.left = w.right = far[k];
                    check_types(w, shapes[s].filters, shapes[s].groups, 4, 3);
                }
}

/* Long enough to be shared out, by rows, columns or filters. */
void sweep_threads(void) {
    const struct {
        int64_t n, rows, columns, kernel, stride, channels, filters, groups;
    } shapes[] = {{1, 150, 301, 3, 1, 1, 1, 1}, {1, 90, 129, 7, 1, 1, 1, 1},  {2, 40, 50, 3, 1, 17, 17, 17},
                  {3, 26, 26, 3, 1, 1, 64, 1},  {1, 11, 13, 3, 1, 64, 64, 1}, {2, 20, 20, 1, 1, 64, 65, 1},
                  {1, 1, 1, 3, 1, 128, 128, 1}, {1, 1, 300, 1, 1, 63, 65, 1}, {1, 25, 24, 3, 2, 3, 64, 1},
                  {7, 6, 5, 2, 2, 5, 33, 1},    {1, 1, 2000, 3, 1, 1, 33, 1}, {1, 3, 40, 5, 1, 32, 34, 2}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int threads = 2; threads <= 8; threads += threads < 3 ? 1 : 5) {
            cnn_window w = window_for(shapes[s].rows, shapes[s].columns, shapes[s].kernel, shapes[s].kernel);
            w.n = shapes[s].n;
            w.c = shapes[s].channels;
            w.stride_h = w.stride_w = shapes[s].stride;
            w.h = (shapes[s].rows - 1) * w.stride_h + w.kernel_h;
            w.w = (shapes[s].columns - 1) * w.stride_w + w.kernel_w;
            if (threads == 3) make_same(&w);
            check_types(w, shapes[s].filters, shapes[s].groups, 3, threads);
        }
}
