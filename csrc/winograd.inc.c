/* Winograd's F(4x4, 3x3) for float32: a tile of 4x4 outputs from a tile of 6x6 inputs with 36 multiplications a channel and
 * filter where the definition takes 144. From A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks"
 * (2015), with the interpolation points 0, 1, -1, 2, -2 and infinity.
 *
 * Pays (2-core AVX-512 machine, one thread, 64 -> 64 on (100, 13, 13, 64)): 4.1 ms against 8.3 ms direct.
 * The price is the error, which is that of the largest sum in the tile and not of each sum: about 2e-6 of it.
 */
#define V f32_v
#define N F32_N

/* One direction of the input's transform, d -> B^T d. */
static inline __attribute__((always_inline)) void winograd_b(const V d[6], V r[6]) {
    const V two = f32_set1(2), minus = f32_set1(-1), four = f32_set1(4), minus4 = f32_set1(-4), minus5 = f32_set1(-5),
            minus2 = f32_set1(-2);
    const V even = f32_fma(d[2], minus4, d[4]), odd = f32_fma(d[1], minus4, d[3]);
    const V even2 = f32_fma(d[2], minus, d[4]), odd2 = f32_fma(d[1], minus, d[3]);
    r[0] = f32_fma(d[0], four, f32_fma(d[2], minus5, d[4]));
    r[1] = f32_fma(odd, f32_set1(1), even);
    r[2] = f32_fma(odd, minus, even);
    r[3] = f32_fma(odd2, two, even2);
    r[4] = f32_fma(odd2, minus2, even2);
    r[5] = f32_fma(d[1], four, f32_fma(d[3], minus5, d[5]));
}

/* One direction of the output's transform, m -> A^T m. */
static inline __attribute__((always_inline)) void winograd_a(const V m[6], V r[4]) {
    const V one = f32_set1(1), minus = f32_set1(-1), two = f32_set1(2), four = f32_set1(4), eight = f32_set1(8);
    const V sum1 = f32_fma(m[1], one, m[2]), difference1 = f32_fma(m[2], minus, m[1]);
    const V sum2 = f32_fma(m[3], one, m[4]), difference2 = f32_fma(m[4], minus, m[3]);
    r[0] = f32_fma(m[0], one, f32_fma(sum1, one, sum2));
    r[1] = f32_fma(difference2, two, difference1);
    r[2] = f32_fma(sum2, four, sum1);
    r[3] = f32_fma(difference2, eight, f32_fma(difference1, one, m[5]));
}

/* One direction of the weights' transform, g -> G g. */
static inline __attribute__((always_inline)) void winograd_g(const V g[3], V r[6]) {
    const V quarter = f32_set1(1.0f / 4), sixth = f32_set1(-1.0f / 6), minus = f32_set1(-1), zero = f32_set1(0);
    const V outer = f32_fma(g[0], sixth, f32_fma(g[2], sixth, zero)), middle = f32_fma(g[1], sixth, zero);
    const V far = f32_fma(g[0], f32_set1(1.0f / 24), f32_fma(g[2], f32_set1(1.0f / 6), zero));
    const V half = f32_fma(g[1], f32_set1(1.0f / 12), zero);
    r[0] = f32_fma(g[0], quarter, zero);
    r[1] = f32_fma(middle, f32_set1(1), outer);
    r[2] = f32_fma(middle, minus, outer);
    r[3] = f32_fma(half, f32_set1(1), far);
    r[4] = f32_fma(half, minus, far);
    r[5] = g[2];
}

