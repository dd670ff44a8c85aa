/* Every operation on every instruction set this machine has, against the plain loops: equal for integers, maximum,
 * clamp and ReLU, within a bound scaled by the sum of |x*w| for float sums. Sizes lie around every vector and tile
 * width, memory ends at forbidden pages, and one thread gives the same values as three (bit for bit, but that which NaN
 * it is depends on the order in which an instruction takes its operands). */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check.h"
#include "cnncore.h"
#include "guarded.h"

static uint64_t seed = 1;

static uint64_t next(void) { /* xorshift64* */
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

static int64_t pick(int64_t low, int64_t high) { /* both included */
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

#define CHOOSE(...) (((int64_t[]){__VA_ARGS__})[next() % (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))])

static size_t size_of(int type) {
    return ((size_t[]){1, 1, 2, 4, 4, 8})[type];
}

/* Small values: an integer sum stays far inside int32. Now and then an extreme; `hurting` 2 leaves out the huge
 * ones. */
static void fill(int type, void *data, int64_t count, int hurting) {
    for (int64_t i = 0; i < count; i++) {
        const int rare = hurting && next() % (hurting == 2 ? 2048 : 64) == 0;
        const double real = (double)pick(-1000000, 1000000) / 250000.0;
        const double huge = hurting == 2 ? 0.0 : 1e30;
        const double odd = (double[]){INFINITY, -INFINITY, NAN, -0.0, FLT_MIN / 4, huge}[next() % 6];
        switch (type) {
            case CNN_U8: ((uint8_t *)data)[i] = (uint8_t)next(); break;
            case CNN_I8: ((int8_t *)data)[i] = (int8_t)next(); break;
            case CNN_I16: ((int16_t *)data)[i] = (int16_t)next(); break;
            case CNN_I32: ((int32_t *)data)[i] = (int32_t)pick(-60, 60); break;
            case CNN_F32: ((float *)data)[i] = (float)(rare ? odd : real); break;
            default: ((double *)data)[i] = rare ? odd : real; break;
        }
    }
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

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static int64_t output(int64_t size, int64_t k, int64_t s, int64_t d, int64_t pad) {
    const int64_t room = size + pad - ((k - 1) * d + 1);
    return room < 0 ? 0 : room / s + 1;
}

static cnn_window random_window(int64_t c, int64_t largest_kernel) {
    cnn_window w = {.n = pick(1, 2), .c = c};
    w.h = CHOOSE(1, 2, 3, 5, 8, 13);
    w.w = CHOOSE(1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 26, 28, 29, 31, 32, 33, 63, 64, 65, 67, 130);
    w.kernel_h = pick(1, largest_kernel);
    w.kernel_w = pick(1, largest_kernel);
    w.stride_h = pick(1, 3);
    w.stride_w = pick(0, 2) ? 1 : pick(2, 3);
    w.dilation_h = pick(0, 2) ? 1 : 2;
    w.dilation_w = pick(0, 2) ? 1 : pick(2, 3);
    if (pick(0, 1)) {
        w.top = pick(0, 2);
        w.bottom = pick(0, 2);
        w.left = pick(0, 2);
        w.right = pick(0, 2);
    }
    return w;
}

static void windows_output(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = output(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom);
    *columns = output(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right);
}

static void describe(const char *isa, const cnn_window *w, const char *what) {
    fprintf(stderr, "%s %s: n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d pad %d %d %d %d\n", isa, what, (int)w->n, (int)w->h,
            (int)w->w, (int)w->c, (int)w->kernel_h, (int)w->kernel_w, (int)w->stride_h, (int)w->stride_w,
            (int)w->dilation_h, (int)w->dilation_w, (int)w->top, (int)w->bottom, (int)w->left, (int)w->right);
}

/* out (isa) against want (ref); bound[i] is the sum of |x*w| where sums of floats may differ, NULL where nothing
 * may. */
static void compare(const char *isa, const cnn_window *w, const char *what, int type, const void *out, const void *want,
                    const double *bound, int64_t count, double terms) {
    const double epsilon = type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
    for (int64_t i = 0; i < count; i++) {
        const double a = at(type, out, i), b = at(type, want, i);
        const int near = bound != NULL && isfinite(b) && fabs(a - b) <= bound[i] * epsilon * (terms + 2);
        const int fine = same(a, b) || near;
        if (!fine) describe(isa, w, what);
        CHECK(fine, "value %d of %d is %.9g, should be %.9g", (int)i, (int)count, a, b);
    }
}

/* What csrc gives to Winograd, or may compute by F(2, 3). */
static int is_winograd(const cnn_window *w, int type, int64_t groups, int64_t filters) {
    return type == CNN_F32 && w->kernel_h == 3 && w->kernel_w == 3 && w->stride_h == 1 && w->stride_w == 1 &&
           w->dilation_h == 1 && w->dilation_w == 1 && groups == 1 &&
           ((w->c >= 16 && filters >= 16) || ((w->c == 1 || w->c == 3) && filters > 16));
}

static void test_conv2d(const char *isa, int round) {
    const int in_type = (int)CHOOSE(CNN_F32, CNN_F32, CNN_F64, CNN_U8, CNN_I8, CNN_I16);
    const int type = in_type >= CNN_F32 ? in_type : (int)CHOOSE(CNN_I32, CNN_I32, CNN_F32);
    int64_t groups = CHOOSE(1, 1, 1, 2, 3), in_group = CHOOSE(1, 1, 2, 3, 4, 5, 8, 15, 17, 33),
            out_group = CHOOSE(1, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65);
    if (pick(0, 3) == 0) { /* depthwise */
        groups = CHOOSE(1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64);
        in_group = out_group = 1;
    }
    cnn_window w = random_window(groups * in_group, groups * in_group * out_group == 1 ? 11 : 5);
    const int64_t filters = groups * out_group;
    if (in_type == CNN_F32 && in_group >= 15 && out_group >= 15 && pick(0, 1)) {
        w.kernel_h = w.kernel_w = 3;
        w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 1;
        w.h = pick(4, 14);
        w.w = pick(4, 30);
    }
    if (type == CNN_F32 && groups == 1 && in_group <= 8 && pick(0, 3)) { /* few channels in all widths */
        w.kernel_h = w.kernel_w = pick(0, 3) ? 3 : pick(1, 5);
        w.dilation_w = 1;
        if (pick(0, 3)) w.stride_h = w.stride_w = w.dilation_h = 1;
        w.h = pick(w.kernel_h, 9);
        w.w = pick(w.kernel_w, 34);
    }
    const int winograd = in_type == CNN_F32 && is_winograd(&w, type, groups, filters);
    int64_t rows, columns;
    windows_output(&w, &rows, &columns);
    const int64_t taps = w.kernel_h * w.kernel_w * in_group;
    const int64_t in_count = w.n * w.h * w.w * w.c, kernel_count = taps * filters;
    const int64_t count = w.n * rows * columns * filters;
    if (rows < 1 || columns < 1) {
        CHECK(cnn_conv2d(&w, filters, groups, in_type, type, NULL, NULL, NULL, 0, NULL) == CNN_BAD_ARGUMENT, "%s",
              "a kernel larger than the padded input");
        return;
    }
    if (count * taps > (winograd ? 9000000 : 3000000)) return;
    const int end = round & 1;
    struct guarded in = guarded_new((size_t)in_count * size_of(in_type), end);
    struct guarded kernel = guarded_new((size_t)kernel_count * size_of(type), end);
    struct guarded bias = guarded_new((size_t)filters * size_of(type), end);
    struct guarded out = guarded_new((size_t)count * size_of(type), end);
    struct guarded want = guarded_new((size_t)count * size_of(type), end);
    struct guarded again = guarded_new((size_t)count * size_of(type), end);
    fill(in_type, in.data, in_count, winograd ? 2 : 1);
    fill(type, kernel.data, kernel_count, 0);
    if (type == CNN_I32 && pick(0, 2) == 0 && in_type != CNN_I16) /* beyond 16 bits, the sum still far inside 32 */
        ((int32_t *)kernel.data)[pick(0, kernel_count - 1)] =
            (int32_t)CHOOSE(INT16_MIN - 1, INT16_MAX + 1, 70000, -70000);
    if (type == CNN_I32 && pick(0, 2) == 0) ((int32_t *)kernel.data)[pick(0, kernel_count - 1)] = INT16_MIN;
    fill(type, bias.data, filters, 0);
    const void *offsets = pick(0, 1) ? bias.data : NULL;
    const int relu = (int)pick(0, 1);

    cnn_use_isa("ref");
    CHECK(cnn_conv2d(&w, filters, groups, in_type, type, in.data, kernel.data, offsets, relu, want.data) == CNN_OK,
          "ref");
    double *bound = NULL;
    if (type != CNN_I32) { /* the same with |x|, |w|, |b| in float64 */
        bound = malloc((size_t)count * sizeof *bound);
        double *x = malloc((size_t)in_count * sizeof *x), *k = malloc((size_t)kernel_count * sizeof *k),
               *b = malloc((size_t)filters * sizeof *b);
        for (int64_t i = 0; i < in_count; i++) x[i] = fabs(at(in_type, in.data, i));
        for (int64_t i = 0; i < kernel_count; i++) k[i] = fabs(at(type, kernel.data, i));
        for (int64_t i = 0; i < filters; i++) b[i] = fabs(at(type, bias.data, i));
        CHECK(cnn_conv2d(&w, filters, groups, CNN_F64, CNN_F64, x, k, b, 0, bound) == CNN_OK, "bound");
        free(x);
        free(k);
        free(b);
        if (winograd) { /* its error is that of the largest sum near by */
            double largest = 0;
            for (int64_t i = 0; i < count; i++)
                if (isfinite(bound[i])) largest = fmax(largest, bound[i]);
            for (int64_t i = 0; i < count; i++) bound[i] = largest;
        }
    }
    cnn_use_isa(isa);
    CHECK(cnn_set_num_threads(1) == CNN_OK, "threads");
    CHECK(cnn_conv2d(&w, filters, groups, in_type, type, in.data, kernel.data, offsets, relu, out.data) == CNN_OK, "%s",
          isa);
    compare(isa, &w, "conv2d", type, out.data, want.data, bound, count, (double)taps);
    CHECK(cnn_set_num_threads(3) == CNN_OK, "threads");
    CHECK(cnn_conv2d(&w, filters, groups, in_type, type, in.data, kernel.data, offsets, relu, again.data) == CNN_OK,
          "%s", isa);
    compare(isa, &w, "three threads against one:", type, again.data, out.data, NULL, count, 0);
    for (int pool = 0; pool < 2; pool++) { /* a plan gives the same, and pools it exactly */
        cnn_plan *plan = NULL;
        const int64_t out_h = rows / (pool + 1), out_w = columns / (pool + 1);
        const int status = cnn_plan_new(&w, filters, groups, in_type, type, kernel.data, offsets, relu, pool, &plan);
        CHECK(status == (out_h && out_w ? CNN_OK : CNN_BAD_ARGUMENT), "plan: status %d", status);
        if (status != CNN_OK) continue;
        struct guarded planned = guarded_new((size_t)(w.n * out_h * out_w * filters) * size_of(type), end);
        CHECK(cnn_plan_run(plan, w.n, in.data, planned.data) == CNN_OK, "%s", isa);
        if (pool) {
            const cnn_window halves = {.n = w.n, .h = rows, .w = columns, .c = filters, .kernel_h = 2, .kernel_w = 2,
                                       .stride_h = 2, .stride_w = 2, .dilation_h = 1, .dilation_w = 1};
            struct guarded pooled = guarded_new(planned.size, end);
            CHECK(cnn_max_pool2d(&halves, type, out.data, pooled.data) == CNN_OK, "%s", isa);
            compare(isa, &w, "fused pooling", type, planned.data, pooled.data, NULL, w.n * out_h * out_w * filters, 0);
            guarded_free(&pooled);
        } else {
            compare(isa, &w, "plan", type, planned.data, want.data, bound, count, (double)taps);
            memcpy(out.data, planned.data, out.size); /* what the fused one must pool */
        }
        guarded_free(&planned);
        cnn_plan_free(plan);
    }
    free(bound);
    guarded_free(&in);
    guarded_free(&kernel);
    guarded_free(&bias);
    guarded_free(&out);
    guarded_free(&want);
    guarded_free(&again);
}

/* Plans in a chain give what they give one by one, bit for bit, for any number of threads and images. */
static void test_network(const char *isa, int round) {
    enum { STEPS = 4 };
    const int end = round & 1, last = (int)pick(1, STEPS);
    const int64_t n = CHOOSE(0, 1, 2, 3, 5, 16, 17, 33, 50);
    cnn_window w = {.n = 1, .h = pick(5, 12), .w = pick(5, 12), .c = CHOOSE(1, 3, 16), .stride_h = 1, .stride_w = 1,
                    .dilation_h = 1, .dilation_w = 1};
    struct guarded values[STEPS + 1] = {guarded_new((size_t)(n * w.h * w.w * w.c) * 4, end)};
    struct guarded kernels[STEPS];
    cnn_layer steps[STEPS];
    const int64_t steps_input = w.h * w.w * w.c;
    int64_t count = steps_input;
    fill(CNN_F32, values[0].data, n * count, 2);
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
        fill(CNN_F32, kernels[i].data, taps * filters, 0);
        cnn_plan *plan = NULL;
        const int status =
            cnn_plan_new(&w, filters, 1, CNN_F32, CNN_F32, kernels[i].data, NULL, i != last - 1, pool, &plan);
        CHECK(status == CNN_OK, "plan: status %d", status);
        steps[i] = (cnn_layer){plan, i == last - 1 && round % 3 != 0};
        int64_t rows, columns;
        windows_output(&w, &rows, &columns);
        w.h = rows / (pool + 1);
        w.w = columns / (pool + 1);
        w.c = filters;
        count = w.h * w.w * w.c;
        values[i + 1] = guarded_new((size_t)(n * count) * 4, end);
        CHECK(cnn_plan_run(plan, n, values[i].data, values[i + 1].data) == CNN_OK, "%s", isa);
    }
    float *want = (float *)values[last].data;
    for (int64_t r = 0; steps[last - 1].softmax && r < n * w.h * w.w; r++, want += w.c) {
        double sum = 0, largest = -INFINITY;
        for (int64_t i = 0; i < w.c; i++) largest = isnan(largest) || isnan(want[i]) ? NAN : fmax(largest, want[i]);
        for (int64_t i = 0; i < w.c; i++) sum += exp(want[i] - largest);
        for (int64_t i = 0; i < w.c; i++) want[i] = (float)(exp(want[i] - largest) / sum);
    }
    struct guarded out = guarded_new((size_t)(n * count) * 4, end), again = guarded_new((size_t)(n * count) * 4, end);
    CHECK(cnn_network_run(steps, last, n, (float *)values[0].data, (float *)out.data) == CNN_OK, "%s", isa);
    CHECK(cnn_set_num_threads(3) == CNN_OK, "threads");
    CHECK(cnn_network_run(steps, last, n, (float *)values[0].data, (float *)again.data) == CNN_OK, "%s", isa);
    double *bound = malloc((size_t)(n * count + 1) * sizeof *bound);
    /* The exponential's, relative to a sum of 1. */
    for (int64_t i = 0; i < n * count; i++) bound[i] = steps[last - 1].softmax;
    compare(isa, &w, "network", CNN_F32, out.data, values[last].data, bound, n * count, 2);
    compare(isa, &w, "network, three threads against one:", CNN_F32, again.data, out.data, NULL, n * count, 0);
    CHECK(cnn_network_run(steps, 0, n, NULL, NULL) == CNN_BAD_ARGUMENT, "no step");
    const cnn_layer unfit[2] = {steps[last - 1], steps[0]};
    if (count != steps_input)
        CHECK(cnn_network_run(unfit, 2, n, NULL, NULL) == CNN_BAD_ARGUMENT, "steps that do not fit");
    free(bound);
    for (int i = 0; i < last; i++) {
        cnn_plan_free((cnn_plan *)steps[i].plan);
        guarded_free(&kernels[i]);
        guarded_free(&values[i + 1]);
    }
    guarded_free(&values[0]);
    guarded_free(&out);
    guarded_free(&again);
}

static void test_filter2d(const char *isa, int round) {
    cnn_window w = random_window(CHOOSE(1, 1, 3, 4), 7);
    w.n = w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 1;
    if (pick(0, 1)) { /* what has loops of its own, and what has too many taps for the fast way */
        w.h = pick(9, 22);
        w.kernel_h = w.kernel_w = CHOOSE(3, 3, 5, 7, 9, 11);
        if (pick(0, 9) == 0) w.kernel_w = 31;
    }
    int64_t rows, columns;
    windows_output(&w, &rows, &columns);
    if (rows < 1 || columns < 1) return;
    const int64_t in_count = w.h * w.w * w.c, taps = w.kernel_h * w.kernel_w, count = rows * columns * w.c;
    const int type = pick(0, 3) ? CNN_I32 : CNN_F32, end = round & 1;
    const int64_t largest = CHOOSE(2, 3, 14, 60, 30000, 150000); /* of the three ways to an integer sum */
    struct guarded in = guarded_new((size_t)in_count, end), out = guarded_new((size_t)count, end),
                   want = guarded_new((size_t)count, end), kernel = guarded_new((size_t)taps * 4, end);
    fill(CNN_U8, in.data, in_count, 0);
    if (pick(0, 7) == 0) memset(in.data, 255, (size_t)in_count);
    for (int64_t i = 0; i < taps; i++) {
        if (type == CNN_I32)
            ((int32_t *)kernel.data)[i] = (int32_t)pick(-largest, largest);
        else
            ((float *)kernel.data)[i] = (float)pick(-64, 64) / 16; /* sums are exact: every order gives the same */
    }
    if (type == CNN_F32 && pick(0, 7) == 0) ((float *)kernel.data)[taps - 1] = NAN;
    if (type == CNN_I32 && pick(0, 3) == 0) { /* few weights, and the largest whose pair of products fits 16 bits */
        for (int64_t i = 0; i < taps; i++)
            if (pick(0, 3)) ((int32_t *)kernel.data)[i] = 0;
        if (pick(0, 2) == 0) {
            memset(kernel.data, 0, (size_t)taps * 4);
            ((int32_t *)kernel.data)[pick(0, taps - 1)] = (int32_t)CHOOSE(127, 128, -128, 129);
        }
    }
    const float scale = ((float[]){1, 1, 0.0625f, 0.5f, -0.3f, 1e30f, NAN})[next() % 7];
    cnn_use_isa("ref");
    CHECK(cnn_filter2d(&w, type, (uint8_t *)in.data, kernel.data, scale, (uint8_t *)want.data) == CNN_OK, "ref");
    cnn_use_isa(isa);
    CHECK(cnn_filter2d(&w, type, (uint8_t *)in.data, kernel.data, scale, (uint8_t *)out.data) == CNN_OK, "%s", isa);
    compare(isa, &w, "filter2d", CNN_U8, out.data, want.data, NULL, count, 0);
    guarded_free(&in);
    guarded_free(&out);
    guarded_free(&want);
    guarded_free(&kernel);
}

static void test_pool(const char *isa, int round) {
    const int type = (int)pick(CNN_U8, CNN_F64), average = (int)pick(0, 1);
    const int out_type = !average ? type : type == CNN_F64 ? CNN_F64 : CNN_F32;
    cnn_window w = random_window(CHOOSE(1, 1, 2, 3, 8, 15, 16, 17, 33, 64, 65), pick(0, 3) ? 4 : 9);
    if (pick(0, 3) == 0) w.h = 60; /* enough for several threads */
    w.dilation_h = w.dilation_w = 1;
    if (pick(0, 1)) w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = 2;
    if (w.top >= w.kernel_h || w.bottom >= w.kernel_h) w.top = w.bottom = 0;
    if (w.left >= w.kernel_w || w.right >= w.kernel_w) w.left = w.right = 0;
    int64_t rows, columns;
    windows_output(&w, &rows, &columns);
    if (rows < 1 || columns < 1) return;
    const int64_t in_count = w.n * w.h * w.w * w.c, count = w.n * rows * columns * w.c;
    const int end = round & 1;
    struct guarded in = guarded_new((size_t)in_count * size_of(type), end);
    struct guarded out = guarded_new((size_t)count * size_of(out_type), end);
    struct guarded want = guarded_new((size_t)count * size_of(out_type), end);
    fill(type, in.data, in_count, !average);
    int (*pool)(const cnn_window *, int, const void *, void *) = average ? cnn_avg_pool2d : cnn_max_pool2d;
    cnn_use_isa("ref");
    CHECK(pool(&w, type, in.data, want.data) == CNN_OK, "ref");
    cnn_use_isa(isa);
    CHECK(cnn_set_num_threads(1) == CNN_OK, "threads");
    CHECK(pool(&w, type, in.data, out.data) == CNN_OK, "%s", isa);
    double *bound = NULL;
    if (average) {
        bound = malloc((size_t)count * sizeof *bound);
        for (int64_t i = 0; i < count; i++) bound[i] = 32768;
        for (int64_t i = 0; i < count && type >= CNN_I32; i++) bound[i] = 100;
    }
    compare(isa, &w, average ? "avg_pool2d" : "max_pool2d", out_type, out.data, want.data, bound, count, 81);
    CHECK(cnn_set_num_threads(3) == CNN_OK, "threads");
    CHECK(pool(&w, type, in.data, want.data) == CNN_OK, "%s", isa);
    compare(isa, &w, "three threads against one:", out_type, want.data, out.data, NULL, count, 0);
    free(bound);
    guarded_free(&in);
    guarded_free(&out);
    guarded_free(&want);
}

static void test_pointwise(const char *isa, int round) {
    const int type = (int)pick(CNN_U8, CNN_F64), end = round & 1;
    const int64_t count = CHOOSE(0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000, 5000, 400000);
    cnn_window none = {0};
    struct guarded in = guarded_new((size_t)count * size_of(type), end);
    struct guarded out = guarded_new((size_t)count * 8, end), want = guarded_new((size_t)count * 8, end);
    fill(type, in.data, count, 1);
    if (type >= CNN_F32) /* halves, and what lies outside 0..255 */
        for (int64_t i = 0; i < count; i += 3) {
            const double v = (double)pick(-600, 600) / 2;
            if (type == CNN_F32)
                ((float *)in.data)[i] = (float)v;
            else
                ((double *)in.data)[i] = v;
        }
    const double low = (double)pick(0, 100), high = low + (double)pick(0, 155);
    for (int operation = 0; operation < 3; operation++) {
        const int out_type = operation == 0 ? CNN_U8 : type;
        int status[2];
        for (int k = 0; k < 2; k++) {
            cnn_use_isa(k ? isa : "ref");
            void *target = k ? out.data : want.data;
            status[k] = operation < 2 ? cnn_clamp(type, out_type, count, in.data, low, high, target)
                                      : cnn_relu(type, count, in.data, target);
        }
        CHECK(status[0] == status[1], "clamp or relu: status %d, ref %d", status[1], status[0]);
        if (operation == 1 && type < CNN_F32 && type != CNN_U8) {
            CHECK(status[0] == CNN_BAD_ARGUMENT, "clamping integers to their own type is not offered");
            continue;
        }
        CHECK(status[0] == CNN_OK, "status %d", status[0]);
        compare(isa, &none, operation < 2 ? "clamp" : "relu", out_type, out.data, want.data, NULL, count, 0);
    }
    guarded_free(&in);
    guarded_free(&out);
    guarded_free(&want);
}

static void test_bad_arguments(void) {
    const cnn_window good = {.n = 1, .h = 3, .w = 3, .c = 1, .kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1,
                             .dilation_h = 1, .dilation_w = 1};
    float in[9] = {0}, kernel[9] = {0}, out[9];
    CHECK(cnn_conv2d(&good, 1, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_OK, "the good one");
#define BAD(change)                                                                                                \
    {                                                                                                              \
        cnn_window w = good;                                                                                       \
        w.change;                                                                                                  \
        CHECK(cnn_conv2d(&w, 1, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "%s", #change); \
        CHECK(cnn_max_pool2d(&w, CNN_F32, in, out) == CNN_BAD_ARGUMENT, "%s", #change);                            \
    }
    BAD(h = 0) BAD(w = -1) BAD(c = 0) BAD(n = -1) BAD(kernel_h = 4) BAD(kernel_w = 0) BAD(stride_h = 0)
    BAD(stride_w = -1) BAD(dilation_h = 0) BAD(dilation_w = 2) BAD(top = -1) BAD(n = INT64_MAX) BAD(h = INT64_MAX)
    BAD(w = INT64_MAX / 2) BAD(c = INT64_MAX) BAD(bottom = INT64_MAX) BAD(kernel_w = INT64_MAX)
#undef BAD
    CHECK(cnn_conv2d(&good, 1, 2, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "groups");
    CHECK(cnn_conv2d(&good, 0, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "filters");
    CHECK(cnn_conv2d(&good, 1, 1, CNN_F64, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "types");
    CHECK(cnn_use_isa("none such") == CNN_UNKNOWN_ISA, "isa");
    CHECK(cnn_set_num_threads(-1) == CNN_BAD_ARGUMENT, "threads");
    const int threads = cnn_get_num_threads();
    CHECK(cnn_set_num_threads(0) == CNN_OK && cnn_get_num_threads() >= 1, "threads put back");
    CHECK(cnn_set_num_threads(threads) == CNN_OK, "threads");
    CHECK(cnn_clamp(CNN_F32, CNN_U8, 1, in, 1, 0, out) == CNN_BAD_ARGUMENT, "low above high");
    CHECK(cnn_clamp(CNN_F32, CNN_U8, 1, in, 0, 256, out) == CNN_BAD_ARGUMENT, "beyond uint8");
}

/* The worked example that circulates with 312 in its answer: 312 is what 0 + 247 gives where 0 x 247 is meant. */
static void test_worked_example(const char *isa) {
    const cnn_window w = {.n = 1, .h = 3, .w = 3, .c = 1, .kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1,
                          .dilation_h = 1, .dilation_w = 1};
    const uint8_t image[9] = {206, 205, 247, 244, 161, 137, 192, 154, 75};
    const int32_t kernel[9] = {0, -1, 0, -1, 5, -1, 0, -1, 0};
    uint8_t pixel = 0;
    int32_t sum = 0;
    cnn_use_isa(isa);
    CHECK(cnn_filter2d(&w, CNN_I32, image, kernel, 1, &pixel) == CNN_OK && pixel == 65, "%s: %d", isa, pixel);
    CHECK(cnn_conv2d(&w, 1, 1, CNN_U8, CNN_I32, image, kernel, NULL, 0, &sum) == CNN_OK && sum == 65, "%s: %d", isa,
          sum);
}

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : 600;
    test_bad_arguments();
    const char *isa;
    for (int i = 0; (isa = cnn_isa_name(i)) != NULL; i++) {
        seed = 1;
        test_worked_example(isa);
        for (int round = 0; round < rounds; round++) {
            test_conv2d(isa, round);
            if (round % 4 == 0) test_network(isa, round / 4);
            test_filter2d(isa, round);
            test_pool(isa, round);
            test_pointwise(isa, round);
        }
        printf("%s: %d rounds\n", isa, rounds);
    }
    return 0;
}
