/* Convolution of few channels (struct few_tile), alone or with 2x2 maximum pooling, for float32.
 *
 * With few terms a sum, what surrounds the multiplications weighs as much as they do. So the taps of a row are
 * constants for the common kernels, all filters of some pixels are done before the next pixels (the output is then
 * written in order, and its lines are called into the cache while they are summed), and pooling takes its maxima in
 * registers. AVX-512 on Zen 4, 1 thread, beside conv2d.inc.c: 3x3 1->64 on (100,28,28,1) 0.79 ms for 1.35, with pooling
 * 0.78 for 1.25; 1->16 on (32,150,105,1) 1.5 for 2.0; 3->64 on (1,224,224,3) 1.55 for 1.9; 4->48 8 % less, 8->32 2 %.
 */

/* Sums of a pass, on every instruction set: enough to hide the latency of a multiply-add. More of them fit 32
 * registers, but store in longer bursts, which took 15 % longer. */
#define FEW_SUMS 12
/* Rows of taps unrolled. On AVX-512 one: 1->16 takes 11 % less then; on AVX2 pooling takes 9 % less with all. */
enum { FEW_ROWS = F32_N < 16 ? 3 : 1 };
#define FEW_INLINE static inline __attribute__((always_inline))

/* Tiles of two outputs, each of four sums, that one pass of few_two_sums makes. Needs 32 registers: with the 12 sums
 * that fit AVX2's, a weight loaded serves three products, and 3->64 takes 12 % longer than by definition. */
#define FEW_TILES 6

/* What is constant where the compiler sees it: kernel_h, taps and step of the tile. */
struct few_shape {
    int64_t kernel_h, taps, step;
};

/* What tap k of a row adds to the sums of few_sums. */
FEW_INLINE void few_tap(struct few_shape s, const float *const *q, int64_t k, const float *w, int across, int down,
                        int vectors, f32_v *sum) {
    __asm__ volatile("" ::: "memory"); /* else values that the next tap shares are kept, in place of sums */
    const f32_v w0 = f32_load(w), w1 = vectors > 1 ? f32_load(w + F32_N) : w0;
#pragma GCC unroll 32
    for (int p = 0; p < across * down; p++) {
        const int y = p / across, x = p % across;
        const f32_v value = f32_set1(q[y * (FEW_SUMS / 4) + x / 4][x % 4 * s.step + k]);
        sum[p * vectors] = f32_fma(value, w0, sum[p * vectors]);
        if (vectors > 1) sum[p * vectors + 1] = f32_fma(value, w1, sum[p * vectors + 1]);
    }
}

/* Sums of `across` pixels in `down` rows x `vectors` of filters. Weights are rows of `wide` values, then their bias. */
FEW_INLINE void few_sums(const struct few_tile *t, struct few_shape s, const float *in, const float *w, int64_t wide,
                         int across, int down, int vectors, f32_v *sum) {
    const float *bias = w + s.kernel_h * s.taps * wide;
#pragma GCC unroll 32
    for (int p = 0; p < across * down; p++)
        for (int v = 0; v < vectors; v++) sum[p * vectors + v] = f32_load(bias + v * F32_N);
#pragma GCC unroll FEW_ROWS
    for (int64_t a = 0; a < s.kernel_h; a++, in += t->dilation_h * t->in_row) {
        /* One pointer for every four pixels: the others are reached with scaled index registers. */
        const float *q[2 * FEW_SUMS / 4];
        for (int y = 0; y < down; y++)
            for (int x = 0; x < across; x += 4)
                q[y * (FEW_SUMS / 4) + x / 4] = in + y * t->stride_h * t->in_row + x * s.step;
        /* Unrolled only then: the others would gain nothing and take long to compile. */
        if (__builtin_constant_p(s.taps)) {
#pragma GCC unroll 9
            for (int64_t k = 0; k < s.taps; k++, w += wide) few_tap(s, q, k, w, across, down, vectors, sum);
        } else {
            for (int64_t k = 0; k < s.taps; k++, w += wide) few_tap(s, q, k, w, across, down, vectors, sum);
        }
    }
}

/* An addition a pixel; the compiler would make all of a pass's addresses at its start, and keep them on the stack. */
FEW_INLINE float *few_next(float *out, int64_t filters) {
    out += filters;
    __asm__("" : "+r"(out));
    return out;
}

FEW_INLINE void few_store(const struct few_tile *t, float *out, f32_v v, int64_t filters) {
    if (t->relu) v = f32_relu(v);
    if (filters >= F32_N)
        f32_store(out, v);
    else
        f32_store_n(out, v, filters);
}

