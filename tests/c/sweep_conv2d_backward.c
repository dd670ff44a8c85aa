/* The gradients of a convolution against the definition: channels, filters and groups around every block, strides,
 * dilations and padding of every kind, long sums, far taps, many threads. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_conv2d.h"

/* An array, and for each value the sum of absolute products. */
struct gradient {
    int64_t count;
    double *want, *size;
};

static struct gradient gradient_new(int64_t count) {
    const struct gradient g = {count, room(count, sizeof(double)), room(count, sizeof(double))};
    memset(g.size, 0, (size_t)count * sizeof(double));
    return g;
}

static void gradient_free(struct gradient *g) {
    free(g->want);
    free(g->size);
}

static void round_sums(const long double *sums, struct gradient *g) {
    for (int64_t i = 0; i < g->count; i++) g->want[i] = (double)sums[i];
}

static void add_term(long double *sum, double *size, double a, double b) {
    *sum += (long double)a * (long double)b;
    *size += fabs(a * b);
}

/* The definition: each product of the convolution whose tap lies on the input, once from either side. */
static void differentiate(const struct convolution *c, const double *in, const double *kernel, const double *grad,
                          struct gradient *d_in, struct gradient *d_kernel, struct gradient *d_bias) {
    const cnn_window *w = &c->w;
    const int64_t in_group = w->c / c->groups, out_group = c->filters / c->groups;
    long double *x_sums = room(d_in->count, sizeof *x_sums), *k_sums = room(d_kernel->count, sizeof *k_sums);
    long double *b_sums = room(d_bias->count, sizeof *b_sums);
    int64_t rows, columns, i = 0;
    outputs(w, &rows, &columns);
    for (int64_t k = 0; k < d_in->count; k++) x_sums[k] = 0;
    for (int64_t k = 0; k < d_kernel->count; k++) k_sums[k] = 0;
    for (int64_t k = 0; k < d_bias->count; k++) b_sums[k] = 0;
    for (int64_t n = 0; n < w->n; n++)
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++)
                for (int64_t f = 0; f < c->filters; f++, i++) {
                    add_term(&b_sums[f], &d_bias->size[f], grad[i], 1);
                    for (int64_t a = 0; a < w->kernel_h; a++)
                        for (int64_t b = 0; b < w->kernel_w; b++) {
                            const int64_t row = y * w->stride_h + a * w->dilation_h - w->top;
                            const int64_t column = x * w->stride_w + b * w->dilation_w - w->left;
                            if (row < 0 || row >= w->h || column < 0 || column >= w->w) continue;
                            int64_t from = ((n * w->h + row) * w->w + column) * w->c + f / out_group * in_group;
                            int64_t to = (a * w->kernel_w + b) * in_group * c->filters + f;
                            for (int64_t k = 0; k < in_group; k++, from++, to += c->filters) {
                                add_term(&x_sums[from], &d_in->size[from], kernel[to], grad[i]);
                                add_term(&k_sums[to], &d_kernel->size[to], in[from], grad[i]);
                            }
                        }
                }
    round_sums(x_sums, d_in);
    round_sums(k_sums, d_kernel);
    round_sums(b_sums, d_bias);
    free(x_sums);
    free(k_sums);
    free(b_sums);
}

