/* float32 convolution of few channels (struct few_channels_tile), alone or with 2x2 maximum pooling.
 *
 * With few terms in a sum, everything around the multiplications costs as much as they do. So the taps of a row are
 * constants for the common kernels; all filters of some pixels are computed before the next pixels, so that the output
 * is written in order and its cache lines are fetched while it is summed; and pooling compares in registers. AVX-512 on
 * Zen 4, 1 thread, against conv2d.inc.c: 3x3 1->64 on (100,28,28,1) 0.79 ms for 1.35, with pooling
 * 0.78 for 1.25; 1->16 on (32,150,105,1) 1.5 for 2.0; 3->64 on (1,224,224,3) 1.55 for 1.9; 4->48 8 % less, 8->32 2 %.
 */

/* Sums of a pass, on every instruction set: enough to hide the latency of a multiply-add. 32 registers hold more, but
 * then outputs are stored in longer bursts, which took 15 % longer. */
#define FEW_SUMS 12
/* The number of unrolled rows of taps. With one, 1->16 takes 11 % less on AVX-512; with all, pooling takes 9 % less on
 * AVX2. */
enum { FEW_ROWS = F32_N < 16 ? 3 : 1 };
#define FEW_INLINE static inline __attribute__((always_inline))

/* The tile's kernel_h, taps and step, which are constants in the functions made for the common kernels. */
struct tap_shape {
    int64_t kernel_h, taps, step;
};

/* Adds the products of tap k of a row to the sums of few_sums. */
FEW_INLINE void few_tap(struct tap_shape s, const float *const *q, int64_t k, const float *w, int across, int down,
                        int vectors, f32_v *sum) {
    __asm__ volatile("" ::: "memory"); /* keeps the compiler from holding values for the next tap and spilling sums */
    const f32_v w0 = f32_load(w), w1 = vectors > 1 ? f32_load(w + F32_N) : w0;
#pragma GCC unroll 32
    for (int p = 0; p < across * down; p++) {
        const int y = p / across, x = p % across;
        const f32_v value = f32_set1(q[y * (FEW_SUMS / 4) + x / 4][x % 4 * s.step + k]);
        sum[p * vectors] = f32_fma(value, w0, sum[p * vectors]);
        if (vectors > 1) sum[p * vectors + 1] = f32_fma(value, w1, sum[p * vectors + 1]);
    }
}

/* The sums of `across` pixels in `down` rows, for `vectors` of filters. Weights are rows of `wide` values, then the
 * bias. */
FEW_INLINE void few_sums(const struct few_channels_tile *t, struct tap_shape s, const float *in, const float *w,
                         int64_t wide, int across, int down, int vectors, f32_v *sum) {
    const float *bias = w + s.kernel_h * s.taps * wide;
#pragma GCC unroll 32
    for (int p = 0; p < across * down; p++)
        for (int v = 0; v < vectors; v++) sum[p * vectors + v] = f32_load(bias + v * F32_N);
#pragma GCC unroll FEW_ROWS
    for (int64_t a = 0; a < s.kernel_h; a++, in += t->dilation_h * t->in_row) {
        /* One pointer for four pixels: scaled index registers reach the other three. */
        const float *q[2 * FEW_SUMS / 4];
        for (int y = 0; y < down; y++)
            for (int x = 0; x < across; x += 4)
                q[y * (FEW_SUMS / 4) + x / 4] = in + y * t->stride_h * t->in_row + x * s.step;
        /* Only constant loops are unrolled; the others would gain nothing and be slow to compile. */
        if (__builtin_constant_p(s.taps)) {
#pragma GCC unroll 9
            for (int64_t k = 0; k < s.taps; k++, w += wide) few_tap(s, q, k, w, across, down, vectors, sum);
        } else {
            for (int64_t k = 0; k < s.taps; k++, w += wide) few_tap(s, q, k, w, across, down, vectors, sum);
        }
    }
}

/* The address of the next pixel, by one addition: the compiler would compute all addresses of a pass at its start, and
 * keep them on the stack. */
FEW_INLINE float *few_next(float *out, int64_t filters) {
    out += filters;
    __asm__("" : "+r"(out));
    return out;
}

FEW_INLINE void few_store(const struct few_channels_tile *t, float *out, f32_v v, int64_t filters) {
    if (t->relu) v = f32_relu(v);
    if (filters >= F32_N)
        f32_store(out, v);
    else
        f32_store_n(out, v, filters);
}

/* The largest of a window's four sums, and if asked for, which it is. */
FEW_INLINE void few_store_pooled(const struct few_channels_tile *t, float *out, f32_v a, f32_v b, f32_v c, f32_v d,
                                 int64_t filters) {
    const f32_v largest = f32_larger(f32_larger(a, c), f32_larger(b, d));
    few_store(t, out, largest, filters);
    if (t->winners == NULL) return;
    uint8_t *winner = t->winners + (out - t->out);
    if (filters >= F32_N)
        f32_store_winner(winner, a, b, c, largest);
    else
        f32_store_winner_n(winner, a, b, c, largest, filters);
}

