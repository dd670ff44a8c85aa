/* 256-bit vectors of AVX2 and FMA. sse2.h documents the functions. */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define SIMD_NAME avx2
#define F32_N 8
#define F64_N 4
#define I32_N 8
#define I16_N 16
/* 16 registers hold 6 x 2 sums, 2 weights and a pixel. */
#define CONV_PIXELS 6

/* Output rows of an image filter that are computed together, with two vectors of sums each. */
#define FILTER_ROWS 4

/* short_row and few_filters of kernels/table.h. */
#define SHORT_U8 I16_N
#define SHORT_32 2
#define FEW_I32 0

#define UNROLLED 1

#define TAILS_ARE_CHEAP 1
#define BYTE_TAILS_ARE_CHEAP 0

typedef __m256 f32_v;
typedef __m256d f64_v;
typedef __m256i i32_v;
typedef __m256i i16_v;

static inline __m256i avx2_mask32(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline __m256i avx2_mask64(int64_t n) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}

/* Stores the first n of 8 words. A masked store takes 20 times as long on AMD's processors. */
static inline void avx2_store_words(void *p, __m256i v, int64_t n) {
    char *out = p;
    __m128i part = _mm256_castsi256_si128(v);
    if (n >= 8) {
        _mm256_storeu_si256((__m256i *)p, v);
        return;
    }
    if (n & 4) {
        _mm_storeu_si128((__m128i *)out, part);
        part = _mm256_extracti128_si256(v, 1);
        out += 16;
    }
    if (n & 2) {
        _mm_storel_epi64((__m128i *)out, part);
        part = _mm_unpackhi_epi64(part, part);
        out += 8;
    }
    if (n & 1) {
        const int32_t last = _mm_cvtsi128_si32(part);
        memcpy(out, &last, sizeof last);
    }
}

static inline int32_t f32_round(float x) { return (int32_t)rintf(x); }
static inline int32_t f64_round(double x) { return (int32_t)rint(x); }
static inline f32_v f32_load(const float *p) { return _mm256_loadu_ps(p); }
static inline f32_v f32_load_n(const float *p, int64_t n) { return _mm256_maskload_ps(p, avx2_mask32(n)); }
static inline void f32_store(float *p, f32_v v) { _mm256_storeu_ps(p, v); }
static inline void f32_store_n(float *p, f32_v v, int64_t n) { avx2_store_words(p, _mm256_castps_si256(v), n); }
static inline f32_v f32_set1(float x) { return _mm256_set1_ps(x); }
static inline f32_v f32_fma(f32_v a, f32_v b, f32_v c) { return _mm256_fmadd_ps(a, b, c); }
static inline f32_v f32_relu(f32_v v) { return _mm256_max_ps(_mm256_setzero_ps(), v); }
static inline f32_v f32_max(f32_v a, f32_v b) { return _mm256_max_ps(a, b); }
static inline f32_v f32_add(f32_v a, f32_v b) { return _mm256_add_ps(a, b); }
static inline f32_v f32_sub(f32_v a, f32_v b) { return _mm256_sub_ps(a, b); }


static inline f64_v f64_load(const double *p) { return _mm256_loadu_pd(p); }
static inline f64_v f64_load_n(const double *p, int64_t n) { return _mm256_maskload_pd(p, avx2_mask64(n)); }
static inline void f64_store(double *p, f64_v v) { _mm256_storeu_pd(p, v); }
static inline void f64_store_n(double *p, f64_v v, int64_t n) { avx2_store_words(p, _mm256_castpd_si256(v), 2 * n); }
static inline f64_v f64_set1(double x) { return _mm256_set1_pd(x); }
static inline f64_v f64_fma(f64_v a, f64_v b, f64_v c) { return _mm256_fmadd_pd(a, b, c); }
static inline f64_v f64_relu(f64_v v) { return _mm256_max_pd(_mm256_setzero_pd(), v); }

