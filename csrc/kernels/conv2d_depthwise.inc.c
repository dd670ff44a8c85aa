/* Depthwise convolution (struct depthwise_tile), for one element type. */
#define V TYPED(v)
#define N VECTOR_N

/* A vector of channels of four pixels at a time, so that additions do not wait for one another. `tail`: channels left
 * where they do not fill the vector, else 0. `is_long`: sums in blocks. */
static inline __attribute__((always_inline)) void TYPED(depthwise_pass)(const struct depthwise_tile *t, const T *in,
                                                                        T *out, int64_t c, int is_long, int pixels,
                                                                        int64_t tail) {
    const int64_t step = t->stride_w * t->in_pixel;
    const T *bias = t->bias, *w = (const T *)t->weights + c;
    V sum[4];
    T spilled[4 * N];
    double totals[4 * N];
    int64_t left = CNN_SUM_BLOCK; /* terms left in this block */
    int blocks = 0;
    for (int p = 0; p < pixels; p++)
        sum[p] = bias == NULL ? TYPED(set1)(0) : tail ? TYPED(load_n)(bias + c, tail) : TYPED(load)(bias + c);
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++, w += t->channels) {
            if (is_long && left-- == 0) {
                for (int p = 0; p < pixels; p++) {
                    TYPED(store)(spilled + p * N, sum[p]);
                    sum[p] = TYPED(set1)(0);
                }
                TYPED(sum_block)(spilled, pixels * N, blocks++ == 0, totals);
                left = CNN_SUM_BLOCK - 1;
            }
            const T *q = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + c;
            V weight = tail ? TYPED(load_n)(w, tail) : TYPED(load)(w);
            for (int p = 0; p < pixels; p++) {
                V x = tail ? TYPED(load_n)(q + p * step, tail) : TYPED(load)(q + p * step);
                sum[p] = TYPED(fma)(x, weight, sum[p]);
            }
        }
    if (blocks > 0) {
        for (int p = 0; p < pixels; p++) TYPED(store)(spilled + p * N, sum[p]);
        TYPED(sum_end)(spilled, pixels * N, totals);
        for (int p = 0; p < pixels; p++) sum[p] = TYPED(load)(spilled + p * N);
    }
    for (int p = 0; p < pixels; p++) {
        V y = t->relu ? TYPED(relu)(sum[p]) : sum[p];
        if (tail)
            TYPED(store_n)(out + p * t->out_pixel + c, y, tail);
        else
            TYPED(store)(out + p * t->out_pixel + c, y);
    }
}

/* The same for one channel; floats are summed in double. */
static inline __attribute__((always_inline)) void TYPED(depthwise_one)(const struct depthwise_tile *t, const T *in,
                                                                       T *out, int64_t c, int pixels) {
    const int64_t step = t->stride_w * t->in_pixel;
    const T *w = (const T *)t->weights + c;
    S sum[4];
    for (int p = 0; p < pixels; p++) sum[p] = t->bias == NULL ? 0 : ((const T *)t->bias)[c];
    for (int64_t a = 0; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++, w += t->channels) {
            const T *q = in + a * t->dilation_h * t->in_row + b * t->dilation_w * t->in_pixel + c;
            for (int p = 0; p < pixels; p++) sum[p] += (S)q[p * step] * (S)*w;
        }
    for (int p = 0; p < pixels; p++) out[p * t->out_pixel + c] = t->relu && sum[p] < 0 ? 0 : (T)sum[p];
}

static inline __attribute__((always_inline)) void TYPED(depthwise_all)(const struct depthwise_tile *t, int is_long) {
    const int64_t step = t->stride_w * t->in_pixel;
    for (int64_t r = 0; r < t->rows; r++) {
        const T *in = (const T *)t->in + r * t->stride_h * t->in_row;
        T *out = (T *)t->out + r * t->out_row;
        int64_t x = 0;
        for (; x + 4 <= t->columns; x += 4, in += 4 * step, out += 4 * t->out_pixel) {
            int64_t c = 0;
            for (; c + N <= t->channels; c += N) TYPED(depthwise_pass)(t, in, out, c, is_long, 4, 0);
            if (TAILS_ARE_CHEAP && c + 1 < t->channels)
                TYPED(depthwise_pass)(t, in, out, c, is_long, 4, t->channels - c);
            else
                for (; c < t->channels; c++) TYPED(depthwise_one)(t, in, out, c, 4);
        }
        for (; x < t->columns; x++, in += step, out += t->out_pixel) {
            int64_t c = 0;
            for (; c + N <= t->channels; c += N) TYPED(depthwise_pass)(t, in, out, c, is_long, 1, 0);
            if (TAILS_ARE_CHEAP && c + 1 < t->channels)
                TYPED(depthwise_pass)(t, in, out, c, is_long, 1, t->channels - c);
            else
                for (; c < t->channels; c++) TYPED(depthwise_one)(t, in, out, c, 1);
        }
    }
}

static __attribute__((noinline)) void TYPED(depthwise_long)(const struct depthwise_tile *t) {
    TYPED(depthwise_all)(t, 1);
}

static void TYPED(conv2d_depthwise)(const struct depthwise_tile *t) {
    if (IS_FLOAT && t->kernel_h * t->kernel_w > CNN_SUM_BLOCK)
        TYPED(depthwise_long)(t);
    else
        TYPED(depthwise_all)(t, 0);
}

#undef V
#undef N
