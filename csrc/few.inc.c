/* Convolution of few channels (struct few_tile), alone or with 2x2 maximum pooling, for float32.
 *
 * With few terms a sum, what surrounds the multiplications weighs as much as they do. So the taps of a row are a constant
 * for the common kernels, all filters of some pixels are done before the next pixels, because output is then written in
 * order, and pooling takes its maxima in registers: the convolution's own output is never stored.
 */

/* `across` x `down` pixels x `vectors` of filters. */
#define FEW_SUMS (2 * CONV_PIXELS)

struct few_shape {
    int64_t kernel_h, taps, step;
};

static inline __attribute__((always_inline)) void few_sums(const struct few_tile *t, struct few_shape s, const float *in,
                                                           const float *w, const float *bias, int64_t weights_row,
                                                           int across, int down, int vectors, f32_v *sum) {
#pragma GCC unroll 32
    for (int p = 0; p < across * down; p++)
        for (int v = 0; v < vectors; v++) sum[p * vectors + v] = f32_load(bias + v * F32_N);
    for (int64_t a = 0; a < s.kernel_h; a++, in += t->dilation_h * t->in_row) {
        const float *below = in + t->stride_h * t->in_row;
#pragma GCC unroll 9
        for (int64_t k = 0; k < s.taps; k++, w += weights_row) {
            __asm__ volatile("" ::: "memory"); /* else values shared with the next tap are kept, in place of sums */
            const f32_v w0 = f32_load(w), w1 = vectors > 1 ? f32_load(w + F32_N) : w0;
#pragma GCC unroll 32
            for (int p = 0; p < across * down; p++) {
                const f32_v x = f32_set1(p < across ? in[p * s.step + k] : below[(p - across) * s.step + k]);
                sum[p * vectors] = f32_fma(x, w0, sum[p * vectors]);
                if (vectors > 1) sum[p * vectors + 1] = f32_fma(x, w1, sum[p * vectors + 1]);
            }
        }
    }
}

static inline __attribute__((always_inline)) void few_store(const struct few_tile *t, float *out, f32_v v, int64_t tail) {
    if (t->relu) v = f32_relu(v);
    if (tail >= F32_N)
        f32_store(out, v);
    else
        f32_store_n(out, v, tail);
}

/* `pixels` of the output with all their filters. */
static inline __attribute__((always_inline)) void few_pass(const struct few_tile *t, struct few_shape s, const float *in,
                                                           float *out, int pixels) {
    f32_v sum[FEW_SUMS];
    const int64_t rows = s.kernel_h * s.taps;
    const float *w = t->weights;
    for (int64_t f = 0; f < t->filters; f += 2 * F32_N, w += t->weights_block) {
        const int64_t tail = t->filters - f;
        if (tail > F32_N) {
            few_sums(t, s, in, w, w + rows * 2 * F32_N, 2 * F32_N, pixels, 1, 2, sum);
#pragma GCC unroll 16
            for (int p = 0; p < pixels; p++) {
                few_store(t, out + p * t->filters + f, sum[2 * p], F32_N);
                few_store(t, out + p * t->filters + f + F32_N, sum[2 * p + 1], tail - F32_N);
            }
        } else {
            few_sums(t, s, in, w, w + rows * F32_N, F32_N, pixels, 1, 1, sum);
#pragma GCC unroll 16
            for (int p = 0; p < pixels; p++) few_store(t, out + p * t->filters + f, sum[p], tail);
        }
    }
}

/* The same for `pixels` maxima of four. */
static inline __attribute__((always_inline)) void few_pool_pass(const struct few_tile *t, struct few_shape s, const float *in,
                                                                float *out, int pixels) {
    f32_v sum[FEW_SUMS];
    const int64_t rows = s.kernel_h * s.taps;
    for (int64_t f = 0; f < t->filters; f += F32_N) {
        const int64_t block = f / (2 * F32_N), wide = t->filters - block * 2 * F32_N > F32_N ? 2 * F32_N : F32_N;
        const float *w = t->weights + block * t->weights_block + f % (2 * F32_N);
        few_sums(t, s, in, w, w + rows * wide, wide, 2 * pixels, 2, 1, sum);
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++) {
            const f32_v left = f32_larger(sum[2 * p], sum[2 * pixels + 2 * p]);
            const f32_v right = f32_larger(sum[2 * p + 1], sum[2 * pixels + 2 * p + 1]);
            few_store(t, out + p * t->filters + f, f32_larger(left, right), t->filters - f);
        }
    }
}

/* Passes of one width, the last moved back over what is done already: the same values again. */
#define FEW_WIDTH(w, pass, by)                                                                     \
    case w:                                                                                        \
        for (int64_t x = 0; x < t->columns; x += w) {                                              \
            const int64_t at = x + w > t->columns ? t->columns - w : x;                            \
            pass(t, s, in + at * by * s.step, out + at * t->filters, w);                           \
        }                                                                                          \
        break;

static inline __attribute__((always_inline)) void few_rows(const struct few_tile *t, struct few_shape s) {
    const int64_t most = t->pool ? CONV_PIXELS / 2 : CONV_PIXELS;
    const int64_t passes = (t->columns + most - 1) / most;
    int64_t width = (t->columns + passes - 1) / passes; /* of nearly equal passes: over half of the most, or a few columns */
    if (width <= most / 2) width = 1;
    for (int64_t r = 0; r < t->rows; r++) {
        const float *in = t->in + r * (t->pool ? 2 : 1) * t->stride_h * t->in_row;
        float *out = t->out + r * t->out_row;
        if (t->pool) switch (width) {
                FEW_WIDTH(1, few_pool_pass, 2)
                FEW_WIDTH(2, few_pool_pass, 2)
                FEW_WIDTH(3, few_pool_pass, 2)
#if CONV_PIXELS >= 12
                FEW_WIDTH(4, few_pool_pass, 2)
                FEW_WIDTH(5, few_pool_pass, 2)
                FEW_WIDTH(6, few_pool_pass, 2)
#endif
#if CONV_PIXELS >= 14
                FEW_WIDTH(7, few_pool_pass, 2)
#endif
            }
        else switch (width) {
                FEW_WIDTH(1, few_pass, 1)
#if CONV_PIXELS < 12
                FEW_WIDTH(4, few_pass, 1)
                FEW_WIDTH(5, few_pass, 1)
                FEW_WIDTH(6, few_pass, 1)
#else
                FEW_WIDTH(7, few_pass, 1)
                FEW_WIDTH(8, few_pass, 1)
                FEW_WIDTH(9, few_pass, 1)
                FEW_WIDTH(10, few_pass, 1)
                FEW_WIDTH(11, few_pass, 1)
                FEW_WIDTH(12, few_pass, 1)
#endif
#if CONV_PIXELS >= 14
                FEW_WIDTH(13, few_pass, 1)
                FEW_WIDTH(14, few_pass, 1)
#endif
            }
    }
}

static void conv_few(const struct few_tile *t) {
    const struct few_shape s = {t->kernel_h, t->taps, t->step};
    if (s.kernel_h == 3 && s.taps == 3 && s.step == 1)
        few_rows(t, (struct few_shape){3, 3, 1});
    else if (s.kernel_h == 3 && s.taps == 9 && s.step == 3)
        few_rows(t, (struct few_shape){3, 9, 3});
    else
        few_rows(t, s);
}

#undef FEW_WIDTH
#undef FEW_SUMS