/* `pixels` outputs for `filters` filters, which fill `vectors` or begin the last of them. */
FEW_INLINE void few_block(const struct few_tile *t, struct few_shape s, const float *in, const float *w, float *out,
                          int pixels, int vectors, int64_t filters) {
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

FEW_INLINE void few_pass(const struct few_tile *t, struct few_shape s, const float *in, float *out, int pixels) {
    const float *w = t->weights;
    int64_t left = t->filters;
    if (2 * pixels <= FEW_SUMS)
        for (; left > F32_N; left -= 2 * F32_N, w += t->weights_block, out += 2 * F32_N)
            few_block(t, s, in, w, out, pixels, 2, left);
    if (left > 0) few_block(t, s, in, w, out, pixels, 1, left);
}

/* `pixels` maxima of four. A vector of filters at a time, as each maximum takes four sums. */
FEW_INLINE void few_pool_pass(const struct few_tile *t, struct few_shape s, const float *in, float *out, int pixels) {
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
            const f32_v left = f32_larger(above[0], below[0]), right = f32_larger(above[1], below[1]);
            few_store(t, o, f32_larger(left, right), t->filters - f);
        }
    }
}

#if F32_N >= 16
/* Winograd's F(2, 3) along the rows: two neighbouring outputs d0..d2 . g and d1..d3 . g are m0 + m1 + m2 and m1 - m2 +
 * m3, where m0 = (d0 - d2) g0, m1 = (d1 + d2) (g0 + g1 + g2) / 2, m2 = (d2 - d1) (g0 - g1 + g2) / 2 and m3 = (d3 - d1)
 * g2: four products where the definition takes six. They add up over rows and channels. An input row's four lines of
 * differences are made once, at every pixel (so that they are whole vectors, whatever the number of channels), and
 * serve all filters.
 *
 * Pays (AVX-512, Zen 4, 1 thread): 3x3 1->64 on (100,28,28,1) 0.64 ms for 0.79, with pooling 0.58 for 0.79; 3->64 on
 * (1,224,224,3) 1.16 for 1.57. Not with one vector of filters, for which the lines take as long as they save: 1->16 on
 * (8,150,105,1) 0.32 ms either way.
 */

/* The four lines of each of `rows` input rows. Not `tame` is a row with a value that is not finite, or
 * so large that a difference could become so: an infinite one must not meet itself. */
static void few_lines(const struct few_tile *t, const float *in, int64_t rows, char *tame) {
    const int64_t channels = t->step, length = t->outputs * channels, line = t->line;
    float *out = t->lines;
    for (int64_t r = 0; r < rows; r++, in += t->in_row, out += 4 * line) {
        f32_v worst = f32_set1(0);
        for (int64_t i = 0; i < length; i += F32_N) {
            const int64_t left = length - i, last = left - channels; /* of the fourth, which the last output has not */
            const float *p = in + i;
            f32_v d[4];
            for (int k = 0; k < 3; k++)
                d[k] = left < F32_N ? f32_load_n(p + k * channels, left) : f32_load(p + k * channels);
            d[3] = last >= F32_N ? f32_load(p + 3 * channels)
                 : last > 0      ? f32_load_n(p + 3 * channels, last)
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

/* `tiles` times two outputs in `down` rows for a vector of filters: sum[y * tiles + i] is the first of tile i in row y,
 * and sum[(down + y) * tiles + i] its second. */
FEW_INLINE void few_two_sums(const struct few_tile *t, struct few_shape s, const float *lines, const float *w,
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
                    sum[j * each + i] = f32_fma(f32_set1(q[j][i / tiles * row + i % tiles * 2 * channels + k]),
                                                weight, sum[j * each + i]);
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

/* `pixels` outputs of one row; an odd number of them leaves the last tile's second out. */
FEW_INLINE void few_two_pass(const struct few_tile *t, struct few_shape s, const float *lines, float *out, int pixels) {
    const int tiles = (pixels + 1) / 2;
    const float *w = t->two;
    f32_v sum[4 * FEW_TILES];
    for (int64_t f = 0; f < t->filters; f += F32_N, w += t->two_block) {
        float *o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) __builtin_prefetch(o, 1);
        few_two_sums(t, s, lines, w, tiles, 1, sum);
        o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters))
            few_store(t, o, sum[p % 2 * tiles + p / 2], t->filters - f);
    }
}

FEW_INLINE void few_two_pool_pass(const struct few_tile *t, struct few_shape s, const float *lines, float *out,
                                  int pixels) {
    const float *w = t->two;
    f32_v sum[4 * FEW_TILES];
    for (int64_t f = 0; f < t->filters; f += F32_N, w += t->two_block) {
        few_two_sums(t, s, lines, w, pixels, 2, sum);
        float *o = out + f;
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++, o = few_next(o, t->filters)) {
            const f32_v left = f32_larger(sum[p], sum[pixels + p]);
            const f32_v right = f32_larger(sum[2 * pixels + p], sum[3 * pixels + p]);
            few_store(t, o, f32_larger(left, right), t->filters - f);
        }
    }
}

