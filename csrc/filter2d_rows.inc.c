/* One uint8 image filter over whole vectors, for one way to a sum (X): FILTER_ROWS output rows go together, so that an
 * input row is loaded once for all output rows that it is part of. The file that includes this has defined
 *   GROUP           taps that one product takes together
 *   OPERAND, SUM    vectors of pixels or weights, and of sums
 *   STEP_N          pixels of a pass, in two halves
 *   SHAPES          kernels whose loops are unrolled
 *   X_weight(w, n)  a group of n weights
 *   X_load(in, step, near, n, x)    the pixels under a group of n taps, for both halves
 *   X_dot(x, weight, sum), X_finish(sum of each half, near, scale, out)
 *
 * Pays (2-core AVX-512 machine, one thread, 2048x2048 in the cache, against a row at a time): 3x3 with four zeros 0.23 ms
 * against 0.30, without zeros 0.30 either way, 5x5 0.73 against 1.55, 7x7 1.37 against 2.84, 5x5 with 32-bit sums 1.8 against
 * 6.5, float 3x3 1.04 against 1.86; 3x3 on 1024x1024 pixels of 3 channels 0.28 against 0.43. Unrolled loops take half to
 * two thirds of the others' time.
 *
 * `near`: taps one pixel apart, and more than one of them. The halves are then the even and the odd pixels for groups of
 * two.
 */
struct TYPED(taps) {
    OPERAND weights[MOST_GROUPS];
    /* For each input row of a block and each group: bit r is set where output row r has a weight there that is not 0. The
     * branches on it cost nothing beside the products that they save, and keep the compiler from computing all products
     * before the first sum. */
    uint8_t active[FILTER_ROWS * MOST_GROUPS];
};

/* Adds what the pixels of input row y under group g bring to each output row. */
static inline __attribute__((always_inline)) void TYPED(add)(const struct TYPED(taps) *taps, const uint8_t *in,
                                                             int64_t step, int near, int64_t y, int64_t g, int64_t taps_h,
                                                             int64_t groups, int64_t last, int unrolled,
                                                             SUM sum[FILTER_ROWS][2]) {
    const unsigned active = taps->active[y * groups + g];
    OPERAND x[2];
    TYPED(load)(in + g * GROUP * step, step, near, g == groups - 1 ? last : GROUP, x);
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) {
        const int64_t i = (y - r) * groups + g;
        if (unrolled && (y < r || y - r >= taps_h)) continue; /* as active says, but at compile time */
        if (!(unrolled ? taps->active[i] & 1 : active >> r & 1)) continue; /* the first stays in registers */
        const OPERAND weight = taps->weights[i];
        sum[r][0] = TYPED(dot)(x[0], weight, sum[r][0]);
        sum[r][1] = TYPED(dot)(x[1], weight, sum[r][1]);
    }
}

static inline __attribute__((always_inline)) void TYPED(block)(const struct TYPED(taps) *taps, const uint8_t *in,
                                                               int64_t in_row, int64_t step, int near, int64_t taps_h,
                                                               int64_t groups, int64_t last, int unrolled, float scale,
                                                               uint8_t *out, int64_t out_row) {
    SUM sum[FILTER_ROWS][2];
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) sum[r][0] = sum[r][1] = TYPED(zero)();
    if (unrolled) {
#pragma GCC unroll 16
        for (int64_t y = 0; y < taps_h + FILTER_ROWS - 1; y++, in += in_row)
#pragma GCC unroll 8
            for (int64_t g = 0; g < groups; g++)
                TYPED(add)(taps, in, step, near, y, g, taps_h, groups, last, unrolled, sum);
    } else {
        for (int64_t y = 0; y < taps_h + FILTER_ROWS - 1; y++, in += in_row)
            for (int64_t g = 0; g < groups; g++)
                TYPED(add)(taps, in, step, near, y, g, taps_h, groups, last, unrolled, sum);
    }
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) TYPED(finish)(sum[r][0], sum[r][1], near, scale, out + r * out_row);
}

static inline __attribute__((always_inline)) void TYPED(rows)(const struct flat_tile *t, int near, int64_t taps_h,
                                                              int64_t taps_w, int unrolled) {
    const int64_t groups = (taps_w + GROUP - 1) / GROUP;
    const int64_t last = taps_w - (groups - 1) * GROUP; /* taps of a row's last group */
    /* Local copies: the compiler must take a store of bytes for a change of anything else. */
    const int64_t in_row = t->in_row, out_row = t->out_row, length = t->length, step = t->step, rows = t->rows;
    const float scale = t->scale;
    const uint8_t *in = t->in;
    uint8_t *out = t->out;
    struct TYPED(taps) taps;
    memset(taps.active, 0, (size_t)((taps_h + FILTER_ROWS - 1) * groups));
    for (int64_t a = 0; a < taps_h; a++)
        for (int64_t g = 0; g < groups; g++) {
            const FILTER_WEIGHT *w = (const FILTER_WEIGHT *)t->weights + a * taps_w + g * GROUP;
            const int64_t n = g == groups - 1 ? last : GROUP;
            taps.weights[a * groups + g] = TYPED(weight)(w, near, n);
            for (int r = 0; r < FILTER_ROWS; r++)
                if (w[0] != 0 || w[n - 1] != 0) taps.active[(a + r) * groups + g] |= (uint8_t)(1 << r);
        }
    /* The last block and the last pass begin early enough to be whole: the same values again. */
    for (int64_t r = 0; r < rows; r += FILTER_ROWS) {
        if (r + FILTER_ROWS > rows) r = rows - FILTER_ROWS;
        for (int64_t i = 0; i < length; i += STEP_N) {
            if (i + STEP_N > length) i = length - STEP_N;
            TYPED(block)(&taps, in + r * in_row + i, in_row, step, near, taps_h, groups, last, unrolled,
                         scale, out + r * out_row + i, out_row);
        }
    }
}

/* A function each, so that the compiler gives each the registers. */
#define SHAPE(h, w) \
    static __attribute__((noinline)) void TYPED(rows_##h##x##w)(const struct flat_tile *t) { \
        TYPED(rows)(t, 1, h, w, 1);                                                             \
    }
SHAPES
#undef SHAPE

static __attribute__((noinline)) void TYPED(rows_near)(const struct flat_tile *t) {
    TYPED(rows)(t, 1, t->kernel_h, t->kernel_w, 0);
}

static __attribute__((noinline)) void TYPED(rows_apart)(const struct flat_tile *t) {
    TYPED(rows)(t, 0, t->kernel_h, t->kernel_w, 0);
}

static __attribute__((noinline)) void TYPED(rows_apart_3x3)(const struct flat_tile *t) {
    TYPED(rows)(t, 0, 3, 3, 1);
}

/* Does nothing and returns 0 where the tile is too small or the kernel too large. */
static int TYPED(filter)(const struct flat_tile *t) {
    const int64_t groups = (t->kernel_w + GROUP - 1) / GROUP;
    if (t->length < STEP_N || t->rows < FILTER_ROWS || t->kernel_h * groups > MOST_GROUPS) return 0;
    const int near = GROUP == 1 || (t->step == 1 && t->kernel_w > 1);
#define SHAPE(h, w) near && t->kernel_h == h && t->kernel_w == w ? TYPED(rows_##h##x##w) :
    (SHAPES near                            ? TYPED(rows_near)
     : t->kernel_h == 3 && t->kernel_w == 3 ? TYPED(rows_apart_3x3)
                                            : TYPED(rows_apart))(t);
#undef SHAPE
    return 1;
}
