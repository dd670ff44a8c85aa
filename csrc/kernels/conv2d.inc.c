/* Direct convolution of a tile (struct conv_tile), for one element type.
 *
 * A pass keeps the sums of `pixels` neighbouring output pixels x 2 vectors of filters in registers and goes through all
 * taps and channels once: a loaded weight is used for every pixel, a broadcast pixel for every filter. Long float sums
 * leave the registers after each block (long_sums.inc.c).
 */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) void TYPED(conv_spill)(V sum[][2], int pixels, int vectors, T *out) {
#pragma GCC unroll 16
    for (int p = 0; p < pixels; p++)
        for (int v = 0; v < vectors; v++) TYPED(store)(out + (p * vectors + v) * N, sum[p][v]);
}

static inline __attribute__((always_inline)) void TYPED(conv_pass)(const struct conv_tile *t, const T *in, T *out,
                                                                   int pixels, int vectors) {
    const int64_t step = t->stride_w * t->in_pixel, channels = t->channels, weights_row = t->weights_row;
    const int64_t count = (int64_t)pixels * vectors * N;
    V sum[CONV_PIXELS][2];
    T spilled[CONV_PIXELS * 2 * N];
    double totals[CONV_PIXELS * 2 * N];
    int64_t left = IS_FLOAT ? CNN_SUM_BLOCK : INT64_MAX; /* terms left in this block */
    int blocks = 0;
    const T *bias = t->bias, *w = t->weights;
    for (int v = 0; v < vectors; v++) {
        V start = bias == NULL ? TYPED(set1)(0) : TYPED(load)(bias + v * N);
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++) sum[p][v] = start;
    }
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++) {
            /* One pointer for four pixels: scaled index registers reach the other three. */
            const T *q[(CONV_PIXELS + 3) / 4];
            for (int p = 0; p < pixels; p += 4)
                q[p / 4] = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + p * step;
            for (int64_t c = 0; c < channels;) {
                if (IS_FLOAT && left == 0) {
                    TYPED(conv_spill)(sum, pixels, vectors, spilled);
                    TYPED(sum_block)(spilled, count, blocks++ == 0, totals);
#pragma GCC unroll 16
                    for (int p = 0; p < pixels; p++)
                        for (int v = 0; v < vectors; v++) sum[p][v] = TYPED(set1)(0);
                    left = CNN_SUM_BLOCK;
                }
                const int64_t end = channels - c < left ? channels : c + left;
                left -= end - c;
                for (; c < end; c++, w += weights_row) {
                    V w0 = TYPED(load)(w), w1 = vectors > 1 ? TYPED(load)(w + N) : w0;
#pragma GCC unroll 16
                    for (int p = 0; p < pixels; p++) {
                        V x = TYPED(set1)(q[p / 4][p % 4 * step + c]);
                        sum[p][0] = TYPED(fma)(x, w0, sum[p][0]);
                        if (vectors > 1) sum[p][1] = TYPED(fma)(x, w1, sum[p][1]);
                    }
                }
            }
        }
    if (blocks > 0) {
        TYPED(conv_spill)(sum, pixels, vectors, spilled);
        TYPED(sum_end)(spilled, count, totals);
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++)
            for (int v = 0; v < vectors; v++) sum[p][v] = TYPED(load)(spilled + (p * vectors + v) * N);
    }
    const int64_t tail = t->filters - (vectors - 1) * N; /* filters in the last vector */
#pragma GCC unroll 16
    for (int p = 0; p < pixels; p++) {
        T *o = out + p * t->out_pixel;
        V first = t->relu ? TYPED(relu)(sum[p][0]) : sum[p][0], last = first;
        if (vectors > 1) {
            TYPED(store)(o, first);
            last = t->relu ? TYPED(relu)(sum[p][1]) : sum[p][1];
            o += N;
        }
        if (tail == N)
            TYPED(store)(o, last);
        else
            TYPED(store_n)(o, last, tail);
    }
}

#define PASS(pixels)                              \
    case pixels:                                  \
        if (two)                                  \
            TYPED(conv_pass)(t, in, out, pixels, 2); \
        else                                      \
            TYPED(conv_pass)(t, in, out, pixels, 1); \
        break;

static void TYPED(conv_columns)(const struct conv_tile *t, const T *in, T *out, int64_t pixels, int two) {
    switch (pixels) {
        PASS(1) PASS(2) PASS(3) PASS(4) PASS(5) PASS(6)
#if CONV_PIXELS >= 12
        PASS(7) PASS(8) PASS(9) PASS(10) PASS(11) PASS(12)
#endif
#if CONV_PIXELS >= 14
        PASS(13) PASS(14)
#endif
    }
}

static void TYPED(conv2d)(const struct conv_tile *t) {
    const int two = t->filters > N;
    /* Passes of nearly equal width: 26 columns are 13 + 13, not 14 + 12. */
    const int64_t passes = (t->columns + CONV_PIXELS - 1) / CONV_PIXELS;
    for (int64_t r = 0; r < t->rows; r++) {
        const T *in = (const T *)t->in + r * t->stride_h * t->in_row;
        T *out = (T *)t->out + r * t->out_row;
        for (int64_t i = 0, x = 0; i < passes; i++) {
            int64_t pixels = t->columns / passes + (i < t->columns % passes);
            TYPED(conv_columns)(t, in + x * t->stride_w * t->in_pixel, out + x * t->out_pixel, pixels, two);
            x += pixels;
        }
    }
}
#undef PASS

#undef V
#undef N