static void winograd_weights(const struct winograd_weights *t) {
    for (int64_t c = 0; c < t->channels; c++)
        for (int64_t f = 0; f < t->filters; f += N) {
            const int64_t left = t->filters - f;
            V rows[6][3], g[3], column[6];
            for (int b = 0; b < 3; b++) {
                for (int a = 0; a < 3; a++) {
                    const float *w = t->kernel + (a * 3 + b) * t->tap + c * t->channel + f;
                    g[a] = left < N ? f32_load_n(w, left) : f32_load(w);
                }
                winograd_g(g, column);
                for (int i = 0; i < 6; i++) rows[i][b] = column[i];
            }
            for (int i = 0; i < 6; i++) {
                winograd_g(rows[i], column);
                for (int j = 0; j < 6; j++) f32_store(t->out + (i * 6 + j) * t->out_point + c * t->out_channel + f, column[j]);
            }
        }
}

static inline __attribute__((always_inline)) void winograd_input_tile(const struct winograd_input *t, int whole) {
    for (int64_t c = 0; c < t->channels; c += N) {
        const int64_t left = t->channels - c;
        V rows[6][6], d[6], r[6];
        for (int j = 0; j < 6; j++) {
            for (int i = 0; i < 6; i++) {
                const float *p = t->in + i * t->row + j * t->pixel + c;
                const int inside = whole || (i >= t->first_row && i < t->end_row && j >= t->first_column && j < t->end_column);
                d[i] = !inside ? f32_set1(0) : left < N ? f32_load_n(p, left) : f32_load(p);
            }
            winograd_b(d, r);
            for (int i = 0; i < 6; i++) rows[i][j] = r[i];
        }
        for (int i = 0; i < 6; i++) {
            winograd_b(rows[i], r);
            for (int j = 0; j < 6; j++) {
                float *p = t->out + (i * 6 + j) * t->point + c;
                if (left < N)
                    f32_store_n(p, r[j], left);
                else
                    f32_store(p, r[j]);
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

static inline __attribute__((always_inline)) int winograd_output_tiles(const struct winograd_output *t, int pool) {
    V poison = f32_set1(0); /* x * 0 is NaN for what is not finite */
    const int by = pool ? 2 : 1;
    for (int64_t f = 0; f < t->filters; f += N) {
        const int64_t left = t->filters - f;
        V rows[4][6], m[6], r[4];
        for (int j = 0; j < 6; j++) {
            for (int i = 0; i < 6; i++) m[i] = f32_load(t->in + (i * 6 + j) * t->point + f);
            winograd_a(m, r);
            for (int i = 0; i < 4; i++) rows[i][j] = r[i];
        }
        const V bias = t->bias == NULL ? f32_set1(0) : left < N ? f32_load_n(t->bias + f, left) : f32_load(t->bias + f);
        V tile[4][4];
        for (int i = 0; i < 4; i++) {
            winograd_a(rows[i], r);
            for (int j = 0; j < 4; j++) {
                tile[i][j] = f32_fma(r[j], f32_set1(1), bias);
                poison = f32_fma(tile[i][j], f32_set1(0), poison);
            }
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++)
#pragma GCC unroll 4
            for (int j = 0; j < 4; j++) {
                if (i >= t->rows || j >= t->columns || (pool && (i > 1 || j > 1))) break;
                V y = tile[i * by % 4][j * by % 4];
                if (pool)
                    y = f32_max(f32_max(y, tile[2 * i % 4][(2 * j + 1) % 4]),
                                f32_max(tile[(2 * i + 1) % 4][2 * j % 4], tile[(2 * i + 1) % 4][(2 * j + 1) % 4]));
                if (t->relu) y = f32_relu(y);
                float *p = t->out + i * t->out_row + j * t->out_pixel + f;
                if (left < N)
                    f32_store_n(p, y, left);
                else
                    f32_store(p, y);
            }
    }
    float lanes[N];
    f32_store(lanes, poison);
    for (int i = 0; i < N; i++)
        if (lanes[i] != 0) return 0;
    return 1;
}

static int winograd_output(const struct winograd_output *t) {
    return t->pool ? winograd_output_tiles(t, 1) : winograd_output_tiles(t, 0);
}

#undef V
#undef N
