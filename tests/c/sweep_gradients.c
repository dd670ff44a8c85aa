/* Gradients of pooling, dense layers and ReLU, and Adam's update. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

static double epsilon_of(int type) {
    return type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
}

/* Adds each window's gradient to the first of its largest values, or in equal shares; `absolute`: the sum of what was
 * added, without signs. */
static void define_pool(const cnn_window *w, int type, int average, const char *in, const char *gradient, double *want,
                        double *absolute) {
    int64_t rows, columns, i = 0;
    outputs(w, &rows, &columns);
    for (int64_t n = 0; n < w->n; n++)
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < columns; x++)
                for (int64_t c = 0; c < w->c; c++, i++) {
                    int64_t cells[128], count = 0, best = 0;
                    for (int64_t a = 0; a < w->kernel_h; a++)
                        for (int64_t b = 0; b < w->kernel_w; b++) {
                            const int64_t row = y * w->stride_h + a - w->top, column = x * w->stride_w + b - w->left;
                            if (row < 0 || row >= w->h || column < 0 || column >= w->w) continue;
                            cells[count] = ((n * w->h + row) * w->w + column) * w->c + c;
                            const double value = at(type, in, cells[count]), largest = at(type, in, cells[best]);
                            if (value > largest || (isnan(value) && !isnan(largest))) best = count;
                            count++;
                        }
                    const double g = at(type, gradient, i);
                    for (int64_t k = 0; k < count; k++) {
                        if (!average && k != best) continue;
                        want[cells[k]] += average ? g / (double)count : g;
                        absolute[cells[k]] += fabs(g);
                    }
                }
}

static void check_pool(cnn_window w, int type, int average, int threads) {
    if (!is_mine()) return;
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    const int64_t in_count = w.n * w.h * w.w * w.c, count = w.n * rows * columns * w.c;
    describe(average ? "gradient of average" : "gradient of maximum", &w, type, type, w.c, w.c);
    char *in = place(IN, in_count, type, 1), *gradient = place(KERNEL, count, type, 1);
    fill(type, in, in_count, example % 3 == 0 ? WHOLE : example % 3 == 1 ? SPECIAL : ORDINARY); /* many equal values */
    fill(type, gradient, count, ORDINARY);
    double *want = room(in_count, sizeof *want), *allowed = room(in_count, sizeof *allowed);
    memset(want, 0, (size_t)in_count * sizeof *want);
    memset(allowed, 0, (size_t)in_count * sizeof *allowed);
    define_pool(&w, type, average, in, gradient, want, allowed);
    for (int64_t i = 0; i < in_count; i++) allowed[i] *= epsilon_of(type) * (double)(w.kernel_h * w.kernel_w + 2);
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        char *out = place(OUT, in_count, type, 1), *again = place(AGAIN, in_count, type, 0);
        for (int pass = 0; pass < 2; pass++) {
            const char *x = pass ? moved(IN, in_count, type) : in, *g = pass ? moved(KERNEL, count, type) : gradient;
            cnn_set_num_threads(pass ? threads : 1);
            const int status = average ? cnn_avg_pool2d_backward(&w, type, g, pass ? again : out)
                                       : cnn_max_pool2d_backward(&w, type, x, g, pass ? again : out);
            CHECK(status == CNN_OK, "%s: status %d", now_at, status);
        }
        compare(isa, "", type, out, want, allowed, in_count);
        compare_bits(isa, ", several threads and one", type, again, out, in_count);
    }
    free(want);
    free(allowed);
}

void sweep_pool_gradients(void) {
    const int64_t kernels[][2] = {{1, 1}, {2, 2}, {3, 3}, {2, 3}, {4, 1}, {5, 5}, {3, 11}};
    int64_t turn = 0;
    for (int64_t k = 0; k < COUNT(kernels); k++)
        for (int64_t c = 0; c < COUNT(CHANNELS); c++)
            for (int64_t stride = 0; stride <= 3; stride++) /* 0: as large as the window */
                for (int type = CNN_F32; type <= CNN_F64; type++, turn++) {
                    cnn_window w = window_for(1, 1, kernels[k][0], kernels[k][1]);
                    w.c = CHANNELS[c];
                    w.n = 1 + turn % 2;
                    w.stride_h = stride ? stride : w.kernel_h;
                    w.stride_w = stride ? stride : w.kernel_w;
                    w.h += turn % 9;
                    w.w += COLUMNS[turn % 11];
                    if (turn / 2 % 3 == 0) make_same(&w);
                    check_pool(w, type, 0, 2);
                    check_pool(w, type, 1, 3);
                }
    for (int threads = 2; threads <= 8; threads += 3) /* enough for several threads, and for bands of rows */
        for (int64_t stride = 1; stride <= 3; stride++)
            for (int average = 0; average < 2; average++) {
                cnn_window w = window_for(130, 41, 3, 2);
                w.c = 33;
                w.stride_h = w.stride_w = stride;
                if (average) make_same(&w);
                check_pool(w, CNN_F32, average, threads);
            }
}

