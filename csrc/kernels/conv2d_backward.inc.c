/* The gradient of a convolution's kernel (struct kernel_gradient_tile), for one element type.
 *
 * A pass keeps the sums of `terms` neighbouring inputs x `vectors` of filters in registers and goes through all
 * positions once: a loaded gradient is used for every term, a broadcast input for every filter. Sums of
 * CNN_GRADIENT_POSITIONS at most leave the registers once, into `out`. Where several passes use the same gradients,
 * these are copied first: in the array, those of two positions are so far apart that they would share few sets of the
 * L1 cache.
 */
#define V TYPED(v)
#define N VECTOR_N
#define TERMS CONV_PIXELS /* with two vectors, as many sums as conv2d.inc.c keeps */
#define WIDE_TERMS (CONV_PIXELS / 2)

/* `tail`: filters of the last vector where they do not fill it, else 0. */
static inline __attribute__((always_inline)) void TYPED(kernel_gradient_pass)(const struct kernel_gradient_tile *t,
                                                                              const T *in, const T *grad, T *out,
                                                                              int terms, int vectors, int64_t tail) {
    const int64_t in_pixel = t->in_pixel, grad_pixel = t->grad_pixel;
    V sum[2 * TERMS];
#pragma GCC unroll 32
    for (int i = 0; i < terms * vectors; i++) sum[i] = TYPED(set1)(0);
    for (int64_t image = 0; image < t->images; image++)
        for (int64_t y = 0; y < t->rows; y++) {
            const T *x = in + image * t->in_image + y * t->in_row, *g = grad + image * t->grad_image + y * t->grad_row;
            for (int64_t left = t->columns; left > 0; left--, x += in_pixel, g += grad_pixel) {
                V slope[4];
#pragma GCC unroll 4
                for (int v = 0; v < vectors; v++) slope[v] = tail ? TYPED(load_n)(g, tail) : TYPED(load)(g + v * N);
#pragma GCC unroll 16
                for (int k = 0; k < terms; k++) {
                    const V value = TYPED(set1)(x[k]);
#pragma GCC unroll 4
                    for (int v = 0; v < vectors; v++)
                        sum[k * vectors + v] = TYPED(fma)(value, slope[v], sum[k * vectors + v]);
                }
            }
        }
#pragma GCC unroll 16
    for (int k = 0; k < terms; k++, out += t->out_row)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            const V s = sum[k * vectors + v];
            if (tail)
                TYPED(store_n)(out, TYPED(add)(TYPED(load_n)(out, tail), s), tail);
            else
                TYPED(store)(out + v * N, TYPED(add)(TYPED(load)(out + v * N), s));
        }
}

#define PASS(terms)                                                       \
    case terms:                                                           \
        if (tail > 0)                                                     \
            TYPED(kernel_gradient_pass)(t, in, grad, out, terms, 1, tail); \
        else if (vectors == 1)                                            \
            TYPED(kernel_gradient_pass)(t, in, grad, out, terms, 1, 0);   \
        else if (terms <= WIDE_TERMS && vectors == 4)                     \
            TYPED(kernel_gradient_pass)(t, in, grad, out, terms, 4, 0);   \
        else                                                              \
            TYPED(kernel_gradient_pass)(t, in, grad, out, terms, 2, 0);   \
        break;

static void TYPED(kernel_gradient_terms)(const struct kernel_gradient_tile *t, const T *in, const T *grad, T *out,
                                         int64_t terms, int vectors, int64_t tail) {
    switch (terms) {
        PASS(1) PASS(2) PASS(3) PASS(4) PASS(5) PASS(6)
#if CONV_PIXELS >= 12
        PASS(7) PASS(8) PASS(9) PASS(10) PASS(11) PASS(12)
#endif
#if CONV_PIXELS >= 14
        PASS(13) PASS(14)
#endif
    }
}
#undef PASS

/* Copies two vectors of filters of all positions. */
static void TYPED(copy_gradients)(const struct kernel_gradient_tile *t, const T *grad, T *to) {
    for (int64_t image = 0; image < t->images; image++)
        for (int64_t y = 0; y < t->rows; y++) {
            const T *g = grad + image * t->grad_image + y * t->grad_row;
            for (int64_t x = 0; x < t->columns; x++, g += t->grad_pixel, to += 2 * N) {
                TYPED(store)(to, TYPED(load)(g));
                TYPED(store)(to + N, TYPED(load)(g + N));
            }
        }
}

