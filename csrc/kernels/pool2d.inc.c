/* Pooling of a tile (struct pool_tile), for one element type. To fold is to take the larger value, or the sum. Means of
 * few floats are computed in their type, those of integers in float32 where their sums are exact; all others in double
 * (pool2d_mean.inc.c).
 *
 * Windows at the edges are computed one by one, straight from the input. The others share work: where pixels have at
 * least a vector of channels, or windows are pairs of one channel, they are folded straight from the input; else the
 * rows of the windows are folded into one buffered row first, then its columns.
 */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) V TYPED(fold)(V a, V b, enum pool_kind kind) {
#ifdef FLOAT_KERNELS
    if (kind != MAXIMUM) return TYPED(add)(a, b);
#endif
    (void)kind;
    return TYPED(larger)(a, b);
}

/* How the sums of a window become means. */
struct TYPED(mean) {
    T number;       /* of values */
    T scale, near;  /* 1 / number, and the part of a mean that counts as near */
    int64_t corner; /* elements from the first value to the last */
    V *check;       /* each mean is added to some lane: not finite where a mean is not */
};

static inline struct TYPED(mean) TYPED(mean_of)(const struct pool_tile *t, int64_t rows, int64_t pixels, V *check) {
    struct TYPED(mean) m = {(T)(rows * pixels), 0, 0, (rows - 1) * t->in_row + (pixels - 1) * t->channels, check};
#ifdef FLOAT_KERNELS
    m.scale = 1 / m.number;
    m.near = (T)(t->kernel_h + t->kernel_w + 2) * (T)(sizeof(T) == 4 ? FLT_EPSILON : DBL_EPSILON) / 2;
#endif
    return m;
}

#ifdef FLOAT_KERNELS
/* The mean of a constant is that constant: a MEAN of a window whose first and last value are equal, and as near to the
 * mean as rounding errors bring the mean of a constant, becomes that value. */
static inline __attribute__((always_inline)) void TYPED(snap_all)(V *all, int vectors, int64_t tail,
                                                                  struct TYPED(mean) m, const T *first) {
    int equal = 0;
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        const T *p = first + v * N, *q = p + m.corner;
        equal |= TYPED(any_equal)(tail ? TYPED(load_n)(p, tail) : TYPED(load)(p),
                              tail ? TYPED(load_n)(q, tail) : TYPED(load)(q));
    }
    if (__builtin_expect(!equal, 1)) return;
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        const T *p = first + v * N, *q = p + m.corner;
        const V x = tail ? TYPED(load_n)(p, tail) : TYPED(load)(p), y = tail ? TYPED(load_n)(q, tail) : TYPED(load)(q);
        all[v] = TYPED(snap)(all[v], x, y, TYPED(set1)(m.near));
    }
}
#endif

/* Finishes `vectors` folded vectors, or one with `tail` values. */
static inline __attribute__((always_inline)) void TYPED(finish)(V *all, int vectors, int64_t tail, enum pool_kind kind,
                                                                struct TYPED(mean) m, const T *first, V *check,
                                                                T *out) {
#ifdef FLOAT_KERNELS
#pragma GCC unroll 4
    for (int v = 0; v < vectors && kind > SUM; v++)
        all[v] = kind == DIVIDED_SUM ? TYPED(div)(all[v], TYPED(set1)(m.number))
                                     : TYPED(mul)(all[v], TYPED(set1)(m.scale));
    if ((kind == MEAN || kind == MEAN_OF_FOUR) && vectors == 4)
        *check = TYPED(add)(*check, TYPED(add)(TYPED(add)(all[0], all[1]), TYPED(add)(all[2], all[3])));
    else if (kind == MEAN || kind == MEAN_OF_FOUR)
        *check = TYPED(add)(*check, all[0]);
    if (kind == MEAN) TYPED(snap_all)(all, vectors, tail, m, first);
#endif
    (void)kind;
    (void)m;
    (void)first;
    (void)check;
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++)
        if (tail)
            TYPED(store_n)(out, all[v], tail);
        else
            TYPED(store)(out + v * N, all[v]);
}

