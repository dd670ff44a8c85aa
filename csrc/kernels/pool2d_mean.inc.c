/* Means of a tile's windows in double, for one element type; M is the type of a mean. Windows of many channels that
 * share no values are summed one by one; else the input rows under a row of windows are summed first, then the columns
 * of those sums. Up to eight floats are added in their own type, then to a double. Sums of float64 have a second double
 * for the rounding errors of the first (mean.h).
 */
enum { PASTE(X, pairs) = sizeof(T) == 8 && IS_FLOAT, PASTE(X, lanes) = 256 };

#ifndef FLOAT_KERNELS
/* sums[i] = sum over a of in[i + a * row]. In pieces that stay in the L1 cache. */
static void TYPED(sum_long_rows)(const T *in, int64_t count, int64_t row, int64_t rows, double *restrict sums) {
    for (int64_t from = 0; from < count; from += TYPED(lanes)) {
        const int64_t n = count - from < TYPED(lanes) ? count - from : TYPED(lanes);
        double *restrict s = sums + from;
        for (int64_t i = 0; i < n; i++) s[i] = (double)in[from + i];
        for (int64_t a = 1; a < rows; a++) {
            const T *restrict p = in + a * row + from;
            if (a + 4 <= rows) { /* fewer loads and stores of the sums */
                for (int64_t i = 0; i < n; i++)
                    s[i] += ((double)p[i] + (double)p[row + i]) + ((double)p[2 * row + i] + (double)p[3 * row + i]);
                a += 3;
            } else {
                for (int64_t i = 0; i < n; i++) s[i] += (double)p[i];
            }
        }
    }
}
#endif

/* out[i] = sum over b of sums[i + b * pixel], divided by `number`. */
static void TYPED(mean_columns)(const double *sums, const double *rests, int64_t count, int64_t pixel, int64_t pixels,
                                double number, M *restrict out) {
    double s[TYPED(lanes)], r[TYPED(lanes)];
    for (int64_t from = 0; from < count; from += TYPED(lanes)) {
        const int64_t n = count - from < TYPED(lanes) ? count - from : TYPED(lanes);
        memcpy(s, sums + from, (size_t)n * sizeof *s);
        if (TYPED(pairs)) memcpy(r, rests + from, (size_t)n * sizeof *r);
        for (int64_t b = 1; b < pixels; b++) {
            const double *p = sums + b * pixel + from, *q = rests + b * pixel + from;
            if (TYPED(pairs))
                for (int64_t i = 0; i < n; i++) {
                    mean_add(p[i], &s[i], &r[i]);
                    r[i] += q[i];
                }
            else
                for (int64_t i = 0; i < n; i++) s[i] += p[i];
        }
        for (int64_t i = 0; i < n; i++) out[from + i] = (M)(TYPED(pairs) ? mean_of(s[i], r[i], number) : s[i] / number);
    }
}

/* The same for windows of few channels, `step` values apart: computes the windows between them too, in whole
 * vectors. */
static void TYPED(mean_apart)(const double *sums, const double *rests, int64_t windows, int64_t step, int64_t channels,
                              int64_t pixels, double number, M *restrict out) {
    M all[TYPED(lanes)];
    const int64_t most = (TYPED(lanes) - channels) / step + 1;
    for (int64_t from = 0; from < windows; from += most) {
        const int64_t n = windows - from < most ? windows - from : most;
        TYPED(mean_columns)(sums + from * step, rests + from * step, (n - 1) * step + channels, channels, pixels,
                            number, all);
        for (int64_t i = 0; i < n; i++)
            for (int64_t c = 0; c < channels; c++) *out++ = all[i * step + c];
    }
}

#ifdef FLOAT_KERNELS
#include "kernels/mean.inc.c"