static inline i32_v i32_load(const int32_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
static inline i32_v i32_load_n(const int32_t *p, int64_t n) { return _mm256_maskload_epi32(p, avx2_mask32(n)); }
static inline void i32_store(int32_t *p, i32_v v) { _mm256_storeu_si256((__m256i *)p, v); }
static inline void i32_store_n(int32_t *p, i32_v v, int64_t n) { avx2_store_words(p, v, n); }
static inline i32_v i32_set1(int32_t x) { return _mm256_set1_epi32(x); }
static inline i32_v i32_add(i32_v a, i32_v b) { return _mm256_add_epi32(a, b); }
static inline i32_v i32_fma(i32_v a, i32_v b, i32_v c) { return _mm256_add_epi32(_mm256_mullo_epi32(a, b), c); }
static inline i32_v i32_relu(i32_v v) { return _mm256_max_epi32(v, _mm256_setzero_si256()); }

static inline i16_v i16_load_u8(const uint8_t *p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p));
}
static inline i16_v i16_load_u8_n(const uint8_t *p, int64_t n) {
    uint8_t t[I16_N] = {0};
    memcpy(t, p, (size_t)n);
    return i16_load_u8(t);
}
static inline void i16_store_u8(uint8_t *p, i16_v v) { /* packing works in halves: bring quarters 0 and 2 together */
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(v, v), 0x08);
    _mm_storeu_si128((__m128i *)p, _mm256_castsi256_si128(packed));
}
static inline void i16_store_u8_n(uint8_t *p, i16_v v, int64_t n) {
    uint8_t t[I16_N];
    i16_store_u8(t, v);
    memcpy(p, t, (size_t)n);
}
static inline i16_v i16_set1(int16_t x) { return _mm256_set1_epi16(x); }
static inline i16_v i16_fma(i16_v a, i16_v b, i16_v c) { return _mm256_add_epi16(_mm256_mullo_epi16(a, b), c); }
static inline i16_v i16_pair_lo(i16_v a, i16_v b) { return _mm256_unpacklo_epi16(a, b); }
static inline i16_v i16_pair_hi(i16_v a, i16_v b) { return _mm256_unpackhi_epi16(a, b); }
static inline i16_v i16_set_pair(int16_t a, int16_t b) {
    return _mm256_set1_epi32((int32_t)((uint32_t)(uint16_t)a | (uint32_t)(uint16_t)b << 16));
}
static inline i32_v i32_pair_lo(i32_v a, i32_v b) { return _mm256_unpacklo_epi32(a, b); }
static inline i32_v i32_pair_hi(i32_v a, i32_v b) { return _mm256_unpackhi_epi32(a, b); }
static inline i32_v i32_dot_pair(i16_v a, i16_v b, i32_v c) { return _mm256_add_epi32(_mm256_madd_epi16(a, b), c); }
static inline void i32_dot_pairs(const i16_v x[2], i16_v weight, i32_v sum[2]) {
    sum[0] = i32_dot_pair(x[0], weight, sum[0]);
    sum[1] = i32_dot_pair(x[1], weight, sum[1]);
}
static inline i32_v n32_fma(i32_v a, i32_v b, i32_v c) {
    return i32_dot_pair(a, _mm256_and_si256(b, _mm256_set1_epi32(0xffff)), c);
}
static inline i32_v i32_widen_lo(i16_v v) { return _mm256_unpacklo_epi16(v, _mm256_srai_epi16(v, 15)); }
static inline i32_v i32_widen_hi(i16_v v) { return _mm256_unpackhi_epi16(v, _mm256_srai_epi16(v, 15)); }
static inline i16_v i16_pack(i32_v lo, i32_v hi) { return _mm256_packs_epi32(lo, hi); }
static inline f32_v f32_from_i32(i32_v v) { return _mm256_cvtepi32_ps(v); }
static inline f32_v f32_mul(f32_v a, f32_v b) { return _mm256_mul_ps(a, b); }
static inline i32_v i32_round_u8(f32_v v) { return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_set1_ps(255), v)); }
static inline f32_v f32_load_u8(const uint8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}
static inline f32_v f32_load_i8(const int8_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)p)));
}
static inline f32_v f32_load_i16(const int16_t *p) {
    return _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)p)));
}
static inline f32_v f32_load_i32(const int32_t *p) { return _mm256_cvtepi32_ps(i32_load(p)); }
static inline void i32_store_u8(uint8_t *p, i32_v a, i32_v b) { /* packing works in halves */
    __m256i packed = _mm256_packs_epi32(a, b);
    packed = _mm256_packus_epi16(packed, packed);
    packed = _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5));
    _mm_storeu_si128((__m128i *)p, _mm256_castsi256_si128(packed));
}

