/* 128-bit vectors of baseline x86-64. Every header of this folder has the same functions:
 *   X_load(p), X_load_n(p, n)           N values, or the first n followed by zeros; nothing else is read
 *   X_store(p, v), X_store_n(p, v, n)   likewise
 *   X_set1, X_add, X_fma (a * b + c), X_relu (NaN stays NaN)   for f32, f64, i32
 *   X_larger, X_even, X_odd             for pooling, of every type; see below
 *   i16_load_u8 ... i32_round_u8        for image filters; see below
 */
#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define SIMD_NAME sse2
#define F32_N 4
#define F64_N 2
#define I32_N 4
#define I16_N 8
/* Pixels of a convolution pass: 16 registers hold their 6 x 2 sums, 2 weights and 2 products. */
#define CONV_PIXELS 6

/* Output rows of an image filter that are computed together, with two vectors of sums each. */
#define FILTER_ROWS 2

/* short_row and few_filters of kernels/table.h. */
#define SHORT_U8 I16_N
#define SHORT_32 F32_N
#define FEW_I32 2

/* 1: unrolled kernels for the most common sizes, which take long to compile; most processors have AVX2 or NEON. */
#define UNROLLED 0

#define TAILS_ARE_CHEAP 0 /* 1: X_load_n is a single instruction */
#define BYTE_TAILS_ARE_CHEAP 0 /* 1: so are those of 8 and 16 bits, and there is f32_load_X_n */

typedef __m128 f32_v;
typedef __m128d f64_v;
typedef __m128i i32_v;
typedef __m128i i16_v;

/* Loads the first n of 4 words without a copy through memory. */
static inline __m128i sse2_load_words(const void *p, int64_t n) {
    int32_t last = 0;
    if (n >= 4) return _mm_loadu_si128((const __m128i *)p);
    if (n & 1) memcpy(&last, (const char *)p + 4 * (n - 1), sizeof last);
    const __m128i odd = _mm_cvtsi32_si128(last);
    return n & 2 ? _mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)p), odd) : odd;
}
static inline void sse2_store_words(void *p, __m128i v, int64_t n) {
    if (n >= 4) {
        _mm_storeu_si128((__m128i *)p, v);
        return;
    }
    if (n & 2) {
        _mm_storel_epi64((__m128i *)p, v);
        v = _mm_unpackhi_epi64(v, v);
    }
    const int32_t last = _mm_cvtsi128_si32(v);
    if (n & 1) memcpy((char *)p + 4 * (n - 1), &last, sizeof last);
}

