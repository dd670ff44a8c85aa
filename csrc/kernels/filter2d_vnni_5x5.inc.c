/* 5x5 by VNNI: 28 products where the general kernel of filter2d_vnni.c takes 40, two for each row of five taps.
 *
 * Here each part loads its own pixels, and one product takes taps 0 to 3 of a row. The fifth column has products of its
 * own, with four rows in the four bytes of a lane: row y is in byte y % 4, so that each new row replaces the byte of a
 * row that is no longer needed. The weights of that column are kept in four orders.
 *
 * Faster (2-core AMD Zen 4, one thread, 2048x2048 in the cache): 0.57 ms, by pairs of bytes 0.67.
 */
enum { FIVE = 5, PER_PRODUCT = 4, VNNI_5X5_PRODUCTS = 7, VNNI_5X5_STEP = PER_PRODUCT * I32_N };

static inline int is_5x5(int64_t kernel_h, int64_t kernel_w) {
    return kernel_h == FIVE && kernel_w == FIVE;
}

struct vnni_5x5 {
    i16_v row[FIVE];           /* taps 0 to 3 of a row of the kernel */
    i16_v column[PER_PRODUCT]; /* first four taps of the fifth column, the first of them in byte 0, 1, 2 or 3 */
    i16_v corner[PER_PRODUCT]; /* last tap of the fifth column in that byte */
};

static inline i16_v vnni_5x5_set(const int32_t *weights, int64_t step, int n, int first) {
    uint32_t packed = 0;
    for (int i = 0; i < n; i++) packed |= (uint32_t)(uint8_t)weights[i * step] << 8 * ((first + i) % PER_PRODUCT);
    return i32_set1((int32_t)packed);
}

static inline __attribute__((always_inline)) void vnni_5x5_block(const struct vnni_5x5 *w, const uint8_t *in,
                                                                 int64_t in_row, float scale, uint8_t *out,
                                                                 int64_t out_row) {
    i32_v sum[FILTER_ROWS][PER_PRODUCT];
    i16_v column[PER_PRODUCT];
#pragma GCC unroll 4
    for (int p = 0; p < PER_PRODUCT; p++) {
        column[p] = i32_set1(0);
#pragma GCC unroll 8
        for (int r = 0; r < FILTER_ROWS; r++) sum[r][p] = i32_set1(0);
    }
#pragma GCC unroll 16
    for (int y = 0; y < FILTER_ROWS + FIVE - 1; y++, in += in_row)
#pragma GCC unroll 4
        for (int p = 0; p < PER_PRODUCT; p++) {
            const i16_v x = u8_load(in + p);
#pragma GCC unroll 8
            for (int r = 0; r < FILTER_ROWS; r++)
                if (y >= r && y - r < FIVE) sum[r][p] = u8_dot_quad(x, w->row[y - r], sum[r][p]);
            const int byte = y % PER_PRODUCT;
            column[p] = u8_load_byte(column[p], byte, in + p + FIVE - 1);
            const int whole = y - (PER_PRODUCT - 1), last = y - (FIVE - 1);
            if (whole >= 0 && whole < FILTER_ROWS)
                sum[whole][p] = u8_dot_quad(column[p], w->column[whole % PER_PRODUCT], sum[whole][p]);
            if (last >= 0) sum[last][p] = u8_dot_quad(column[p], w->corner[byte], sum[last][p]);
        }
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) vnni_finish(sum[r], 1, scale, out + r * out_row);
}

/* A function of its own, so that it has all registers. */
static __attribute__((noinline)) void vnni_5x5_rows(const struct vnni_5x5 *w, const uint8_t *in, int64_t in_row,
                                                    float scale, int64_t length, uint8_t *out, int64_t out_row) {
    for (int64_t i = 0; i < length; i += VNNI_5X5_STEP) {
        if (i + VNNI_5X5_STEP > length) i = length - VNNI_5X5_STEP; /* recomputes some values; so do the rows below */
        vnni_5x5_block(w, in + i, in_row, scale, out + i, out_row);
    }
}

/* Returns 0, with nothing written, where the tile is too small. */
static int vnni_5x5_filter(const struct one_kernel_tile *t) {
    const int64_t rows = t->rows;
    const int32_t *weights = t->weights;
    if (t->length < VNNI_5X5_STEP || rows < FILTER_ROWS) return 0;
    struct vnni_5x5 w;
    for (int a = 0; a < FIVE; a++) w.row[a] = vnni_5x5_set(weights + FIVE * a, 1, PER_PRODUCT, 0);
    for (int first = 0; first < PER_PRODUCT; first++) {
        w.column[first] = vnni_5x5_set(weights + FIVE - 1, FIVE, PER_PRODUCT, first);
        w.corner[first] = vnni_5x5_set(weights + FIVE * FIVE - 1, 1, 1, first);
    }
    for (int64_t r = 0; r < rows; r += FILTER_ROWS) {
        if (r + FILTER_ROWS > rows) r = rows - FILTER_ROWS;
        vnni_5x5_rows(&w, (const uint8_t *)t->in + r * t->in_row, t->in_row, t->scale, t->length,
                      (uint8_t *)t->out + r * t->out_row, t->out_row);
    }
    return 1;
}
