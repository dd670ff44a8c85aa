/* Direct convolution of one tile, for one element type: X is f32, f64 or i32 and T its C type.
 *
 * A pass keeps the sums of `pixels` neighbouring output pixels x 2 vectors of filters in registers, and goes over all
 * taps and channels once: a weight loaded serves every pixel, a pixel broadcast serves every filter.
 */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) void TYPED(conv_pass)(const struct conv_tile *t, const T *in, T *out,
                                                                   int pixels, int vectors) {
    const int64_t step = t->stride_w * t->in_pixel, channels = t->channels, weights_row = t->weights_row;
    V sum[CONV_PIXELS][2];
    const T *bias = t->bias, *w = t->weights;
    for (int v = 0; v < vectors; v++) {
        V start = bias == NULL ? TYPED(set1)(0) : TYPED(load)(bias + v * N);
#pragma GCC unroll 16
        for (int p = 0; p < pixels; p++) sum[p][v] = start;
    }
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++) {
            /* One pointer for every four pixels: the others are reached with scaled index registers. */
            const T *q[(CONV_PIXELS + 3) / 4];
            for (int p = 0; p < pixels; p += 4)
                q[p / 4] = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + p * step;
            for (int64_t c = 0; c < channels; c++, w += weights_row) {
                V w0 = TYPED(load)(w), w1 = vectors > 1 ? TYPED(load)(w + N) : w0;
#pragma GCC unroll 16
                for (int p = 0; p < pixels; p++) {
                    V x = TYPED(set1)(q[p / 4][p % 4 * step + c]);
                    sum[p][0] = TYPED(fma)(x, w0, sum[p][0]);
                    if (vectors > 1) sum[p][1] = TYPED(fma)(x, w1, sum[p][1]);
                }
            }
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

/* One kernel for all channels: see struct flat_tile. `taps_h` x `taps_w` are constants where the compiler sees one. */
static inline __attribute__((always_inline)) void TYPED(flat_pass)(const struct flat_tile *t, const T *in, T *out,
                                                                   int64_t taps_h, int64_t taps_w, int vectors,
                                                                   int64_t tail) {
    V sum[4];
    const T *w = t->weights;
    for (int v = 0; v < vectors; v++) sum[v] = TYPED(set1)(t->bias == NULL ? 0 : *(const T *)t->bias);
    for (int64_t a = 0; a < taps_h; a++)
        for (int64_t b = 0; b < taps_w; b++) {
            const T *q = in + a * t->dilation_h * t->in_row + b * t->step;
            V weight = TYPED(set1)(w[a * taps_w + b]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) {
                V x = tail ? TYPED(load_n)(q, tail) : TYPED(load)(q + v * N);
                sum[v] = TYPED(fma)(x, weight, sum[v]);
            }
        }
    for (int v = 0; v < vectors; v++) {
        V y = t->relu ? TYPED(relu)(sum[v]) : sum[v];
        if (tail)
            TYPED(store_n)(out, y, tail);
        else
            TYPED(store)(out + v * N, y);
    }
}

static inline __attribute__((always_inline)) void TYPED(flat_rows)(const struct flat_tile *t, int64_t taps_h,
                                                                   int64_t taps_w) {
    for (int64_t r = 0; r < t->rows; r++) {
        const T *in = (const T *)t->in + r * t->stride_h * t->in_row;
        T *out = (T *)t->out + r * t->out_row;
        int64_t i = 0;
        for (; i + 4 * N <= t->length; i += 4 * N) TYPED(flat_pass)(t, in + i, out + i, taps_h, taps_w, 4, 0);
        for (; i + N <= t->length; i += N) TYPED(flat_pass)(t, in + i, out + i, taps_h, taps_w, 1, 0);
        if (i < t->length) {
            if (t->length >= N) /* once more over what is done already: the same values again */
                TYPED(flat_pass)(t, in + t->length - N, out + t->length - N, taps_h, taps_w, 1, 0);
            else
                TYPED(flat_pass)(t, in + i, out + i, taps_h, taps_w, 1, t->length - i);
        }
    }
}

static void TYPED(flat)(const struct flat_tile *t) {
    if (t->kernel_h == 3 && t->kernel_w == 3)
        TYPED(flat_rows)(t, 3, 3);
    else
        TYPED(flat_rows)(t, t->kernel_h, t->kernel_w);
}

/* Depthwise: a vector of channels of four pixels at a time, so that their sums do not wait for one another. `tail` is how
 * many channels are left where that is no whole vector, else 0. */
static inline __attribute__((always_inline)) void TYPED(depthwise_pass)(const struct depthwise_tile *t, const T *in,
                                                                        T *out, int64_t c, int pixels, int64_t tail) {
    const int64_t step = t->stride_w * t->in_pixel;
    const T *bias = t->bias, *w = (const T *)t->weights + c;
    V sum[4];
    for (int p = 0; p < pixels; p++)
        sum[p] = bias == NULL ? TYPED(set1)(0) : tail ? TYPED(load_n)(bias + c, tail) : TYPED(load)(bias + c);
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++, w += t->channels) {
            const T *q = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + c;
            V weight = tail ? TYPED(load_n)(w, tail) : TYPED(load)(w);
            for (int p = 0; p < pixels; p++) {
                V x = tail ? TYPED(load_n)(q + p * step, tail) : TYPED(load)(q + p * step);
                sum[p] = TYPED(fma)(x, weight, sum[p]);
            }
        }
    for (int p = 0; p < pixels; p++) {
        V y = t->relu ? TYPED(relu)(sum[p]) : sum[p];
        if (tail)
            TYPED(store_n)(out + p * t->out_pixel + c, y, tail);
        else
            TYPED(store)(out + p * t->out_pixel + c, y);
    }
}

