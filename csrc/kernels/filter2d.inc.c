/* uint8 image filters: multiply, add, scale, round half to even, clamp to 0..255, in one pass over memory.
 *
 * Three kinds of exact sum, from narrow to wide: SUM16, 16-bit sums where 255 * sum|w| stays below 2^15; INT16, 16-bit
 * products added in pairs to 32-bit sums, for weights that fit 16 bits; INT32, 32-bit products. FLOAT: float32 for
 * float weights. Each has a kernel for whole vectors and several rows (filter2d_rows.inc.c), and one for small tiles
 * here.
 */
enum { LOCAL_TAPS = 121 };
enum filter_kind { SUM16, INT16, INT32, FLOAT };

struct sums {
    i16_v narrow;      /* SUM16 */
    i32_v lo, hi;      /* INT16, INT32 */
    f32_v flo, fhi;    /* FLOAT */
};

static inline __attribute__((always_inline)) i16_v filter_load(const uint8_t *p, int64_t tail) {
    return tail ? i16_load_u8_n(p, tail) : i16_load_u8(p);
}

/* FLOAT with over CNN_SUM_BLOCK taps. */
static __attribute__((noinline)) struct sums filter_long_sums(const struct one_kernel_tile *t, const uint8_t *in,
                                                              int64_t tail) {
    struct sums s = {.flo = f32_set1(0), .fhi = f32_set1(0)};
    const float *w = t->weights;
    float spilled[2 * F32_N];
    double totals[2 * F32_N] = {0};
    for (int64_t a = 0, left = CNN_SUM_BLOCK; a < t->kernel_h; a++)
        for (int64_t b = 0; b < t->kernel_w; b++, left--) {
            if (left == 0) {
                f32_store(spilled, s.flo);
                f32_store(spilled + F32_N, s.fhi);
                f32_sum_block(spilled, 2 * F32_N, 0, totals);
                s.flo = s.fhi = f32_set1(0);
                left = CNN_SUM_BLOCK;
            }
            const i16_v x = filter_load(in + a * t->dilation_h * t->in_row + b * t->step, tail);
            const f32_v weight = f32_set1(*w++);
            s.flo = f32_fma(f32_from_i32(i32_widen_lo(x)), weight, s.flo);
            s.fhi = f32_fma(f32_from_i32(i32_widen_hi(x)), weight, s.fhi);
        }
    f32_store(spilled, s.flo);
    f32_store(spilled + F32_N, s.fhi);
    f32_sum_end(spilled, 2 * F32_N, totals);
    s.flo = f32_load(spilled);
    s.fhi = f32_load(spilled + F32_N);
    return s;
}

static inline __attribute__((always_inline)) struct sums filter_sums(const struct one_kernel_tile *t, const uint8_t *in,
                                                                     enum filter_kind kind, int64_t taps_h,
                                                                     int64_t taps_w, int64_t tail) {
    const int64_t row = t->dilation_h * t->in_row, taps = taps_h * taps_w;
    const int32_t *w = t->weights;
    const float *wf = t->weights;
    if (kind == FLOAT && taps > CNN_SUM_BLOCK) return filter_long_sums(t, in, tail);
    struct sums s = {i16_set1(0), i32_set1(0), i32_set1(0), f32_set1(0), f32_set1(0)};
    if (kind == INT16) { /* taps in pairs; an odd last one is paired with a zero */
        for (int64_t i = 0; i < taps; i += 2) {
            int64_t j = i + 1 < taps ? i + 1 : i;
            i16_v x = filter_load(in + i / taps_w * row + i % taps_w * t->step, tail);
            i16_v y = filter_load(in + j / taps_w * row + j % taps_w * t->step, tail);
            i16_v weights = i16_set_pair((int16_t)w[i], j > i ? (int16_t)w[j] : 0);
            s.lo = i32_dot_pair(i16_pair_lo(x, y), weights, s.lo);
            s.hi = i32_dot_pair(i16_pair_hi(x, y), weights, s.hi);
        }
        return s;
    }
    for (int64_t a = 0; a < taps_h; a++)
        for (int64_t b = 0; b < taps_w; b++) {
            i16_v x = filter_load(in + a * row + b * t->step, tail);
            if (kind == SUM16) {
                s.narrow = i16_fma(x, i16_set1((int16_t)w[a * taps_w + b]), s.narrow);
            } else if (kind == INT32) {
                i32_v weight = i32_set1(w[a * taps_w + b]);
                s.lo = i32_fma(i32_widen_lo(x), weight, s.lo);
                s.hi = i32_fma(i32_widen_hi(x), weight, s.hi);
            } else {
                f32_v weight = f32_set1(wf[a * taps_w + b]);
                s.flo = f32_fma(f32_from_i32(i32_widen_lo(x)), weight, s.flo);
                s.fhi = f32_fma(f32_from_i32(i32_widen_hi(x)), weight, s.fhi);
            }
        }
    return s;
}

