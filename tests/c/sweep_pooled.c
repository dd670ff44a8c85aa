/* Convolution, ReLU and maximum pooling for training: the winners and the gradients, against plain loops in double that
 * share nothing with csrc. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

struct pooled_example {
    cnn_window w, pool;
    int64_t filters, groups;
    int relu;
};

/* Arrays of one example, each beside a forbidden page. */
struct arrays {
    float *in, *kernel, *bias, *out, *grad, *d_in, *d_kernel, *d_bias;
    uint8_t *winners;
};

struct sizes {
    int64_t in, kernel, out;
};

static struct arrays arrays_at(struct sizes s, int64_t filters, int at_end) {
    return (struct arrays){.in = (float *)place(IN, s.in, CNN_F32, at_end),
                           .kernel = (float *)place(KERNEL, s.kernel, CNN_F32, at_end),
                           .bias = (float *)place(BIAS, filters, CNN_F32, at_end),
                           .out = (float *)place(OUT, s.out, CNN_F32, at_end),
                           .winners = (uint8_t *)place(WINNERS, s.out, CNN_U8, at_end),
                           .grad = (float *)place(GRAD, s.out, CNN_F32, at_end),
                           .d_in = (float *)place(D_IN, s.in, CNN_F32, at_end),
                           .d_kernel = (float *)place(D_KERNEL, s.kernel, CNN_F32, at_end),
                           .d_bias = (float *)place(D_BIAS, filters, CNN_F32, at_end)};
}

/* The input pixel under the first tap of the window that won. */
static void won_at(const struct pooled_example *e, int64_t y, int64_t x, int64_t winner, int64_t *row,
                   int64_t *column) {
    *row = (y * e->pool.stride_h - e->pool.top + winner / e->pool.kernel_w) * e->w.stride_h - e->w.top;
    *column = (x * e->pool.stride_w - e->pool.left + winner % e->pool.kernel_w) * e->w.stride_w - e->w.left;
}

/* Writes the gradients and the sums of the absolute values of their terms, which bound their rounding. */
static void gradients(const struct pooled_example *e, const struct arrays *a, int64_t rows, int64_t columns,
                      double *d_in, double *d_kernel, double *d_bias, struct sizes s) {
    const cnn_window *w = &e->w;
    const int64_t channels = w->c / e->groups, in_group = e->filters / e->groups;
    memset(d_in, 0, (size_t)(2 * s.in) * sizeof *d_in);
    memset(d_kernel, 0, (size_t)(2 * s.kernel) * sizeof *d_kernel);
    memset(d_bias, 0, (size_t)(2 * e->filters) * sizeof *d_bias);
    for (int64_t i = 0; i < s.out; i++) {
        if (a->winners[i] == CNN_SHUT) continue;
        const double g = (double)a->grad[i];
        const int64_t f = i % e->filters, pixel = i / e->filters;
        int64_t top, left;
        won_at(e, pixel / columns % rows, pixel % columns, a->winners[i], &top, &left);
        d_bias[f] += g;
        d_bias[e->filters + f] += fabs(g);
        for (int64_t tap = 0; tap < w->kernel_h * w->kernel_w; tap++) {
            const int64_t y = top + tap / w->kernel_w * w->dilation_h, x = left + tap % w->kernel_w * w->dilation_w;
            if (y < 0 || y >= w->h || x < 0 || x >= w->w) continue;
            for (int64_t c = 0; c < channels; c++) {
                const int64_t k = (tap * channels + c) * e->filters + f;
                const int64_t row = pixel / columns / rows * w->h + y;
                const int64_t at_in = (row * w->w + x) * w->c + f / in_group * channels + c;
                const double to_kernel = g * (double)a->in[at_in], to_in = g * (double)a->kernel[k];
                d_kernel[k] += to_kernel;
                d_kernel[s.kernel + k] += fabs(to_kernel);
                d_in[at_in] += to_in;
                d_in[s.in + at_in] += fabs(to_in);
            }
        }
    }
}