static void check_dense(int64_t n, int64_t k, int64_t m, int type, enum values values, int threads) {
    if (!is_mine()) return;
    const cnn_window sizes = {.n = n, .h = k, .w = m};
    describe("gradients of dense", &sizes, type, type, m, 1);
    char *in = place(IN, n * k, type, 1), *kernel = place(KERNEL, k * m, type, 1), *g = place(BIAS, n * m, type, 1);
    fill(type, in, n * k, values);
    fill(type, kernel, k * m, values);
    fill(type, g, n * m, values);
    const int64_t d_kernel = n * k, d_bias = d_kernel + k * m, count = d_bias + m; /* places in `out` */
    double *want = room(count, sizeof *want), *allowed = room(count, sizeof *allowed);
    for (int64_t i = 0; i < count; i++) {
        const int64_t terms = i < d_kernel ? m : n;
        long double sum = 0, absolute = 0;
        for (int64_t t = 0; t < terms; t++) {
            const double a = i < d_kernel  ? at(type, g, i / k * m + t)
                             : i < d_bias ? at(type, in, t * k + (i - d_kernel) / m)
                                          : 1;
            const double b = i < d_kernel ? at(type, kernel, i % k * m + t) : at(type, g, t * m + (i - d_kernel) % m);
            sum += (long double)a * b;
            absolute += fabsl((long double)a * b);
        }
        want[i] = type == CNN_F32 ? (double)(float)sum : (double)sum;
        allowed[i] = (double)absolute * epsilon_of(type) * last_bits(type, (double)terms);
    }
    const char *isa;
    for (int i = 0; (isa = cnn_isa_name(i)) != NULL; i++) {
        cnn_use_isa(isa);
        char *out = place(OUT, count, type, 1), *again = place(AGAIN, count, type, 0);
        const size_t size = size_of(type);
        cnn_set_num_threads(1);
        CHECK(cnn_dense_backward(n, k, m, type, in, kernel, g, out, out + (size_t)d_kernel * size,
                                 out + (size_t)d_bias * size) == CNN_OK, "%s", now_at);
        compare(isa, "", type, out, want, allowed, count);
        cnn_set_num_threads(threads);
        const char *x = moved(IN, n * k, type), *w = moved(KERNEL, k * m, type), *y = moved(BIAS, n * m, type);
        CHECK(cnn_dense_backward(n, k, m, type, x, w, y, again, NULL, NULL) == CNN_OK, "%s", now_at);
        CHECK(cnn_dense_backward(n, k, m, type, x, w, y, NULL, again + (size_t)d_kernel * size,
                                 again + (size_t)d_bias * size) == CNN_OK, "%s", now_at);
        compare_bits(isa, ", several threads and one", type, again, out, count);
    }
    free(want);
    free(allowed);
}

void sweep_dense_gradients(void) {
    const int64_t sizes[] = {1, 2, 3, 4, 5, 8, 13, 14, 15, 16, 17, 31, 32, 33, 57, 65};
    int64_t turn = 0;
    for (int64_t a = 0; a < COUNT(sizes); a++)
        for (int64_t b = 0; b < COUNT(sizes); b++, turn++)
            for (int type = CNN_F32; type <= CNN_F64; type++)
                check_dense(sizes[a], sizes[b], sizes[(a + 3 * b) % COUNT(sizes)], type,
                            turn % 5 == 0 ? SPECIAL : ORDINARY, 2 + (int)(turn % 3));
    const int64_t longer[][3] = {{255, 7, 5}, {256, 30, 17}, {257, 31, 33}, {3, 9, 700}, {600, 5, 513}, {100, 400, 128},
                                 {1, 1500, 64}, {32, 1000, 40}};
    for (int64_t i = 0; i < COUNT(longer); i++)
        for (int type = CNN_F32; type <= CNN_F64; type++) {
            check_dense(longer[i][0], longer[i][1], longer[i][2], type, EQUAL, 3);
            check_dense(longer[i][0], longer[i][1], longer[i][2], type, ORDINARY, 2);
        }
}

