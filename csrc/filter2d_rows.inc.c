/* One uint8 image filter over whole vectors, for one way to a sum (X): FILTER_ROWS output rows go together, so that an
 * input row is loaded once for all output rows that it is part of. The file that includes this has defined
 *   GROUP           taps that one product takes together
 *   OPERAND, SUM    vectors of pixels or weights, and of sums
 *   STEP_N          pixels of a pass, in two halves
 *   X_weight(w, n)  a group of n weights
 *   X_load(in, step, near, n, x)    the pixels under a group of n taps, for both halves
 *   X_dot(x, weight, sum), X_finish(sum of each half, near, scale, out)
 *
 * `near`: taps one pixel apart, and more than one of them. The halves are then the even and the odd pixels for groups of two.
 */
static inline __attribute__((always_inline)) void TYPED(block)(const uint8_t *in, int64_t in_row, int64_t step, int near,
                                                               const OPERAND *weights, uint64_t used, int64_t taps_h,
                                                               int64_t taps_w, float scale, uint8_t *out,
                                                               int64_t out_row, int rows) {
    const int64_t groups = (taps_w + GROUP - 1) / GROUP;
    SUM sum[FILTER_ROWS][2];
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = TYPED(zero)();
#pragma GCC unroll 16
    for (int64_t y = 0; y < taps_h + rows - 1; y++, in += in_row)
#pragma GCC unroll 4
        for (int64_t g = 0; g < groups; g++) {
            const int64_t left = taps_w - g * GROUP;
            OPERAND x[2];
            TYPED(load)(in + g * GROUP * step, step, near, left < GROUP ? left : GROUP, x);
#pragma GCC unroll 8
            for (int r = 0; r < rows; r++) {
                const int64_t a = y - r, i = a * groups + g;
                if (a < 0 || a >= taps_h || !(used >> (i & 63) & 1)) continue;
                sum[r][0] = TYPED(dot)(x[0], weights[i], sum[r][0]);
                sum[r][1] = TYPED(dot)(x[1], weights[i], sum[r][1]);
            }
        }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) TYPED(finish)(sum[r][0], sum[r][1], near, scale, out + r * out_row);
}

/* All passes of `rows` output rows. The last one begins early enough to be whole: the same values again. */
static inline __attribute__((always_inline)) void TYPED(strip)(const struct flat_tile *t, const uint8_t *in, int near,
                                                               const OPERAND *weights, uint64_t used, int64_t taps_h,
                                                               int64_t taps_w, uint8_t *out, int rows) {
    const int64_t in_row = t->in_row, out_row = t->out_row, length = t->length, step = t->step;
    const float scale = t->scale;
    for (int64_t i = 0; i < length; i += STEP_N) {
        if (i + STEP_N > length) i = length - STEP_N;
        TYPED(block)(in + i, in_row, step, near, weights, used, taps_h, taps_w, scale, out + i, out_row, rows);
    }
}

static inline __attribute__((always_inline)) void TYPED(rows)(const struct flat_tile *t, int near, int64_t taps_h,
                                                              int64_t taps_w) {
    const int64_t groups = (taps_w + GROUP - 1) / GROUP;
    OPERAND weights[MOST_GROUPS]; /* local: the compiler must take a store of bytes for a change of anything else */
    /* A bit a group: some weight in it is not 0. Beyond 64 groups they share bits. The branches on it cost nothing
     * beside the products that they save, and keep the compiler from computing all products before the first sum. */
    uint64_t used = 0;
    for (int64_t a = 0; a < taps_h; a++)
        for (int64_t g = 0; g < groups; g++) {
            const FILTER_WEIGHT *w = (const FILTER_WEIGHT *)t->weights + a * taps_w + g * GROUP;
            const int64_t i = a * groups + g, left = taps_w - g * GROUP, n = left < GROUP ? left : GROUP;
            weights[i] = TYPED(weight)(w, near, n);
            for (int64_t k = 0; k < n; k++) used |= (uint64_t)(w[k] != 0) << (i & 63);
        }
    int64_t r = 0;
    for (; r + FILTER_ROWS <= t->rows; r += FILTER_ROWS)
        TYPED(strip)(t, (const uint8_t *)t->in + r * t->in_row, near, weights, used, taps_h, taps_w,
                     (uint8_t *)t->out + r * t->out_row, FILTER_ROWS);
    for (; r < t->rows; r++)
        TYPED(strip)(t, (const uint8_t *)t->in + r * t->in_row, near, weights, used, taps_h, taps_w,
                     (uint8_t *)t->out + r * t->out_row, 1);
}

/* Does nothing and returns 0 where the tile is too narrow or the kernel too large. */
static int TYPED(filter)(const struct flat_tile *t) {
    if (t->length < STEP_N || t->kernel_h * ((t->kernel_w + GROUP - 1) / GROUP) > MOST_GROUPS) return 0;
    const int near = t->step == 1 && t->kernel_w > 1;
    if (near && t->kernel_h == 3 && t->kernel_w == 3)
        TYPED(rows)(t, 1, 3, 3);
    else if (near)
        TYPED(rows)(t, 1, t->kernel_h, t->kernel_w);
    else
        TYPED(rows)(t, 0, t->kernel_h, t->kernel_w);
    return 1;
}