static double epsilon_of(const struct convolution *c) {
    return c->type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

/* The last bit of the smallest numbers. */
static double least_of(const struct convolution *c) {
    return c->type == CNN_F64 ? DBL_MIN * DBL_EPSILON : (double)FLT_MIN * (double)FLT_EPSILON;
}

/* Of the gradient of the input, which may be a convolution by Winograd's algorithm: as cnncore.h says of these. */
static void allow_input(const struct convolution *c, const double *kernel, const double *grad, enum values values,
                        struct gradient *d_in) {
    const cnn_window *w = &c->w;
    const int64_t in_group = w->c / c->groups;
    struct convolution turned = *c;
    cnn_window *t = &turned.w;
    turned.filters = w->c;
    outputs(w, &t->h, &t->w);
    t->c = c->filters;
    t->top = (w->kernel_h - 1) * w->dilation_h - w->top;
    t->left = (w->kernel_w - 1) * w->dilation_w - w->left;
    const double terms = (double)(w->kernel_h * w->kernel_w * (c->filters / c->groups));
    const double epsilon = epsilon_of(c), least = least_of(c), bits = last_bits(c->type, terms);
    int transforms = may_be_winograd(&turned) && values != EQUAL;
    for (int64_t i = 0; i < w->kernel_h * w->kernel_w * in_group * c->filters; i++) /* then by definition */
        transforms = transforms && isfinite(kernel[i]);
    for (int64_t i = 0; i < d_in->count; i++)
        d_in->size[i] = d_in->size[i] * epsilon * (transforms ? fmin(16, bits) : bits) + least * terms;
    if (!transforms) return;
    double *weights = room(9 * w->c * c->filters, sizeof *weights);
    for (int64_t tap = 0; tap < 9; tap++)
        for (int64_t k = 0; k < in_group; k++)
            for (int64_t f = 0; f < c->filters; f++)
                weights[((8 - tap) * c->filters + f) * w->c + k] = kernel[(tap * in_group + k) * c->filters + f];
    allow_transforms(&turned, grad, weights, w->h, w->w, d_in->size);
    free(weights);
}

static void allow_sums(const struct convolution *c, struct gradient *g, double positions) {
    const double epsilon = epsilon_of(c), least = least_of(c);
    const double bits = fmin(positions, 128) + 66 + (c->type == CNN_F64 ? positions / 128 : 0);
    for (int64_t i = 0; i < g->count; i++) g->size[i] = g->size[i] * epsilon * bits + least * positions;
}

static void run(const struct convolution *c, const char *in, const char *kernel, const char *grad, char *d_in,
                char *d_kernel, char *d_bias) {
    CHECK(cnn_conv2d_backward(&c->w, c->filters, c->groups, c->type, in, kernel, grad, 0, d_in, d_kernel, d_bias) ==
              CNN_OK, "%s", now_at);
}

static void check_isa(const struct convolution *c, const char *isa, const struct gradient *want_in,
                      const struct gradient *want_kernel, const struct gradient *want_bias, int64_t outputs_count,
                      int threads) {
    const int type = c->type;
    const int64_t in_count = want_in->count, kernel_count = want_kernel->count, filters = want_bias->count;
    char *in = place(IN, in_count, type, 1), *kernel = place(KERNEL, kernel_count, type, 1);
    char *grad = place(GRAD, outputs_count, type, 1), *d_in = place(OUT, in_count, type, 1);
    char *d_kernel = place(D_KERNEL, kernel_count, type, 1), *d_bias = place(BIAS, filters, type, 1);
    cnn_use_isa(isa);
    memset(d_in, 0x5A, (size_t)in_count * size_of(type));
    memset(d_kernel, 0x5A, (size_t)kernel_count * size_of(type));
    memset(d_bias, 0x5A, (size_t)filters * size_of(type));
    cnn_set_num_threads(1);
    run(c, in, kernel, grad, d_in, d_kernel, d_bias);
    compare(isa, ", input", type, d_in, want_in->want, want_in->size, in_count);
    compare(isa, ", kernel", type, d_kernel, want_kernel->want, want_kernel->size, kernel_count);
    compare(isa, ", bias", type, d_bias, want_bias->want, want_bias->size, filters);
    char *d_in2 = place(AGAIN, in_count, type, 0), *d_kernel2 = place(D_KERNEL, kernel_count, type, 0);
    char *d_bias2 = place(BIAS, filters, type, 0);
    cnn_set_num_threads(threads);
    run(c, moved(IN, in_count, type), moved(KERNEL, kernel_count, type), moved(GRAD, outputs_count, type), d_in2,
        d_kernel2, d_bias2);
    compare_bits(isa, ", input, several threads and one", type, d_in2, d_in, in_count);
    compare_bits(isa, ", kernel, several threads and one", type, d_kernel2, d_kernel, kernel_count);
    compare_bits(isa, ", bias, several threads and one", type, d_bias2, d_bias, filters);
    run(c, in, kernel, grad, NULL, d_kernel2, d_bias2);
    compare_bits(isa, ", kernel, without the input's", type, d_kernel2, d_kernel, kernel_count);
}

static void check_gradients(struct convolution c, enum values values, int threads) {
    if (!is_mine()) return;
    const cnn_window *w = &c.w;
    int64_t rows, columns;
    outputs(w, &rows, &columns);
    CHECK(rows > 0 && columns > 0, "example %d has no output", (int)example - 1);
    describe("gradients", w, c.type, c.type, c.filters, c.groups);
    const int64_t count = w->n * rows * columns * c.filters;
    struct gradient d_in = gradient_new(w->n * w->h * w->w * w->c), d_bias = gradient_new(c.filters);
    struct gradient d_kernel = gradient_new(w->kernel_h * w->kernel_w * (w->c / c.groups) * c.filters);
    char *in = place(IN, d_in.count, c.type, 1), *kernel = place(KERNEL, d_kernel.count, c.type, 1);
    char *grad = place(GRAD, count, c.type, 1);
    fill(c.type, in, d_in.count, values == RANGED ? ORDINARY : values); /* products must not overflow */
    fill(c.type, grad, count, values);
    fill(c.type, kernel, d_kernel.count, values == RANGED || (values == SPECIAL && example % 2) ? ORDINARY : values);
    double *x = as_doubles(c.type, in, d_in.count), *k = as_doubles(c.type, kernel, d_kernel.count);
    double *g = as_doubles(c.type, grad, count);
    differentiate(&c, x, k, g, &d_in, &d_kernel, &d_bias);
    allow_input(&c, k, g, values, &d_in);
    allow_sums(&c, &d_kernel, (double)(w->n * rows * columns));
    allow_sums(&c, &d_bias, (double)(w->n * rows * columns));
    const char *isa;
    for (int i = 0; (isa = cnn_isa_name(i)) != NULL; i++)
        check_isa(&c, isa, &d_in, &d_kernel, &d_bias, count, threads);
    free(x);
    free(k);
    free(g);
    gradient_free(&d_in);
    gradient_free(&d_kernel);
    gradient_free(&d_bias);
}

static void check_types(cnn_window w, int64_t filters, int64_t groups, enum values values, int threads) {
    const struct convolution narrow = {w, filters, groups, CNN_F32, CNN_F32, 0, 0};
    const struct convolution wide = {w, filters, groups, CNN_F64, CNN_F64, 0, 0};
    check_gradients(narrow, values, threads);
    if (values != RANGED && example % 3 == 0) check_gradients(wide, values, threads);
}

static void shapes_of_channels(void) {
    const int64_t channels[] = {1, 2, 3, 5, 6, 7, 13, 14, 15, 16, 17, 29, 64, 65};
    const int64_t filters[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 130};
    for (int64_t c = 0; c < COUNT(channels); c++)
        for (int64_t f = 0; f < COUNT(filters); f++)
            for (int part = 0; part < 3; part++) {
                const int64_t side = ((int64_t[]){3, 1, 5})[part];
                cnn_window w = window_for(1 + (c + f) % 4, COLUMNS[(5 * c + 3 * f) % 20], side, side);
                w.c = channels[c];
                w.n = 1 + (c + 2 * f) % 3;
                if ((c + f) % 2) make_same(&w);
                check_types(w, filters[f], 1, f % 3 == 1 ? SPECIAL : ORDINARY, 2 + part);
            }
}

static void shapes_of_winograd(void) {
    const int64_t channels[] = {16, 17, 64}, filters[] = {16, 31, 65};
    const enum values values[] = {ORDINARY, SPECIAL, RANGED};
    for (int64_t c = 0; c < COUNT(channels); c++)
        for (int64_t f = 0; f < COUNT(filters); f++)
            for (int v = 0; v < COUNT(values); v++) {
                cnn_window w = window_for(20 + (c + f) % 5, 21 + (c + 2 * f) % 7, 3, 3);
                w.c = channels[c];
                if ((c + v) % 2) make_same(&w);
                check_types(w, filters[f], 1, values[v], 2);
            }
}

static void shapes_of_strides(void) {
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1}, {3, 3, 3}, {16, 16, 16}, {65, 65, 65}, {3, 8, 1}, {16, 17, 1}, {8, 34, 2}, {12, 12, 4},
                  {24, 48, 24}, {1, 33, 1}};
    const int64_t kernels[][2] = {{3, 3}, {1, 1}, {2, 3}, {5, 5}, {1, 4}, {3, 1}};
    for (int turn = 0; turn < 81; turn++)
        for (int64_t s = 0; s < COUNT(shapes); s++)
            for (int padding = 0; padding < 3; padding++) {
                const int64_t *k = kernels[(turn + s + padding) % COUNT(kernels)];
                cnn_window w = {.n = 1 + turn % 2, .c = shapes[s].channels, .kernel_h = k[0], .kernel_w = k[1],
                                .stride_h = 1 + turn % 3, .stride_w = 1 + turn / 3 % 3, .dilation_h = 1 + turn / 9 % 3,
                                .dilation_w = 1 + turn / 27};
                w.h = (k[0] - 1) * w.dilation_h + 1 + (turn + s) % 5;
                w.w = (k[1] - 1) * w.dilation_w + COLUMNS[(turn + 4 * s + 9 * padding) % 15];
                if (padding == 1) make_same(&w);
                if (padding == 2) w.top = 2, w.right = 1, w.left = turn % 2 * 3, w.bottom = turn % 5;
                check_types(w, shapes[s].filters, shapes[s].groups, turn % 4 == 1 ? SPECIAL : ORDINARY, 3);
            }
}

