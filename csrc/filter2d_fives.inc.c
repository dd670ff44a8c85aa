/* uint8 image filters of 5x5 by VNNI: as filter2d_quads.inc.c, but 28 products where those are 40. There a row of five
 * taps takes two; here each part loads its own pixels, and a product takes four taps of a row. The fifth column has
 * products of its own, with four rows in the four bytes of a lane: row y is in byte y % 4, so that each row replaces
 * one byte, that of a row which is not needed any more, and the weights stand in four orders.
 *
 * Pays (2-core AMD Zen 4, one thread, 2048x2048 in the cache): 0.57 ms against 0.67 by pairs of bytes.
 */
enum { FIVE = 5, PER_QUAD = 4, FIVES_QUADS = 7, FIVES_STEP = PER_QUAD * I32_N };

static inline int fives(int64_t kernel_h, int64_t kernel_w) { return kernel_h == FIVE && kernel_w == FIVE; }

struct fives {
    i16_v row[FIVE];        /* taps 0 to 3 of a row of the kernel */
    i16_v column[PER_QUAD]; /* the fifth column's first four, its first in byte 0, 1, 2 or 3 */
    i16_v corner[PER_QUAD]; /* its last in that byte */
};

static inline i16_v fives_set(const int32_t *weights, int64_t step, int n, int first) {
    uint32_t packed = 0;
    for (int i = 0; i < n; i++) packed |= (uint32_t)(uint8_t)weights[i * step] << 8 * ((first + i) % PER_QUAD);
    return i32_set1((int32_t)packed);
}

static inline __attribute__((always_inline)) void fives_block(const struct fives *w, const uint8_t *in,
                                                              int64_t in_row, float scale, uint8_t *out,
                                                              int64_t out_row) {
    i32_v sum[FILTER_ROWS][PER_QUAD];
    i16_v column[PER_QUAD];
#pragma GCC unroll 4
    for (int p = 0; p < PER_QUAD; p++) {
        column[p] = i32_set1(0);
#pragma GCC unroll 8
        for (int r = 0; r < FILTER_ROWS; r++) sum[r][p] = i32_set1(0);
    }
#pragma GCC unroll 16
    for (int y = 0; y < FILTER_ROWS + FIVE - 1; y++, in += in_row)
#pragma GCC unroll 4
        for (int p = 0; p < PER_QUAD; p++) {
            const i16_v x = u8_load(in + p);
#pragma GCC unroll 8
            for (int r = 0; r < FILTER_ROWS; r++)
                if (y >= r && y - r < FIVE) sum[r][p] = u8_dot_quad(x, w->row[y - r], sum[r][p]);
            const int byte = y % PER_QUAD;
            column[p] = u8_load_byte(column[p], byte, in + p + FIVE - 1);
            const int whole = y - (PER_QUAD - 1), last = y - (FIVE - 1);
            if (whole >= 0 && whole < FILTER_ROWS)
                sum[whole][p] = u8_dot_quad(column[p], w->column[whole % PER_QUAD], sum[whole][p]);
            if (last >= 0) sum[last][p] = u8_dot_quad(column[p], w->corner[byte], sum[last][p]);
        }
#pragma GCC unroll 8
    for (int r = 0; r < FILTER_ROWS; r++) quads_finish(sum[r], 1, scale, out + r * out_row);
}

/* A function of its own, so that the compiler gives it the registers. */
static __attribute__((noinline)) void fives_rows(const struct fives *w, const uint8_t *in, int64_t in_row, float scale,
                                                 int64_t length, uint8_t *out, int64_t out_row) {
    for (int64_t i = 0; i < length; i += FIVES_STEP) {
        if (i + FIVES_STEP > length) i = length - FIVES_STEP; /* the same values again, as for rows below */
        fives_block(w, in + i, in_row, scale, out + i, out_row);
    }
}

/* Does nothing and returns 0 where the tile is too small. */
static int fives_filter(const struct flat_tile *t) {
    const int64_t rows = t->rows;
    const int32_t *weights = t->weights;
    if (t->length < FIVES_STEP || rows < FILTER_ROWS) return 0;
    struct fives w;
    for (int a = 0; a < FIVE; a++) w.row[a] = fives_set(weights + FIVE * a, 1, PER_QUAD, 0);
    for (int first = 0; first < PER_QUAD; first++) {
        w.column[first] = fives_set(weights + FIVE - 1, FIVE, PER_QUAD, first);
        w.corner[first] = fives_set(weights + FIVE * FIVE - 1, 1, 1, first);
    }
    for (int64_t r = 0; r < rows; r += FILTER_ROWS) {
        if (r + FILTER_ROWS > rows) r = rows - FILTER_ROWS;
        fives_rows(&w, (const uint8_t *)t->in + r * t->in_row, t->in_row, t->scale, t->length,
                   (uint8_t *)t->out + r * t->out_row, t->out_row);
    }
    return 1;
}