/* One value, rounded half to even by the conversion, because SSE2 has no rounding instruction. */
static inline int32_t f32_round(float x) { return _mm_cvtss_si32(_mm_set_ss(x)); }
static inline int32_t f64_round(double x) { return _mm_cvtsd_si32(_mm_set_sd(x)); }
static inline f32_v f32_load(const float *p) { return _mm_loadu_ps(p); }
static inline f32_v f32_load_n(const float *p, int64_t n) {
    return _mm_castsi128_ps(sse2_load_words(p, n));
}
static inline void f32_store(float *p, f32_v v) { _mm_storeu_ps(p, v); }
static inline void f32_store_n(float *p, f32_v v, int64_t n) {
    sse2_store_words(p, _mm_castps_si128(v), n);
}
static inline f32_v f32_set1(float x) { return _mm_set1_ps(x); }
static inline f32_v f32_fma(f32_v a, f32_v b, f32_v c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
static inline f32_v f32_relu(f32_v v) { return _mm_max_ps(_mm_setzero_ps(), v); } /* of a NaN: the second operand */
static inline f32_v f32_max(f32_v a, f32_v b) { return _mm_max_ps(a, b); } /* where no value is NaN */
static inline f32_v f32_add(f32_v a, f32_v b) { return _mm_add_ps(a, b); }
static inline f32_v f32_sub(f32_v a, f32_v b) { return _mm_sub_ps(a, b); }


static inline f64_v f64_load(const double *p) { return _mm_loadu_pd(p); }
static inline f64_v f64_load_n(const double *p, int64_t n) {
    return _mm_castsi128_pd(sse2_load_words(p, 2 * n));
}
static inline void f64_store(double *p, f64_v v) { _mm_storeu_pd(p, v); }
static inline void f64_store_n(double *p, f64_v v, int64_t n) {
    sse2_store_words(p, _mm_castpd_si128(v), 2 * n);
}
static inline f64_v f64_set1(double x) { return _mm_set1_pd(x); }
static inline f64_v f64_fma(f64_v a, f64_v b, f64_v c) { return _mm_add_pd(_mm_mul_pd(a, b), c); }
static inline f64_v f64_relu(f64_v v) { return _mm_max_pd(_mm_setzero_pd(), v); }

static inline i32_v i32_load(const int32_t *p) { return _mm_loadu_si128((const __m128i *)p); }
static inline i32_v i32_load_n(const int32_t *p, int64_t n) {
    return sse2_load_words(p, n);
}
static inline void i32_store(int32_t *p, i32_v v) { _mm_storeu_si128((__m128i *)p, v); }
static inline void i32_store_n(int32_t *p, i32_v v, int64_t n) {
    sse2_store_words(p, v, n);
}
static inline i32_v i32_set1(int32_t x) { return _mm_set1_epi32(x); }
static inline i32_v i32_add(i32_v a, i32_v b) { return _mm_add_epi32(a, b); }
static inline i32_v i32_fma(i32_v a, i32_v b, i32_v c) { /* SSE2 multiplies only every second lane, to 64 bits */
    __m128i even = _mm_mul_epu32(a, b), odd = _mm_mul_epu32(_mm_srli_si128(a, 4), _mm_srli_si128(b, 4));
    __m128i product = _mm_unpacklo_epi32(_mm_shuffle_epi32(even, 0x08), _mm_shuffle_epi32(odd, 0x08));
    return _mm_add_epi32(product, c);
}
static inline i32_v i32_relu(i32_v v) { return _mm_and_si128(v, _mm_cmpgt_epi32(v, _mm_setzero_si128())); }

/* Image filters. A pair is two vectors of 16-bit values interleaved; "lo" and "hi" halves are whatever two halves the
 * machine interleaves cheaply, as long as i16_pack(lo, hi) puts them back in order. */
static inline i16_v i16_load_u8(const uint8_t *p) {
    return _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)p), _mm_setzero_si128());
}
static inline i16_v i16_load_u8_n(const uint8_t *p, int64_t n) {
    uint8_t t[I16_N] = {0};
    memcpy(t, p, (size_t)n);
    return i16_load_u8(t);
}
static inline void i16_store_u8(uint8_t *p, i16_v v) { _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(v, v)); }
static inline void i16_store_u8_n(uint8_t *p, i16_v v, int64_t n) {
    uint8_t t[I16_N];
    i16_store_u8(t, v);
    memcpy(p, t, (size_t)n);
}
static inline i16_v i16_set1(int16_t x) { return _mm_set1_epi16(x); }
static inline i16_v i16_fma(i16_v a, i16_v b, i16_v c) { return _mm_add_epi16(_mm_mullo_epi16(a, b), c); }
static inline i16_v i16_pair_lo(i16_v a, i16_v b) { return _mm_unpacklo_epi16(a, b); }
static inline i16_v i16_pair_hi(i16_v a, i16_v b) { return _mm_unpackhi_epi16(a, b); }
static inline i16_v i16_set_pair(int16_t a, int16_t b) {
    return _mm_set1_epi32((int32_t)((uint32_t)(uint16_t)a | (uint32_t)(uint16_t)b << 16));
}
static inline i32_v i32_pair_lo(i32_v a, i32_v b) { return _mm_unpacklo_epi32(a, b); }
static inline i32_v i32_pair_hi(i32_v a, i32_v b) { return _mm_unpackhi_epi32(a, b); }
static inline i32_v i32_dot_pair(i16_v a, i16_v b, i32_v c) { return _mm_add_epi32(_mm_madd_epi16(a, b), c); }
static inline void i32_dot_pairs(const i16_v x[2], i16_v weight, i32_v sum[2]) {
    sum[0] = i32_dot_pair(x[0], weight, sum[0]);
    sum[1] = i32_dot_pair(x[1], weight, sum[1]);
}
/* a * b + c where a and b fit 16 bits. The high halves hold signs; that of b is cleared. One instruction, where a full
 * 32-bit product takes two or more. */
static inline i32_v n32_fma(i32_v a, i32_v b, i32_v c) {
    return i32_dot_pair(a, _mm_and_si128(b, _mm_set1_epi32(0xffff)), c);
}
static inline i32_v i32_widen_lo(i16_v v) { return _mm_unpacklo_epi16(v, _mm_srai_epi16(v, 15)); }
static inline i32_v i32_widen_hi(i16_v v) { return _mm_unpackhi_epi16(v, _mm_srai_epi16(v, 15)); }
static inline i16_v i16_pack(i32_v lo, i32_v hi) { return _mm_packs_epi32(lo, hi); }
static inline f32_v f32_from_i32(i32_v v) { return _mm_cvtepi32_ps(v); }
static inline f32_v f32_mul(f32_v a, f32_v b) { return _mm_mul_ps(a, b); }
/* Rounded half to even; 255 above 255. Below 0, and for NaN, a negative value, which packing and storing turn into
 * 0. */
