/* Winograd's F(4x4, 3x3) for float32: a tile of 4x4 outputs from a tile of 6x6 inputs with 36 multiplications a channel
 * and filter where the definition takes 144. From A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural
 * Networks" (2015), with the interpolation points 0, 1, -1, 2, -2 and infinity.
 *
 * Pays (2-core AVX-512 machine, one thread, 64 -> 64 on (100, 13, 13, 64)): 4.1 ms against 8.3 ms direct.
 * The price is the error, which is that of the largest sum in the tile and not of each sum: about 2e-6 of it.
 */
#define V f32_v
#define N F32_N

/* One direction of the input's transform, d -> B^T d, its first or its second three values: all six of both directions
 * are more than registers hold. Sums by add, not by multiply-add, wherever the factor is 1: they run beside the
 * multiply-adds. */
static inline __attribute__((always_inline)) void winograd_b(const V d[6], V r[3], int second) {
    if (second) {
        const V even = f32_sub(d[4], d[2]), odd = f32_sub(d[3], d[1]);
        r[0] = f32_fma(odd, f32_set1(2), even);
        r[1] = f32_fma(odd, f32_set1(-2), even);
        r[2] = f32_fma(d[1], f32_set1(4), f32_fma(d[3], f32_set1(-5), d[5]));
    } else {
        const V even = f32_fma(d[2], f32_set1(-4), d[4]), odd = f32_fma(d[1], f32_set1(-4), d[3]);
        r[0] = f32_fma(d[0], f32_set1(4), f32_fma(d[2], f32_set1(-5), d[4]));
        r[1] = f32_add(even, odd);
        r[2] = f32_sub(even, odd);
    }
}

/* One direction of the output's transform, m -> A^T m; without the first of its values where these are not `whole`. */
static inline __attribute__((always_inline)) void winograd_a(const V m[6], V r[4], int whole) {
    const V two = f32_set1(2), four = f32_set1(4), eight = f32_set1(8);
    const V sum1 = f32_add(m[1], m[2]), difference1 = f32_sub(m[1], m[2]);
    const V sum2 = f32_add(m[3], m[4]), difference2 = f32_sub(m[3], m[4]);
    r[0] = f32_add(m[0], f32_add(sum1, sum2));
    r[1] = f32_fma(difference2, two, difference1);
    r[2] = f32_fma(sum2, four, sum1);
    r[3] = f32_fma(difference2, eight, f32_add(difference1, m[5]));
    if (whole) return;
    r[0] = r[1];
    r[1] = r[2];
    r[2] = r[3];
}

/* One direction of the weights' transform, g -> G g. */
static inline __attribute__((always_inline)) void winograd_g(const V g[3], V r[6]) {
    const V outer = f32_mul(f32_add(g[0], g[2]), f32_set1(-1.0f / 6)), middle = f32_mul(g[1], f32_set1(-1.0f / 6));
    const V far = f32_fma(g[0], f32_set1(1.0f / 24), f32_mul(g[2], f32_set1(1.0f / 6)));
    const V half = f32_mul(g[1], f32_set1(1.0f / 12));
    r[0] = f32_mul(g[0], f32_set1(1.0f / 4));
    r[1] = f32_add(outer, middle);
    r[2] = f32_sub(outer, middle);
    r[3] = f32_add(far, half);
    r[4] = f32_sub(far, half);
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

static void winograd_input(const struct winograd_input *t) {
    if (t->first_row == 0 && t->first_column == 0 && t->end_row == 6 && t->end_column == 6)
        winograd_input_tile(t, 1);
    else
        winograd_input_tile(t, 0);
}

static inline __attribute__((always_inline)) int winograd_output_tile(const struct winograd_output *t, int pool,
                                                                      int whole) {
    V poison = f32_set1(0); /* x * 0 is NaN for what is not finite; outputs beyond these hold nothing of meaning */
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
                for (int j = 0; j < 2; j++)
                    r[0][j] = f32_max(f32_max(r[0][2 * j], r[0][2 * j + 1]), f32_max(r[1][2 * j], r[1][2 * j + 1]));
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

#undef V
#undef N
