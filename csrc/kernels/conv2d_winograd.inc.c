/* Winograd's F(4x4, 3x3) for float32: computes a tile of 4x4 outputs from 6x6 inputs with 36 multiplications for each
 * channel and filter, where the definition takes 144. From A. Lavin and S. Gray, "Fast Algorithms for Convolutional
 * Neural Networks" (2015), but with the interpolation points 0, 5/8, -5/8, 3/2, -3/2 and infinity, which have a third
 * of the error of 0, 1, -1, 2, -2 and infinity. (Of thirteen pairs of short fractions tried on random numbers, these
 * had the least root mean square error. On the choice of points: B. Barabasz et al., "Error Analysis and Improving the
 * Accuracy of Winograd Convolution for Deep Neural Networks", 2020.)
 *
 * Faster (2-core AVX-512 machine, one thread, 64 -> 64 on (100, 13, 13, 64)): 4.1 ms, direct 8.3 ms. The price is the
 * error: that of the largest window of the tile (see cnncore.h). So a tile whose windows differ much in size is
 * computed by definition; winograd_is_uneven finds these. This check and the longer constants of these points cost
 * 2 % for 64 -> 64 and 10 % for 16 -> 16.
 */
#define V f32_v
#define N F32_N

/* The points, and the constants of the transforms; all but the last two are exact. */
#define POINT_A (5.0f / 8)
#define POINT_B (3.0f / 2)
#define A2 (POINT_A * POINT_A)
#define B2 (POINT_B * POINT_B)
#define WEIGHT_A (1 / (2 * A2 * (A2 - B2)))
#define WEIGHT_B (1 / (2 * B2 * (B2 - A2)))

/* One direction of the input's transform, d -> B^T d: its first or its last three values, because registers do not hold
 * all six of both directions. */
static inline __attribute__((always_inline)) void winograd_b(const V d[6], V r[3], int second) {
    if (second) {
        const V even = f32_fma(d[2], f32_set1(-A2), d[4]), odd = f32_fma(d[1], f32_set1(-A2), d[3]);
        r[0] = f32_fma(odd, f32_set1(POINT_B), even);
        r[1] = f32_fma(odd, f32_set1(-POINT_B), even);
        r[2] = f32_fma(d[1], f32_set1(A2 * B2), f32_fma(d[3], f32_set1(-(A2 + B2)), d[5]));
    } else {
        const V even = f32_fma(d[2], f32_set1(-B2), d[4]), odd = f32_fma(d[1], f32_set1(-B2), d[3]);
        r[0] = f32_fma(d[0], f32_set1(A2 * B2), f32_fma(d[2], f32_set1(-(A2 + B2)), d[4]));
        r[1] = f32_fma(odd, f32_set1(POINT_A), even);
        r[2] = f32_fma(odd, f32_set1(-POINT_A), even);
    }
}

/* One direction of the output's transform, m -> A^T m; without its first value unless `whole`. */
static inline __attribute__((always_inline)) void winograd_a(const V m[6], V r[4], int whole) {
    const V sum_a = f32_add(m[1], m[2]), difference_a = f32_sub(m[1], m[2]);
    const V sum_b = f32_add(m[3], m[4]), difference_b = f32_sub(m[3], m[4]);
    r[0] = f32_add(m[0], f32_add(sum_a, sum_b));
    r[1] = f32_fma(difference_b, f32_set1(POINT_B), f32_mul(difference_a, f32_set1(POINT_A)));
    r[2] = f32_fma(sum_b, f32_set1(B2), f32_mul(sum_a, f32_set1(A2)));
    r[3] = f32_fma(difference_b, f32_set1(POINT_B * B2), f32_fma(difference_a, f32_set1(POINT_A * A2), m[5]));
    if (whole) return;
    r[0] = r[1];
    r[1] = r[2];
    r[2] = r[3];
}