static inline i32_v i32_round_u8(f32_v v) { return _mm_cvtps_epi32(_mm_min_ps(_mm_set1_ps(255), v)); }
static inline f32_v f32_load_u8(const uint8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), _mm_setzero_si128());
    return _mm_cvtepi32_ps(_mm_unpacklo_epi16(words, _mm_setzero_si128()));
}
/* F32_N values of a type as floats, for the means of integers; the first n with BYTE_TAILS_ARE_CHEAP. */
static inline f32_v f32_load_i8(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    const __m128i twice = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), _mm_cvtsi32_si128(four));
    return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(twice, twice), 24));
}
static inline f32_v f32_load_i16(const int16_t *p) {
    const __m128i words = _mm_loadl_epi64((const __m128i *)p);
    return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(words, words), 16));
}
static inline f32_v f32_load_i32(const int32_t *p) { return _mm_cvtepi32_ps(i32_load(p)); }

/* Pooling: X_larger(a, b) is the larger one, lane by lane; NaN wins over every number, and b over its equal.
 * X_even(a, b), X_odd(a, b): lanes 0, 2, 4 ... or 1, 3, 5 ... of a, then of b. */
#define U8_N 16
#define I8_N U8_N
typedef __m128i u8_v;
typedef __m128i i8_v;
static inline u8_v u8_load(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)p); }
static inline u8_v u8_load_n(const uint8_t *p, int64_t n) {
    uint8_t t[U8_N] = {0};
    memcpy(t, p, (size_t)n);
    return u8_load(t);
}
static inline void u8_store(uint8_t *p, u8_v v) { _mm_storeu_si128((__m128i *)p, v); }
static inline void u8_store_n(uint8_t *p, u8_v v, int64_t n) {
    uint8_t t[U8_N];
    u8_store(t, v);
    memcpy(p, t, (size_t)n);
}
static inline i8_v i8_load(const int8_t *p) { return u8_load((const uint8_t *)p); }
static inline i8_v i8_load_n(const int8_t *p, int64_t n) { return u8_load_n((const uint8_t *)p, n); }
static inline void i8_store(int8_t *p, i8_v v) { u8_store((uint8_t *)p, v); }
static inline void i8_store_n(int8_t *p, i8_v v, int64_t n) { u8_store_n((uint8_t *)p, v, n); }
static inline i16_v i16_load(const int16_t *p) { return u8_load((const uint8_t *)p); }
static inline i16_v i16_load_n(const int16_t *p, int64_t n) { return u8_load_n((const uint8_t *)p, 2 * n); }
static inline void i16_store(int16_t *p, i16_v v) { u8_store((uint8_t *)p, v); }
static inline void i16_store_n(int16_t *p, i16_v v, int64_t n) { u8_store_n((uint8_t *)p, v, 2 * n); }

static inline __m128i sse2_select(__m128i mask, __m128i a, __m128i b) {
    return _mm_or_si128(_mm_and_si128(mask, a), _mm_andnot_si128(mask, b));
}
static inline u8_v u8_larger(u8_v a, u8_v b) { return _mm_max_epu8(a, b); }
static inline i8_v i8_larger(i8_v a, i8_v b) { return sse2_select(_mm_cmpgt_epi8(a, b), a, b); }
static inline i16_v i16_larger(i16_v a, i16_v b) { return _mm_max_epi16(a, b); }
static inline i32_v i32_larger(i32_v a, i32_v b) { return sse2_select(_mm_cmpgt_epi32(a, b), a, b); }
/* MAXPS returns the second operand if either is NaN. */
static inline f32_v f32_larger(f32_v a, f32_v b) { return _mm_or_ps(_mm_max_ps(a, b), _mm_cmpunord_ps(a, a)); }
static inline f64_v f64_larger(f64_v a, f64_v b) { return _mm_or_pd(_mm_max_pd(a, b), _mm_cmpunord_pd(a, a)); }