/* The same where an input row of either output row is not tame: that one by definition. A pixel at a time. */
static void few_mixed_pool_row(const struct few_tile *t, const float *in, const float *lines, const int tame[2],
                               float *out) {
    const struct few_shape direct = {t->kernel_h, t->taps, t->step}, s = {t->kernel_h, t->step, t->step};
    for (int64_t x = 0; x < t->columns; x++, in += 2 * s.step, lines += 2 * s.step, out += t->filters)
        for (int64_t f = 0; f < t->filters; f += F32_N) {
            const int64_t block = f / (2 * F32_N), second = f / F32_N % 2;
            const int64_t wide = second || t->filters - f > F32_N ? 2 * F32_N : F32_N;
            f32_v rows[2][4];
            for (int y = 0; y < 2; y++) {
                if (tame[y])
                    few_two_sums(t, s, lines + y * 4 * t->line, t->two + f / F32_N * t->two_block, 1, 1, rows[y]);
                else
                    few_sums(t, direct, in + y * t->in_row, t->weights + block * t->weights_block + second * F32_N,
                             wide, 2, 1, 1, rows[y]);
            }
            const f32_v left = f32_larger(rows[0][0], rows[1][0]), right = f32_larger(rows[0][1], rows[1][1]);
            few_store(t, out + f, f32_larger(left, right), t->filters - f);
        }
}
#endif

#define FEW_WIDTH(n)                         \
    case n:                                  \
        if (4 * n <= FEW_SUMS && t->pool)    \
            few_pool_pass(t, s, in, out, n); \
        else                                 \
            few_pass(t, s, in, out, n);      \
        break;

FEW_INLINE void few_rows(const struct few_tile *t, struct few_shape s) {
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

static void few_direct(const struct few_tile *tile) {
    const struct few_tile copy = *tile, *t = &copy; /* a local, which no store and no barrier can have changed */
    const struct few_shape s = {t->kernel_h, t->taps, t->step};
    if (UNROLLED && s.kernel_h == 3 && s.taps == 3 && s.step == 1)
        few_rows(t, (struct few_shape){3, 3, 1});
    else if (UNROLLED && s.kernel_h == 3 && s.taps == 9 && s.step == 3)
        few_rows(t, (struct few_shape){3, 9, 3});
    else
        few_rows(t, s);
}

#if F32_N >= 16
#define FEW_TWO_WIDTH(n)                             \
    case n:                                          \
        if (!t->pool)                                \
            few_two_pass(t, s, lines, o, n);         \
        else if (2 * n <= FEW_TILES)                 \
            few_two_pool_pass(t, s, lines, o, n);    \
        break;

FEW_INLINE void few_two_rows(const struct few_tile *t, struct few_shape s) {
    const int64_t by = t->pool ? 2 : 1, most = t->pool ? FEW_TILES / 2 : FEW_TILES * 2;
    const int64_t at_once = (CNN_FEW_LINES - 2) / by;
    char tame[CNN_FEW_LINES];
    for (int64_t r = 0; r < t->rows; r++) {
        const float *in = t->in + r * by * t->in_row;
        if (r % at_once == 0) {
            const int64_t rows = t->rows - r < at_once ? t->rows - r : at_once;
            few_lines(t, in, rows * by + 2, tame);
        }
        const int64_t first = r % at_once * by;
        const float *lines = t->lines + first * 4 * t->line;
        float *o = t->out + r * t->out_row;
        int fine[2] = {1, 1};
        for (int y = 0; y < by; y++)
            for (int a = 0; a < 3; a++) fine[y] &= tame[first + y + a];
        if (!fine[0] || !fine[1]) {
            if (t->pool) {
                few_mixed_pool_row(t, in, lines, fine, o);
            } else {
                struct few_tile row = *t;
                row.in = in;
                row.out = o;
                row.rows = 1;
                few_direct(&row);
            }
            continue;
        }
        for (int64_t left = t->columns, passes = (left + most - 1) / most; left > 0; passes--) {
            int64_t width = (left + passes - 1) / passes;
            if (!t->pool && width < left) width += width % 2; /* whole tiles before the last */
            switch (width) {
                FEW_TWO_WIDTH(1) FEW_TWO_WIDTH(2) FEW_TWO_WIDTH(3) FEW_TWO_WIDTH(4) FEW_TWO_WIDTH(5) FEW_TWO_WIDTH(6)
                FEW_TWO_WIDTH(7) FEW_TWO_WIDTH(8) FEW_TWO_WIDTH(9) FEW_TWO_WIDTH(10) FEW_TWO_WIDTH(11) FEW_TWO_WIDTH(12)
            }
            left -= width;
            lines += width * by * s.step;
            o += width * t->filters;
        }
    }
}
#endif

static void conv_few(const struct few_tile *t) {
#if F32_N >= 16
    const struct few_tile copy = *t;
    if (t->two != NULL && t->step == 1) {
        few_two_rows(&copy, (struct few_shape){3, 1, 1});
        return;
    }
    if (t->two != NULL) {
        few_two_rows(&copy, (struct few_shape){3, 3, 3});
        return;
    }
#endif
    few_direct(t);
}

#undef FEW_WIDTH
#undef FEW_TWO_WIDTH
#undef FEW_TILES
#undef FEW_SUMS
#undef FEW_INLINE