static inline T TYPED(finish_one)(T v, enum pool_kind kind, const struct TYPED(mean) *m, const T *first) {
#ifdef FLOAT_KERNELS
    if (kind == DIVIDED_SUM) return v / m->number;
    if (kind <= SUM) return v;
    const T mean = v * m->scale;
    *m->check = TYPED(add)(*m->check, TYPED(set1)(mean));
    if (kind != MEAN || *first != first[m->corner]) return mean;
    return fabs((double)(mean - *first)) <= fabs((double)(mean * m->near)) ? *first : mean;
#else
    (void)kind;
    (void)m;
    (void)first;
    return v;
#endif
}

/* Folds rows x pixels values in each lane of `vectors` vectors, or in the first `tail` lanes of one. */
static inline __attribute__((always_inline)) void TYPED(fold_at)(const T *in, int64_t row, int64_t rows, int64_t pixel,
                                                                 int64_t pixels, enum pool_kind kind, int vectors,
                                                                 int64_t tail, V *all) {
    for (int v = 0; v < vectors; v++) all[v] = tail ? TYPED(load_n)(in, tail) : TYPED(load)(in + v * N);
    for (int64_t a = 0; a < rows; a++)
        for (int64_t b = a == 0; b < pixels; b++) {
            const T *p = in + a * row + b * pixel;
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                all[v] = TYPED(fold)(tail ? TYPED(load_n)(p, tail) : TYPED(load)(p + v * N), all[v], kind);
        }
}

/* out[i] = fold over a, b of in[i + a * row + b * pixel], finished with first[i]. For `count` below a vector. */
static inline void TYPED(fold_few)(const T *in, int64_t count, int64_t row, int64_t rows, int64_t pixel, int64_t pixels,
                                   enum pool_kind kind, const struct TYPED(mean) *m, const T *first, T *out) {
    for (int64_t i = 0; i < count; i++) {
        T all = in[i];
        for (int64_t a = 0; a < rows; a++)
            for (int64_t b = a == 0; b < pixels; b++) {
                const T x = in[a * row + b * pixel + i];
                if (kind != MAXIMUM)
                    all += x;
                else if (x > all || x != x)
                    all = x;
            }
        out[i] = TYPED(finish_one)(all, kind, m, first + i);
    }
}

/* The same for any `count`. `out` may be `in` where `count` is a multiple of N. */
static inline __attribute__((always_inline)) void TYPED(fold_all)(const T *in, int64_t count, int64_t row, int64_t rows,
                                                                  int64_t pixel, int64_t pixels, enum pool_kind kind,
                                                                  const struct TYPED(mean) *m, const T *first, T *out) {
    V all[4], check;
    struct TYPED(mean) of = {0, 0, 0, 0, NULL};
    int64_t i = 0;
    const int64_t tail = count % (uint64_t)N;
    memset(&check, 0, sizeof check);
    if (kind > SUM) of = *m; /* in registers: a store could change what `m` points to */
    for (; i + 4 * N <= count; i += 4 * N) {
        TYPED(fold_at)(in + i, row, rows, pixel, pixels, kind, 4, 0, all);
        TYPED(finish)(all, 4, 0, kind, of, first + i, &check, out + i);
    }
    for (; i < count; i += N) {
        if (i + N > count) {
            if (count < N) break;
            i = count - N; /* recomputes some values */
        }
        TYPED(fold_at)(in + i, row, rows, pixel, pixels, kind, 1, 0, all);
        TYPED(finish)(all, 1, 0, kind, of, first + i, &check, out + i);
    }
    if (i < count && CHEAP_TAILS && count > 2) {
        TYPED(fold_at)(in, row, rows, pixel, pixels, kind, 1, tail, all);
        TYPED(finish)(all, 1, tail, kind, of, first, &check, out);
    } else if (i < count) {
        TYPED(fold_few)(in, count, row, rows, pixel, pixels, kind, m, first, out);
    }
#ifdef FLOAT_KERNELS
    if (kind == MEAN || kind == MEAN_OF_FOUR) *of.check = TYPED(add)(*of.check, check);
#endif
}