static inline __attribute__((always_inline)) i16_v filter_finish(struct sums s, enum filter_kind kind, float scale) {
    if (kind != FLOAT && scale == 1) return kind == SUM16 ? s.narrow : i16_pack(s.lo, s.hi); /* the store saturates */
    if (kind == SUM16) {
        s.lo = i32_widen_lo(s.narrow);
        s.hi = i32_widen_hi(s.narrow);
    }
    if (kind != FLOAT) {
        s.flo = f32_from_i32(s.lo);
        s.fhi = f32_from_i32(s.hi);
    }
    f32_v factor = f32_set1(scale);
    return i16_pack(i32_round_u8(f32_mul(s.flo, factor)), i32_round_u8(f32_mul(s.fhi, factor)));
}

static inline __attribute__((always_inline)) void filter_rows(const struct one_kernel_tile *tile, enum filter_kind kind,
                                                              int64_t taps_h, int64_t taps_w) {
    /* Local copies: stores of bytes may alias anything else. */
    struct one_kernel_tile copy = *tile;
    const struct one_kernel_tile *t = &copy;
    int32_t weights[LOCAL_TAPS];
    if (taps_h * taps_w <= LOCAL_TAPS) {
        memcpy(weights, copy.weights, (size_t)(taps_h * taps_w) * sizeof *weights);
        copy.weights = weights;
    }
    for (int64_t r = 0; r < t->rows; r++) {
        const uint8_t *in = (const uint8_t *)t->in + r * t->stride_h * t->in_row;
        uint8_t *out = (uint8_t *)t->out + r * t->out_row;
        int64_t i = 0;
        for (; i + 2 * I16_N <= t->length; i += 2 * I16_N) {
            struct sums first = filter_sums(t, in + i, kind, taps_h, taps_w, 0);
            struct sums second = filter_sums(t, in + i + I16_N, kind, taps_h, taps_w, 0);
            i16_store_u8(out + i, filter_finish(first, kind, t->scale));
            i16_store_u8(out + i + I16_N, filter_finish(second, kind, t->scale));
        }
        while (i < t->length) {
            if (i + I16_N > t->length && t->length >= I16_N) i = t->length - I16_N; /* recomputes some values */
            if (i + I16_N <= t->length) {
                struct sums s = filter_sums(t, in + i, kind, taps_h, taps_w, 0);
                i16_store_u8(out + i, filter_finish(s, kind, t->scale));
            } else {
                struct sums s = filter_sums(t, in + i, kind, taps_h, taps_w, t->length - i);
                i16_store_u8_n(out + i, filter_finish(s, kind, t->scale), t->length - i);
            }
            i += I16_N;
        }
    }
}

/* Whole vectors and several rows at once: filter2d_rows.inc.c is included for each kind of sum. */
enum { MOST_GROUPS = 128 };
#define FILTER_WEIGHT int32_t
#define SHAPES SHAPE(3, 3) SHAPE(5, 5) SHAPE(7, 7)

static inline __attribute__((always_inline)) i16_v filter_scaled(i16_v v, float scale) {
    f32_v factor = f32_set1(scale);
    return i16_pack(i32_round_u8(f32_mul(f32_from_i32(i32_widen_lo(v)), factor)),
                    i32_round_u8(f32_mul(f32_from_i32(i32_widen_hi(v)), factor)));
}

/* Taps of group g, where a group has two. */
static inline int64_t pair_taps(int64_t g, int64_t taps_w) { return taps_w - 2 * g > 1 ? 2 : 1; }

