/* Convolution with one kernel for all channels (struct one_kernel_tile), for one element type.
 *
 * Output rows below each other share input rows: each loaded vector of an input row is multiplied for all of them. With
 * 3x3 of float32 on 2048x2048 that takes half the time of one row at a time; larger kernels gain too. Every sum is
 * added in the kernel's order, row after row, however many rows and vectors a pass computes.
 */
#define V TYPED(v)
#define N VECTOR_N
#ifndef ONE_MAP_ROWS /* output rows of a pass, and vectors in each: their sums fit 16 registers */
#define ONE_MAP_ROWS 4
#define ONE_MAP_VECTORS 2
#endif

/* Adds the products of taps [from, to) of one input row to the sums of output rows [first, end). Output row r uses the
 * kernel's row a - r. Weights come from `held`, or from memory where that is NULL. `tail`: lanes to load, 0 for all. */
static inline __attribute__((always_inline)) void TYPED(one_map_taps)(const struct one_kernel_tile *t, const T *in,
                                                                      const V *held, int64_t a, int64_t from,
                                                                      int64_t to, int64_t taps_w, int first, int end,
                                                                      int vectors, int64_t tail, V *sum) {
    const T *w = t->weights;
#pragma GCC unroll 3
    for (int64_t b = from; b < to; b++) {
        const T *p = in + b * t->step;
        V x[ONE_MAP_VECTORS];
        for (int v = 0; v < vectors; v++) x[v] = tail ? TYPED(load_n)(p, tail) : TYPED(load)(p + v * N);
#pragma GCC unroll 4
        for (int r = first; r < end; r++) {
            const V weight = held ? held[(a - r) * taps_w + b] : TYPED(set1)(w[(a - r) * taps_w + b]);
            for (int v = 0; v < vectors; v++) sum[r * vectors + v] = TYPED(fma)(x[v], weight, sum[r * vectors + v]);
        }
    }
}

/* One input row, for sums in blocks: a block is some whole rows of the kernel, or a part of one row. The blocks of each
 * output row begin with its kernel, not with the rows of the pass. */
static inline __attribute__((always_inline)) void TYPED(one_map_long_row)(const struct one_kernel_tile *t, const T *in,
                                                                          int64_t a, int64_t taps_w, int first, int end,
                                                                          int vectors, int64_t tail, V *sum,
                                                                          double *totals) {
    const int64_t width = taps_w < CNN_SUM_BLOCK ? taps_w : CNN_SUM_BLOCK;
    const uint32_t rows = (uint32_t)(CNN_SUM_BLOCK / width);
    for (int64_t from = 0; from < taps_w; from += width) {
        const int64_t to = taps_w - from < width ? taps_w : from + width;
        TYPED(one_map_taps)(t, in, NULL, a, from, to, taps_w, first, end, vectors, tail, sum);
#pragma GCC unroll 4
        for (int r = first; r < end; r++) {
            if ((uint32_t)(a - r + 1) % rows != 0) continue;
            T spilled[ONE_MAP_VECTORS * N];
            for (int v = 0; v < vectors; v++) {
                TYPED(store)(spilled + v * N, sum[r * vectors + v]);
                sum[r * vectors + v] = TYPED(set1)(0);
            }
            TYPED(sum_block)(spilled, vectors * N, 0, totals + r * vectors * N);
        }
    }
}

static inline __attribute__((always_inline)) void TYPED(one_map_row)(const struct one_kernel_tile *t, const T *in,
                                                                     const V *held, int64_t a, int64_t taps_w,
                                                                     int first, int end, int vectors, int64_t tail,
                                                                     V *sum, double *totals) {
    if (totals != NULL)
        TYPED(one_map_long_row)(t, in, a, taps_w, first, end, vectors, tail, sum, totals);
    else
        TYPED(one_map_taps)(t, in, held, a, 0, taps_w, taps_w, first, end, vectors, tail, sum);
}