/* The same as a function, for windows of any size. */
static __attribute__((noinline)) void TYPED(fold_any)(const T *in, int64_t count, int64_t row, int64_t rows,
                                                      int64_t pixel, int64_t pixels, enum pool_kind kind,
                                                      const struct TYPED(mean) *m, const T *first, T *out) {
    if (!IS_FLOAT || kind == MAXIMUM)
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, MAXIMUM, m, first, out);
    else if (kind == SUM)
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, SUM, m, first, out);
    else if (kind == MEAN)
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, MEAN, m, first, out);
    else if (kind == MEAN_OF_FOUR)
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, MEAN_OF_FOUR, m, first, out);
    else
        TYPED(fold_all)(in, count, row, rows, pixel, pixels, DIVIDED_SUM, m, first, out);
}

/* Windows of one channel, two columns wide, with stride 2. */
static inline __attribute__((always_inline)) void TYPED(fold_pairs)(const T *in, int64_t count, int64_t row,
                                                                    int64_t rows, int64_t ahead, enum pool_kind kind,
                                                                    const struct TYPED(mean) *m, T *out) {
    V a, b, check;
    const struct TYPED(mean) of = *m;
    memset(&check, 0, sizeof check);
    for (int64_t i = 0; i < count && count >= N; i += N) {
        if (i + N > count) i = count - N; /* recomputes some values */
        if (ahead > 0) pool_fetch((const char *)(in + 2 * i) + ahead, 2 * sizeof(V), row * (int64_t)sizeof(T));
        TYPED(fold_at)(in + 2 * i, row, rows, 0, 1, kind, 1, 0, &a);
        TYPED(fold_at)(in + 2 * i + N, row, rows, 0, 1, kind, 1, 0, &b);
        a = TYPED(fold)(TYPED(even)(a, b), TYPED(odd)(a, b), kind);
        TYPED(finish)(&a, 1, 0, kind, of, NULL, &check, out + i);
    }
#ifdef FLOAT_KERNELS
    if (count >= N && kind == MEAN_OF_FOUR) *of.check = TYPED(add)(*of.check, check);
#endif
    if (count >= N) return;
    if (!CHEAP_TAILS) {
        for (int64_t i = 0; i < count; i++)
            TYPED(fold_few)(in + 2 * i, 1, row, rows, 1, 2, kind, m, in + 2 * i, out + i);
        return;
    }
    const int64_t tail = count % (uint64_t)N, low = 2 * tail < N ? 2 * tail : N, high = 2 * tail - low;
    TYPED(fold_at)(in, row, rows, 0, 1, kind, 1, low, &a);
    b = a;
    if (high) TYPED(fold_at)(in + N, row, rows, 0, 1, kind, 1, high, &b);
    a = TYPED(fold)(TYPED(even)(a, b), TYPED(odd)(a, b), kind);
    TYPED(finish)(&a, 1, tail, kind, of, NULL, of.check, out);
}

/* Windows at every column, then those that `stride` leaves. `in` may be t->buffer. */
static inline __attribute__((always_inline)) void TYPED(fold_apart)(const struct pool_tile *t, const T *in,
                                                                    int64_t count, enum pool_kind kind,
                                                                    const struct TYPED(mean) *m, const T *first,
                                                                    int is_folded, T *out) {
    const int64_t channels = t->channels, last = ((count - 1) * t->stride_w + 1) * channels;
    T *wide = t->buffer;
    if (kind == MEAN || kind == MEAN_OF_FOUR) { /* not in place: whole vectors would read behind `first` */
        wide += is_folded ? t->in_columns * channels : 0;
        TYPED(fold_any)(in, last, 0, 1, channels, t->kernel_w, kind, m, first, wide);
    } else {
        if (is_folded) wide += in - (const T *)t->buffer;
        if (t->kernel_w > 1 || !is_folded)
            TYPED(fold_any)(in, is_folded ? (last + N - 1) / N * N : last, 0, 1, channels, t->kernel_w,
                            kind == MAXIMUM ? MAXIMUM : SUM, m, in, wide);
    }
    pool_pick(wide, t->stride_w, (size_t)channels * sizeof(T), count, out);
    if (kind == DIVIDED_SUM)
        for (int64_t i = 0; i < count * channels; i++) out[i] /= m->number;
}