#ifdef U8_PAIRS
/* SUM16 by products of bytes, two neighbouring pixels in a 16-bit lane: one vector of sums for even pixels, one for
 * odd. Weights must fit a signed byte, and sum|w| <= 128, so that no pair saturates. An odd last tap is paired with a
 * zero weight before it, never with a pixel behind the row; where taps are not adjacent, with itself.
 */
#define X bytes
#define OPERAND i16_v
#define SUM i16_v
#define PARTS 2
#define STEP_N (2 * I16_N)
static inline int64_t bytes_groups(int64_t taps_w) { return (taps_w + 1) / 2; }
static inline i16_v bytes_zero(void) { return i16_set1(0); }
static inline int bytes_weights(const int32_t *row, int near, int64_t g, int64_t taps_w, i16_v *out) {
    const int32_t *w = row + 2 * g;
    const int64_t n = pair_taps(g, taps_w);
    *out = n == 2 ? u8_set_pair(w[0], w[1]) : near ? u8_set_pair(0, w[0]) : u8_set_pair(w[0], 0);
    return w[0] != 0 || w[n - 1] != 0;
}
static inline void bytes_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, i16_v x[2]) {
    const int64_t n = pair_taps(g, taps_w);
    in += 2 * g * step;
    if (near) {
        x[0] = u8_load(in + n - 2);
        x[1] = u8_load(in + n - 1);
    } else {
        i16_v a = u8_load(in), b = n == 2 ? u8_load(in + step) : a;
        x[0] = u8_pair_lo(a, b);
        x[1] = u8_pair_hi(a, b);
    }
}
static inline void bytes_dots(const i16_v x[2], const i16_v *weight, i16_v sum[2]) { u8_dot_pairs(x, *weight, sum); }
static inline void bytes_finish(const i16_v sum[2], int near, float scale, uint8_t *out) {
    if (scale == 1) {
        u8_v packed = u8_pack(sum[0], sum[1]);
        u8_store(out, near ? u8_interleave(packed) : packed);
        return;
    }
    i16_v lo = near ? i16_pair_lo(sum[0], sum[1]) : sum[0], hi = near ? i16_pair_hi(sum[0], sum[1]) : sum[1];
    u8_store(out, u8_pack(filter_scaled(lo, scale), filter_scaled(hi, scale)));
}
#include "kernels/filter2d_rows.inc.c"
#else
/* SUM16 by 16-bit products. */
#define X narrow
#define OPERAND i16_v
#define SUM i16_v
#define PARTS 2
#define STEP_N (2 * I16_N)
static inline int64_t narrow_groups(int64_t taps_w) { return taps_w; }
static inline i16_v narrow_zero(void) { return i16_set1(0); }
static inline int narrow_weights(const int32_t *row, int near, int64_t g, int64_t taps_w, i16_v *out) {
    (void)near, (void)taps_w;
    *out = i16_set1((int16_t)row[g]);
    return row[g] != 0;
}
static inline void narrow_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, i16_v x[2]) {
    (void)near, (void)taps_w;
    x[0] = i16_load_u8(in + g * step);
    x[1] = i16_load_u8(in + g * step + I16_N);
}
static inline void narrow_dots(const i16_v x[2], const i16_v *weight, i16_v sum[2]) {
    sum[0] = i16_fma(x[0], *weight, sum[0]);
    sum[1] = i16_fma(x[1], *weight, sum[1]);
}
static inline void narrow_finish(const i16_v sum[2], int near, float scale, uint8_t *out) {
    (void)near;
    i16_store_u8(out, scale == 1 ? sum[0] : filter_scaled(sum[0], scale));
    i16_store_u8(out + I16_N, scale == 1 ? sum[1] : filter_scaled(sum[1], scale));
}
#include "kernels/filter2d_rows.inc.c"
#endif