/* One direction of the weights' transform, g -> G g. */
static inline __attribute__((always_inline)) void winograd_g(const V g[3], V r[6]) {
    const V even_a = f32_fma(g[2], f32_set1(A2 * WEIGHT_A), f32_mul(g[0], f32_set1(WEIGHT_A)));
    const V even_b = f32_fma(g[2], f32_set1(B2 * WEIGHT_B), f32_mul(g[0], f32_set1(WEIGHT_B)));
    const V odd_a = f32_mul(g[1], f32_set1(POINT_A * WEIGHT_A)), odd_b = f32_mul(g[1], f32_set1(POINT_B * WEIGHT_B));
    r[0] = f32_mul(g[0], f32_set1(1 / (A2 * B2)));
    r[1] = f32_add(even_a, odd_a);
    r[2] = f32_sub(even_a, odd_a);
    r[3] = f32_add(even_b, odd_b);
    r[4] = f32_sub(even_b, odd_b);
    r[5] = g[2];
}

static void winograd_weights(const struct winograd_weights *t) {
    for (int64_t c = 0; c < t->channels; c++)
        for (int64_t f = 0; f < t->filters; f += N) {
            const int64_t left = t->filters - f;
            V rows[6][3], g[3], column[6];
#pragma GCC unroll 3
            for (int b = 0; b < 3; b++) {
#pragma GCC unroll 3
                for (int a = 0; a < 3; a++) {
                    const float *w = t->kernel + (a * 3 + b) * t->tap + c * t->channel + f;
                    g[a] = left < N ? f32_load_n(w, left) : f32_load(w);
                }
                winograd_g(g, column);
#pragma GCC unroll 6
                for (int i = 0; i < 6; i++) rows[i][b] = column[i];
            }
            float *out = t->out + c * t->out_channel + f;
#pragma GCC unroll 6
            for (int i = 0; i < 6; i++) {
                winograd_g(rows[i], column);
#pragma GCC unroll 6
                for (int j = 0; j < 6; j++, out += t->out_point) f32_store(out, column[j]);
            }
        }
}

static inline __attribute__((always_inline)) void winograd_input_tile(const struct winograd_input *t, int whole) {
    for (int64_t c = 0; c < t->channels; c += N) {
        const int64_t left = t->channels - c;
#pragma GCC unroll 2
        for (int half = 0; half < 2; half++) { /* rows of points */
            V rows[3][6], d[6], r[3];
#pragma GCC unroll 6
            for (int j = 0; j < 6; j++) {
#pragma GCC unroll 6
                for (int i = 0; i < 6; i++) {
                    const float *p = t->in + i * t->row + j * t->pixel + c;
                    const int inside =
                        whole || (i >= t->first_row && i < t->end_row && j >= t->first_column && j < t->end_column);
                    d[i] = !inside ? f32_set1(0) : left < N ? f32_load_n(p, left) : f32_load(p);
                }
                winograd_b(d, r, half);
#pragma GCC unroll 3
                for (int i = 0; i < 3; i++) rows[i][j] = r[i];
            }
            float *out = t->out + half * 18 * t->point + c;
#pragma GCC unroll 3
            for (int i = 0; i < 3; i++)
#pragma GCC unroll 2
                for (int second = 0; second < 2; second++) {
                    winograd_b(rows[i], r, second);
#pragma GCC unroll 3
                    for (int j = 0; j < 3; j++, out += t->point) {
                        if (left < N)
                            f32_store_n(out, r[j], left);
                        else
                            f32_store(out, r[j]);
                    }
                }
        }
    }
}

