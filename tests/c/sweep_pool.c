/* Pooling: the largest and the mean of every type. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "sweep.h"

/* The mean of equal values is that value, however many there are and however large. */
static void check_equal(const cnn_window *w, int type, int out_type, int64_t in_count, int64_t count) {
    const double of_float[] = {0.1, -0.7, 1e30, (double)FLT_MAX};
    double value = type < CNN_F32 ? (double)pick(lowest(type), highest(type)) : of_float[next() % 4];
    if (type == CNN_F64 && next() % 4 == 0) value = DBL_MAX;
    char *in = place(IN, in_count, type, 1), *out = place(OUT, count, out_type, 1);
    for (int64_t i = 0; i < in_count; i++) put(type, in, i, value);
    double *want = room(count, sizeof *want);
    for (int64_t i = 0; i < count; i++) want[i] = out_type == CNN_F32 ? (double)(float)value : at(type, in, 0);
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        CHECK(cnn_avg_pool2d(w, type, in, out) == CNN_OK, "%s", now_at);
        compare(isa, ", of equal values", out_type, out, want, NULL, count);
    }
    free(want);
}

static void check_pool(cnn_window w, int type, int average, int threads) {
    if (!is_mine()) return;
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
                    double best = -INFINITY, absolute = 0, taps = 0;
                    long double sum = 0;
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
                    want[i] = average ? (double)(sum / taps) : best;
                    allowed[i] =
                        absolute / taps * 6 * (out_type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON);
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
    if (average) check_equal(&w, type, out_type, in_count, count);
}

void sweep_pools(void) {
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
    const int64_t longer[][2] = {{9, 9}, {1, 70}, {70, 1}, {100, 100}, {257, 3}, {3, 257}, {300, 301}};
    for (int64_t k = 0; k < COUNT(longer); k++)
        for (int type = CNN_U8; type <= CNN_F64; type++)
            for (int part = 0; part < 5; part++) {
                cnn_window w = window_for(1 + part % 3, 1 + 3 * part, longer[k][0], longer[k][1]);
                w.c = (int64_t[]){1, 3, 17, 2, 1}[part];
                if (w.h * w.w * w.c > 400000) w.c = 1;
                if (part == 1) w.top = w.kernel_h > 3 ? 3 : w.kernel_h - 1, w.right = w.kernel_w > 2 ? 2 : 0;
                if (part == 2) w.stride_h = w.stride_w = 2;
                if (part == 3) w.stride_h = w.kernel_h, w.stride_w = w.kernel_w, w.w += w.kernel_w;
                check_pool(w, type, 1, 2 + part % 2);
            }
    for (int columns = 40000; columns <= 40002; columns++) /* rows so long that they are cut */
        for (int type = CNN_U8; type <= CNN_F64; type++)
            for (int average = 0; average < 2; average++) {
                cnn_window w = window_for(2, columns, 2 + columns % 2, 3);
                w.stride_w = 1 + columns % 3;
                if (columns == 40001) make_same(&w);
                check_pool(w, type, average, 2);
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