/* Products of bytes, for the narrowest image filter: in each 16-bit lane two neighbouring pixels times two weights. */
#define U8_PAIRS 1
static inline i16_v u8_load(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
static inline i16_v u8_set_pair(int a, int b) { return _mm256_set1_epi16((int16_t)((a & 0xff) | (b & 0xff) << 8)); }
static inline i16_v u8_pair_lo(i16_v a, i16_v b) { return _mm256_unpacklo_epi8(a, b); }
static inline i16_v u8_pair_hi(i16_v a, i16_v b) { return _mm256_unpackhi_epi8(a, b); }
/* In any order: with both products first, as for AVX-512, 16 registers are too few, and 7x7 took 2.8 ms instead of
 * 1.8. */
static inline void u8_dot_pairs(const i16_v x[2], i16_v weight, i16_v sum[2]) {
    sum[0] = _mm256_add_epi16(_mm256_maddubs_epi16(x[0], weight), sum[0]);
    sum[1] = _mm256_add_epi16(_mm256_maddubs_epi16(x[1], weight), sum[1]);
}

/* Pooling. */
#define U8_N 32
#define I8_N U8_N
typedef __m256i u8_v;
typedef __m256i i8_v;
static inline u8_v u8_load_n(const uint8_t *p, int64_t n) {
    uint8_t t[U8_N] = {0};
    memcpy(t, p, (size_t)n);
    return u8_load(t);
}
static inline void u8_store(uint8_t *p, u8_v v) { _mm256_storeu_si256((__m256i *)p, v); }
static inline void u8_store_n(uint8_t *p, u8_v v, int64_t n) {
    uint8_t t[U8_N];
    u8_store(t, v);
    memcpy(p, t, (size_t)n);
}
/* Saturates; undoes the order of unpacking. */
static inline u8_v u8_pack(i16_v lo, i16_v hi) { return _mm256_packus_epi16(lo, hi); }
/* Interleaves the two parts of each half, byte by byte. */
static inline u8_v u8_interleave(u8_v v) {
    const __m128i order = _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    return _mm256_shuffle_epi8(v, _mm256_broadcastsi128_si256(order));
}
static inline i8_v i8_load(const int8_t *p) { return u8_load((const uint8_t *)p); }
static inline i8_v i8_load_n(const int8_t *p, int64_t n) { return u8_load_n((const uint8_t *)p, n); }
static inline void i8_store(int8_t *p, i8_v v) { u8_store((uint8_t *)p, v); }
static inline void i8_store_n(int8_t *p, i8_v v, int64_t n) { u8_store_n((uint8_t *)p, v, n); }
static inline i16_v i16_load(const int16_t *p) { return u8_load((const uint8_t *)p); }
static inline i16_v i16_load_n(const int16_t *p, int64_t n) { return u8_load_n((const uint8_t *)p, 2 * n); }
static inline void i16_store(int16_t *p, i16_v v) { u8_store((uint8_t *)p, v); }
static inline void i16_store_n(int16_t *p, i16_v v, int64_t n) { u8_store_n((uint8_t *)p, v, 2 * n); }

static inline u8_v u8_larger(u8_v a, u8_v b) { return _mm256_max_epu8(a, b); }
static inline i8_v i8_larger(i8_v a, i8_v b) { return _mm256_max_epi8(a, b); }
static inline i16_v i16_larger(i16_v a, i16_v b) { return _mm256_max_epi16(a, b); }
static inline i32_v i32_larger(i32_v a, i32_v b) { return _mm256_max_epi32(a, b); }
/* VMAXPS returns the second operand if either is NaN. */
static inline f32_v f32_larger(f32_v a, f32_v b) {
    return _mm256_or_ps(_mm256_max_ps(a, b), _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
static inline f64_v f64_larger(f64_v a, f64_v b) {
    return _mm256_or_pd(_mm256_max_pd(a, b), _mm256_cmp_pd(a, a, _CMP_UNORD_Q));
}

/* Packing and shuffling work in halves and leave quarters 1 and 2 exchanged. */
static inline __m256i avx2_in_order(__m256i v) { return _mm256_permute4x64_epi64(v, 0xd8); }
static inline u8_v u8_even(u8_v a, u8_v b) {
    const __m256i low = _mm256_set1_epi16(0xff);
    return avx2_in_order(_mm256_packus_epi16(_mm256_and_si256(a, low), _mm256_and_si256(b, low)));
}
static inline u8_v u8_odd(u8_v a, u8_v b) {
    return avx2_in_order(_mm256_packus_epi16(_mm256_srli_epi16(a, 8), _mm256_srli_epi16(b, 8)));
}
static inline i8_v i8_even(i8_v a, i8_v b) { return u8_even(a, b); }
static inline i8_v i8_odd(i8_v a, i8_v b) { return u8_odd(a, b); }
static inline i16_v i16_even(i16_v a, i16_v b) {
    const __m256i low = _mm256_set1_epi32(0xffff);
    return avx2_in_order(_mm256_packus_epi32(_mm256_and_si256(a, low), _mm256_and_si256(b, low)));
}
static inline i16_v i16_odd(i16_v a, i16_v b) {
    return avx2_in_order(_mm256_packus_epi32(_mm256_srli_epi32(a, 16), _mm256_srli_epi32(b, 16)));
}
static inline f32_v f32_even(f32_v a, f32_v b) {
    return _mm256_castsi256_ps(avx2_in_order(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88))));
}
static inline f32_v f32_odd(f32_v a, f32_v b) {
    return _mm256_castsi256_ps(avx2_in_order(_mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xdd))));
}
static inline i32_v i32_even(i32_v a, i32_v b) {
    return _mm256_castps_si256(f32_even(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}
static inline i32_v i32_odd(i32_v a, i32_v b) {
    return _mm256_castps_si256(f32_odd(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b)));
}
static inline f64_v f64_even(f64_v a, f64_v b) { return _mm256_permute4x64_pd(_mm256_unpacklo_pd(a, b), 0xd8); }
static inline f64_v f64_odd(f64_v a, f64_v b) { return _mm256_permute4x64_pd(_mm256_unpackhi_pd(a, b), 0xd8); }
static inline f64_v f64_add(f64_v a, f64_v b) { return _mm256_add_pd(a, b); }
static inline f32_v f32_div(f32_v a, f32_v b) { return _mm256_div_ps(a, b); }
static inline f64_v f64_div(f64_v a, f64_v b) { return _mm256_div_pd(a, b); }
static inline int f32_any_equal(f32_v a, f32_v b) { return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)); }
static inline int f64_any_equal(f64_v a, f64_v b) { return _mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_EQ_OQ)); }
static inline f32_v f32_snap(f32_v v, f32_v x, f32_v y, f32_v part) {
    const __m256 sign = _mm256_set1_ps(-0.0f), near = _mm256_mul_ps(_mm256_andnot_ps(sign, v), part);
    const __m256 distance = _mm256_andnot_ps(sign, _mm256_sub_ps(v, x));
    const __m256 is_near = _mm256_cmp_ps(distance, near, _CMP_LE_OQ);
    return _mm256_blendv_ps(v, x, _mm256_and_ps(is_near, _mm256_cmp_ps(x, y, _CMP_EQ_OQ)));
}
static inline f64_v f64_snap(f64_v v, f64_v x, f64_v y, f64_v part) {
    const __m256d sign = _mm256_set1_pd(-0.0), near = _mm256_mul_pd(_mm256_andnot_pd(sign, v), part);
    const __m256d distance = _mm256_andnot_pd(sign, _mm256_sub_pd(v, x));
    const __m256d is_near = _mm256_cmp_pd(distance, near, _CMP_LE_OQ);
    return _mm256_blendv_pd(v, x, _mm256_and_pd(is_near, _mm256_cmp_pd(x, y, _CMP_EQ_OQ)));
}
static inline f64_v f32_low(f32_v v) { return _mm256_cvtps_pd(_mm256_castps256_ps128(v)); }
static inline f64_v f32_high(f32_v v) { return _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)); }
static inline f32_v f32_join(f64_v low, f64_v high) {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(low)), _mm256_cvtpd_ps(high), 1);
}
static inline f64_v f64_sub(f64_v a, f64_v b) { return _mm256_sub_pd(a, b); }
static inline f64_v f64_mul(f64_v a, f64_v b) { return _mm256_mul_pd(a, b); }