/* INT16: pairs of 16-bit products. */
#define X words
#define OPERAND i16_v
#define SUM i32_v
#define PARTS 2
#define STEP_N I16_N
static inline int64_t words_groups(int64_t taps_w) { return (taps_w + 1) / 2; }
static inline i32_v words_zero(void) { return i32_set1(0); }
static inline int words_weights(const int32_t *row, int near, int64_t g, int64_t taps_w, i16_v *out) {
    const int32_t *w = row + 2 * g;
    const int64_t n = pair_taps(g, taps_w);
    const int16_t last = (int16_t)w[n - 1];
    *out = n == 2 ? i16_set_pair((int16_t)w[0], last) : near ? i16_set_pair(0, last) : i16_set_pair(last, 0);
    return w[0] != 0 || last != 0;
}
static inline void words_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, i16_v x[2]) {
    const int64_t n = pair_taps(g, taps_w);
    in += 2 * g * step;
    if (near) {
        x[0] = i16_load_u8(in + n - 2);
        x[1] = i16_load_u8(in + n - 1);
    } else {
        i16_v a = i16_load_u8(in), b = n == 2 ? i16_load_u8(in + step) : a;
        x[0] = i16_pair_lo(a, b);
        x[1] = i16_pair_hi(a, b);
    }
}
static inline void words_dots(const i16_v x[2], const i16_v *weight, i32_v sum[2]) { i32_dot_pairs(x, *weight, sum); }
static inline void words_finish(const i32_v sum[2], int near, float scale, uint8_t *out) {
    i32_v lo = near ? i32_pair_lo(sum[0], sum[1]) : sum[0], hi = near ? i32_pair_hi(sum[0], sum[1]) : sum[1];
    if (scale != 1) {
        f32_v factor = f32_set1(scale);
        lo = i32_round_u8(f32_mul(f32_from_i32(lo), factor));
        hi = i32_round_u8(f32_mul(f32_from_i32(hi), factor));
    }
    i16_store_u8(out, i16_pack(lo, hi));
}
#include "kernels/filter2d_rows.inc.c"
#undef SHAPES
#undef FILTER_WEIGHT

/* FLOAT. */
#define FILTER_WEIGHT float
#define SHAPES SHAPE(3, 3) SHAPE(5, 5)
#define X real
#define OPERAND f32_v
#define SUM f32_v
#define PARTS 2
#define STEP_N (2 * F32_N)
static inline int64_t real_groups(int64_t taps_w) { return taps_w; }
static inline f32_v real_zero(void) { return f32_set1(0); }
static inline int real_weights(const float *row, int near, int64_t g, int64_t taps_w, f32_v *out) {
    (void)near, (void)taps_w;
    *out = f32_set1(row[g]);
    return row[g] != 0;
}
static inline void real_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, f32_v x[2]) {
    (void)near, (void)taps_w;
    x[0] = f32_load_u8(in + g * step);
    x[1] = f32_load_u8(in + g * step + F32_N);
}
static inline void real_dots(const f32_v x[2], const f32_v *weight, f32_v sum[2]) {
    sum[0] = f32_fma(x[0], *weight, sum[0]);
    sum[1] = f32_fma(x[1], *weight, sum[1]);
}
static inline void real_finish(const f32_v sum[2], int near, float scale, uint8_t *out) {
    (void)near;
    f32_v factor = f32_set1(scale); /* also if it is 1, because the cost is small */
    i32_store_u8(out, i32_round_u8(f32_mul(sum[0], factor)), i32_round_u8(f32_mul(sum[1], factor)));
}
#include "kernels/filter2d_rows.inc.c"
#undef SHAPES
#undef FILTER_WEIGHT

#ifdef U8_PAIRS
static int sum16_filter(const struct one_kernel_tile *t) {
    for (int64_t i = 0; i < t->kernel_h * t->kernel_w; i++)
        if (((const int32_t *)t->weights)[i] > INT8_MAX) return 0;
    return bytes_filter(t);
}
#else
#define sum16_filter narrow_filter
#endif

static void filter2d_sum16(const struct one_kernel_tile *t) {
    if (!sum16_filter(t)) filter_rows(t, SUM16, t->kernel_h, t->kernel_w);
}

static void filter2d_int16(const struct one_kernel_tile *t) {
    if (!words_filter(t)) filter_rows(t, INT16, t->kernel_h, t->kernel_w);
}

static void filter2d_int32(const struct one_kernel_tile *t) {
    filter_rows(t, INT32, t->kernel_h, t->kernel_w);
}

static void filter2d_float(const struct one_kernel_tile *t) {
    if (!real_filter(t)) filter_rows(t, FLOAT, t->kernel_h, t->kernel_w);
}
