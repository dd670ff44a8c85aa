/* Gradients of a convolution behind which ReLU and 2x2 maximum pooling follow. A pooled value's gradient goes to one of
 * four sums, its winner, or to none where ReLU is shut: of all products of the dense gradients under a quarter is left,
 * and only these are computed.
 */
#define SPARSE_INLINE static inline __attribute__((always_inline))

/* Many channels: the lanes of a vector are channels. A term is one gradient times a block of taps, whose sums stay in
 * registers for the whole list. */
SPARSE_INLINE void sparse_block(const struct sparse_sums_tile *t, int rows, int vectors) {
    const float *const in = t->in;
    const int64_t scale = t->scale, in_row = t->in_row, out_row = t->out_row;
    for (int64_t g = 0; g < t->groups; g++) {
        const int32_t *ids = t->ids + g * t->list, *const end = ids + t->counts[g];
        const float *values = t->values + g * t->list;
        float *out = t->out + t->targets[g];
        f32_v sum[10];
#pragma GCC unroll 10
        for (int i = 0; i < rows * vectors; i++) sum[i] = f32_set1(0);
        for (; ids < end; ids++, values++) {
            const float *p = in + *ids * scale;
            const f32_v value = f32_set1(*values);
#pragma GCC unroll 3
            for (int r = 0; r < rows; r++, p += in_row)
#pragma GCC unroll 5
                for (int v = 0; v < vectors; v++)
                    sum[r * vectors + v] = f32_fma(value, f32_load(p + v * F32_N), sum[r * vectors + v]);
        }
#pragma GCC unroll 3
        for (int r = 0; r < rows; r++, out += out_row)
#pragma GCC unroll 5
            for (int v = 0; v < vectors; v++)
                f32_store(out + v * F32_N, f32_add(f32_load(out + v * F32_N), sum[r * vectors + v]));
    }
}

static void sparse_sums(const struct sparse_sums_tile *tile) {
    const struct sparse_sums_tile copy = *tile, *t = &copy;
#define SPARSE_CASE(r, v) \
    if (t->rows == (r) && t->vectors == (v)) sparse_block(t, r, v);
    SPARSE_SHAPES(SPARSE_CASE)
#undef SPARSE_CASE
}

/* Pixel after pixel, so that the side in the images' order is read or written in order: the processor fetches ahead. */
static void split_channels(int64_t pixels, int64_t channels, const float *in, float *out, int64_t out_block) {
    for (int64_t i = 0; i < pixels; i++, in += channels, out += F32_N) {
        float *o = out;
        int64_t c = 0;
        for (; c + F32_N <= channels; c += F32_N, o += out_block) f32_store(o, f32_load(in + c));
        if (c < channels) f32_store(o, f32_load_n(in + c, channels - c));
    }
}

static void join_channels(int64_t pixels, int64_t channels, const float *in, int64_t in_block, float *out, int add) {
    for (int64_t i = 0; i < pixels; i++, in += F32_N, out += channels) {
        const float *p = in;
        int64_t c = 0;
        for (; c + F32_N <= channels; c += F32_N, p += in_block) {
            const f32_v v = f32_load(p);
            f32_store(out + c, add ? f32_add(f32_load(out + c), v) : v);
        }
        if (c == channels) continue;
        const f32_v v = f32_load(p);
        f32_store_n(out + c, add ? f32_add(f32_load_n(out + c, channels - c), v) : v, channels - c);
    }
}

static void sort_winners(int64_t filters, const float *grad, const uint8_t *winners, int64_t list, int32_t *ids,
                         float *values, int32_t counts[4], float *bias) {
    int64_t count[4] = {0, 0, 0, 0}, f = 0;
#if HAS_SIFT
    for (; f + F32_N <= filters; f += F32_N) {
        const i32_v which = i32_load_u8(winners + f);
        const f32_v v = f32_load(grad + f);
        f32_store(bias + f, f32_add(f32_load(bias + f), f32_open(v, which)));
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++)
            count[k] += f32_sift(v, which, k, (int32_t)f, ids + k * list + count[k], values + k * list + count[k]);
    }
#endif
    for (; f < filters; f++) {
        if (winners[f] == CNN_SHUT) continue;
        const int64_t at = winners[f] * list + count[winners[f]]++;
        ids[at] = (int32_t)f;
        values[at] = grad[f];
        bias[f] += grad[f];
    }
    for (int k = 0; k < 4; k++) counts[k] = (int32_t)count[k];
}

#if HAS_SIFT
/* rows[i][k] to rows[k][i]: four times, every second one of neighbours, and the others. */
static inline void sort_transpose(i32_v rows[F32_N]) {
    i32_v halves[F32_N];
    for (int step = 1; step < F32_N; step *= 2) {
        for (int i = 0; i < F32_N / 2; i++) {
            halves[i] = i32_even(rows[2 * i], rows[2 * i + 1]);
            halves[F32_N / 2 + i] = i32_odd(rows[2 * i], rows[2 * i + 1]);
        }
        for (int i = 0; i < F32_N; i++) rows[i] = halves[i];
    }
}
#endif