/* `pixels` outputs for `filters` filters, which fill `vectors` but for the end of the last. */
FEW_INLINE void few_block(const struct few_channels_tile *t, struct tap_shape s, const float *in, const float *w,
                          float *out, int pixels, int vectors, int64_t filters) {
    f32_v sum[FEW_SUMS];
    float *o = out;
#pragma GCC unroll 16
    for (int p = 0; p < pixels; p++, o = few_next(o, t->filters))
        for (int i = 0; i < vectors * F32_N; i += 16) __builtin_prefetch(o + i, 1);
    few_sums(t, s, in, w, vectors * F32_N, pixels, 1, vectors, sum);
    o = out;
#pragma GCC unroll 16
    for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) {
        if (vectors > 1) few_store(t, o, sum[2 * p], F32_N);
        few_store(t, o + (vectors - 1) * F32_N, sum[(p + 1) * vectors - 1], filters - (vectors - 1) * F32_N);
    }
}

FEW_INLINE void few_pass(const struct few_channels_tile *t, struct tap_shape s, const float *in, float *out,
                         int pixels) {
    const float *w = t->weights;
    int64_t left = t->filters;
    if (2 * pixels <= FEW_SUMS)
        for (; left > F32_N; left -= 2 * F32_N, w += t->weights_block, out += 2 * F32_N)
            few_block(t, s, in, w, out, pixels, 2, left);
    if (left > 0) few_block(t, s, in, w, out, pixels, 1, left);
}

/* `pixels` maxima of 2x2 sums, for one vector of filters at a time. */
FEW_INLINE void few_pool_pass(const struct few_channels_tile *t, struct tap_shape s, const float *in, float *out,
                              int pixels) {
    f32_v sum[FEW_SUMS];
    const float *block = t->weights;
    for (int64_t f = 0; f < t->filters; f += F32_N) {
        const int second = f / F32_N % 2;
        const int64_t wide = second || t->filters - f > F32_N ? 2 * F32_N : F32_N;
        few_sums(t, s, in, block + second * F32_N, wide, 2 * pixels, 2, 1, sum);
        if (second) block += t->weights_block;
        float *o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) {
            const f32_v *above = sum + 2 * p, *below = above + 2 * pixels;
            few_store_pooled(t, o, above[0], above[1], below[0], below[1], t->filters - f);
        }
    }
}

#define FEW_WIDTH(n)                         \
    case n:                                  \
        if (4 * n <= FEW_SUMS && t->pool)    \
            few_pool_pass(t, s, in, out, n); \
        else                                 \
            few_pass(t, s, in, out, n);      \
        break;

FEW_INLINE void few_rows(const struct few_channels_tile *t, struct tap_shape s) {
    const int64_t by = t->pool ? 2 : 1, most = t->pool ? FEW_SUMS / 4 : t->filters > F32_N ? FEW_SUMS / 2 : FEW_SUMS;
    const int64_t passes = (t->columns + most - 1) / most; /* of nearly equal width */
    for (int64_t r = 0; r < t->rows; r++) {
        const float *in = t->in + r * by * t->stride_h * t->in_row;
        float *out = t->out + r * t->out_row;
        for (int64_t i = 0; i < passes; i++) {
            const int64_t width = t->columns / passes + (i < t->columns % passes);
            switch (width) {
                FEW_WIDTH(1) FEW_WIDTH(2) FEW_WIDTH(3) FEW_WIDTH(4) FEW_WIDTH(5) FEW_WIDTH(6)
                FEW_WIDTH(7) FEW_WIDTH(8) FEW_WIDTH(9) FEW_WIDTH(10) FEW_WIDTH(11) FEW_WIDTH(12)
            }
            in += width * by * s.step;
            out += width * t->filters;
        }
    }
}

static void few_direct(const struct few_channels_tile *tile) {
    const struct few_channels_tile copy = *tile, *t = &copy; /* a local, which stores and barriers cannot change */
    const struct tap_shape s = {t->kernel_h, t->taps, t->step};
    if (UNROLLED && s.kernel_h == 3 && s.taps == 3 && s.step == 1)
        few_rows(t, (struct tap_shape){3, 3, 1});
    else if (UNROLLED && s.kernel_h == 3 && s.taps == 9 && s.step == 3)
        few_rows(t, (struct tap_shape){3, 9, 3});
    else
        few_rows(t, s);
}

#if F32_N >= 16
#include "kernels/conv2d_few_channels_f23.inc.c"
#endif

static void conv2d_few_channels(const struct few_channels_tile *t) {
#if F32_N >= 16
    const struct few_channels_tile copy = *t;
    if (t->f23 != NULL && t->step == 1) {
        f23_rows(&copy, (struct tap_shape){3, 1, 1});
        return;
    }
    if (t->f23 != NULL) {
        f23_rows(&copy, (struct tap_shape){3, 3, 3});
        return;
    }
#endif
    few_direct(t);
}

#undef FEW_WIDTH
#undef FEW_SUMS
#undef FEW_INLINE