/* `want` has `count` values and then their bounds in `bits` last bits. */
static void compare_sums(const char *isa, const char *what, const float *out, double *want, int64_t count,
                         double bits) {
    for (int64_t i = 0; i < count; i++) want[count + i] *= bits / 0x1p24;
    compare(isa, what, CNN_F32, out, want, want + count, count);
}

/* Every second example's. */
static int flags_of(const struct pooled_example *e) {
    return (e->relu ? CNN_RELU : 0) | (example % 2 ? CNN_LOOSE : 0);
}

/* The winners, from the convolution's own output: of this instruction set, so that nothing is rounded otherwise. */
static void check_winners(const char *isa, const struct pooled_example *e, const struct arrays *a, int64_t rows,
                          int64_t columns) {
    int64_t high, wide, i = 0;
    outputs(&e->w, &high, &wide);
    const int64_t count = e->w.n * high * wide * e->filters;
    float *sums = room(count, sizeof *sums);
    cnn_plan *plan;
    CHECK(cnn_plan_new(&e->w, e->filters, e->groups, CNN_F32, CNN_F32, a->kernel, a->bias, flags_of(e), 0,
                       &plan) == CNN_OK,
          "%s", now_at);
    CHECK(cnn_plan_run(plan, e->w.n, a->in, sums) == CNN_OK, "%s", now_at);
    cnn_plan_free(plan);
    for (int64_t n = 0; n < e->w.n; n++)
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++)
                for (int64_t f = 0; f < e->filters; f++, i++) {
                    float best = -INFINITY;
                    int winner = -1;
                    for (int p = 0; p < (int)(e->pool.kernel_h * e->pool.kernel_w); p++) {
                        const int64_t row = y * e->pool.stride_h - e->pool.top + p / (int)e->pool.kernel_w;
                        const int64_t column = x * e->pool.stride_w - e->pool.left + p % (int)e->pool.kernel_w;
                        if (row < 0 || row >= high || column < 0 || column >= wide) continue;
                        const float value = sums[((n * high + row) * wide + column) * e->filters + f];
                        if (winner < 0 || value > best || (isnan(value) && !isnan(best))) {
                            best = value;
                            winner = p;
                        }
                    }
                    if (e->relu && !(best > 0)) winner = CNN_SHUT;
                    CHECK(same((double)a->out[i], (double)best) && a->winners[i] == winner,
                          "example %d, %s, %s: value %d is %g of %d, should be %g of %d", (int)example - 1, isa, now_at,
                          (int)i, (double)a->out[i], a->winners[i], (double)best, winner);
                }
    free(sums);
}

static void run_once(const struct pooled_example *e, const struct arrays *a, cnn_plan *plan) {
    CHECK(cnn_pooled_conv2d(plan, &e->pool, e->w.n, a->in, a->out, a->winners) == CNN_OK, "%s", now_at);
    CHECK(cnn_pooled_conv2d_backward(&e->w, &e->pool, e->filters, e->groups, a->in, a->kernel, a->grad, a->winners,
                                     a->d_in, a->d_kernel, a->d_bias) == CNN_OK,
          "%s", now_at);
}

