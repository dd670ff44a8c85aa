/* Convolution with one kernel for all channels (struct flat_tile), for one element type: X and T as in conv2d.inc.c. */
#define V TYPED(v)
#define N VECTOR_N

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

#undef V
#undef N
