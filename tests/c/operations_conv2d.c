/* Convolutions, plans and networks at random. */
#include <math.h>
#include <string.h>

#include "operations.h"

struct convolution {
    cnn_window w;
    int64_t filters, groups;
    int in_type, type, relu;
    int64_t rows, columns, terms;            /* of the output; of a sum */
    int64_t in_count, kernel_count, count;   /* elements */
    int end;                                 /* where arrays meet forbidden pages */
    struct guarded in, kernel, bias, out, want, again;
    const void *offsets; /* the bias, or NULL */
};

/* Returns 1 if csrc may use F(4x4, 3x3) or F(2, 3) here, whose errors are those of the largest window nearby. */
static int may_be_winograd(const struct convolution *c) {
    const cnn_window *w = &c->w;
    return c->in_type == CNN_F32 && w->kernel_h == 3 && w->kernel_w == 3 && w->stride_h == 1 && w->stride_w == 1 &&
           w->dilation_h == 1 && w->dilation_w == 1 && c->groups == 1 &&
           ((w->c >= 16 && c->filters >= 16) || ((w->c == 1 || w->c == 3) && c->filters > 16));
}

/* Draws everything but the values. */
static struct convolution draw(int round) {
    struct convolution c = {.end = round & 1};
    c.in_type = (int)CHOOSE(CNN_F32, CNN_F32, CNN_F64, CNN_U8, CNN_I8, CNN_I16);
    c.type = c.in_type >= CNN_F32 ? c.in_type : (int)CHOOSE(CNN_I32, CNN_I32, CNN_F32);
    c.groups = CHOOSE(1, 1, 1, 2, 3);
    int64_t in_group = CHOOSE(1, 1, 2, 3, 4, 5, 8, 15, 17, 33);
    int64_t out_group = CHOOSE(1, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65);
    if (pick(0, 3) == 0) { /* depthwise */
        c.groups = CHOOSE(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64);
        in_group = out_group = 1;
    }
    c.filters = c.groups * out_group;
    cnn_window w = random_window(c.groups * in_group, c.groups * in_group * out_group == 1 ? 11 : 5);
    if (c.in_type == CNN_F32 && in_group >= 15 && out_group >= 15 && pick(0, 1)) { /* Winograd */
        w.kernel_h = w.kernel_w = 3;
        w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 1;
        w.h = pick(4, 14);
        w.w = pick(4, 30);
    }
    if (c.type == CNN_F32 && c.groups == 1 && in_group <= 8 && pick(0, 3)) { /* few channels, in all widths */
        w.kernel_h = w.kernel_w = pick(0, 3) ? 3 : pick(1, 5);
        w.dilation_w = 1;
        if (pick(0, 3)) w.stride_h = w.stride_w = w.dilation_h = 1;
        w.h = pick(w.kernel_h, 9);
        w.w = pick(w.kernel_w, 34);
    }
    c.w = w;
    outputs(&w, &c.rows, &c.columns);
    c.terms = w.kernel_h * w.kernel_w * in_group;
    c.in_count = w.n * w.h * w.w * w.c;
    c.kernel_count = c.terms * c.filters;
    c.count = w.n * c.rows * c.columns * c.filters;
    return c;
}

static void make_arrays(struct convolution *c) {
    c->in = guarded_new((size_t)c->in_count * size_of(c->in_type), c->end);
    c->kernel = guarded_new((size_t)c->kernel_count * size_of(c->type), c->end);
    c->bias = guarded_new((size_t)c->filters * size_of(c->type), c->end);
    c->out = guarded_new((size_t)c->count * size_of(c->type), c->end);
    c->want = guarded_new((size_t)c->count * size_of(c->type), c->end);
    c->again = guarded_new((size_t)c->count * size_of(c->type), c->end);
    fill(c->in_type, c->in.data, c->in_count, may_be_winograd(c) ? WITHOUT_HUGE : SPECIAL);
    fill(c->type, c->kernel.data, c->kernel_count, NO_SPECIAL);
    int32_t *weights = (int32_t *)c->kernel.data;
    if (c->type == CNN_I32 && pick(0, 2) == 0 && c->in_type != CNN_I16) /* beyond 16 bits, the sum far inside 32 */
        weights[pick(0, c->kernel_count - 1)] = (int32_t)CHOOSE(INT16_MIN - 1, INT16_MAX + 1, 70000, -70000);
    if (c->type == CNN_I32 && pick(0, 2) == 0) weights[pick(0, c->kernel_count - 1)] = INT16_MIN;
    fill(c->type, c->bias.data, c->filters, NO_SPECIAL);
    c->offsets = pick(0, 1) ? c->bias.data : NULL;
    c->relu = (int)pick(0, 1);
}