/* The sums of squares of the tile's sixteen 3x3 windows, over all channels, row by row. */
static void winograd_windows(const struct winograd_input *t, float squares[16]) {
    V pixel[6][6], window[16];
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            V sum = f32_set1(0);
            if (i >= t->first_row && i < t->end_row && j >= t->first_column && j < t->end_column) {
                const float *p = t->in + i * t->row + j * t->pixel;
                int64_t c = 0;
                for (; c + N <= t->channels; c += N) {
                    const V x = f32_load(p + c);
                    sum = f32_fma(x, x, sum);
                }
                if (c < t->channels) {
                    const V x = f32_load_n(p + c, t->channels - c);
                    sum = f32_fma(x, x, sum);
                }
            }
            pixel[i][j] = sum;
        }
    for (int j = 0; j < 6; j++) { /* values that two windows share are added once */
        const V upper = f32_add(pixel[1][j], pixel[2][j]), lower = f32_add(pixel[3][j], pixel[4][j]);
        pixel[0][j] = f32_add(pixel[0][j], upper);
        pixel[1][j] = f32_add(upper, pixel[3][j]);
        pixel[2][j] = f32_add(pixel[2][j], lower);
        pixel[3][j] = f32_add(lower, pixel[5][j]);
    }
    for (int i = 0; i < 4; i++) {
        const V *p = pixel[i], left = f32_add(p[1], p[2]), right = f32_add(p[3], p[4]);
        window[4 * i] = f32_add(p[0], left);
        window[4 * i + 1] = f32_add(left, p[3]);
        window[4 * i + 2] = f32_add(p[2], right);
        window[4 * i + 3] = f32_add(right, p[5]);
    }
    for (int count = 16; count > 16 / N; count /= 2) /* reduces the vectors to one sum per window, in order */
        for (int i = 0; i < count / 2; i++)
            window[i] = f32_add(f32_even(window[2 * i], window[2 * i + 1]), f32_odd(window[2 * i], window[2 * i + 1]));
    for (int i = 0; i < 16 / N; i++) f32_store(squares + i * N, window[i]);
}

static int winograd_is_zero(const struct winograd_input *t) {
    uint32_t any = 0, bits;
    for (int64_t i = t->first_row; i < t->end_row; i++)
        for (int64_t j = t->first_column; j < t->end_column; j++)
            for (int64_t c = 0; c < t->channels; c++) {
                memcpy(&bits, t->in + i * t->row + j * t->pixel + c, sizeof bits);
                any |= bits << 1; /* without the sign */
            }
    return any == 0;
}

/* A quick test, with a sixth of the sums, that settles most tiles: each window contains one of the four middle pixels,
 * and no window is larger than the tile. */
static inline __attribute__((always_inline)) int winograd_looks_even(const struct winograd_input *t, int whole) {
    V sums[8]; /* the four middle pixels, and the others in four parts */
    for (int i = 0; i < 8; i++) sums[i] = f32_set1(0);
    for (int64_t c = 0; c < t->channels; c += N) {
        const int64_t left = t->channels - c;
#pragma GCC unroll 36
        for (int k = 0; k < 36; k++) {
            const int i = k / 6, j = k % 6, middle = (i == 2 || i == 3) && (j == 2 || j == 3);
            const float *p = t->in + i * t->row + j * t->pixel + c;
            if (!whole && (i < t->first_row || i >= t->end_row || j < t->first_column || j >= t->end_column)) continue;
            const V x = left < N ? f32_load_n(p, left) : f32_load(p);
            V *sum = &sums[middle ? i * 2 + j - 6 : 4 + k % 4];
            *sum = f32_fma(x, x, *sum);
        }
    }
    int count = 8;
    for (; count > 1 && count > 8 / N; count /= 2)
        for (int i = 0; i < count / 2; i++)
            sums[i] = f32_add(f32_even(sums[2 * i], sums[2 * i + 1]), f32_odd(sums[2 * i], sums[2 * i + 1]));
    float lanes[N > 8 ? N : 8], least = FLT_MAX, all = 0; /* N / 8 of each sum */
    for (int i = 0; i < count; i++) f32_store(lanes + i * N, sums[i]);
    for (int i = 0; i < 8; i++) {
        const float sum = N > 8 ? lanes[i * (N / 8)] + lanes[(i + 1) * (N / 8) - 1] : lanes[i];
        all += sum;
        if (i < 4) least = sum < least ? sum : least;
    }
    return least >= FLT_MIN && all <= (float)(CNN_WINOGRAD_RANGE * CNN_WINOGRAD_RANGE) * least;
}

/* See table.h. A tile is uneven where a square overflows, is infinite or NaN, and where the squares of a window
 * underflow, unless the whole tile is 0. */
static int winograd_is_uneven(const struct winograd_input *t) {
    const int whole = t->first_row == 0 && t->first_column == 0 && t->end_row == 6 && t->end_column == 6;
    if (whole ? winograd_looks_even(t, 1) : winograd_looks_even(t, 0)) return 0;
    const float range = (float)(CNN_WINOGRAD_RANGE * CNN_WINOGRAD_RANGE);
    float squares[16], least = FLT_MAX, largest = 0;
    winograd_windows(t, squares);
    for (int64_t i = t->first_output_row; i < t->end_output_row; i++)
        for (int64_t j = t->first_output_column; j < t->end_output_column; j++) {
            const float square = squares[i * 4 + j];
            if (!(square <= FLT_MAX)) return 1;
            least = square < least ? square : least;
            largest = square > largest ? square : largest;
        }
    return least < FLT_MIN ? !winograd_is_zero(t) : largest > range * least;
}

