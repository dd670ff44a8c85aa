/* Every operation on every instruction set, the plain loops among them, against the definition, written down here once
 * more and shared with nothing in csrc. Not at random (test_operations.c does that) but in order: channels and filters
 * around every block, every kernel from 1x1 to 11x11, every width around the vectors, strides, dilations, groups,
 * "same", weights at the edge of each integer path. Equal for integers, maximum, clamp and ReLU; within a bound scaled
 * by the sum of |x*w| for float sums. Each is computed with its arrays ending at forbidden pages by one thread, and
 * with its arrays beginning behind such pages by several: both must be equal bit for bit. (Which NaN it is may differ.)
 *
 * test_sweep [EVERY [FIRST]]    only the examples FIRST, FIRST + EVERY, ... ; a failure prints its number
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "cnncore.h"
#include "guarded.h"

#define COUNT(list) ((int64_t)(sizeof(list) / sizeof(*(list))))

static const int64_t CHANNELS[] = {1, 2, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 128};
static const int64_t FILTERS[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16, 17, 23,
                                  24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 128};
static const int64_t COLUMNS[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,  16,  17,
                                  22, 23, 25, 31, 32, 33, 34, 47, 48, 49, 63, 64, 65, 66, 127, 128, 129};
static const int PAIRS[][2] = {{CNN_F32, CNN_F32}, {CNN_U8, CNN_I32}, {CNN_F64, CNN_F64}, {CNN_I8, CNN_I32},
                               {CNN_I16, CNN_I32}, {CNN_U8, CNN_F32}, {CNN_I8, CNN_F32},  {CNN_I16, CNN_F32}};

static int64_t example, every = 1, first; /* the number of the example at hand; which ones are run */
static int64_t examples_run;

/* A failure is reproduced by `test_sweep 1000000000 NUMBER`. */
static int is_mine(void) {
    const int mine = example % every == first % every && example >= first;
    example++;
    examples_run += mine;
    return mine;
}

/* ---- values ---- */

static uint64_t seed;

static uint64_t next(void) { /* xorshift64* */
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

static int64_t pick(int64_t low, int64_t high) { /* both included */
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

static size_t size_of(int type) {
    return ((size_t[]){1, 1, 2, 4, 4, 8})[type];
}

static double at(int type, const void *data, int64_t i) {
    switch (type) {
        case CNN_U8: return ((const uint8_t *)data)[i];
        case CNN_I8: return ((const int8_t *)data)[i];
        case CNN_I16: return ((const int16_t *)data)[i];
        case CNN_I32: return ((const int32_t *)data)[i];
        case CNN_F32: return (double)((const float *)data)[i];
        default: return ((const double *)data)[i];
    }
}

static void put(int type, void *data, int64_t i, double value) {
    switch (type) {
        case CNN_U8: ((uint8_t *)data)[i] = (uint8_t)value; break;
        case CNN_I8: ((int8_t *)data)[i] = (int8_t)value; break;
        case CNN_I16: ((int16_t *)data)[i] = (int16_t)value; break;
        case CNN_I32: ((int32_t *)data)[i] = (int32_t)value; break;
        case CNN_F32: ((float *)data)[i] = (float)value; break;
        default: ((double *)data)[i] = value; break;
    }
}

static int64_t lowest(int type) {
    return ((int64_t[]){0, INT8_MIN, INT16_MIN, INT32_MIN})[type];
}

static int64_t highest(int type) {
    return ((int64_t[]){UINT8_MAX, INT8_MAX, INT16_MAX, INT32_MAX})[type];
}

enum values { ORDINARY, EXTREME, SPECIAL }; /* EXTREME: for integers; SPECIAL: for floats, now and then */

static void fill(int type, void *data, int64_t count, enum values values) {
    for (int64_t i = 0; i < count; i++) {
        double v;
        if (type < CNN_F32)
            v = (double)(values == EXTREME ? (next() & 64 ? highest(type) : lowest(type))
                                           : pick(lowest(type), highest(type)));
        else if (values == SPECIAL && next() % 256 == 0)
            v = (double[]){INFINITY, -INFINITY, NAN, -0.0, (double)FLT_MIN / 4}[next() % 5];
        else v = (double)pick(-1000000, 1000000) / 250000;
        put(type, data, i, v);
    }
}

/* Weights of at most `largest`; EXTREME: all as large as that. */
static void fill_weights(int type, void *data, int64_t count, int64_t largest, enum values values) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t v = values == EXTREME ? (next() & 64 ? largest : -largest) : pick(-largest, largest);
        put(type, data, i, (double)v);
    }
}