static void check_adam(int64_t count, int type) {
    if (!is_mine()) return;
    const cnn_window none = {0};
    const double rate = 0.01, mean_rate = 0.125, square_rate = 0.03125, epsilon = 0.0078125;
    const double decay = example % 2 ? 0.0625 : 0;
    describe("Adam", &none, type, type, count, 0);
    char *g = place(IN, count, type, 1);
    fill(type, g, count, example % 3 ? ORDINARY : SPECIAL);
    double *want = room(3 * count, sizeof *want), *allowed = room(3 * count, sizeof *allowed);
    char *start = room(3 * count, size_of(type));
    fill(type, start, 3 * count, ORDINARY);
    for (int64_t i = count; i < 2 * count; i++) put(type, start, i, fabs(at(type, start, i)));
    for (int64_t i = 0; i < count; i++) {
        const double x = at(type, g, i), m0 = at(type, start, i), v0 = at(type, start, count + i);
        const double w0 = at(type, start, 2 * count + i), bit = 4 * epsilon_of(type);
        const double m = m0 + (x - m0) * mean_rate, v = v0 + (x * x - v0) * square_rate;
        want[i] = m;
        want[count + i] = v;
        want[2 * count + i] = w0 - w0 * decay - m * rate / (sqrt(v) + epsilon);
        allowed[i] = bit * (fabs(x) + fabs(m0));
        allowed[count + i] = bit * (x * x + v0);
        allowed[2 * count + i] = bit * (fabs(w0) + rate * (fabs(x) + fabs(m0)) / epsilon + 1);
    }
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        const size_t bytes = (size_t)count * size_of(type);
        for (int pass = 0; pass < 2; pass++) {
            char *out = place(pass ? AGAIN : OUT, count, type, !pass), *v = place(KERNEL, count, type, !pass);
            char *w = place(BIAS, count, type, !pass);
            memcpy(out, start, bytes);
            memcpy(v, start + bytes, bytes);
            memcpy(w, start + 2 * bytes, bytes);
            cnn_set_num_threads(pass ? 3 : 1);
            const int status = cnn_adam(type, count, rate, mean_rate, square_rate, epsilon, decay,
                                        pass ? moved(IN, count, type) : g, out, v, w);
            CHECK(status == CNN_OK, "%s: status %d", now_at, status);
            compare(isa, ", mean", type, out, want, allowed, count);
            compare(isa, ", square", type, v, want + count, allowed + count, count);
            compare(isa, ", weights", type, w, want + 2 * count, allowed + 2 * count, count);
        }
        compare_bits(isa, ", weights, several threads and one", type, place(BIAS, count, type, 0),
                     place(BIAS, count, type, 1), count);
    }
    free(want);
    free(allowed);
    free(start);
}

static void check_relu(int64_t count, int type) {
    if (!is_mine()) return;
    const cnn_window none = {0};
    describe("gradient of ReLU", &none, type, type, count, 0);
    char *in = place(IN, count, type, 1), *g = place(KERNEL, count, type, 1);
    fill(type, in, count, SPECIAL);
    fill(type, g, count, ORDINARY);
    for (int64_t i = 0; i < count; i += 5) put(type, in, i, 0);
    double *want = room(count, sizeof *want);
    for (int64_t i = 0; i < count; i++) want[i] = at(type, in, i) > 0 ? at(type, g, i) : 0;
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        cnn_set_num_threads(1 + k % 3);
        char *out = place(OUT, count, type, k % 2);
        CHECK(cnn_relu_backward(type, count, in, g, out) == CNN_OK, "%s", now_at);
        compare(isa, "", type, out, want, NULL, count);
    }
    free(want);
}

void sweep_updates(void) {
    for (int64_t count = 0; count <= 140; count++)
        for (int type = CNN_F32; type <= CNN_F64; type++) {
            check_adam(count == 140 ? 100001 : count, type);
            check_relu(count == 140 ? 300001 : count, type);
        }
}
