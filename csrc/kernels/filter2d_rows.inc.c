/* uint8 image filter over whole vectors, for one kind of sum (X). FILTER_ROWS output rows are computed together: an
 * input row is loaded once for all of them. The including file defines
 *   FILTER_WEIGHT   type of a weight
 *   OPERAND, SUM    vectors of pixels or weights, and of sums
 *   PARTS           vectors of sums of a pass: part p uses pixels p * 2 / PARTS and weights p % (PARTS / 2)
 *   STEP_N          pixels of a pass
 *   SHAPES          kernels whose loops are unrolled
 *   X_groups(taps_w)                        products in a row of taps
 *   X_weights(row, near, g, taps_w, out)    group g of a row of weights, for each of PARTS / 2; 0 where all are 0
 *   X_load(in, step, near, g, taps_w, x)    the two vectors of pixels under group g
 *   X_dots(x, weights, sum)                 adds their products to PARTS sums
 *   X_finish(sum, near, scale, out)         scales, rounds, clamps and stores
 *
 * `near`: the taps of a row are adjacent, and more than one.
 *
 * Faster (2-core AVX-512 machine, one thread, 2048x2048 in the cache, in ms, against one row at a time): 3x3 with four
 * zeros 0.23 for 0.30, without zeros 0.30 either way, 5x5 0.73 for 1.55, 7x7 1.37 for 2.84, 5x5 with 32-bit sums 1.8
 * for 6.5, float 3x3 1.04 for 1.86; 3x3 on 1024x1024 pixels of 3 channels 0.28 for 0.43. Unrolled loops take half to
 * two thirds of the time of others.
 */
#define WAYS (PARTS / 2)

struct TYPED(taps) {
    OPERAND weights[MOST_GROUPS][WAYS];
    /* For each input row of a block and each group: bit r is set where output row r has a nonzero weight there.
     * Branches on it cost nothing beside the products that they save, and keep the compiler from computing all products
     * before the first sum. */
    uint8_t active[FILTER_ROWS * MOST_GROUPS];
};

/* Adds the products of the pixels of input row y under group g to the sums of each output row. */
static inline __attribute__((always_inline)) void TYPED(add)(const struct TYPED(taps) *taps, const uint8_t *in,
                                                             int64_t step, int near, int64_t y, int64_t g,
                                                             int64_t taps_h, int64_t taps_w, int unrolled,
                                                             SUM sum[FILTER_ROWS][PARTS]) {
    const int64_t groups = TYPED(groups)(taps_w);
    const unsigned active = taps->active[y * groups + g];
    OPERAND x[2];
    TYPED(load)(in, step, near, g, taps_w, x);
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) {
        const int64_t i = (y - r) * groups + g;
        if (unrolled && (y < r || y - r >= taps_h)) continue; /* `active` says the same, but at run time */
        if (!(unrolled ? taps->active[i] & 1 : active >> r & 1)) continue; /* the first stays in registers */
        TYPED(dots)(x, taps->weights[i], sum[r]);
    }
}

static inline __attribute__((always_inline)) void TYPED(block)(const struct TYPED(taps) *taps, const uint8_t *in,
                                                               int64_t in_row, int64_t step, int near, int64_t taps_h,
                                                               int64_t taps_w, int unrolled, float scale, uint8_t *out,
                                                               int64_t out_row) {
    const int64_t groups = TYPED(groups)(taps_w);
    SUM sum[FILTER_ROWS][PARTS];
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++)
#pragma GCC unroll 4
        for (int p = 0; p < PARTS; p++) sum[r][p] = TYPED(zero)();
    if (unrolled) {
#pragma GCC unroll 16
        for (int64_t y = 0; y < taps_h + FILTER_ROWS - 1; y++, in += in_row)
#pragma GCC unroll 8
            for (int64_t g = 0; g < groups; g++) TYPED(add)(taps, in, step, near, y, g, taps_h, taps_w, unrolled, sum);
    } else {
        for (int64_t y = 0; y < taps_h + FILTER_ROWS - 1; y++, in += in_row)
            for (int64_t g = 0; g < groups; g++) TYPED(add)(taps, in, step, near, y, g, taps_h, taps_w, unrolled, sum);
    }
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) TYPED(finish)(sum[r], near, scale, out + r * out_row);
}

