/* Means of a tile's windows in double, for one element type; M is the type of a mean. The input rows under a row of
 * windows are summed first, then the columns of those sums, by loops that the compiler vectorizes. Sums of float64 have
 * a second double for the rounding errors of the first (mean.h).
 */
enum { PASTE(X, pairs) = sizeof(T) == 8 && IS_FLOAT, PASTE(X, lanes) = 256 };

/* sums[i] = sum over a of in[i + a * row]; rests[i] is its rest. In pieces that stay in the L1 cache. */
static void TYPED(mean_rows)(const T *in, int64_t count, int64_t row, int64_t rows, double *restrict sums,
                             double *restrict rests) {
    for (int64_t from = 0; from < count; from += TYPED(lanes)) {
        const int64_t n = count - from < TYPED(lanes) ? count - from : TYPED(lanes);
        double *restrict s = sums + from, *restrict r = rests + from;
        for (int64_t i = 0; i < n; i++) s[i] = (double)in[from + i];
        if (TYPED(pairs)) memset(r, 0, (size_t)n * sizeof *r);
        for (int64_t a = 1; a < rows; a++) {
            const T *restrict p = in + a * row + from;
            if (!TYPED(pairs) && a + 4 <= rows) { /* fewer loads and stores of the sums */
                for (int64_t i = 0; i < n; i++)
                    s[i] += ((double)p[i] + (double)p[row + i]) + ((double)p[2 * row + i] + (double)p[3 * row + i]);
                a += 3;
            } else if (TYPED(pairs))
                for (int64_t i = 0; i < n; i++) mean_add((double)p[i], &s[i], &r[i]);
            else
                for (int64_t i = 0; i < n; i++) s[i] += (double)p[i];
        }
    }
}

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

#endif

/* One row of means from `rows` input rows at `in`. */
static void TYPED(mean_row)(const struct pool_tile *t, struct pool_span inside, const T *in, int64_t rows, M *out) {
    const int64_t channels = t->channels, width = t->in_columns * channels;
    double *sums = t->buffer, *rests = sums + (TYPED(pairs) ? width : 0);
    TYPED(mean_rows)(in, width, t->in_row, rows, sums, rests);
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
}