static void check_pooled(struct pooled_example e, enum values values, int threads) {
    if (!is_mine()) return;
    int64_t high, wide, rows, columns;
    outputs(&e.w, &high, &wide);
    e.pool.n = e.w.n;
    e.pool.h = high;
    e.pool.w = wide;
    e.pool.c = e.filters;
    e.pool.dilation_h = e.pool.dilation_w = 1;
    if (e.pool.top > 0) make_same(&e.pool);
    outputs(&e.pool, &rows, &columns);
    if (rows < 1 || columns < 1) return;
    const struct sizes s = {e.w.n * e.w.h * e.w.w * e.w.c, e.w.kernel_h * e.w.kernel_w * (e.w.c / e.groups) * e.filters,
                            e.w.n * rows * columns * e.filters};
    describe(e.relu ? "pooled, ReLU" : "pooled", &e.w, CNN_F32, CNN_F32, e.filters, e.groups);
    const struct arrays a = arrays_at(s, e.filters, 1), b = arrays_at(s, e.filters, 0);
    double *d_in = room(2 * s.in, sizeof *d_in), *d_kernel = room(2 * s.kernel, sizeof *d_kernel);
    double *d_bias = room(2 * e.filters, sizeof *d_bias);
    const int halving = e.relu && e.pool.kernel_h == 2 && e.pool.kernel_w == 2 && e.pool.stride_h == 2 &&
                        e.pool.stride_w == 2 && e.pool.top + e.pool.bottom + e.pool.left + e.pool.right == 0;
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        fill(CNN_F32, a.in, s.in, values);
        fill(CNN_F32, a.kernel, s.kernel, values == WHOLE ? WHOLE : ORDINARY);
        fill(CNN_F32, a.bias, e.filters, values == WHOLE ? WHOLE : ORDINARY);
        fill(CNN_F32, a.grad, s.out, ORDINARY);
        cnn_plan *plan;
        CHECK(cnn_plan_new(&e.w, e.filters, e.groups, CNN_F32, CNN_F32, a.kernel, a.bias, flags_of(&e),
                           halving, &plan) == CNN_OK,
              "%s", now_at);
        cnn_set_num_threads(1);
        run_once(&e, &a, plan);
        check_winners(isa, &e, &a, rows, columns);
        if (values != SPECIAL) { /* 0 times infinity: a padded tap */
            gradients(&e, &a, rows, columns, d_in, d_kernel, d_bias, s);
            const double bits = 300;
            compare_sums(isa, ", gradient of the kernel", a.d_kernel, d_kernel, s.kernel, bits);
            compare_sums(isa, ", gradient of the bias", a.d_bias, d_bias, e.filters, bits);
            compare_sums(isa, ", gradient of the input", a.d_in, d_in, s.in, bits);
        }
        const int moved_arenas[] = {IN, KERNEL, BIAS, GRAD};
        const int64_t counts[] = {s.in, s.kernel, e.filters, s.out};
        for (int i = 0; i < 4; i++) moved(moved_arenas[i], counts[i], CNN_F32);
        cnn_set_num_threads(threads);
        run_once(&e, &b, plan);
        compare_bits(isa, ", several threads and one", CNN_F32, b.out, a.out, s.out);
        compare_bits(isa, ", winners by several threads", CNN_U8, b.winners, a.winners, s.out);
        compare_bits(isa, ", gradient of the kernel by several threads", CNN_F32, b.d_kernel, a.d_kernel, s.kernel);
        compare_bits(isa, ", gradient of the bias by several threads", CNN_F32, b.d_bias, a.d_bias, e.filters);
        compare_bits(isa, ", gradient of the input by several threads", CNN_F32, b.d_in, a.d_in, s.in);
        cnn_plan_free(plan);
    }
    free(d_in);
    free(d_kernel);
    free(d_bias);
}

static struct pooled_example example_of(int64_t rows, int64_t columns, int64_t kernel_h, int64_t kernel_w,
                                        int64_t channels, int64_t filters) {
    struct pooled_example e = {.w = window_for(rows, columns, kernel_h, kernel_w), .filters = filters, .groups = 1,
                               .relu = 1};
    e.w.c = channels;
    e.pool.kernel_h = e.pool.kernel_w = e.pool.stride_h = e.pool.stride_w = 2;
    return e;
}