/* See table.h. One vector of filters and one of pixels at a time; where filters do not fill a vector, one by one. */
static void sort_by_filter(int64_t pixels, int64_t filters, const float *grad, const uint8_t *winners,
                           const int32_t *targets, int64_t list, int32_t *ids, float *values, int32_t *counts) {
    int64_t f = 0;
#if HAS_SIFT
    for (; f + F32_N <= filters; f += F32_N) {
        for (int k = 0; k < F32_N; k++) counts[f + k] = 0;
        for (int64_t pixel = 0; pixel < pixels; pixel += F32_N) {
            i32_v at[F32_N], value[F32_N];
#pragma GCC unroll 16
            for (int i = 0; i < F32_N; i++) {
                const int64_t p = pixel + i < pixels ? pixel + i : pixels - 1;
                const i32_v which = i32_load_u8(winners + p * filters + f);
                at[i] = pixel + i < pixels ? i32_of_four(targets + 4 * p, which) : i32_set1(-1);
                value[i] = i32_load((const int32_t *)(grad + p * filters + f));
            }
            sort_transpose(at);
            sort_transpose(value);
#pragma GCC unroll 16
            for (int k = 0; k < F32_N; k++) {
                const int64_t to = (f + k) * list + counts[f + k];
                counts[f + k] += (int32_t)i32_sift_both(at[k], value[k], ids + to, values + to);
            }
        }
    }
#endif
    for (int64_t k = f; k < filters; k++) counts[k] = 0;
    for (int64_t p = 0; p < pixels; p++)
        for (int64_t k = f; k < filters; k++) {
            const uint8_t winner = winners[p * filters + k];
            if (winner == CNN_SHUT) continue;
            const int64_t to = k * list + counts[k]++;
            ids[to] = targets[4 * p + winner];
            values[to] = grad[p * filters + k];
        }
}

enum { PICKED_AHEAD = 12 }; /* pixels */

/* Few channels: the lanes of a vector are filters, each of which picks the value that its winner multiplied. */
SPARSE_INLINE void picked_block(const struct picked_sums_tile *t, int64_t f, int64_t left, int rows, int terms) {
    f32_v sum[CNN_MOST_PICKED], bias = f32_set1(0);
#pragma GCC unroll 9
    for (int i = 0; i < rows * terms; i++) sum[i] = f32_set1(0);
    for (int64_t y = 0; y < t->rows; y++) {
        const float *four = t->four + y * t->row, *grad = t->grad + y * t->columns * t->filters + f;
        const uint8_t *winners = t->winners + y * t->columns * t->filters + f;
        for (int64_t x = 0; x < t->columns; x++, four += t->pixel, grad += t->filters, winners += t->filters) {
            if (f == 0) /* all filters of a later pixel: the processor itself would fetch what this pass reads */
                for (int64_t i = 0; i < t->filters; i += 16) __builtin_prefetch(grad + PICKED_AHEAD * t->filters + i);
            const i32_v which = left < F32_N ? i32_load_u8_n(winners, left) : i32_load_u8(winners);
            const f32_v g = f32_open(left < F32_N ? f32_load_n(grad, left) : f32_load(grad), which);
            const float *p = four;
            bias = f32_add(bias, g);
#pragma GCC unroll 3
            for (int r = 0; r < rows; r++, p += t->four_row)
#pragma GCC unroll 9
                for (int i = 0; i < terms; i++)
                    sum[r * terms + i] = f32_fma(f32_pick(p + 4 * i, which), g, sum[r * terms + i]);
        }
    }
    const int64_t lanes = left < F32_N ? left : F32_N;
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < terms; i++) {
            float *out = t->out + r * t->out_row + i * t->filters + f;
            f32_store_n(out, f32_add(f32_load_n(out, lanes), sum[r * terms + i]), lanes);
        }
    if (t->bias != NULL) f32_store_n(t->bias + f, f32_add(f32_load_n(t->bias + f, lanes), bias), lanes);
}

static void picked_sums(const struct picked_sums_tile *tile) {
    const struct picked_sums_tile copy = *tile, *t = &copy;
    for (int64_t f = 0; f < t->filters; f += F32_N) {
        const int64_t left = t->filters - f;
        if (t->tap_rows == 3 && t->terms == 3) {
            picked_block(t, f, left, 3, 3);
            continue;
        }
        switch (t->terms) {
#define PICKED(n)                         \
    case n:                               \
        picked_block(t, f, left, 1, n);   \
        break;
            PICKED(1) PICKED(2) PICKED(3) PICKED(4) PICKED(5) PICKED(6) PICKED(7) PICKED(8) PICKED(9)
#undef PICKED
        }
    }
}
#undef SPARSE_INLINE
