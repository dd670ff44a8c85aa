/* Pooling of a tile (struct pool_tile), for one element type. To fold is to take the larger value, or the sum. Means of
 * few values are computed in the type itself, those of integers in float32 where their sums are exact; all others in
 * double (pool2d_mean.inc.c).
 *
 * Windows at the edges are computed one by one, straight from the input. The others share work: where pixels have at
 * least a vector of channels, or windows are pairs of one channel, they are folded straight from the input; else the
 * rows of the windows are folded into one buffered row first, then its columns.
 */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) V TYPED(fold)(V a, V b, int average) {
#ifdef FLOAT_KERNELS
    if (average) return TYPED(add)(a, b);
#endif
    (void)average;
    return TYPED(larger)(a, b);
}

static inline __attribute__((always_inline)) V TYPED(finish)(V v, T divisor) {
#ifdef FLOAT_KERNELS
    if (divisor != 0) return TYPED(div)(v, TYPED(set1)(divisor));
#endif
    (void)divisor;
    return v;
}

/* Folds rows x pixels values in each lane of `vectors` vectors, or in the first `tail` lanes of one. */
static inline __attribute__((always_inline)) void TYPED(fold_at)(const T *in, int64_t row, int64_t rows, int64_t pixel,
                                                                 int64_t pixels, int average, int vectors, int64_t tail,
                                                                 V *all) {
    for (int v = 0; v < vectors; v++) all[v] = tail ? TYPED(load_n)(in, tail) : TYPED(load)(in + v * N);
    for (int64_t a = 0; a < rows; a++)
        for (int64_t b = a == 0; b < pixels; b++) {
            const T *p = in + a * row + b * pixel;
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                all[v] = TYPED(fold)(tail ? TYPED(load_n)(p, tail) : TYPED(load)(p + v * N), all[v], average);
        }
}

/* out[i] = fold over a, b of in[i + a * row + b * pixel], divided by `divisor` unless that is 0. For `count` below a
 * vector. */
static inline void TYPED(fold_few)(const T *in, int64_t count, int64_t row, int64_t rows, int64_t pixel, int64_t pixels,
                                   int average, T divisor, T *out) {
    for (int64_t i = 0; i < count; i++) {
        T all = in[i];
        for (int64_t a = 0; a < rows; a++)
            for (int64_t b = a == 0; b < pixels; b++) {
                const T x = in[a * row + b * pixel + i];
                if (average)
                    all += x;
                else if (x > all || x != x)
                    all = x;
            }
        out[i] = divisor != 0 ? all / divisor : all;
    }
}

/* The same for any `count`. `out` may be `in` where `count` is a multiple of N. */
static inline __attribute__((always_inline)) void TYPED(fold_all)(const T *in, int64_t count, int64_t row, int64_t rows,
                                                                  int64_t pixel, int64_t pixels, int average, T divisor,
                                                                  T *out) {
    V all[4];
    int64_t i = 0;
    const int64_t tail = count % (uint64_t)N;
    for (; i + 4 * N <= count; i += 4 * N) {
        TYPED(fold_at)(in + i, row, rows, pixel, pixels, average, 4, 0, all);
        for (int v = 0; v < 4; v++) TYPED(store)(out + i + v * N, TYPED(finish)(all[v], divisor));
    }
    for (; i < count; i += N) {
        if (i + N > count) {
            if (count < N) break;
            i = count - N; /* recomputes some values */
        }
        TYPED(fold_at)(in + i, row, rows, pixel, pixels, average, 1, 0, all);
        TYPED(store)(out + i, TYPED(finish)(*all, divisor));
    }
    if (i >= count) return;
    if (!CHEAP_TAILS) {
        TYPED(fold_few)(in, count, row, rows, pixel, pixels, average, divisor, out);
        return;
    }
    TYPED(fold_at)(in, row, rows, pixel, pixels, average, 1, tail, all);
    TYPED(store_n)(out, TYPED(finish)(*all, divisor), tail);
}

/* The same as a function, for windows of any size. */
static __attribute__((noinline)) void TYPED(fold_any)(const T *in, int64_t count, int64_t row, int64_t rows,
                                                      int64_t pixel, int64_t pixels, int average, T divisor, T *out) {
#ifdef FLOAT_KERNELS
    if (average) {
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, 1, divisor, out);
        return;
    }
#endif
    (void)average;
    (void)divisor;
    TYPED(fold_all)(in, count, row, rows, pixel, pixels, 0, 0, out);
}