/* One row of windows over `rows` rows at `in`, each the sum of `weight` input rows. The next row of windows begins
 * `ahead` bytes further on; 0 where it needs no prefetch. */
static inline __attribute__((always_inline)) void TYPED(pool_row)(const struct pool_tile *t, struct pool_span inside,
                                                                  const T *in, int64_t row, int64_t rows,
                                                                  int64_t weight, int64_t ahead, enum pool_kind kind,
                                                                  V *check, T *out) {
    const int64_t channels = t->channels, width = t->kernel_w, stride = t->stride_w, step = stride * channels;
    const int64_t high = rows * weight;
    const int pairs = channels == 1 && width == 2 && stride == 2 && kind != MEAN;
    const T *first = in;
    if (rows > 1 && !pairs && !(channels >= N && width <= stride)) {
        TYPED(fold_any)(in, t->in_columns * channels, row, rows, 0, 1, kind == MAXIMUM ? MAXIMUM : SUM, NULL, in,
                        t->buffer);
        in = t->buffer;
        rows = 1;
    }
    const int is_folded = in == t->buffer;
    for (int64_t x = 0; x < t->columns; x++) {
        if (x == inside.first) x = inside.end;
        if (x == t->columns) break;
        const struct pool_span span = pool_columns(t, x);
        const int64_t left = span.first * channels;
        const struct TYPED(mean) m = TYPED(mean_of)(t, high, span.end - span.first, check);
        TYPED(fold_any)(in + left, channels, row, rows, channels, span.end - span.first, kind, &m, first + left,
                        out + x * channels);
    }
    if (inside.first == inside.end) return;
    const struct TYPED(mean) m = TYPED(mean_of)(t, high, width, check);
    const int64_t count = inside.end - inside.first, from = (t->first_column + inside.first * stride) * channels;
    in += from;
    first += from;
    out += inside.first * channels;
    if (pairs && rows == 2) {
        TYPED(fold_pairs)(in, count, row, 2, ahead, kind, &m, out);
    } else if (pairs) {
        TYPED(fold_pairs)(in, count, row, rows, ahead, kind, &m, out);
    } else if (stride == 1) {
        TYPED(fold_any)(in, (count - 1) * step + channels, row, rows, channels, width, kind, &m, first, out);
    } else if (channels >= N && rows == 2 && width == 2) {
        for (int64_t x = 0; x < count; x++) {
            if (ahead > 0)
                pool_fetch((const char *)(in + x * step) + ahead, 2 * (size_t)channels * sizeof(T),
                           row * (int64_t)sizeof(T));
            TYPED(fold_all)(in + x * step, channels, row, 2, channels, 2, kind, &m, first + x * step,
                            out + x * channels);
        }
    } else if (channels >= N) {
        for (int64_t x = 0; x < count; x++)
            TYPED(fold_any)(in + x * step, channels, row, rows, channels, width, kind, &m, first + x * step,
                            out + x * channels);
    } else {
        TYPED(fold_apart)(t, in, count, kind, &m, first, is_folded, out);
    }
}

static void TYPED(max_pool)(const struct pool_tile *t) {
    const struct pool_span inside = pool_inside(t);
    for (int64_t r = 0; r < t->rows; r++) {
        const struct pool_span rows = pool_rows(t, r);
        TYPED(pool_row)(t, inside, (const T *)t->in + rows.first * t->in_row, t->in_row, rows.end - rows.first, 1,
                        pool_ahead(t, r, sizeof(T)), MAXIMUM, NULL, (T *)t->out + r * t->out_row);
    }
}

