/* Product of matrices (struct gemm_tile), for one float type. A pass keeps `rows` x 2 vectors of sums in registers and
 * goes through all terms once; long sums leave the registers after each block (long_sums.inc.c).
 */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) void TYPED(gemm_sums)(const struct gemm_tile *t, int64_t row,
                                                                   int64_t term, int64_t terms, int rows, int vectors,
                                                                   V sum[][2]) {
    const int64_t a_row = t->a_row, a_term = t->a_term, b_term = t->b_term;
    const T *b = (const T *)t->b + term * b_term, *a[(CONV_PIXELS + 3) / 4];
    for (int p = 0; p < rows; p += 4) a[p / 4] = (const T *)t->a + (row + p) * a_row + term * a_term;
#pragma GCC unroll 16
    for (int p = 0; p < rows; p++)
        for (int v = 0; v < vectors; v++) sum[p][v] = TYPED(set1)(0);
    /* Where the terms of a row are neighbours, the rows of the next pass are fetched: one line of one row a term. */
    const int64_t line = 64 / (int64_t)sizeof(T);
    const char *next = a_term == 1 ? (const char *)(a[0] + rows * a_row) : NULL;
    for (int64_t i = 0; i < terms; i++, b += b_term) {
        if (next != NULL) __builtin_prefetch(next + (i % line * a_row + i / line * line) * (int64_t)sizeof(T), 0, 2);
        const V b0 = TYPED(load)(b), b1 = vectors > 1 ? TYPED(load)(b + N) : b0;
#pragma GCC unroll 16
        for (int p = 0; p < rows; p++) {
            const V x = TYPED(set1)(a[p / 4][p % 4 * a_row]);
            sum[p][0] = TYPED(fma)(x, b0, sum[p][0]);
            if (vectors > 1) sum[p][1] = TYPED(fma)(x, b1, sum[p][1]);
        }
        for (int p = 0; p < rows; p += 4) a[p / 4] += a_term;
    }
}

/* Writes the sums to rows of `out`, out_row apart: whole vectors. */
static inline __attribute__((always_inline)) void TYPED(gemm_pass)(const struct gemm_tile *t, int64_t row, int rows,
                                                                   int vectors, T *out, int64_t out_row) {
    V sum[CONV_PIXELS][2];
    double totals[CONV_PIXELS * 2 * N];
    const int64_t count = (int64_t)rows * 2 * N;
    for (int64_t term = 0; term < t->terms; term += CNN_SUM_BLOCK) {
        const int64_t terms = t->terms - term < CNN_SUM_BLOCK ? t->terms - term : CNN_SUM_BLOCK;
        TYPED(gemm_sums)(t, row, term, terms, rows, vectors, sum);
#pragma GCC unroll 16
        for (int p = 0; p < rows; p++)
            for (int v = 0; v < vectors; v++) TYPED(store)(out + p * out_row + v * N, sum[p][v]);
        if (t->terms <= CNN_SUM_BLOCK) return;
        if (term + terms < t->terms)
            TYPED(sum_block)(out, count, term == 0, totals);
        else
            TYPED(sum_end)(out, count, totals);
    }
}

#define PASS(n)                                           \
    case n:                                               \
        if (t->columns > N)                               \
            TYPED(gemm_pass)(t, row, n, 2, out, out_row); \
        else                                              \
            TYPED(gemm_pass)(t, row, n, 1, out, out_row); \
        break;

static void TYPED(gemm_rows)(const struct gemm_tile *t, int64_t row, int64_t rows, T *out, int64_t out_row) {
    switch (rows) {
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

static inline __attribute__((always_inline)) void TYPED(gemm_store)(const T *sums, int64_t rows, int64_t columns,
                                                                    T *out, int64_t out_row) {
    for (int64_t p = 0; p < rows; p++, sums += 2 * N, out += out_row) {
        if (columns == 2 * N) {
            TYPED(store)(out, TYPED(load)(sums));
            TYPED(store)(out + N, TYPED(load)(sums + N));
        } else if (columns > N) {
            TYPED(store)(out, TYPED(load)(sums));
            TYPED(store_n)(out + N, TYPED(load)(sums + N), columns - N);
        } else {
            TYPED(store_n)(out, TYPED(load)(sums), columns);
        }
    }
}

/* The transpose: column f of the sums is written to out + f * out_row. */
static inline __attribute__((always_inline)) void TYPED(gemm_store_turned)(const T *sums, int64_t rows,
                                                                           int64_t columns, T *out, int64_t out_row) {
    int64_t done = 0;
#ifdef QUARTERS
    for (; done + N <= columns && rows >= 4; done += N)
        for (int64_t p = 0; p < rows; p += 4) {
            if (p + 4 > rows) p = rows - 4; /* writes some values again */
            V v[4];
            for (int i = 0; i < 4; i++) v[i] = TYPED(load)(sums + (p + i) * 2 * N + done);
            TYPED(turn4)(v);
            for (int i = 0; i < 4; i++) TYPED(store_quarters)(out + (done + i) * out_row + p, 4 * out_row, v[i]);
        }
#endif
    for (; done < columns; done++)
        for (int64_t p = 0; p < rows; p++) out[done * out_row + p] = sums[p * 2 * N + done];
}

/* Brings the lines that a pass will write, two for each row, while it computes. */
static inline void TYPED(gemm_fetch)(const T *out, int64_t rows, int64_t out_row) {
    for (int64_t p = 0; p < rows; p++) {
        __builtin_prefetch(out + p * out_row, 1);
        __builtin_prefetch((const char *)(out + p * out_row) + sizeof(V), 1);
    }
}

static void TYPED(gemm)(const struct gemm_tile *t) {
    T sums[CONV_PIXELS * 2 * N];
    memset(sums, 0, sizeof sums); /* the second vector of rows of one, which long sums add up too */
    const int64_t passes = (t->rows + CONV_PIXELS - 1) / CONV_PIXELS;
    const int direct = !t->turned && t->columns % N == 0 && t->terms <= CNN_SUM_BLOCK;
    for (int64_t i = 0, row = 0; i < passes; i++) {
        const int64_t rows = t->rows / passes + (i < t->rows % passes);
        T *out = (T *)t->out + (t->turned ? row : row * t->out_row);
        if (!t->turned) TYPED(gemm_fetch)(out, rows, t->out_row);
        TYPED(gemm_rows)(t, row, rows, direct ? out : sums, direct ? t->out_row : 2 * N);
        if (t->turned)
            TYPED(gemm_store_turned)(sums, rows, t->columns, out, t->out_row);
        else if (!direct)
            TYPED(gemm_store)(sums, rows, t->columns, out, t->out_row);
        row += rows;
    }
}

#undef V
#undef N