static void shapes_of_groups(void) {
    const int64_t groups[] = {2, 3, 5, 8, 32}, in[] = {1, 2, 4, 15, 33}, out[] = {1, 2, 3, 4, 8, 17};
    for (int64_t g = 0; g < COUNT(groups); g++)
        for (int64_t i = 0; i < COUNT(in); i++)
            for (int64_t o = 0; o < COUNT(out); o++) {
                cnn_window w = window_for(1 + i % 3, COLUMNS[(g + i + o) % 13], 1 + (g + o) % 3, 1 + (g + i) % 3);
                w.c = groups[g] * in[i];
                w.n = 1 + o % 2;
                if ((i + o) % 2) make_same(&w);
                check_types(w, groups[g] * out[o], groups[g], o % 2 ? SPECIAL : ORDINARY, 3);
            }
}

/* Sums over many positions of values whose rounding errors add up; many small images, few large ones. */
static void shapes_of_sums(void) {
    const struct {
        int64_t n, rows, columns, kernel, channels, filters, groups;
    } shapes[] = {{1, 1, 127, 3, 1, 3, 1}, {1, 1, 128, 1, 2, 3, 1},  {1, 1, 129, 3, 2, 17, 1}, {1, 3, 300, 3, 1, 5, 1},
                  {1, 100, 90, 3, 1, 2, 1}, {300, 1, 1, 2, 3, 17, 1}, {150, 2, 3, 3, 2, 4, 1},  {9, 30, 31, 1, 3, 2, 1},
                  {3, 40, 50, 3, 8, 8, 8},  {40, 11, 11, 3, 2, 34, 1}, {2, 70, 70, 3, 4, 4, 2},
                  {20, 30, 30, 1, 1, 1, 1}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int part = 0; part < 3; part++) {
            cnn_window w = window_for(shapes[s].rows, shapes[s].columns, shapes[s].kernel, shapes[s].kernel);
            w.n = shapes[s].n;
            w.c = shapes[s].channels;
            if (part == 1) make_same(&w);
            check_types(w, shapes[s].filters, shapes[s].groups, part == 2 ? ORDINARY : EQUAL, 2 + 3 * part);
        }
}