/* Gradients. */
typedef __m256 f32_m;
typedef __m256d f64_m;
static inline f32_m f32_wins(f32_v a, f32_v b) {
    return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_NLE_UQ), _mm256_cmp_ps(b, b, _CMP_ORD_Q));
}
static inline f64_m f64_wins(f64_v a, f64_v b) {
    return _mm256_and_pd(_mm256_cmp_pd(a, b, _CMP_NLE_UQ), _mm256_cmp_pd(b, b, _CMP_ORD_Q));
}
static inline f32_m f32_equal(f32_v a, f32_v b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
static inline f64_m f64_equal(f64_v a, f64_v b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
static inline f32_v f32_where(f32_m m, f32_v a, f32_v b) { return _mm256_blendv_ps(b, a, m); }
static inline f64_v f64_where(f64_m m, f64_v a, f64_v b) { return _mm256_blendv_pd(b, a, m); }
static inline f32_v f32_sqrt(f32_v v) { return _mm256_sqrt_ps(v); }
static inline f64_v f64_sqrt(f64_v v) { return _mm256_sqrt_pd(v); }
static inline void f32_turn4(f32_v v[4]) {
    const __m256d a = _mm256_castps_pd(_mm256_unpacklo_ps(v[0], v[1]));
    const __m256d b = _mm256_castps_pd(_mm256_unpackhi_ps(v[0], v[1]));
    const __m256d c = _mm256_castps_pd(_mm256_unpacklo_ps(v[2], v[3]));
    const __m256d d = _mm256_castps_pd(_mm256_unpackhi_ps(v[2], v[3]));
    v[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(a, c));
    v[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(a, c));
    v[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(b, d));
    v[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(b, d));
}
static inline void f32_store_quarters(float *p, int64_t step, f32_v v) {
    _mm_storeu_ps(p, _mm256_castps256_ps128(v));
    _mm_storeu_ps(p + step, _mm256_extractf128_ps(v, 1));
}

/* Pooling for training. */
#define HAS_SIFT 0
static inline void f32_store_winner(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest) {
    __m256 w = _mm256_castsi256_ps(_mm256_set1_epi32(3));
    w = _mm256_blendv_ps(w, _mm256_castsi256_ps(_mm256_set1_epi32(2)), _mm256_cmp_ps(c, largest, _CMP_EQ_OQ));
    w = _mm256_blendv_ps(w, _mm256_castsi256_ps(_mm256_set1_epi32(1)), _mm256_cmp_ps(b, largest, _CMP_EQ_OQ));
    w = _mm256_andnot_ps(_mm256_cmp_ps(a, largest, _CMP_EQ_OQ), w);
    w = _mm256_blendv_ps(w, _mm256_castsi256_ps(_mm256_set1_epi32(255)),
                         _mm256_cmp_ps(largest, _mm256_setzero_ps(), _CMP_NGT_UQ));
    const __m256i words = _mm256_castps_si256(w);
    const __m128i half = _mm_packs_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storel_epi64((__m128i *)p, _mm_packus_epi16(half, half));
}
static inline void f32_store_winner_n(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest, int64_t n) {
    uint8_t t[F32_N];
    f32_store_winner(t, a, b, c, largest);
    memcpy(p, t, (size_t)(n < F32_N ? n : F32_N));
}
static inline i32_v i32_load_u8(const uint8_t *p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
}
static inline i32_v i32_load_u8_n(const uint8_t *p, int64_t n) {
    uint8_t t[F32_N] = {0};
    memcpy(t, p, (size_t)(n < F32_N ? n : F32_N));
    return i32_load_u8(t);
}
static inline f32_v f32_open(f32_v v, i32_v which) {
    return _mm256_and_ps(v, _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(4), which)));
}
static inline f32_v f32_pick(const float *four, i32_v which) {
    return f32_open(_mm256_permutevar_ps(_mm256_broadcast_ps((const __m128 *)four), which), which);
}