/* `rows` output rows of `vectors` vectors. All arguments but the kernel's size are constants at each call. */
static inline __attribute__((always_inline)) void TYPED(one_map_block)(const struct one_kernel_tile *t, const T *in,
                                                                       T *out, const V *held, int64_t taps_h,
                                                                       int64_t taps_w, int is_long, int rows,
                                                                       int vectors, int64_t tail) {
    V sum[ONE_MAP_ROWS * ONE_MAP_VECTORS];
    T spilled[ONE_MAP_ROWS * ONE_MAP_VECTORS * N];
    double of_blocks[ONE_MAP_ROWS * ONE_MAP_VECTORS * N], *const totals = is_long ? of_blocks : NULL;
    if (is_long) memset(of_blocks, 0, sizeof of_blocks);
    const int64_t next = t->dilation_h * t->in_row;
    const V start = TYPED(set1)(t->bias == NULL ? 0 : *(const T *)t->bias);
#pragma GCC unroll 8
    for (int i = 0; i < rows * vectors; i++) sum[i] = start;
#pragma GCC unroll 4
    for (int a = 0; a < rows - 1; a++)
        TYPED(one_map_row)(t, in + a * next, held, a, taps_w, 0, a + 1, vectors, tail, sum, totals);
#pragma GCC unroll 3
    for (int64_t a = rows - 1; a < taps_h; a++)
        TYPED(one_map_row)(t, in + a * next, held, a, taps_w, 0, rows, vectors, tail, sum, totals);
#pragma GCC unroll 4
    for (int e = 0; e < rows - 1; e++)
        TYPED(one_map_row)(t, in + (taps_h + e) * next, held, taps_h + e, taps_w, e + 1, rows, vectors, tail, sum,
                           totals);
    if (is_long) {
        for (int i = 0; i < rows * vectors; i++) TYPED(store)(spilled + i * N, sum[i]);
        TYPED(sum_end)(spilled, rows * vectors * N, totals);
        for (int i = 0; i < rows * vectors; i++) sum[i] = TYPED(load)(spilled + i * N);
    }
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) {
            const V y = t->relu ? TYPED(relu)(sum[r * vectors + v]) : sum[r * vectors + v];
            if (tail)
                TYPED(store_n)(out + r * t->out_row, y, tail);
            else
                TYPED(store)(out + r * t->out_row + v * N, y);
        }
}

static inline __attribute__((always_inline)) void TYPED(one_map_rows)(const struct one_kernel_tile *t, const T *in,
                                                                      T *out, const V *held, int64_t taps_h,
                                                                      int64_t taps_w, int is_long, int rows) {
    const int64_t tail = t->length % (uint64_t)N;
    int64_t i = 0;
    for (; i + ONE_MAP_VECTORS * N <= t->length; i += ONE_MAP_VECTORS * N)
        TYPED(one_map_block)(t, in + i, out + i, held, taps_h, taps_w, is_long, rows, ONE_MAP_VECTORS, 0);
    for (; i < t->length; i += N) {
        if (i + N > t->length) {
            if (t->length < N) break;
            i = t->length - N; /* recomputes some values */
        }
        TYPED(one_map_block)(t, in + i, out + i, held, taps_h, taps_w, is_long, rows, 1, 0);
    }
    if (rows == 1 && i < t->length) TYPED(one_map_block)(t, in, out, held, taps_h, taps_w, is_long, 1, 1, tail);
}

static inline __attribute__((always_inline)) void TYPED(one_map_all)(const struct one_kernel_tile *t, const V *held,
                                                                     int64_t taps_h, int64_t taps_w, int is_long) {
    const T *in = t->in;
    T *out = t->out;
    int64_t r = 0;
    if (t->stride_h == 1 && t->dilation_h == 1 && taps_h >= ONE_MAP_ROWS - 1 && t->length >= N)
        for (; r + ONE_MAP_ROWS <= t->rows; r += ONE_MAP_ROWS)
            TYPED(one_map_rows)(t, in + r * t->in_row, out + r * t->out_row, held, taps_h, taps_w, is_long,
                                ONE_MAP_ROWS);
    for (; r < t->rows; r++)
        TYPED(one_map_rows)(t, in + r * t->stride_h * t->in_row, out + r * t->out_row, held, taps_h, taps_w, is_long,
                            1);
}

static void TYPED(conv2d_one_map)(const struct one_kernel_tile *tile) {
    const struct one_kernel_tile copy = *tile, *t = &copy; /* a local: stores could alias *tile */
    if (t->kernel_h == 3 && t->kernel_w == 3) {
        V held[9];
        for (int i = 0; i < 9; i++) held[i] = TYPED(set1)(((const T *)t->weights)[i]);
        TYPED(one_map_all)(t, held, 3, 3, 0);
    } else if (IS_FLOAT && t->kernel_h * t->kernel_w > CNN_SUM_BLOCK) {
        TYPED(one_map_all)(t, NULL, t->kernel_h, t->kernel_w, 1);
    } else {
        TYPED(one_map_all)(t, NULL, t->kernel_h, t->kernel_w, 0);
    }
}

#undef V
#undef N