static void winograd_input(const struct winograd_input *t) {
    if (t->first_row == 0 && t->first_column == 0 && t->end_row == 6 && t->end_column == 6)
        winograd_input_tile(t, 1);
    else
        winograd_input_tile(t, 0);
}

static inline __attribute__((always_inline)) int winograd_output_tile(const struct winograd_output *t, int pool,
                                                                      int whole) {
    V poison = f32_set1(0); /* x * 0 is NaN where x is not finite; outputs outside the image do not count */
    const int by = pool ? 2 : 1;
    const int64_t high = whole ? 4 : t->rows * by, wide = whole ? 4 : t->columns * by;
    for (int64_t f = 0; f < t->filters; f += N) {
        const int64_t left = t->filters - f;
        V rows[4][6], m[6], r[2][4];
#pragma GCC unroll 6
        for (int j = 0; j < 6; j++) {
#pragma GCC unroll 6
            for (int i = 0; i < 6; i++) m[i] = f32_load(t->in + (i * 6 + j) * t->point + f);
            winograd_a(m, r[0], high == 4);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) rows[i][j] = r[0][i];
        }
        const V bias = t->bias == NULL ? f32_set1(0) : left < N ? f32_load_n(t->bias + f, left) : f32_load(t->bias + f);
        float *out = t->out + f;
#pragma GCC unroll 2
        for (int pair = 0; pair < 2; pair++) {
#pragma GCC unroll 2
            for (int i = 0; i < 2; i++) {
                winograd_a(rows[pair * 2 + i], r[i], wide == 4);
#pragma GCC unroll 4
                for (int j = 0; j < 4; j++) {
                    r[i][j] = f32_add(r[i][j], bias);
                    if (pair * 2 + i < high && j < wide) poison = f32_fma(r[i][j], f32_set1(0), poison);
                    if (t->relu) r[i][j] = f32_relu(r[i][j]);
                }
            }
            if (pool) {
#pragma GCC unroll 2
                for (int j = 0; j < 2; j++) {
                    const V a = r[0][2 * j], b = r[0][2 * j + 1], c = r[1][2 * j], d = r[1][2 * j + 1];
                    r[0][j] = f32_max(f32_max(a, b), f32_max(c, d));
                    if (t->winners == NULL || j * by >= wide || pair * 2 >= high) continue;
                    uint8_t *winner = t->winners + (out + j * t->out_pixel - t->out);
                    if (left < N)
                        f32_store_winner_n(winner, a, b, c, r[0][j], left);
                    else
                        f32_store_winner(winner, a, b, c, r[0][j]);
                }
            }
#pragma GCC unroll 2
            for (int i = 0; i < 2; i++)
#pragma GCC unroll 4
                for (int j = 0; j < 4; j++) {
                    if ((pool && i > 0) || pair * 2 + i >= high || j * by >= wide) continue;
                    float *p = out + i * t->out_row + j * t->out_pixel;
                    if (left < N)
                        f32_store_n(p, r[i][j], left);
                    else
                        f32_store(p, r[i][j]);
                }
            out += 2 / by * t->out_row;
        }
    }
    float lanes[N];
    f32_store(lanes, poison);
    for (int i = 0; i < N; i++)
        if (lanes[i] != 0) return 0;
    return 1;
}

static int winograd_output(const struct winograd_output *t) {
    const int whole = t->rows * t->columns == (t->pool ? 4 : 16);
    if (t->pool) return whole ? winograd_output_tile(t, 1, 1) : winograd_output_tile(t, 1, 0);
    return whole ? winograd_output_tile(t, 0, 1) : winograd_output_tile(t, 0, 0);
}

#undef POINT_A
#undef POINT_B
#undef A2
#undef B2
#undef WEIGHT_A
#undef WEIGHT_B
#undef V
#undef N