static inline __attribute__((always_inline)) void TYPED(rows)(const struct one_kernel_tile *t, int near, int64_t taps_h,
                                                              int64_t taps_w, int unrolled) {
    const int64_t groups = TYPED(groups)(taps_w);
    /* Local copies: stores of bytes may alias anything else. */
    const int64_t in_row = t->in_row, out_row = t->out_row, length = t->length, step = t->step, rows = t->rows;
    const float scale = t->scale;
    const uint8_t *in = t->in;
    uint8_t *out = t->out;
    struct TYPED(taps) taps;
    memset(taps.active, 0, (size_t)((taps_h + FILTER_ROWS - 1) * groups));
    for (int64_t a = 0; a < taps_h; a++)
        for (int64_t g = 0; g < groups; g++) {
            const FILTER_WEIGHT *row = (const FILTER_WEIGHT *)t->weights + a * taps_w;
            if (TYPED(weights)(row, near, g, taps_w, taps.weights[a * groups + g]))
                for (int r = 0; r < FILTER_ROWS; r++) taps.active[(a + r) * groups + g] |= (uint8_t)(1 << r);
        }
    /* The last block and the last pass begin early enough to be whole, and recompute some values. */
    for (int64_t r = 0; r < rows; r += FILTER_ROWS) {
        if (r + FILTER_ROWS > rows) r = rows - FILTER_ROWS;
        for (int64_t i = 0; i < length; i += STEP_N) {
            if (i + STEP_N > length) i = length - STEP_N;
            TYPED(block)(&taps, in + r * in_row + i, in_row, step, near, taps_h, taps_w, unrolled, scale,
                         out + r * out_row + i, out_row);
        }
    }
}

/* A function for each shape, so that each has all registers. */
#define SHAPE(h, w) \
    static __attribute__((noinline)) void TYPED(rows_##h##x##w)(const struct one_kernel_tile *t) { \
        TYPED(rows)(t, 1, h, w, 1);                                                             \
    }
SHAPES
#undef SHAPE

static __attribute__((noinline)) void TYPED(rows_near)(const struct one_kernel_tile *t) {
    TYPED(rows)(t, 1, t->kernel_h, t->kernel_w, 0);
}

#ifndef NEAR_ONLY
static __attribute__((noinline)) void TYPED(rows_apart)(const struct one_kernel_tile *t) {
    TYPED(rows)(t, 0, t->kernel_h, t->kernel_w, 0);
}

static __attribute__((noinline)) void TYPED(rows_apart_3x3)(const struct one_kernel_tile *t) {
    TYPED(rows)(t, 0, 3, 3, 1);
}
#endif

/* Returns 0, with nothing written, where the tile is too small or the kernel too large. */
static int TYPED(filter)(const struct one_kernel_tile *t) {
    if (t->length < STEP_N || t->rows < FILTER_ROWS || t->kernel_h * TYPED(groups)(t->kernel_w) > MOST_GROUPS) return 0;
#ifndef NEAR_ONLY
    if (TYPED(groups)(2) == 1 && (t->step != 1 || t->kernel_w == 1)) {
        (t->kernel_h == 3 && t->kernel_w == 3 ? TYPED(rows_apart_3x3) : TYPED(rows_apart))(t);
        return 1;
    }
#endif
#define SHAPE(h, w) t->kernel_h == h && t->kernel_w == w ? TYPED(rows_##h##x##w) :
    (SHAPES TYPED(rows_near))(t);
#undef SHAPE
    return 1;
}

#undef WAYS
#undef X
#undef OPERAND
#undef SUM
#undef PARTS
#undef STEP_N