/* Windows of one channel, two columns wide, with stride 2. */
static inline __attribute__((always_inline)) void TYPED(fold_pairs)(const T *in, int64_t count, int64_t row,
                                                                    int64_t rows, int64_t ahead, int average, T divisor,
                                                                    T *out) {
    V a, b;
    for (int64_t i = 0; i < count && count >= N; i += N) {
        if (i + N > count) i = count - N; /* recomputes some values */
        if (ahead > 0) pool_fetch((const char *)(in + 2 * i) + ahead, 2 * sizeof(V), row * (int64_t)sizeof(T));
        TYPED(fold_at)(in + 2 * i, row, rows, 0, 1, average, 1, 0, &a);
        TYPED(fold_at)(in + 2 * i + N, row, rows, 0, 1, average, 1, 0, &b);
        a = TYPED(fold)(TYPED(even)(a, b), TYPED(odd)(a, b), average);
        TYPED(store)(out + i, TYPED(finish)(a, divisor));
    }
    if (count >= N) return;
    if (!CHEAP_TAILS) {
        for (int64_t i = 0; i < count; i++)
            TYPED(fold_few)(in + 2 * i, 1, row, rows, 1, 2, average, divisor, out + i);
        return;
    }
    const int64_t tail = count % (uint64_t)N, low = 2 * tail < N ? 2 * tail : N, high = 2 * tail - low;
    TYPED(fold_at)(in, row, rows, 0, 1, average, 1, low, &a);
    b = a;
    if (high) TYPED(fold_at)(in + N, row, rows, 0, 1, average, 1, high, &b);
    a = TYPED(fold)(TYPED(even)(a, b), TYPED(odd)(a, b), average);
    TYPED(store_n)(out, TYPED(finish)(a, divisor), tail);
}

/* One row of windows over `rows` rows at `in`, each the sum of `weight` input rows. The next row of windows begins
 * `ahead` bytes further on; 0 where it needs no prefetch. */
static inline __attribute__((always_inline)) void TYPED(pool_row)(const struct pool_tile *t, struct pool_span inside,
                                                                  const T *in, int64_t row, int64_t rows,
                                                                  int64_t weight, int64_t ahead, int average, T *out) {
    const int64_t channels = t->channels, width = t->kernel_w, stride = t->stride_w, step = stride * channels;
    const int pairs = channels == 1 && width == 2 && stride == 2;
    if (rows > 1 && !pairs && !(channels >= N && width <= stride)) {
        TYPED(fold_any)(in, t->in_columns * channels, row, rows, 0, 1, average, 0, t->buffer);
        in = t->buffer;
        weight *= rows;
        rows = 1;
    }
    const int is_folded = in == t->buffer;
    for (int64_t x = 0; x < t->columns; x++) {
        if (x == inside.first) x = inside.end;
        if (x == t->columns) break;
        int64_t left = t->first_column + x * stride, right = left + width;
        if (left < 0) left = 0;
        if (right > t->in_columns) right = t->in_columns;
        const T divisor = average ? (T)(rows * weight * (right - left)) : 0;
        TYPED(fold_any)(in + left * channels, channels, row, rows, channels, right - left, average, divisor,
                        out + x * channels);
    }
    if (inside.first == inside.end) return;
    const int64_t count = inside.end - inside.first, last = (count - 1) * step + channels;
    const T divisor = average ? (T)(rows * weight * width) : 0;
    in += (t->first_column + inside.first * stride) * channels;
    out += inside.first * channels;
    if (pairs && rows == 2) {
        TYPED(fold_pairs)(in, count, row, 2, ahead, average, divisor, out);
    } else if (pairs) {
        TYPED(fold_pairs)(in, count, row, rows, ahead, average, divisor, out);
    } else if (stride == 1) {
        TYPED(fold_any)(in, last, row, rows, channels, width, average, divisor, out);
    } else if (channels >= N && rows == 2 && width == 2) {
        for (int64_t x = 0; x < count; x++) {
            if (ahead > 0)
                pool_fetch((const char *)(in + x * step) + ahead, 2 * (size_t)channels * sizeof(T),
                           row * (int64_t)sizeof(T));
            TYPED(fold_all)(in + x * step, channels, row, 2, channels, 2, average, divisor, out + x * channels);
        }
    } else if (channels >= N) {
        for (int64_t x = 0; x < count; x++)
            TYPED(fold_any)(in + x * step, channels, row, rows, channels, width, average, divisor, out + x * channels);
    } else {
        T *wide = t->buffer; /* windows at every column */
        if (is_folded) wide += in - (const T *)t->buffer;
        if (width > 1 || !is_folded)
            TYPED(fold_any)(in, is_folded ? (last + N - 1) / N * N : last, 0, 1, channels, width, average, 0, wide);
        pool_pick(wide, stride, (size_t)channels * sizeof(T), count, out);
        for (int64_t i = 0; i < count * channels && divisor > 1; i++) out[i] /= divisor;
    }
}