/* Windows that do not fit the convolution are refused, and nothing is written. */
static void check_refused(void) {
    const struct pooled_example e = example_of(6, 6, 3, 3, 2, 4);
    const struct sizes s = {8 * 8 * 2, 9 * 2 * 4, 3 * 3 * 4};
    const struct arrays a = arrays_at(s, 4, 1);
    memset(a.d_kernel, 1, (size_t)s.kernel * sizeof *a.d_kernel);
    for (int i = 0; i < 6; i++) {
        cnn_window w = e.w, pool = e.pool;
        int64_t groups = 1;
        pool.n = 1;
        pool.h = pool.w = 6;
        pool.c = 4;
        pool.dilation_h = pool.dilation_w = 1;
        if (i == 0) pool.h = 7;
        if (i == 1) pool.c = 5;
        if (i == 2) pool.n = 2;
        if (i == 3) pool.top = 2;
        if (i == 4) w.h = 2;
        if (i == 5) groups = 3;
        CHECK(cnn_pooled_conv2d_backward(&w, &pool, 4, groups, a.in, a.kernel, a.grad, a.winners, NULL, a.d_kernel,
                                         NULL) == CNN_BAD_ARGUMENT,
              "refused %d", i);
    }
    for (int64_t i = 0; i < s.kernel * 4; i++) CHECK(((char *)a.d_kernel)[i] == 1, "nothing is written");
}

void sweep_pooled(void) {
    check_refused();
    const int64_t kernels[][2] = {{1, 1}, {2, 2}, {3, 3}, {3, 2}, {4, 4}, {5, 5}, {6, 5}, {7, 3}, {1, 9}};
    int64_t turn = 0;
    for (int64_t c = 0; c < COUNT(CHANNELS); c++)
        for (int64_t k = 0; k < COUNT(kernels); k++, turn++) {
            if (CHANNELS[c] > 17 && k > 4) continue;
            struct pooled_example e = example_of(4 + turn % 5, 2 + turn * 3 % 11, kernels[k][0], kernels[k][1],
                                                 CHANNELS[c], CHANNELS[(c + k * 5) % (COUNT(CHANNELS) - 1)]);
            e.w.n = 1 + turn % 7;
            if (turn % 5 == 3) make_same(&e.w);
            e.relu = turn % 11 != 7;
            check_pooled(e, turn % 4 == 1 ? WHOLE : turn % 9 == 4 ? SPECIAL : ORDINARY, 2 + (int)(turn % 2));
        }
    for (int64_t i = 0; i < 60; i++) { /* strides, dilations, other pools, groups */
        struct pooled_example e = example_of(5 + i % 4, 6 + i % 3, 3, 1 + i % 5, i % 2 ? 4 : 12, i % 3 ? 8 : 12);
        e.w.n = 1 + i % 3;
        e.w.stride_h = 1 + i % 2;
        e.w.stride_w = 1 + i / 2 % 2;
        e.w.dilation_h = 1 + i / 4 % 2;
        e.w.dilation_w = 1 + i / 8 % 3;
        e.w.h = (4 + i % 4) * e.w.stride_h + 2 * e.w.dilation_h + i % 2;
        e.w.w = (5 + i % 3) * e.w.stride_w + i % 5 * e.w.dilation_w + 1;
        if (i % 3 == 0) make_same(&e.w);
        if (i % 4 == 1) e.groups = 4;
        e.pool.stride_h = 1 + i / 3 % 3;
        e.pool.stride_w = 1 + i / 5 % 3;
        if (i % 5 == 2) e.pool.kernel_h = 3;
        if (i % 7 == 3) e.pool.kernel_w = 1 + i % 4;
        e.pool.top = i % 6 == 4 && e.pool.kernel_h > 1 && e.pool.kernel_w > 1;
        e.relu = i % 8 != 6;
        check_pooled(e, i % 3 ? ORDINARY : WHOLE, 2);
    }
    const int64_t large[][5] = {{28, 28, 1, 64, 37}, {13, 13, 64, 64, 25}, {150, 105, 1, 16, 2}, {74, 51, 16, 24, 2},
                                {30, 300, 3, 20, 1}, {16, 16, 32, 300, 5}};
    for (int64_t i = 0; i < COUNT(large); i++) { /* several images in a piece, several bands in an image */
        struct pooled_example e = example_of(large[i][0] - 2, large[i][1] - 2, 3, 3, large[i][2], large[i][3]);
        e.w.n = large[i][4];
        check_pooled(e, ORDINARY, 3);
    }
}