/* ---- memory: of each array one half beside each of two forbidden pages ---- */

enum { IN, KERNEL, BIAS, OUT, AGAIN, ARENAS };
static struct guarded arenas[ARENAS];

static char *place(int arena, int64_t count, int type, int at_end) {
    struct guarded *g = &arenas[arena];
    const size_t size = (size_t)count * size_of(type);
    CHECK(2 * size <= g->size, "twice %zu bytes in an arena of %zu", size, g->size);
    return g->data + (at_end ? g->size - size : 0);
}

/* The same values at the beginning. */
static char *moved(int arena, int64_t count, int type) {
    return memmove(place(arena, count, type, 0), place(arena, count, type, 1), (size_t)count * size_of(type));
}

static void *room(int64_t count, size_t size) {
    void *data = malloc((size_t)count * size + 1);
    CHECK(data != NULL, "malloc");
    return data;
}

/* ---- comparing ---- */

static char now_at[240];

static void describe(const char *what, const cnn_window *w, int in_type, int type, int64_t filters, int64_t groups) {
    snprintf(now_at, sizeof now_at, "%s n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d p%d,%d,%d,%d types %d>%d f%d g%d", what,
             (int)w->n, (int)w->h, (int)w->w, (int)w->c, (int)w->kernel_h, (int)w->kernel_w, (int)w->stride_h,
             (int)w->stride_w, (int)w->dilation_h, (int)w->dilation_w, (int)w->top, (int)w->bottom, (int)w->left,
             (int)w->right, in_type, type, (int)filters, (int)groups);
}

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/* allowed[i]: the largest difference; NULL where there may be none. */
static void compare(const char *isa, const char *what, int type, const void *out, const double *want,
                    const double *allowed, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const double a = at(type, out, i), b = want[i];
        if (same(a, b)) continue;
        CHECK(allowed != NULL && isfinite(b) && fabs(a - b) <= allowed[i],
              "example %d, %s, %s%s: value %d of %d is %.9g, should be %.9g", (int)example - 1, isa, now_at, what,
              (int)i, (int)count, a, b);
    }
}

static void compare_bits(const char *isa, const char *what, int type, const void *a, const void *b, int64_t count) {
    if (memcmp(a, b, (size_t)count * size_of(type)) == 0) return;
    for (int64_t i = 0; i < count; i++)
        CHECK(same(at(type, a, i), at(type, b, i)), "example %d, %s, %s%s: value %d of %d is %.9g and %.9g",
              (int)example - 1, isa, now_at, what, (int)i, (int)count, at(type, a, i), at(type, b, i));
}

/* ---- windows ---- */

static int64_t positions(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
    const int64_t extent = size + pad - ((kernel - 1) * dilation + 1);
    return extent < 0 ? 0 : extent / stride + 1;
}

static void outputs(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = positions(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom);
    *columns = positions(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right);
}

/* As TensorFlow pads "same". */
static void pad_same(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t *before, int64_t *after) {
    const int64_t all = ((size + stride - 1) / stride - 1) * stride + (kernel - 1) * dilation + 1 - size;
    *before = all > 0 ? all / 2 : 0;
    *after = all > 0 ? all - *before : 0;
}

static void make_same(cnn_window *w) {
    pad_same(w->h, w->kernel_h, w->stride_h, w->dilation_h, &w->top, &w->bottom);
    pad_same(w->w, w->kernel_w, w->stride_w, w->dilation_w, &w->left, &w->right);
}

/* An image just large enough for `rows` x `columns` outputs without padding. */
static cnn_window window_for(int64_t rows, int64_t columns, int64_t kernel_h, int64_t kernel_w) {
    const cnn_window w = {.n = 1,
                          .h = rows + kernel_h - 1,
                          .w = columns + kernel_w - 1,
                          .c = 1,
                          .kernel_h = kernel_h,
                          .kernel_w = kernel_w,
                          .stride_h = 1,
                          .stride_w = 1,
                          .dilation_h = 1,
                          .dilation_w = 1};
    return w;
}