/* Recomputes means that are not finite, by definition and scaled: a sum may have overflowed. */
static void TYPED(mean_again)(const struct pool_tile *t, const T *in, int64_t rows, M *out) {
    for (int64_t x = 0; x < t->columns; x++) {
        const struct pool_span span = pool_columns(t, x);
        for (int64_t c = 0; c < t->channels; c++, out++)
            if (!isfinite(*out))
                *out = (M)TYPED(mean)(in + span.first * t->channels + c, t->in_row, rows, t->channels,
                                      span.end - span.first, TYPED(pairs) ? CNN_MEAN_SCALE : 1);
    }
}

/* The values of a window, row by row. */
struct TYPED(values) {
    const T *next;
    int64_t pixel, pixels, left, skip; /* left: pixels of this row; skip: from behind them to the next row */
};

static inline const T *TYPED(next_value)(struct TYPED(values) *w) {
    const T *p = w->next;
    const int is_last = --w->left == 0;
    w->next += w->pixel + (is_last ? w->skip : 0);
    w->left = is_last ? w->pixels : w->left;
    return p;
}

/* Adds the next 1, 2, 4 or 8 values in each lane of `vectors` vectors to the totals, as pairs of pairs: the sum of so
 * many equal values is exact. */
static inline __attribute__((always_inline)) void TYPED(add_values)(struct TYPED(values) *w, int number, int vectors,
                                                                    int64_t tail, f64_v total[][2]) {
    const T *p[8];
#pragma GCC unroll 8
    for (int k = 0; k < number; k++) p[k] = TYPED(next_value)(w);
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        TYPED(v) x[8];
#pragma GCC unroll 8
        for (int k = 0; k < number; k++) x[k] = tail ? TYPED(load_n)(p[k], tail) : TYPED(load)(p[k] + v * VECTOR_N);
#pragma GCC unroll 4
        for (int half = number / 2; half > 0; half /= 2)
#pragma GCC unroll 4
            for (int k = 0; k < half; k++) x[k] = TYPED(add)(x[k], x[k + half]);
        TYPED(total_add)(total[v], x[0]);
    }
}

/* Totals of rows x pixels values in each lane of `vectors` vectors, or in the first `tail` lanes of one. */
static inline __attribute__((always_inline)) void TYPED(total_at)(const T *in, int64_t row, int64_t rows, int64_t pixel,
                                                                  int64_t pixels, int vectors, int64_t tail,
                                                                  f64_v total[][2]) {
    struct TYPED(values) w = {in, pixel, pixels, pixels, row - pixels * pixel};
    int64_t left = rows * pixels;
    for (int v = 0; v < vectors; v++) {
        total[v][0] = f64_set1(-0.0);
        total[v][1] = f64_set1(-0.0);
    }
    for (; left >= 8; left -= 8) TYPED(add_values)(&w, 8, vectors, tail, total);
    if (left & 4) TYPED(add_values)(&w, 4, vectors, tail, total);
    if (left & 2) TYPED(add_values)(&w, 2, vectors, tail, total);
    if (left & 1) TYPED(add_values)(&w, 1, vectors, tail, total);
}

/* The means of those values. */
static inline __attribute__((always_inline)) void TYPED(mean_at)(const T *in, int64_t row, int64_t rows, int64_t pixel,
                                                                 int64_t pixels, int vectors, int64_t tail, T *out) {
    f64_v total[4][2];
    TYPED(total_at)(in, row, rows, pixel, pixels, vectors, tail, total);
    for (int v = 0; v < vectors; v++) {
        const TYPED(v) mean = TYPED(total_mean)(total[v], (double)(rows * pixels));
        if (tail)
            TYPED(store_n)(out, mean, tail);
        else
            TYPED(store)(out + v * VECTOR_N, mean);
    }
}

/* Sums of `rows` values in each lane of `vectors` vectors, or in the first `tail` lanes of one. */
static inline __attribute__((always_inline)) void TYPED(sum_at)(const T *in, int64_t row, int64_t rows, int vectors,
                                                                int64_t tail, double *sums, double *rests) {
    f64_v total[4][2];
    double some[2 * F64_N];
    TYPED(total_at)(in, row, rows, 0, 1, vectors, tail, total);
    for (int v = 0; v < vectors; v++) {
        double *low = sums + v * VECTOR_N, *high = TYPED(pairs) ? rests + v * VECTOR_N : low + F64_N;
        f64_store(tail ? some : low, total[v][0]);
        f64_store(tail ? some + F64_N : high, total[v][1]);
    }
    if (tail) memcpy(sums, some, (size_t)tail * sizeof *sums);
    if (tail && TYPED(pairs)) memcpy(rests, some + F64_N, (size_t)tail * sizeof *rests);
}