static void free_arrays(struct convolution *c) {
    guarded_free(&c->in);
    guarded_free(&c->kernel);
    guarded_free(&c->bias);
    guarded_free(&c->out);
    guarded_free(&c->want);
    guarded_free(&c->again);
}

static double *absolute(int type, const void *data, int64_t count) {
    double *values = malloc((size_t)count * sizeof *values);
    for (int64_t i = 0; i < count; i++) values[i] = fabs(at(type, data, i));
    return values;
}

/* The same convolution of |x|, |w| and |b| in float64; NULL for integers. */
static double *bound_of(const struct convolution *c) {
    if (c->type == CNN_I32) return NULL;
    double *bound = malloc((size_t)c->count * sizeof *bound), *x = absolute(c->in_type, c->in.data, c->in_count);
    double *k = absolute(c->type, c->kernel.data, c->kernel_count), *b = absolute(c->type, c->bias.data, c->filters);
    CHECK(cnn_conv2d(&c->w, c->filters, c->groups, CNN_F64, CNN_F64, x, k, b, 0, bound) == CNN_OK, "bound");
    free(x);
    free(k);
    free(b);
    if (!may_be_winograd(c)) return bound;
    double largest = 0;
    for (int64_t i = 0; i < c->count; i++)
        if (isfinite(bound[i])) largest = fmax(largest, bound[i]);
    for (int64_t i = 0; i < c->count; i++) bound[i] = largest;
    return bound;
}

static void convolve(const struct convolution *c, const char *isa, struct guarded *out) {
    CHECK(cnn_conv2d(&c->w, c->filters, c->groups, c->in_type, c->type, c->in.data, c->kernel.data, c->offsets, c->relu,
                     out->data) == CNN_OK, "%s", isa);
}

/* A plan gives what cnn_conv2d gives; with pooling, exactly the maxima of that. */
static void check_plan(struct convolution *c, const char *isa, const double *bound, int pool) {
    cnn_plan *plan = NULL;
    const cnn_window *w = &c->w;
    const int64_t out_h = c->rows / (pool + 1), out_w = c->columns / (pool + 1),
                  count = w->n * out_h * out_w * c->filters;
    const int status =
        cnn_plan_new(w, c->filters, c->groups, c->in_type, c->type, c->kernel.data, c->offsets, c->relu, pool, &plan);
    CHECK(status == (out_h && out_w ? CNN_OK : CNN_BAD_ARGUMENT), "plan: status %d", status);
    if (status != CNN_OK) return;
    struct guarded planned = guarded_new((size_t)count * size_of(c->type), c->end);
    CHECK(cnn_plan_run(plan, w->n, c->in.data, planned.data) == CNN_OK, "%s", isa);
    if (pool) {
        const cnn_window halves = {.n = w->n, .h = c->rows, .w = c->columns, .c = c->filters, .kernel_h = 2,
                                   .kernel_w = 2, .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1};
        struct guarded pooled = guarded_new(planned.size, c->end);
        CHECK(cnn_max_pool2d(&halves, c->type, c->out.data, pooled.data) == CNN_OK, "%s", isa);
        compare(isa, w, "fused pooling", c->type, planned.data, pooled.data, NULL, count, 0);
        guarded_free(&pooled);
    } else {
        compare(isa, w, "plan", c->type, planned.data, c->want.data, bound, count, (double)c->terms);
        memcpy(c->out.data, planned.data, c->out.size); /* for the plan with pooling */
    }
    guarded_free(&planned);
    cnn_plan_free(plan);
}

void test_conv2d(const char *isa, int round) {
    struct convolution c = draw(round);
    if (c.rows < 1 || c.columns < 1) {
        CHECK(cnn_conv2d(&c.w, c.filters, c.groups, c.in_type, c.type, NULL, NULL, NULL, 0, NULL) == CNN_BAD_ARGUMENT,
              "%s", "a kernel larger than the padded input");
        return;
    }
    if (c.count * c.terms > (may_be_winograd(&c) ? 9000000 : 3000000)) return;
    make_arrays(&c);
    cnn_use_isa("ref");
    convolve(&c, "ref", &c.want);
    double *bound = bound_of(&c);
    cnn_use_isa(isa);
    CHECK(cnn_set_num_threads(1) == CNN_OK, "threads");
    convolve(&c, isa, &c.out);
    compare(isa, &c.w, "conv2d", c.type, c.out.data, c.want.data, bound, c.count, (double)c.terms);
    CHECK(cnn_set_num_threads(3) == CNN_OK, "threads");
    convolve(&c, isa, &c.again);
    compare(isa, &c.w, "three threads against one:", c.type, c.again.data, c.out.data, NULL, c.count, 0);
    for (int pool = 0; pool < 2; pool++) check_plan(&c, isa, bound, pool);
    free(bound);
    free_arrays(&c);
}