static void TYPED(kernel_gradient)(const struct kernel_gradient_tile *t) {
    const int64_t passes = (t->terms + TERMS - 1) / TERMS;
    T copied[CNN_GRADIENT_POSITIONS * 2 * N];
    struct kernel_gradient_tile compact = *t;
    compact.grad_pixel = 2 * N;
    compact.grad_row = t->columns * compact.grad_pixel;
    compact.grad_image = t->rows * compact.grad_row;
    for (int64_t f = 0; f < t->filters;) {
        const int64_t left = t->filters - f;
        const int vectors = left >= 4 * N && t->terms <= WIDE_TERMS ? 4 : left >= 2 * N ? 2 : 1;
        const int copies = vectors == 2 && passes > 2 && t->grad_pixel > 2 * N;
        const T *in = t->in, *grad = (const T *)t->grad + f;
        T *out = (T *)t->out + f;
        if (copies) TYPED(copy_gradients)(t, grad, copied);
        for (int64_t i = 0; i < passes; i++) { /* of nearly equal size */
            const int64_t terms = t->terms / passes + (i < t->terms % passes);
            TYPED(kernel_gradient_terms)(copies ? &compact : t, in, copies ? copied : grad, out, terms, vectors,
                                         left < N ? left : 0);
            in += terms;
            out += terms * t->out_row;
        }
        f += vectors * N;
    }
}

/* Depthwise: as many neighbouring taps as the kernel of most layers has in a row. */
static inline __attribute__((always_inline)) void TYPED(depthwise_gradient_pass)(const struct kernel_gradient_tile *t,
                                                                                 int64_t first, int64_t c, int terms,
                                                                                 int64_t tail) {
    V sum[6];
    const T *in = (const T *)t->in + first * t->step + c, *grad = (const T *)t->grad + c;
    T *out = (T *)t->out + first * t->out_row + c;
#pragma GCC unroll 6
    for (int k = 0; k < terms; k++) sum[k] = TYPED(set1)(0);
    for (int64_t image = 0; image < t->images; image++)
        for (int64_t y = 0; y < t->rows; y++) {
            const T *x = in + image * t->in_image + y * t->in_row, *g = grad + image * t->grad_image + y * t->grad_row;
            for (int64_t left = t->columns; left > 0; left--, x += t->in_pixel, g += t->grad_pixel) {
                const V slope = tail ? TYPED(load_n)(g, tail) : TYPED(load)(g);
#pragma GCC unroll 6
                for (int k = 0; k < terms; k++) {
                    const T *p = x + k * t->step;
                    sum[k] = TYPED(fma)(tail ? TYPED(load_n)(p, tail) : TYPED(load)(p), slope, sum[k]);
                }
            }
        }
#pragma GCC unroll 6
    for (int k = 0; k < terms; k++, out += t->out_row) {
        if (tail)
            TYPED(store_n)(out, TYPED(add)(TYPED(load_n)(out, tail), sum[k]), tail);
        else
            TYPED(store)(out, TYPED(add)(TYPED(load)(out), sum[k]));
    }
}

#define PASS(terms)                                                     \
    case terms:                                                         \
        if (left < N)                                                   \
            TYPED(depthwise_gradient_pass)(t, first, c, terms, left);   \
        else                                                            \
            TYPED(depthwise_gradient_pass)(t, first, c, terms, 0);      \
        break;

static void TYPED(kernel_gradient_depthwise)(const struct kernel_gradient_tile *t) {
    for (int64_t c = 0; c < t->filters; c += N) {
        const int64_t left = t->filters - c;
        for (int64_t first = 0; first < t->terms; first += 5) {
            switch (t->terms - first) {
                PASS(1) PASS(2) PASS(3) PASS(4)
                default:
                    if (left < N)
                        TYPED(depthwise_gradient_pass)(t, first, c, 5, left);
                    else
                        TYPED(depthwise_gradient_pass)(t, first, c, 5, 0);
            }
        }
    }
}

#undef PASS
#undef TERMS
#undef WIDE_TERMS
#undef V
#undef N