static void TYPED(max_pool)(const struct pool_tile *t) {
    const struct pool_span inside = pool_inside(t);
    for (int64_t r = 0; r < t->rows; r++) {
        const struct pool_span rows = pool_rows(t, r);
        TYPED(pool_row)(t, inside, (const T *)t->in + rows.first * t->in_row, t->in_row, rows.end - rows.first, 1,
                        pool_ahead(t, r, sizeof(T)), 0, (T *)t->out + r * t->out_row);
    }
}

#ifdef FLOAT_KERNELS
static void TYPED(avg_row)(const struct pool_tile *t, struct pool_span inside, const T *in, int64_t row, int64_t rows,
                           int64_t weight, int64_t ahead, T *out) {
    TYPED(pool_row)(t, inside, in, row, rows, weight, ahead, 1, out);
}
#else
/* sums[i] = sum over a of in[i + a * row]. */
static void TYPED(sum_rows)(const T *in, int64_t count, int64_t row, int64_t rows, float *sums) {
    for (int64_t i = 0; i < count && count >= F32_N; i += F32_N) {
        if (i + F32_N > count) i = count - F32_N; /* recomputes some values */
        f32_v sum = PASTE(f32_load, X)(in + i);
        for (int64_t a = 1; a < rows; a++) sum = f32_add(sum, PASTE(f32_load, X)(in + a * row + i));
        f32_store(sums + i, sum);
    }
    if (count >= F32_N) return;
#if BYTE_TAILS_ARE_CHEAP
    f32_v sum = PASTE(PASTE(f32_load, X), n)(in, count);
    for (int64_t a = 1; a < rows; a++) sum = f32_add(sum, PASTE(PASTE(f32_load, X), n)(in + a * row, count));
    f32_store_n(sums, sum, count);
#else
    for (int64_t i = 0; i < count; i++) {
        sums[i] = (float)in[i];
        for (int64_t a = 1; a < rows; a++) sums[i] += (float)in[a * row + i];
    }
#endif
}
#endif

/* 1 where means need no double: their sums are exact in float32, or windows are at most 2x2, where the sum of equal
 * values is exact. */
static int TYPED(mean_is_short)(const struct pool_tile *t) {
    const double most = sizeof(T) == 1 ? 255 : 32768;
    if (!IS_FLOAT && sizeof(T) < 4 && (double)t->kernel_h * (double)t->kernel_w * most <= 0x1p24) return 1;
    return t->kernel_h <= 2 && t->kernel_w <= 2;
}

static void TYPED(avg_pool)(const struct pool_tile *t) {
    const struct pool_span inside = pool_inside(t);
    const int is_short = TYPED(mean_is_short)(t);
    for (int64_t r = 0; r < t->rows; r++) {
        const struct pool_span rows = pool_rows(t, r);
        const T *in = (const T *)t->in + rows.first * t->in_row;
        const int64_t high = rows.end - rows.first;
        M *out = (M *)t->out + r * t->out_row;
#ifdef FLOAT_KERNELS
        if (is_short)
            TYPED(avg_row)(t, inside, in, t->in_row, high, 1, pool_ahead(t, r, sizeof(T)), out);
        else
            TYPED(mean_row)(t, inside, in, high, out);
        if ((sizeof(T) == 4 ? pool_any_special32 : pool_any_special64)(out, t->columns * t->channels))
            TYPED(mean_again)(t, in, high, out);
#else
        const int64_t width = t->in_columns * t->channels;
        if (is_short) {
            TYPED(sum_rows)(in, width, t->in_row, high, t->buffer);
            f32_avg_row(t, inside, t->buffer, width, 1, high, 0, out);
        } else {
            TYPED(mean_row)(t, inside, in, high, out);
        }
#endif
    }
}

#undef V
#undef N