/* A network gives what its plans give one by one, bit for bit, for any number of threads and images. */
void test_network(const char *isa, int round) {
    enum { LAYERS = 4 };
    const int end = round & 1, last = (int)pick(1, LAYERS);
    const int64_t n = CHOOSE(0, 1, 2, 3, 5, 16, 17, 33, 50);
    cnn_window w = {.n = 1, .h = pick(5, 12), .w = pick(5, 12), .c = CHOOSE(1, 3, 16), .stride_h = 1, .stride_w = 1,
                    .dilation_h = 1, .dilation_w = 1};
    struct guarded values[LAYERS + 1] = {guarded_new((size_t)(n * w.h * w.w * w.c) * 4, end)};
    struct guarded kernels[LAYERS];
    cnn_layer layers[LAYERS];
    const int64_t first_count = w.h * w.w * w.c;
    int64_t count = first_count;
    fill(CNN_F32, values[0].data, n * count, WITHOUT_HUGE);
    cnn_use_isa(isa);
    CHECK(cnn_set_num_threads(1) == CNN_OK, "threads");
    for (int i = 0; i < last; i++) {
        const int pool = i == 0, dense = i >= 2;
        const int64_t filters = CHOOSE(1, 10, 16, 33);
        if (dense)
            w = (cnn_window){.n = 1, .h = 1, .w = 1, .c = count, .stride_h = 1, .stride_w = 1, .dilation_h = 1,
                             .dilation_w = 1};
        w.kernel_h = w.kernel_w = i == 0 ? 3 : 1;
        const int64_t taps = w.kernel_h * w.kernel_w * w.c;
        kernels[i] = guarded_new((size_t)(taps * filters) * 4, end);
        fill(CNN_F32, kernels[i].data, taps * filters, NO_SPECIAL);
        cnn_plan *plan = NULL;
        const int status =
            cnn_plan_new(&w, filters, 1, CNN_F32, CNN_F32, kernels[i].data, NULL, i != last - 1, pool, &plan);
        CHECK(status == CNN_OK, "plan: status %d", status);
        layers[i] = (cnn_layer){plan, i == last - 1 && round % 3 != 0};
        int64_t rows, columns;
        outputs(&w, &rows, &columns);
        w.h = rows / (pool + 1);
        w.w = columns / (pool + 1);
        w.c = filters;
        count = w.h * w.w * w.c;
        values[i + 1] = guarded_new((size_t)(n * count) * 4, end);
        CHECK(cnn_plan_run(plan, n, values[i].data, values[i + 1].data) == CNN_OK, "%s", isa);
    }
    float *want = (float *)values[last].data;
    for (int64_t r = 0; layers[last - 1].softmax && r < n * w.h * w.w; r++, want += w.c) {
        double sum = 0, largest = -INFINITY;
        for (int64_t i = 0; i < w.c; i++) largest = isnan(largest) || isnan(want[i]) ? NAN : fmax(largest, want[i]);
        for (int64_t i = 0; i < w.c; i++) sum += exp(want[i] - largest);
        for (int64_t i = 0; i < w.c; i++) want[i] = (float)(exp(want[i] - largest) / sum);
    }
    struct guarded out = guarded_new((size_t)(n * count) * 4, end), again = guarded_new((size_t)(n * count) * 4, end);
    CHECK(cnn_network_run(layers, last, n, (float *)values[0].data, (float *)out.data) == CNN_OK, "%s", isa);
    CHECK(cnn_set_num_threads(3) == CNN_OK, "threads");
    CHECK(cnn_network_run(layers, last, n, (float *)values[0].data, (float *)again.data) == CNN_OK, "%s", isa);
    double *bound = malloc((size_t)(n * count + 1) * sizeof *bound);
    /* The exponential's, relative to a sum of 1. */
    for (int64_t i = 0; i < n * count; i++) bound[i] = layers[last - 1].softmax;
    compare(isa, &w, "network", CNN_F32, out.data, values[last].data, bound, n * count, 2);
    compare(isa, &w, "network, three threads against one:", CNN_F32, again.data, out.data, NULL, n * count, 0);
    CHECK(cnn_network_run(layers, 0, n, NULL, NULL) == CNN_BAD_ARGUMENT, "no layer");
    const cnn_layer unfit[2] = {layers[last - 1], layers[0]};
    if (count != first_count)
        CHECK(cnn_network_run(unfit, 2, n, NULL, NULL) == CNN_BAD_ARGUMENT, "layers that do not fit");
    free(bound);
    for (int i = 0; i < last; i++) {
        cnn_plan_free((cnn_plan *)layers[i].plan);
        guarded_free(&kernels[i]);
        guarded_free(&values[i + 1]);
    }
    guarded_free(&values[0]);
    guarded_free(&out);
    guarded_free(&again);
}