/* sums[i] = sum over a of in[i + a * row]; rests[i] is the rest of a sum of float64. */
static void TYPED(sum_long_rows)(const T *in, int64_t count, int64_t row, int64_t rows, double *sums, double *rests) {
    int64_t i = 0;
    for (; i + 4 * VECTOR_N <= count; i += 4 * VECTOR_N)
        TYPED(sum_at)(in + i, row, rows, 4, 0, sums + i, rests + i);
    for (; i + VECTOR_N <= count; i += VECTOR_N) TYPED(sum_at)(in + i, row, rows, 1, 0, sums + i, rests + i);
    if (i < count) TYPED(sum_at)(in + i, row, rows, 1, count - i, sums + i, rests + i);
}

/* out[i] = mean over a, b of in[i + a * row + b * pixel]. */
static __attribute__((noinline)) void TYPED(mean_all)(const T *in, int64_t count, int64_t row, int64_t rows,
                                                      int64_t pixel, int64_t pixels, T *out) {
    int64_t i = 0;
    for (; i + 4 * VECTOR_N <= count; i += 4 * VECTOR_N)
        TYPED(mean_at)(in + i, row, rows, pixel, pixels, 4, 0, out + i);
    for (; i + VECTOR_N <= count; i += VECTOR_N) TYPED(mean_at)(in + i, row, rows, pixel, pixels, 1, 0, out + i);
    if (i < count) TYPED(mean_at)(in + i, row, rows, pixel, pixels, 1, count - i, out + i);
}

#endif

/* One row of means from `rows` input rows at `in`. Returns 0 where some mean is not finite. */
static int TYPED(long_mean_row)(const struct pool_tile *t, struct pool_span inside, const T *in, int64_t rows, M *out) {
    const int64_t channels = t->channels, width = t->in_columns * channels;
    double *sums = t->buffer, *rests = sums + (TYPED(pairs) ? width : 0);
#ifdef FLOAT_KERNELS
    if (channels >= VECTOR_N && t->kernel_w <= t->stride_w) { /* windows share no values */
        for (int64_t x = 0; x < t->columns; x++) {
            const struct pool_span span = pool_columns(t, x);
            TYPED(mean_all)(in + span.first * channels, channels, t->in_row, rows, channels, span.end - span.first,
                            out + x * channels);
        }
        return !(sizeof(M) == 4 ? pool_any_special32 : pool_any_special64)(out, t->columns * channels);
    }
    TYPED(sum_long_rows)(in, width, t->in_row, rows, sums, rests);
#else
    TYPED(sum_long_rows)(in, width, t->in_row, rows, sums);
#endif
    const int64_t step = t->stride_w * channels;
    const int apart = t->stride_w > 1 && channels < 8 && step <= 64;
    for (int64_t x = 0; x < t->columns; x++) {
        const struct pool_span span = pool_columns(t, x);
        const int64_t first = span.first * channels, pixels = span.end - span.first;
        const int many = (t->stride_w == 1 || apart) && x == inside.first && x < inside.end;
        const int64_t windows = many ? inside.end - x : 1;
        const double number = (double)(rows * pixels);
        if (many && apart)
            TYPED(mean_apart)(sums + first, rests + first, windows, step, channels, pixels, number, out + x * channels);
        else
            TYPED(mean_columns)(sums + first, rests + first, windows * channels, channels, pixels, number,
                                out + x * channels);
        x += windows - 1;
    }
    return !IS_FLOAT || !(sizeof(M) == 4 ? pool_any_special32 : pool_any_special64)(out, t->columns * channels);
}
