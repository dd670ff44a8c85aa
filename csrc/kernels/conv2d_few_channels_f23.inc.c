/* Convolution of 1 or 3 channels with 3x3 by Winograd's F(2, 3) along the rows, alone or with 2x2 maximum pooling.
 *
 * Two neighbouring outputs, d0..d2 . g and d1..d3 . g, are m0 + m1 + m2 and m1 - m2 + m3, where
 *   m0 = (d0 - d2) g0,  m1 = (d1 + d2) (g0 + g1 + g2) / 2,  m2 = (d2 - d1) (g0 - g1 + g2) / 2,  m3 = (d3 - d1) g2:
 * four products where the definition takes six. The m add up over rows and channels. The four lines of differences of
 * an input row are computed once, at every pixel (so that they are whole vectors for any number of channels), and serve
 * all filters.
 *
 * Faster (AVX-512, Zen 4, 1 thread): 3x3 1->64 on (100,28,28,1) 0.64 ms for 0.79, with pooling 0.58 for 0.79; 3->64 on
 * (1,224,224,3) 1.16 for 1.57. Not for a single vector of filters, where the lines cost as much as they save: 1->16 on
 * (8,150,105,1) 0.32 ms either way.
 */

/* Tiles, of two outputs and four sums, that one pass of f23_sums computes. That takes 32 registers. The 16 of AVX2 hold
 * 12 sums: a weight loaded then serves only three products, and 3->64 takes 12 % longer than direct sums. */
#define F23_TILES 6

/* Computes the four lines of each of `rows` input rows. tame[r] becomes 0 where a value is not finite, or so large
 * that a difference could overflow: infinity minus infinity would be NaN. */
static void f23_lines(const struct few_channels_tile *t, const float *in, int64_t rows, char *tame) {
    const int64_t channels = t->step, length = t->outputs * channels, line = t->line;
    float *out = t->lines;
    for (int64_t r = 0; r < rows; r++, in += t->in_row, out += 4 * line) {
        f32_v worst = f32_set1(0);
        for (int64_t i = 0; i < length; i += F32_N) {
            const int64_t left = length - i, last = left - channels; /* of the fourth line: the last output has none */
            const float *p = in + i;
            f32_v d[4];
            for (int k = 0; k < 3; k++)
                d[k] = left < F32_N ? f32_load_n(p + k * channels, left) : f32_load(p + k * channels);
            d[3] = last >= F32_N ? f32_load(p + 3 * channels)
                   : last > 0    ? f32_load_n(p + 3 * channels, last)
                                 : f32_set1(0);
            f32_store(out + i, f32_sub(d[0], d[2]));
            f32_store(out + line + i, f32_add(d[1], d[2]));
            f32_store(out + 2 * line + i, f32_sub(d[2], d[1]));
            f32_store(out + 3 * line + i, f32_sub(d[3], d[1]));
            worst = f32_fma(f32_mul(d[0], f32_set1(0x1p30f)), f32_set1(0), worst); /* NaN from 2^98 on */
            worst = f32_fma(f32_mul(d[2], f32_set1(0x1p30f)), f32_set1(0), worst);
        }
        float lanes[F32_N];
        f32_store(lanes, worst);
        tame[r] = 1;
        for (int i = 0; i < F32_N; i++)
            if (lanes[i] != 0) tame[r] = 0;
    }
}

/* The outputs of `tiles` tiles in each of `down` rows, for a vector of filters: sum[y * tiles + i] is the first
 * output of tile i in row y, sum[(down + y) * tiles + i] the second. */
FEW_INLINE void f23_sums(const struct few_channels_tile *t, struct tap_shape s, const float *lines, const float *w,
                         int tiles, int down, f32_v *sum) {
    const int64_t channels = s.step, row = 4 * t->line;
    const int each = tiles * down;
    const float *q[4];
    for (int j = 0; j < 4; j++) q[j] = lines + j * t->line;
#pragma GCC unroll 32
    for (int i = 0; i < 4 * each; i++) sum[i] = f32_set1(0);
#pragma GCC unroll 32
    for (int i = 0; i < each; i++) sum[each + i] = f32_load(w + 4 * s.kernel_h * channels * F32_N); /* the bias */
#pragma GCC unroll FEW_ROWS
    for (int64_t a = 0; a < s.kernel_h; a++) {
#pragma GCC unroll 3
        for (int64_t k = 0; k < channels; k++)
#pragma GCC unroll 4
            for (int j = 0; j < 4; j++, w += F32_N) {
                __asm__ volatile("" ::: "memory");
                const f32_v weight = f32_load(w);
#pragma GCC unroll 32
                for (int i = 0; i < each; i++)
                    sum[j * each + i] = f32_fma(f32_set1(q[j][i / tiles * row + i % tiles * 2 * channels + k]), weight,
                                                sum[j * each + i]);
            }
        for (int j = 0; j < 4; j++) q[j] += row;
    }
#pragma GCC unroll 32
    for (int i = 0; i < each; i++) {
        const f32_v m1 = sum[each + i], m2 = sum[2 * each + i];
        sum[i] = f32_add(sum[i], f32_add(m1, m2));
        sum[each + i] = f32_add(sum[3 * each + i], f32_sub(m1, m2));
    }
}