static void shapes_of_far(void) {
    const int64_t far[] = {1, 4, 9, 1000, 1000000};
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1}, {3, 3, 3}, {3, 8, 1}, {8, 34, 2}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int64_t i = 0; i < COUNT(far); i++)
            for (int64_t k = 0; k < COUNT(far); k++)
                for (int part = 0; part < 2; part++) {
                    cnn_window w = window_for(4 + (s + i) % 5, 3 + (s + k) % 9, 3, 3);
                    w.c = shapes[s].channels;
                    w.stride_h = far[k], w.stride_w = far[i];
                    if (part == 0) {
                        w.dilation_h = far[i], w.dilation_w = far[k];
                        make_same(&w);
                    } else {
                        w.top = w.bottom = 2 * far[k], w.left = w.right = far[i];
                    }
                    check_types(w, shapes[s].filters, shapes[s].groups, ORDINARY, 3);
                }
}

/* Work for several threads: cut by images, by rows, by taps and channels. */
static void shapes_of_threads(void) {
    const struct {
        int64_t n, rows, columns, kernel, stride, channels, filters, groups;
    } shapes[] = {{1, 60, 101, 3, 1, 1, 4, 1}, {2, 40, 50, 3, 1, 17, 17, 17}, {3, 26, 26, 3, 1, 1, 64, 1},
                  {1, 11, 13, 3, 1, 64, 64, 1}, {2, 20, 20, 1, 1, 64, 65, 1}, {1, 1, 1, 3, 1, 128, 128, 1},
                  {1, 1, 300, 1, 1, 63, 65, 1}, {1, 25, 24, 3, 2, 3, 64, 1}, {7, 6, 5, 2, 2, 5, 33, 1},
                  {1, 3, 40, 5, 1, 32, 34, 2}, {1, 20, 20, 3, 1, 64, 64, 16}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int threads = 2; threads <= 8; threads += threads < 3 ? 1 : 5) {
            cnn_window w = window_for(shapes[s].rows, shapes[s].columns, shapes[s].kernel, shapes[s].kernel);
            w.n = shapes[s].n;
            w.c = shapes[s].channels;
            w.stride_h = w.stride_w = shapes[s].stride;
            w.h = (shapes[s].rows - 1) * w.stride_h + w.kernel_h;
            w.w = (shapes[s].columns - 1) * w.stride_w + w.kernel_w;
            if (threads == 3) make_same(&w);
            check_types(w, shapes[s].filters, shapes[s].groups, ORDINARY, threads);
        }
}

void sweep_conv2d_backward(void) {
    shapes_of_channels();
    shapes_of_winograd();
    shapes_of_strides();
    shapes_of_groups();
    shapes_of_sums();
    shapes_of_far();
    shapes_of_threads();
}