/* ---- convolution ---- */

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
                    double sum = bias[f], absolute = fabs(bias[f]);
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
                                sum += product;
                                absolute += fabs(product);
                            }
                        }
                    out[i] = c->relu && sum < 0 ? 0 : sum;
                    size[i] = absolute;
                }
}

/* Where cnncore.h promises an error that is small against the largest sum near by, not against each. */
static int may_be_winograd(const struct convolution *c) {
    const cnn_window *w = &c->w;
    return c->in_type == CNN_F32 && w->kernel_h == 3 && w->kernel_w == 3 && w->stride_h == 1 && w->stride_w == 1 &&
           w->dilation_h == 1 && w->dilation_w == 1 && c->groups == 1 &&
           ((w->c >= 16 && c->filters >= 16) || ((w->c == 1 || w->c == 3) && c->filters > 16));
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
    seed = (uint64_t)example * 0x9E3779B97F4A7C15u;
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
        fill(c.type, kernel, kernel_count, ORDINARY);
        fill(c.type, bias, c.filters, ORDINARY);
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
        double largest = 0;
        for (int64_t i = 0; i < count; i++)
            if (isfinite(allowed[i])) largest = fmax(largest, allowed[i]);
        const double epsilon = c.type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
        for (int64_t i = 0; i < count; i++)
            allowed[i] = (may_be_winograd(&c) ? largest : allowed[i]) * epsilon * (double)(taps + 2);
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

static void sweep_channels(void) {
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

static void sweep_winograd(void) {
    const int64_t channels[] = {16, 17, 63, 64, 65, 128}, filters[] = {16, 17, 31, 33, 48, 64, 65};
    for (int64_t c = 0; c < COUNT(channels); c++)
        for (int64_t f = 0; f < COUNT(filters); f++)
            for (int part = 0; part < 2; part++) {
                cnn_window w = window_for(4 + (3 * c + f) % 7, 8 + (c + 2 * f) % 7, 3, 3);
                w.c = channels[c];
                w.n = 1 + f % 2;
                if (part) make_same(&w);
                const struct convolution k = {w, filters[f], 1, CNN_F32, CNN_F32, part, (int)(f % 2)};
                check_convolution(k, 0, (c + f) % 4 == 1 ? SPECIAL : ORDINARY, 2 + (int)f % 3);
            }
}

static void sweep_kernels(void) {
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

static void sweep_widths(void) {
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

static void sweep_strides(void) {
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

static void sweep_groups(void) {
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

/* Long enough to be shared out, by rows, columns or filters. */
static void sweep_threads(void) {
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

/* ---- filters ---- */

static double to_pixel(float value) {
    if (!(value > 0)) return 0; /* NaN too */
    return value >= 255 ? 255 : (double)rintf(value);
}

enum weights { TINY, TO_128, TO_129, BYTES, WORDS, LONG, REAL, WEIGHTS }; /* each a path of its own, or its edge */

/* `signs`, of TO_128 and TO_129: 0 all positive, 1 all negative, else mixed. */
static void fill_filter(enum weights weights, int signs, void *kernel, int64_t taps) {
    int32_t *whole = kernel;
    switch (weights) {
        case TINY: fill_weights(CNN_I32, kernel, taps, 128 / taps > 0 ? 128 / taps : 1, ORDINARY); break;
        case TO_128: /* 255 times the sum of these is the most that fits int16 */
        case TO_129:
            memset(kernel, 0, (size_t)taps * 4);
            for (int i = 0; i < (weights == TO_128 ? 128 : 129); i++) {
                int32_t *w = &whole[next() % (uint64_t)taps];
                *w += signs == 0 ? 1 : signs == 1 || *w < 0 || (*w == 0 && next() & 64) ? -1 : 1;
            }
            break;
        case BYTES:
            for (int64_t i = 0; i < taps; i++) whole[i] = (int32_t[]){127, -128, 128, 1, -1, 0, 5}[next() % 7];
            break;
        case WORDS:
            for (int64_t i = 0; i < taps; i++) whole[i] = (int32_t[]){32767, -32768, 300, -129}[next() % 4];
            break;
        case LONG: fill_weights(CNN_I32, kernel, taps, INT32_MAX / 255 / taps, next() & 64 ? EXTREME : ORDINARY); break;
        default: /* sums are exact: every order gives the same */
            for (int64_t i = 0; i < taps; i++) ((float *)kernel)[i] = (float)pick(-64, 64) / 16;
    }
}

static void check_filter(cnn_window w, enum weights weights, int threads) {
    if (!is_mine()) return;
    seed = (uint64_t)example * 0x9E3779B97F4A7C15u;
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    const int type = weights == REAL ? CNN_F32 : CNN_I32;
    const int64_t taps = w.kernel_h * w.kernel_w, in_count = w.h * w.w * w.c, count = rows * columns * w.c;
    describe("filter", &w, CNN_U8, type, w.c, w.c);
    char *in = place(IN, in_count, CNN_U8, 1), *kernel = place(KERNEL, taps, type, 1);
    fill(CNN_U8, in, in_count, example % 3 == 0 ? EXTREME : ORDINARY);
    const int signs = (int)(next() % 4), to_the_edge = (weights == TO_128 || weights == TO_129) && signs < 2;
    if (to_the_edge || example % 17 == 0) memset(in, 255, (size_t)in_count);
    fill_filter(weights, signs, kernel, taps);
    if (weights == REAL && example % 19 == 0) ((float *)kernel)[taps - 1] = (float[]){NAN, INFINITY}[example % 2];
    const float scale = ((float[]){1, 1, 1, 0.5f, 1.0f / 9, 1e-4f, -0.3f, 1e30f, NAN})[next() % 9];
    double *want = room(count, sizeof *want);
    int64_t i = 0;
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++)
            for (int64_t c = 0; c < w.c; c++, i++) {
                double sum = 0;
                for (int64_t a = 0; a < w.kernel_h; a++)
                    for (int64_t b = 0; b < w.kernel_w; b++) {
                        const int64_t row = y + a - w.top, column = x + b - w.left;
                        const int inside = row >= 0 && row < w.h && column >= 0 && column < w.w;
                        const double pixel = inside ? ((const uint8_t *)in)[(row * w.w + column) * w.c + c] : 0;
                        sum += pixel * at(type, kernel, a * w.kernel_w + b);
                    }
                want[i] = to_pixel((float)sum * scale);
            }
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        uint8_t *out = (uint8_t *)place(OUT, count, CNN_U8, 1), *again = (uint8_t *)place(AGAIN, count, CNN_U8, 0);
        cnn_set_num_threads(1);
        CHECK(cnn_filter2d(&w, type, (uint8_t *)in, kernel, scale, out) == CNN_OK, "%s", now_at);
        compare(isa, "", CNN_U8, out, want, NULL, count);
        const uint8_t *in2 = (uint8_t *)moved(IN, in_count, CNN_U8);
        const char *kernel2 = moved(KERNEL, taps, type);
        cnn_set_num_threads(threads);
        CHECK(cnn_filter2d(&w, type, in2, kernel2, scale, again) == CNN_OK, "%s", now_at);
        compare_bits(isa, ", several threads and one", CNN_U8, again, out, count);
    }
    free(want);
}

static void sweep_filters(void) {
    for (int64_t kh = 1; kh <= 11; kh++)
        for (int64_t kw = 1; kw <= 11; kw++)
            for (int weights = 0; weights < WEIGHTS; weights++)
                for (int64_t channels = 1; channels <= 5; channels++) {
                    if (channels > 1 && (kh + kw + weights + channels) % 3 != 0) continue;
                    const int64_t turn = kh * 7 + kw * 5 + weights * 3 + channels;
                    cnn_window w = window_for(1 + turn % 9, COLUMNS[turn % COUNT(COLUMNS)], kh, kw);
                    w.c = channels;
                    if (turn % 4 == 0) make_same(&w);
                    check_filter(w, (enum weights)weights, 2);
                }
    for (int64_t columns = 1; columns <= 300; columns++)
        for (int weights = 0; weights < WEIGHTS; weights++)
            for (int64_t k = 3; k <= 7; k += 2) {
                cnn_window w = window_for(1 + (columns + weights) % 6, columns, k, k);
                if ((columns + k) % 5 == 0) make_same(&w);
                check_filter(w, (enum weights)weights, 3);
            }
    for (int weights = 0; weights < WEIGHTS; weights++)
        for (int threads = 2; threads <= 8; threads += 3)
            check_filter(window_for(301, 515, 3, 3), (enum weights)weights, threads);
}

/* ---- pooling ---- */

static void check_pool(cnn_window w, int type, int average, int threads) {
    if (!is_mine()) return;
    seed = (uint64_t)example * 0x9E3779B97F4A7C15u;
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    const int out_type = !average ? type : type == CNN_F64 ? CNN_F64 : CNN_F32;
    const int64_t in_count = w.n * w.h * w.w * w.c, count = w.n * rows * columns * w.c;
    describe(average ? "average" : "maximum", &w, type, out_type, w.c, w.c);
    char *in = place(IN, in_count, type, 1);
    fill(type, in, in_count,
         type < CNN_F32 ? (example % 4 == 0 ? EXTREME : ORDINARY)
         : example % 2  ? SPECIAL
                        : ORDINARY);
    double *want = room(count, sizeof *want), *allowed = room(count, sizeof *allowed);
    int64_t i = 0;
    for (int64_t n = 0; n < w.n; n++)
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++)
                for (int64_t c = 0; c < w.c; c++, i++) {
                    double best = -INFINITY, sum = 0, absolute = 0, taps = 0;
                    for (int64_t a = 0; a < w.kernel_h; a++)
                        for (int64_t b = 0; b < w.kernel_w; b++) {
                            const int64_t row = y * w.stride_h + a - w.top, column = x * w.stride_w + b - w.left;
                            if (row < 0 || row >= w.h || column < 0 || column >= w.w) continue;
                            const double value = at(type, in, ((n * w.h + row) * w.w + column) * w.c + c);
                            if (value > best || isnan(value)) best = value;
                            sum += value;
                            absolute += fabs(value);
                            taps++;
                        }
                    want[i] = average ? sum / taps : best;
                    allowed[i] =
                        absolute / taps * (taps + 2) * (out_type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON);
                }
    int (*pool)(const cnn_window *, int, const void *, void *) = average ? cnn_avg_pool2d : cnn_max_pool2d;
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        char *out = place(OUT, count, out_type, 1), *again = place(AGAIN, count, out_type, 0);
        cnn_set_num_threads(1);
        CHECK(pool(&w, type, in, out) == CNN_OK, "%s", now_at);
        compare(isa, "", out_type, out, want, average ? allowed : NULL, count);
        cnn_set_num_threads(threads);
        CHECK(pool(&w, type, moved(IN, in_count, type), again) == CNN_OK, "%s", now_at);
        compare_bits(isa, ", several threads and one", out_type, again, out, count);
    }
    free(want);
    free(allowed);
}

static void sweep_pools(void) {
    const int64_t kernels[][2] = {{1, 1}, {2, 2}, {3, 3}, {2, 3}, {4, 1}, {5, 5}, {7, 7}, {11, 2}, {3, 11}};
    int64_t turn = 0;
    for (int64_t k = 0; k < COUNT(kernels); k++)
        for (int64_t c = 0; c < COUNT(CHANNELS); c++)
            for (int64_t stride = 0; stride <= 3; stride++) /* 0: as large as the window */
                for (int type = CNN_U8; type <= CNN_F64; type++, turn++) {
                    cnn_window w = window_for(1, 1, kernels[k][0], kernels[k][1]);
                    w.c = CHANNELS[c];
                    w.n = 1 + turn % 2;
                    w.stride_h = stride ? stride : w.kernel_h;
                    w.stride_w = stride ? stride : w.kernel_w;
                    w.h += turn % 4;
                    w.w += COLUMNS[turn % (CHANNELS[c] > 8 ? 11 : COUNT(COLUMNS))] * (stride ? 1 : 2) - 1;
                    if (turn / 2 % 3 == 0) make_same(&w);
                    check_pool(w, type, 0, 2);
                    if (turn % 2) check_pool(w, type, 1, 3);
                }
    for (int64_t columns = 1; columns <= 140; columns++)
        for (int type = CNN_U8; type <= CNN_F64; type++)
            for (int64_t channels = 1; channels <= 4; channels++) {
                cnn_window w = window_for(1, 1, 2, 2);
                w.c = channels;
                w.stride_h = w.stride_w = 2;
                w.h = 3;
                w.w = 2 * columns + columns % 2;
                check_pool(w, type, 0, 2);
                if ((columns + channels) % 4 == 0) check_pool(w, type, 1, 2);
            }
    for (int type = CNN_U8; type <= CNN_F64; type++)
        for (int threads = 2; threads <= 8; threads += 3) {
            cnn_window w = window_for(150, 301, 3, 2);
            w.c = threads == 5 ? 3 : 1;
            check_pool(w, type, threads == 5, threads);
            w.h = 401;
            w.w = 515;
            w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = 2;
            check_pool(w, type, 0, threads);
        }
}

/* ---- clamping and ReLU ---- */

static void check_point(int64_t count, int type, int operation) {
    if (!is_mine()) return;
    seed = (uint64_t)example * 0x9E3779B97F4A7C15u;
    const cnn_window none = {0};
    const int out_type = operation == 0 ? CNN_U8 : type;
    const double low = (double)pick(0, 100), high = low + (double)pick(0, 155);
    describe(operation == 2 ? "relu" : "clamp", &none, type, out_type, count, 0);
    char *in = place(IN, count, type, 1);
    fill(type, in, count, type < CNN_F32 ? ORDINARY : SPECIAL);
    if (type >= CNN_F32) /* halves, and what lies outside 0..255 */
        for (int64_t i = 0; i < count; i += 3) put(type, in, i, (double)pick(-600, 600) / 2);
    double *want = room(count, sizeof *want);
    for (int64_t i = 0; i < count; i++) {
        const double v = at(type, in, i);
        if (operation == 2) want[i] = v < 0 ? 0 : v;
        else if (operation == 0) want[i] = rint(v < low || isnan(v) ? low : v > high ? high : v);
        else want[i] = v < low || isnan(v) ? low : v > high ? high : v;
    }
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        for (int end = 0; end < 2; end++) {
            char *out = place(OUT, count, out_type, end);
            const char *source = end ? in : moved(IN, count, type);
            cnn_set_num_threads(end ? 1 : 3);
            const int status = operation == 2 ? cnn_relu(type, count, source, out)
                                              : cnn_clamp(type, out_type, count, source, low, high, out);
            CHECK(status == CNN_OK, "%s: status %d", now_at, status);
            compare(isa, end ? "" : ", several threads", out_type, out, want, NULL, count);
        }
    }
    free(want);
}

static void sweep_points(void) {
    for (int64_t count = 0; count <= 203; count++)
        for (int type = CNN_U8; type <= CNN_F64; type++)
            for (int operation = 0; operation < 3; operation++)
                if (operation != 1 || type >= CNN_F32) check_point(count == 203 ? 400001 : count, type, operation);
}

int main(int argc, char **argv) {
    if (argc > 1) every = atoll(argv[1]);
    if (argc > 2) first = atoll(argv[2]);
    CHECK(every > 0 && first >= 0, "usage: test_sweep [EVERY [FIRST]]");
    for (int i = 0; i < ARENAS; i++)
        arenas[i] = guarded_new((size_t)10 << 20, 1); /* whole pages: both ends are guarded */
    const struct {
        const char *name;
        void (*run)(void);
    } sweeps[] = {{"channels and filters", sweep_channels},
                  {"Winograd", sweep_winograd},
                  {"kernels", sweep_kernels},
                  {"widths", sweep_widths},
                  {"strides and dilations", sweep_strides},
                  {"groups", sweep_groups},
                  {"threads", sweep_threads},
                  {"filters", sweep_filters},
                  {"pooling", sweep_pools},
                  {"clamp and ReLU", sweep_points}};
    for (int64_t i = 0; i < COUNT(sweeps); i++) {
        const int64_t before = examples_run;
        sweeps[i].run();
        printf("%s: %d examples\n", sweeps[i].name, (int)(examples_run - before));
        fflush(stdout);
    }
    for (int i = 0; i < ARENAS; i++) guarded_free(&arenas[i]);
    CHECK(every > 1 || examples_run == example, "every example is run");
    return 0;
}