/* The same for one channel. */
static inline __attribute__((always_inline)) void TYPED(depthwise_one)(const struct depthwise_tile *t, const T *in,
                                                                       T *out, int64_t c, int pixels) {
    const int64_t step = t->stride_w * t->in_pixel;
    const T *w = (const T *)t->weights + c;
    T sum[4];
    for (int p = 0; p < pixels; p++) sum[p] = t->bias == NULL ? 0 : ((const T *)t->bias)[c];
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++, w += t->channels) {
            const T *q = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + c;
            for (int p = 0; p < pixels; p++) sum[p] += q[p * step] * *w;
        }
    for (int p = 0; p < pixels; p++) out[p * t->out_pixel + c] = t->relu && sum[p] < 0 ? 0 : sum[p];
}

static void TYPED(depthwise)(const struct depthwise_tile *t) {
    const int64_t step = t->stride_w * t->in_pixel;
    for (int64_t r = 0; r < t->rows; r++) {
        const T *in = (const T *)t->in + r * t->stride_h * t->in_row;
        T *out = (T *)t->out + r * t->out_row;
        int64_t x = 0;
        for (; x + 4 <= t->columns; x += 4, in += 4 * step, out += 4 * t->out_pixel) {
            int64_t c = 0;
            for (; c + N <= t->channels; c += N) TYPED(depthwise_pass)(t, in, out, c, 4, 0);
            if (TAILS_ARE_CHEAP && c + 1 < t->channels)
                TYPED(depthwise_pass)(t, in, out, c, 4, t->channels - c);
            else
                for (; c < t->channels; c++) TYPED(depthwise_one)(t, in, out, c, 4);
        }
        for (; x < t->columns; x++, in += step, out += t->out_pixel) {
            int64_t c = 0;
            for (; c + N <= t->channels; c += N) TYPED(depthwise_pass)(t, in, out, c, 1, 0);
            if (TAILS_ARE_CHEAP && c + 1 < t->channels)
                TYPED(depthwise_pass)(t, in, out, c, 1, t->channels - c);
            else
                for (; c < t->channels; c++) TYPED(depthwise_one)(t, in, out, c, 1);
        }
    }
}

#undef V
#undef N