static inline u8_v u8_even(u8_v a, u8_v b) {
    return _mm_packus_epi16(_mm_and_si128(a, _mm_set1_epi16(0xff)), _mm_and_si128(b, _mm_set1_epi16(0xff)));
}
static inline u8_v u8_odd(u8_v a, u8_v b) { return _mm_packus_epi16(_mm_srli_epi16(a, 8), _mm_srli_epi16(b, 8)); }
static inline i8_v i8_even(i8_v a, i8_v b) { return u8_even(a, b); }
static inline i8_v i8_odd(i8_v a, i8_v b) { return u8_odd(a, b); }
static inline i16_v i16_even(i16_v a, i16_v b) {
    return _mm_packs_epi32(_mm_srai_epi32(_mm_slli_epi32(a, 16), 16), _mm_srai_epi32(_mm_slli_epi32(b, 16), 16));
}
static inline i16_v i16_odd(i16_v a, i16_v b) { return _mm_packs_epi32(_mm_srai_epi32(a, 16), _mm_srai_epi32(b, 16)); }
static inline f32_v f32_even(f32_v a, f32_v b) { return _mm_shuffle_ps(a, b, 0x88); }
static inline f32_v f32_odd(f32_v a, f32_v b) { return _mm_shuffle_ps(a, b, 0xdd); }
static inline i32_v i32_even(i32_v a, i32_v b) {
    return _mm_castps_si128(f32_even(_mm_castsi128_ps(a), _mm_castsi128_ps(b)));
}
static inline i32_v i32_odd(i32_v a, i32_v b) {
    return _mm_castps_si128(f32_odd(_mm_castsi128_ps(a), _mm_castsi128_ps(b)));
}
static inline f64_v f64_even(f64_v a, f64_v b) { return _mm_unpacklo_pd(a, b); }
static inline f64_v f64_odd(f64_v a, f64_v b) { return _mm_unpackhi_pd(a, b); }
static inline f64_v f64_add(f64_v a, f64_v b) { return _mm_add_pd(a, b); }
static inline f32_v f32_div(f32_v a, f32_v b) { return _mm_div_ps(a, b); }
static inline f64_v f64_div(f64_v a, f64_v b) { return _mm_div_pd(a, b); }

/* Gradients. X_m is a mask of lanes. X_wins(a, b): where a maximum goes from b to a behind it: a is larger, or a is NaN
 * and b is not. X_where(m, a, b): a where the mask is set, else b. */
typedef __m128 f32_m;
typedef __m128d f64_m;
static inline f32_m f32_wins(f32_v a, f32_v b) { return _mm_and_ps(_mm_cmpnle_ps(a, b), _mm_cmpord_ps(b, b)); }
static inline f64_m f64_wins(f64_v a, f64_v b) { return _mm_and_pd(_mm_cmpnle_pd(a, b), _mm_cmpord_pd(b, b)); }
static inline f32_m f32_equal(f32_v a, f32_v b) { return _mm_cmpeq_ps(a, b); }
static inline f64_m f64_equal(f64_v a, f64_v b) { return _mm_cmpeq_pd(a, b); }
static inline f32_v f32_where(f32_m m, f32_v a, f32_v b) { return _mm_or_ps(_mm_and_ps(m, a), _mm_andnot_ps(m, b)); }
static inline f64_v f64_where(f64_m m, f64_v a, f64_v b) { return _mm_or_pd(_mm_and_pd(m, a), _mm_andnot_pd(m, b)); }
static inline f64_v f64_sub(f64_v a, f64_v b) { return _mm_sub_pd(a, b); }
static inline f64_v f64_mul(f64_v a, f64_v b) { return _mm_mul_pd(a, b); }
static inline f32_v f32_sqrt(f32_v v) { return _mm_sqrt_ps(v); }
static inline f64_v f64_sqrt(f64_v v) { return _mm_sqrt_pd(v); }
/* f32_turn4 transposes the 4x4 values in the same quarter of four vectors; f32_store_quarters stores the quarters of
 * 128 bits `step` values apart. */
static inline void f32_turn4(f32_v v[4]) { _MM_TRANSPOSE4_PS(v[0], v[1], v[2], v[3]); }
static inline void f32_store_quarters(float *p, int64_t step, f32_v v) {
    (void)step;
    _mm_storeu_ps(p, v);
}

/* Pooling for training, where a window has four values, a, b, c and d in order, and `which` of them has won is a byte
 * or a word: 0 to 3, or 255 where none is above 0.
 *   f32_store_winner(p, a, b, c, largest), f32_store_winner_n   the first that equals `largest`
 *   i32_load_u8(p), i32_load_u8_n(p, n)   bytes as words
 *   f32_pick(four, which)                 four[which] in each lane; 0 where none has won
 *   f32_open(v, which)                    v, but 0 where none has won
 */