/* `pixels` outputs of one row. Where that is odd, the second output of the last tile is not stored. */
FEW_INLINE void f23_pass(const struct few_channels_tile *t, struct tap_shape s, const float *lines, float *out,
                         int pixels) {
    const int tiles = (pixels + 1) / 2;
    const float *w = t->f23;
    f32_v sum[4 * F23_TILES];
    for (int64_t f = 0; f < t->filters; f += F32_N, w += t->f23_block) {
        float *o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) __builtin_prefetch(o, 1);
        f23_sums(t, s, lines, w, tiles, 1, sum);
        o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters))
            few_store(t, o, sum[p % 2 * tiles + p / 2], t->filters - f);
    }
}

FEW_INLINE void f23_pool_pass(const struct few_channels_tile *t, struct tap_shape s, const float *lines, float *out,
                              int pixels) {
    const float *w = t->f23;
    f32_v sum[4 * F23_TILES];
    for (int64_t f = 0; f < t->filters; f += F32_N, w += t->f23_block) {
        f23_sums(t, s, lines, w, pixels, 2, sum);
        float *o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) {
            const f32_v *above = sum + p, *below = above + pixels;
            few_store_pooled(t, o, above[0], above[2 * pixels], below[0], below[2 * pixels], t->filters - f);
        }
    }
}

/* A row of maxima if an input row of one of its two output rows is not tame: that output row is computed directly, one
 * pixel at a time. */
static void f23_mixed_pool_row(const struct few_channels_tile *t, const float *in, const float *lines,
                               const int tame[2], float *out) {
    const struct tap_shape direct = {t->kernel_h, t->taps, t->step}, s = {t->kernel_h, t->step, t->step};
    for (int64_t x = 0; x < t->columns; x++, in += 2 * s.step, lines += 2 * s.step, out += t->filters)
        for (int64_t f = 0; f < t->filters; f += F32_N) {
            const int64_t block = f / (2 * F32_N), second = f / F32_N % 2;
            const int64_t wide = second || t->filters - f > F32_N ? 2 * F32_N : F32_N;
            f32_v rows[2][4];
            for (int y = 0; y < 2; y++) {
                if (tame[y])
                    f23_sums(t, s, lines + y * 4 * t->line, t->f23 + f / F32_N * t->f23_block, 1, 1, rows[y]);
                else
                    few_sums(t, direct, in + y * t->in_row, t->weights + block * t->weights_block + second * F32_N,
                             wide, 2, 1, 1, rows[y]);
            }
            few_store_pooled(t, out + f, rows[0][0], rows[0][1], rows[1][0], rows[1][1], t->filters - f);
        }
}

#define F23_WIDTH(n)                          \
    case n:                                   \
        if (!t->pool)                         \
            f23_pass(t, s, lines, o, n);      \
        else if (2 * n <= F23_TILES)          \
            f23_pool_pass(t, s, lines, o, n); \
        break;

FEW_INLINE void f23_rows(const struct few_channels_tile *t, struct tap_shape s) {
    const int64_t by = t->pool ? 2 : 1, most = t->pool ? F23_TILES / 2 : F23_TILES * 2;
    const int64_t at_once = (CNN_F23_LINES - 2) / by;
    char tame[CNN_F23_LINES];
    for (int64_t r = 0; r < t->rows; r++) {
        const float *in = t->in + r * by * t->in_row;
        if (r % at_once == 0) {
            const int64_t rows = t->rows - r < at_once ? t->rows - r : at_once;
            f23_lines(t, in, rows * by + 2, tame);
        }
        const int64_t first = r % at_once * by;
        const float *lines = t->lines + first * 4 * t->line;
        float *o = t->out + r * t->out_row;
        int fine[2] = {1, 1};
        for (int y = 0; y < by; y++)
            for (int a = 0; a < 3; a++) fine[y] &= tame[first + y + a];
        if (!fine[0] || !fine[1]) {
            if (t->pool) {
                f23_mixed_pool_row(t, in, lines, fine, o);
            } else {
                struct few_channels_tile row = *t;
                row.in = in;
                row.out = o;
                row.rows = 1;
                few_direct(&row);
            }
            continue;
        }
        for (int64_t left = t->columns, passes = (left + most - 1) / most; left > 0; passes--) {
            int64_t width = (left + passes - 1) / passes;
            if (!t->pool && width < left) width += width % 2; /* only the last tile may be half */
            switch (width) {
                F23_WIDTH(1) F23_WIDTH(2) F23_WIDTH(3) F23_WIDTH(4) F23_WIDTH(5) F23_WIDTH(6)
                F23_WIDTH(7) F23_WIDTH(8) F23_WIDTH(9) F23_WIDTH(10) F23_WIDTH(11) F23_WIDTH(12)
            }
            left -= width;
            lines += width * by * s.step;
            o += width * t->filters;
        }
    }
}
#undef F23_WIDTH
#undef F23_TILES
