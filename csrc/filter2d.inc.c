/* uint8 image filters: multiply, add, scale, round half to even, clamp to 0..255, in one pass over memory.
 *
 * Three ways to an exact sum, from narrow to wide: 16-bit sums where 255 * sum|w| stays below 2^15, 16-bit products added
 * in pairs to 32-bit sums where the weights fit 16 bits, 32-bit products; and one in float32 for float weights.
 */
enum { LOCAL_TAPS = 121 };
enum filter_kind { SMALL, INT16, INT32, FLOAT };

struct sums {
    i16_v narrow;      /* SMALL */
    i32_v lo, hi;      /* INT16, INT32 */
    f32_v flo, fhi;    /* FLOAT */
};

static inline __attribute__((always_inline)) i16_v filter_load(const uint8_t *p, int64_t tail) {
    return tail ? i16_load_u8_n(p, tail) : i16_load_u8(p);
}

static inline __attribute__((always_inline)) struct sums filter_sums(const struct flat_tile *t, const uint8_t *in,
                                                                     enum filter_kind kind, int64_t taps_h,
                                                                     int64_t taps_w, int64_t tail) {
    const int64_t row = t->dilation_h * t->in_row, taps = taps_h * taps_w;
    const int32_t *w = t->weights;
    const float *wf = t->weights;
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
            if (kind == SMALL) {
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
    if (kind != FLOAT && scale == 1) return kind == SMALL ? s.narrow : i16_pack(s.lo, s.hi); /* the store saturates */
    if (kind == SMALL) {
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

static inline __attribute__((always_inline)) void filter_rows(const struct flat_tile *tile, enum filter_kind kind,
                                                              int64_t taps_h, int64_t taps_w) {
    /* Local copies: the compiler must take a store of bytes for a change of anything else. */
    struct flat_tile copy = *tile;
    const struct flat_tile *t = &copy;
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
            if (i + I16_N > t->length && t->length >= I16_N) i = t->length - I16_N; /* the same values again */
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

#ifdef U8_PAIRS
/* SMALL sums once more, from products of bytes: a load of neighbouring pixels makes the even outputs of one pair of taps
 * and the odd outputs of the next. Needs step 1, at least two columns, weights that fit a signed byte, and sum|w| <= 128, so
 * that no pair saturates. An odd last tap is paired with a zero weight before it, never with a pixel behind the row.
 *
 * Pays (2-core AVX-512 machine, one thread, 3x3 on 2048x2048): 0.31 ms against 0.67 ms from 16-bit products.
 */
static inline __attribute__((always_inline)) i16_v filter_scaled(i16_v v, float scale) {
    f32_v factor = f32_set1(scale);
    return i16_pack(i32_round_u8(f32_mul(f32_from_i32(i32_widen_lo(v)), factor)),
                    i32_round_u8(f32_mul(f32_from_i32(i32_widen_hi(v)), factor)));
}

enum { MOST_PAIRS = 66 }; /* of an 11x11 kernel */

/* `pairs` has (taps_w + 1) / 2 entries a row of the kernel. They are a local array of the caller, because the compiler must
 * take a store of bytes for a change of anything else, the weights included. */
static inline __attribute__((always_inline)) void filter_bytes(const uint8_t *in, int64_t in_row, const i16_v *pairs,
                                                               int64_t taps_h, int64_t taps_w, float scale,
                                                               uint8_t *out) {
    i16_v even = i16_set1(0), odd = i16_set1(0);
    for (int64_t a = 0; a < taps_h; a++, in += in_row) {
        for (int64_t b = 0; b + 2 <= taps_w; b += 2, pairs++) {
            even = u8_dot_pair(u8_load(in + b), *pairs, even);
            odd = u8_dot_pair(u8_load(in + b + 1), *pairs, odd);
        }
        if (taps_w % 2) {
            even = u8_dot_pair(u8_load(in + taps_w - 2), *pairs, even);
            odd = u8_dot_pair(u8_load(in + taps_w - 1), *pairs, odd);
            pairs++;
        }
    }
    i16_v lo = i16_pair_lo(even, odd), hi = i16_pair_hi(even, odd);
    if (scale != 1) {
        lo = filter_scaled(lo, scale);
        hi = filter_scaled(hi, scale);
    }
    i16_store_u8_halves(out, lo, hi);
}

static inline __attribute__((always_inline)) void filter_bytes_rows(const struct flat_tile *t, int64_t taps_h,
                                                                    int64_t taps_w) {
    const int32_t *w = t->weights;
    const int64_t length = t->length, in_row = t->dilation_h * t->in_row;
    const float scale = t->scale;
    i16_v pairs[MOST_PAIRS];
    int64_t count = 0;
    for (int64_t a = 0; a < taps_h; a++, w += taps_w) {
        for (int64_t b = 0; b + 2 <= taps_w; b += 2) pairs[count++] = u8_set_pair(w[b], w[b + 1]);
        if (taps_w % 2) pairs[count++] = u8_set_pair(0, w[taps_w - 1]);
    }
    for (int64_t r = 0; r < t->rows; r++) {
        const uint8_t *in = (const uint8_t *)t->in + r * t->stride_h * t->in_row;
        uint8_t *out = (uint8_t *)t->out + r * t->out_row;
        int64_t i = 0;
        for (; i + 2 * I16_N <= length; i += 2 * I16_N)
            filter_bytes(in + i, in_row, pairs, taps_h, taps_w, scale, out + i);
        if (i < length) { /* the same values again */
            i = length - 2 * I16_N;
            filter_bytes(in + i, in_row, pairs, taps_h, taps_w, scale, out + i);
        }
    }
}
#endif

#define FILTER(name, kind)                                       \
    static void name(const struct flat_tile *t) {                \
        if (t->kernel_h == 3 && t->kernel_w == 3)                \
            filter_rows(t, kind, 3, 3);                          \
        else                                                     \
            filter_rows(t, kind, t->kernel_h, t->kernel_w);      \
    }

FILTER(filter2d_narrow, SMALL)
FILTER(filter2d_int16, INT16)
FILTER(filter2d_int32, INT32)
FILTER(filter2d_float, FLOAT)
#undef FILTER

static void filter2d_small(const struct flat_tile *t) {
#ifdef U8_PAIRS
    int bytes = t->step == 1 && t->kernel_w > 1 && t->length >= 2 * I16_N &&
                t->kernel_h * ((t->kernel_w + 1) / 2) <= MOST_PAIRS;
    for (int64_t i = 0; i < t->kernel_h * t->kernel_w && bytes; i++) bytes = ((const int32_t *)t->weights)[i] <= INT8_MAX;
    if (bytes && t->kernel_h == 3 && t->kernel_w == 3) {
        filter_bytes_rows(t, 3, 3);
        return;
    }
    if (bytes) {
        filter_bytes_rows(t, t->kernel_h, t->kernel_w);
        return;
    }
#endif
    filter2d_narrow(t);
}