#define HAS_SIFT 0 /* see avx512.h */
static inline void f32_store_winner(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest) {
    __m128i w = _mm_set1_epi32(3);
    w = sse2_select(_mm_castps_si128(_mm_cmpeq_ps(c, largest)), _mm_set1_epi32(2), w);
    w = sse2_select(_mm_castps_si128(_mm_cmpeq_ps(b, largest)), _mm_set1_epi32(1), w);
    w = _mm_andnot_si128(_mm_castps_si128(_mm_cmpeq_ps(a, largest)), w);
    w = sse2_select(_mm_castps_si128(_mm_cmpgt_ps(largest, _mm_setzero_ps())), w, _mm_set1_epi32(255));
    w = _mm_packs_epi32(w, w);
    const int32_t four = _mm_cvtsi128_si32(_mm_packus_epi16(w, w));
    memcpy(p, &four, sizeof four);
}
static inline void f32_store_winner_n(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest, int64_t n) {
    uint8_t t[F32_N];
    f32_store_winner(t, a, b, c, largest);
    memcpy(p, t, (size_t)(n < F32_N ? n : F32_N));
}
static inline i32_v i32_load_u8(const uint8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    const __m128i words = _mm_unpacklo_epi8(_mm_cvtsi32_si128(four), _mm_setzero_si128());
    return _mm_unpacklo_epi16(words, _mm_setzero_si128());
}
static inline i32_v i32_load_u8_n(const uint8_t *p, int64_t n) {
    uint8_t t[F32_N] = {0};
    memcpy(t, p, (size_t)(n < F32_N ? n : F32_N));
    return i32_load_u8(t);
}
static inline f32_v f32_open(f32_v v, i32_v which) {
    return _mm_and_ps(v, _mm_castsi128_ps(_mm_cmplt_epi32(which, _mm_set1_epi32(4))));
}
static inline f32_v sse2_where(i32_v which, int index, f32_v v) {
    return _mm_and_ps(v, _mm_castsi128_ps(_mm_cmpeq_epi32(which, _mm_set1_epi32(index))));
}
static inline f32_v f32_pick(const float *four, i32_v which) {
    return _mm_or_ps(
        _mm_or_ps(sse2_where(which, 0, _mm_set1_ps(four[0])), sse2_where(which, 1, _mm_set1_ps(four[1]))),
        _mm_or_ps(sse2_where(which, 2, _mm_set1_ps(four[2])), sse2_where(which, 3, _mm_set1_ps(four[3]))));
}
/* Stores two vectors in order, clamped to 0..255. */
static inline void i32_store_u8(uint8_t *p, i32_v a, i32_v b) { i16_store_u8(p, _mm_packs_epi32(a, b)); }
/* Not 0 where some value of a equals that of b. */
static inline int f32_any_equal(f32_v a, f32_v b) { return _mm_movemask_ps(_mm_cmpeq_ps(a, b)); }
static inline int f64_any_equal(f64_v a, f64_v b) { return _mm_movemask_pd(_mm_cmpeq_pd(a, b)); }
/* x where x = y and |v - x| <= part * |v|, else v. */
static inline f32_v f32_snap(f32_v v, f32_v x, f32_v y, f32_v part) {
    const __m128 sign = _mm_set1_ps(-0.0f), near = _mm_mul_ps(_mm_andnot_ps(sign, v), part);
    const __m128 distance = _mm_andnot_ps(sign, _mm_sub_ps(v, x));
    const __m128 is_near = _mm_and_ps(_mm_cmple_ps(distance, near), _mm_cmpeq_ps(x, y));
    return _mm_or_ps(_mm_and_ps(is_near, x), _mm_andnot_ps(is_near, v));
}
static inline f64_v f64_snap(f64_v v, f64_v x, f64_v y, f64_v part) {
    const __m128d sign = _mm_set1_pd(-0.0), near = _mm_mul_pd(_mm_andnot_pd(sign, v), part);
    const __m128d distance = _mm_andnot_pd(sign, _mm_sub_pd(v, x));
    const __m128d is_near = _mm_and_pd(_mm_cmple_pd(distance, near), _mm_cmpeq_pd(x, y));
    return _mm_or_pd(_mm_and_pd(is_near, x), _mm_andnot_pd(is_near, v));
}
/* The first and the last half of v in doubles, and both put together again. */
static inline f64_v f32_low(f32_v v) { return _mm_cvtps_pd(v); }
static inline f64_v f32_high(f32_v v) { return _mm_cvtps_pd(_mm_movehl_ps(v, v)); }
static inline f32_v f32_join(f64_v low, f64_v high) { return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high)); }