#ifdef FLOAT_KERNELS
static void TYPED(mean_row)(const struct pool_tile *t, struct pool_span inside, const T *in, int64_t rows,
                            int64_t ahead, V *check, T *out) {
    if (t->kernel_h <= 2 && t->kernel_w <= 2)
        TYPED(pool_row)(t, inside, in, t->in_row, rows, 1, ahead, MEAN_OF_FOUR, check, out);
    else
        TYPED(pool_row)(t, inside, in, t->in_row, rows, 1, ahead, MEAN, check, out);
}

/* Of exact sums of integers, in float32 alone: one row at `in`, each the sum of `weight` input rows. */
static inline void TYPED(divided_row)(const struct pool_tile *t, struct pool_span inside, const T *in, int64_t weight,
                                      T *out) {
    TYPED(pool_row)(t, inside, in, 0, 1, weight, 0, DIVIDED_SUM, NULL, out);
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

/* 1 where means need no double: the sums of integers are exact in float32, as far as their values are; or windows of
 * floats are small. */
static int TYPED(mean_is_short)(const struct pool_tile *t) {
    const double most = sizeof(T) == 1 ? 255 : 32768;
    if (t->kernel_h <= 2 && t->kernel_w <= 2) return 1;
    if (!IS_FLOAT) return sizeof(T) < 4 && (double)t->kernel_h * (double)t->kernel_w * most <= 0x1p24;
    if (t->kernel_w <= t->stride_w && t->channels >= VECTOR_N) return t->kernel_h * t->kernel_w <= 16;
    return t->kernel_h <= 8 && t->kernel_w <= 8;
}

#ifdef FLOAT_KERNELS
static void TYPED(avg_pool)(const struct pool_tile *t) {
    const struct pool_span inside = pool_inside(t);
    const int is_short = TYPED(mean_is_short)(t);
    V check = TYPED(set1)(0); /* struct mean */
    T checks[N];
    int is_finite = 1;
    for (int64_t r = 0; r < t->rows; r++) {
        const struct pool_span rows = pool_rows(t, r);
        const T *in = (const T *)t->in + rows.first * t->in_row;
        T *out = (T *)t->out + r * t->out_row;
        if (is_short)
            TYPED(mean_row)(t, inside, in, rows.end - rows.first, pool_ahead(t, r, sizeof(T)), &check, out);
        else
            is_finite &= TYPED(long_mean_row)(t, inside, in, rows.end - rows.first, out);
    }
    TYPED(store)(checks, check);
    for (int i = 0; i < N; i++) is_finite &= isfinite(checks[i]) != 0;
    for (int64_t r = 0; r < t->rows && !is_finite; r++) {
        const struct pool_span rows = pool_rows(t, r);
        TYPED(mean_again)(t, (const T *)t->in + rows.first * t->in_row, rows.end - rows.first,
                          (T *)t->out + r * t->out_row);
    }
}
#else
static void TYPED(avg_pool)(const struct pool_tile *t) {
    const struct pool_span inside = pool_inside(t);
    const int is_short = TYPED(mean_is_short)(t);
    for (int64_t r = 0; r < t->rows; r++) {
        const struct pool_span rows = pool_rows(t, r);
        const T *in = (const T *)t->in + rows.first * t->in_row;
        const int64_t high = rows.end - rows.first;
        M *out = (M *)t->out + r * t->out_row;
        if (is_short) {
            TYPED(sum_rows)(in, t->in_columns * t->channels, t->in_row, high, t->buffer);
            f32_divided_row(t, inside, t->buffer, high, out);
        } else {
            TYPED(long_mean_row)(t, inside, in, high, out);
        }
    }
}
#endif

#undef V
#undef N
