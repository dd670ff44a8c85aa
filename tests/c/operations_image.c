/* Image filters, pooling, clamping and ReLU at random. */
#include <math.h>
#include <string.h>

#include "operations.h"

void test_filter2d(const char *isa, int round) {
    cnn_window w = random_window(CHOOSE(1, 1, 3, 4), 7);
    w.n = w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 1;
    if (pick(0, 1)) { /* what has loops of its own, and what has too many taps for the fast way */
        w.h = pick(9, 22);
        w.kernel_h = w.kernel_w = CHOOSE(3, 3, 5, 7, 9, 11);
        if (pick(0, 9) == 0) w.kernel_w = 31;
    }
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    if (rows < 1 || columns < 1) return;
    const int64_t in_count = w.h * w.w * w.c, taps = w.kernel_h * w.kernel_w, count = rows * columns * w.c;
    const int type = pick(0, 3) ? CNN_I32 : CNN_F32, end = round & 1;
    const int64_t largest = CHOOSE(2, 3, 14, 60, 30000, 150000); /* of the three ways to an integer sum */
    struct guarded in = guarded_new((size_t)in_count, end), out = guarded_new((size_t)count, end),
                   want = guarded_new((size_t)count, end), kernel = guarded_new((size_t)taps * 4, end);
    fill(CNN_U8, in.data, in_count, NO_SPECIAL);
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

void test_pool(const char *isa, int round) {
    const int type = (int)pick(CNN_U8, CNN_F64), average = (int)pick(0, 1);
    const int out_type = !average ? type : type == CNN_F64 ? CNN_F64 : CNN_F32;
    cnn_window w = random_window(CHOOSE(1, 1, 2, 3, 8, 15, 16, 17, 33, 64, 65), pick(0, 3) ? 4 : 9);
    if (pick(0, 3) == 0) w.h = 60; /* enough for several threads */
    w.dilation_h = w.dilation_w = 1;
    if (pick(0, 1)) w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = 2;
    if (w.top >= w.kernel_h || w.bottom >= w.kernel_h) w.top = w.bottom = 0;
    if (w.left >= w.kernel_w || w.right >= w.kernel_w) w.left = w.right = 0;
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    if (rows < 1 || columns < 1) return;
    const int64_t in_count = w.n * w.h * w.w * w.c, count = w.n * rows * columns * w.c;
    const int end = round & 1;
    struct guarded in = guarded_new((size_t)in_count * size_of(type), end);
    struct guarded out = guarded_new((size_t)count * size_of(out_type), end);
    struct guarded want = guarded_new((size_t)count * size_of(out_type), end);
    fill(type, in.data, in_count, average ? NO_SPECIAL : SPECIAL);
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

void test_pointwise(const char *isa, int round) {
    const int type = (int)pick(CNN_U8, CNN_F64), end = round & 1;
    const int64_t count = CHOOSE(0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000, 5000, 400000);
    cnn_window none = {0};
    struct guarded in = guarded_new((size_t)count * size_of(type), end);
    struct guarded out = guarded_new((size_t)count * 8, end), want = guarded_new((size_t)count * 8, end);
    fill(type, in.data, count, SPECIAL);
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
