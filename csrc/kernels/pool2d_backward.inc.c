/* Gradients of pooling (struct pool_backward_tile), for one float type, vectorized over the channels. Windows are taken
 * in order, so that an input value under several windows adds their gradients in the same order, however the rows are
 * cut.
 */
#define V TYPED(v)
#define N VECTOR_N

/* The cells of one window inside the image, and which of its rows belong to the tile. */
struct PASTE(X, window) {
    const T *in;
    T *d_in;
    int64_t rows, columns, own_first, own_end;
};

static inline __attribute__((always_inline)) V TYPED(load_some)(const T *p, int64_t tail) {
    return tail ? TYPED(load_n)(p, tail) : TYPED(load)(p);
}

static inline __attribute__((always_inline)) void TYPED(store_some)(T *p, V v, int64_t tail) {
    if (tail)
        TYPED(store_n)(p, v, tail);
    else
        TYPED(store)(p, v);
}

/* 2x2 windows that share no cell with others: every cell is written once. `tail`: lanes used, 0 for all. */
static inline __attribute__((always_inline)) void TYPED(max_back_four)(const T *in, int64_t row, int64_t pixel,
                                                                       V gradient, int64_t tail, T *out) {
    const V zero = TYPED(set1)(0);
    const V a = TYPED(load_some)(in, tail), b = TYPED(load_some)(in + pixel, tail);
    const V c = TYPED(load_some)(in + row, tail), d = TYPED(load_some)(in + row + pixel, tail);
    const TYPED(m) right = TYPED(wins)(b, a), low_right = TYPED(wins)(d, c);
    const TYPED(m) low = TYPED(wins)(TYPED(where)(low_right, d, c), TYPED(where)(right, b, a));
    const V up = TYPED(where)(low, zero, gradient), down = TYPED(where)(low, gradient, zero);
    TYPED(store_some)(out, TYPED(where)(right, zero, up), tail);
    TYPED(store_some)(out + pixel, TYPED(where)(right, up, zero), tail);
    TYPED(store_some)(out + row, TYPED(where)(low_right, zero, down), tail);
    TYPED(store_some)(out + row + pixel, TYPED(where)(low_right, down, zero), tail);
}

/* One vector of channels of any window: finds the first of the largest, then adds the gradient to it. */
static inline __attribute__((always_inline)) void TYPED(max_back_at)(const struct pool_backward_tile *t,
                                                                     const struct PASTE(X, window) *w, int64_t c,
                                                                     V gradient, int64_t tail) {
    V best = TYPED(load_some)(w->in + c, tail), number = TYPED(set1)(0);
    const V one = TYPED(set1)(1), zero = TYPED(set1)(0);
    V found = zero;
    for (int64_t a = 0; a < w->rows; a++)
        for (int64_t b = 0; b < w->columns; b++, number = TYPED(add)(number, one)) {
            const V x = TYPED(load_some)(w->in + a * t->row + b * t->channels + c, tail);
            const TYPED(m) wins = TYPED(wins)(x, best);
            best = TYPED(where)(wins, x, best);
            found = TYPED(where)(wins, number, found);
        }
    for (int64_t a = w->own_first; a < w->own_end; a++) {
        number = TYPED(set1)((T)(a * w->columns));
        for (int64_t b = 0; b < w->columns; b++, number = TYPED(add)(number, one)) {
            T *p = w->d_in + a * t->row + b * t->channels + c;
            const V added = TYPED(where)(TYPED(equal)(found, number), gradient, zero);
            TYPED(store_some)(p, TYPED(add)(TYPED(load_some)(p, tail), added), tail);
        }
    }
}

static inline __attribute__((always_inline)) void TYPED(avg_back_at)(const struct pool_backward_tile *t,
                                                                     const struct PASTE(X, window) *w, int64_t c,
                                                                     V gradient, int64_t tail) {
    const V share = TYPED(div)(gradient, TYPED(set1)((T)(w->rows * w->columns)));
    for (int64_t a = w->own_first; a < w->own_end; a++)
        for (int64_t b = 0; b < w->columns; b++) {
            T *p = w->d_in + a * t->row + b * t->channels + c;
            TYPED(store_some)(p, TYPED(add)(TYPED(load_some)(p, tail), share), tail);
        }
}

static inline __attribute__((always_inline)) void TYPED(pool_back)(const struct pool_backward_tile *t, int average) {
    const int64_t channels = t->channels, whole = channels / N * N, tail = channels - whole;
    const int four = !average && t->kernel_h == 2 && t->kernel_w == 2 && t->stride_h >= 2 && t->stride_w >= 2;
    memset((T *)t->d_in + t->own_first * t->row, 0, (size_t)((t->own_end - t->own_first) * t->row) * sizeof(T));
    for (int64_t y = t->first; y < t->end; y++) {
        const int64_t top = y * t->stride_h - t->top, bottom = top + t->kernel_h;
        const int64_t row = top < 0 ? 0 : top, end = bottom > t->in_rows ? t->in_rows : bottom;
        struct PASTE(X, window) w = {.rows = end - row};
        w.own_first = t->own_first > row ? t->own_first - row : 0;
        w.own_end = (t->own_end < end ? t->own_end : end) - row;
        const T *gradient = (const T *)t->gradient + y * t->columns * channels;
        for (int64_t x = 0; x < t->columns; x++, gradient += channels) {
            const int64_t left = x * t->stride_w - t->left, right = left + t->kernel_w;
            const int64_t column = left < 0 ? 0 : left;
            const int64_t at = row * t->row + column * channels;
            w.columns = (right > t->in_columns ? t->in_columns : right) - column;
            w.in = average ? NULL : (const T *)t->in + at;
            w.d_in = (T *)t->d_in + at;
            if (four && w.rows == 2 && w.columns == 2 && w.own_first == 0 && w.own_end == 2) {
                for (int64_t c = 0; c < whole; c += N)
                    TYPED(max_back_four)(w.in + c, t->row, channels, TYPED(load)(gradient + c), 0, w.d_in + c);
                if (tail)
                    TYPED(max_back_four)(w.in + whole, t->row, channels, TYPED(load_n)(gradient + whole, tail), tail,
                                         w.d_in + whole);
                continue;
            }
            for (int64_t c = 0; c < channels; c += N) {
                const int64_t lanes = c < whole ? 0 : tail;
                const V g = TYPED(load_some)(gradient + c, lanes);
                if (average)
                    TYPED(avg_back_at)(t, &w, c, g, lanes);
                else
                    TYPED(max_back_at)(t, &w, c, g, lanes);
            }
        }
    }
}

static void TYPED(max_pool_backward)(const struct pool_backward_tile *t) {
    TYPED(pool_back)(t, 0);
}

static void TYPED(avg_pool_backward)(const struct pool_backward_tile *t) {
    TYPED(pool_back)(t, 1);
}

#undef V
#undef N
