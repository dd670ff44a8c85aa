/* 512-bit vectors of AVX-512 F, BW, VL and DQ. sse2.h documents the functions. */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#define SIMD_NAME avx512
#define F32_N 16
#define F64_N 8
#define I32_N 16
#define I16_N 32
/* 32 registers hold 14 x 2 sums, 2 weights and a pixel. */
#define CONV_PIXELS 14

/* Output rows of an image filter that are computed together, with two vectors of sums each. */
#define FILTER_ROWS 4

/* short_row and few_filters of kernels/table.h. */
#define SHORT_U8 4
#define SHORT_32 2
#define FEW_I32 0

#define UNROLLED 1

#define TAILS_ARE_CHEAP 1
#define BYTE_TAILS_ARE_CHEAP 1

typedef __m512 f32_v;
typedef __m512d f64_v;
typedef __m512i i32_v;
typedef __m512i i16_v;

static inline uint32_t avx512_mask(int64_t n) { return n >= 32 ? 0xffffffffu : (1u << n) - 1; }

static inline int32_t f32_round(float x) { return (int32_t)rintf(x); }
static inline int32_t f64_round(double x) { return (int32_t)rint(x); }
static inline f32_v f32_load(const float *p) { return _mm512_loadu_ps(p); }
static inline f32_v f32_load_n(const float *p, int64_t n) {
    return _mm512_maskz_loadu_ps((__mmask16)avx512_mask(n), p);
}
static inline void f32_store(float *p, f32_v v) { _mm512_storeu_ps(p, v); }
static inline void f32_store_n(float *p, f32_v v, int64_t n) {
    _mm512_mask_storeu_ps(p, (__mmask16)avx512_mask(n), v);
}
static inline f32_v f32_set1(float x) { return _mm512_set1_ps(x); }
static inline f32_v f32_fma(f32_v a, f32_v b, f32_v c) { return _mm512_fmadd_ps(a, b, c); }
static inline f32_v f32_relu(f32_v v) { return _mm512_max_ps(_mm512_setzero_ps(), v); }
static inline f32_v f32_max(f32_v a, f32_v b) { return _mm512_max_ps(a, b); }
static inline f32_v f32_add(f32_v a, f32_v b) { return _mm512_add_ps(a, b); }
static inline f32_v f32_sub(f32_v a, f32_v b) { return _mm512_sub_ps(a, b); }


static inline f64_v f64_load(const double *p) { return _mm512_loadu_pd(p); }
static inline f64_v f64_load_n(const double *p, int64_t n) {
    return _mm512_maskz_loadu_pd((__mmask8)avx512_mask(n), p);
}
static inline void f64_store(double *p, f64_v v) { _mm512_storeu_pd(p, v); }
static inline void f64_store_n(double *p, f64_v v, int64_t n) {
    _mm512_mask_storeu_pd(p, (__mmask8)avx512_mask(n), v);
}
static inline f64_v f64_set1(double x) { return _mm512_set1_pd(x); }
static inline f64_v f64_fma(f64_v a, f64_v b, f64_v c) { return _mm512_fmadd_pd(a, b, c); }
static inline f64_v f64_relu(f64_v v) { return _mm512_max_pd(_mm512_setzero_pd(), v); }

static inline i32_v i32_load(const int32_t *p) { return _mm512_loadu_si512(p); }
static inline i32_v i32_load_n(const int32_t *p, int64_t n) {
    return _mm512_maskz_loadu_epi32((__mmask16)avx512_mask(n), p);
}
static inline void i32_store(int32_t *p, i32_v v) { _mm512_storeu_si512(p, v); }
static inline void i32_store_n(int32_t *p, i32_v v, int64_t n) {
    _mm512_mask_storeu_epi32(p, (__mmask16)avx512_mask(n), v);
}
static inline i32_v i32_set1(int32_t x) { return _mm512_set1_epi32(x); }
static inline i32_v i32_add(i32_v a, i32_v b) { return _mm512_add_epi32(a, b); }
static inline i32_v i32_fma(i32_v a, i32_v b, i32_v c) { return _mm512_add_epi32(_mm512_mullo_epi32(a, b), c); }
static inline i32_v i32_relu(i32_v v) { return _mm512_max_epi32(v, _mm512_setzero_si512()); }

static inline i16_v i16_load_u8(const uint8_t *p) {
    return _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)p));
}
static inline i16_v i16_load_u8_n(const uint8_t *p, int64_t n) {
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(avx512_mask(n), p));
}
static inline __m256i avx512_to_u8(i16_v v) {
    return _mm512_cvtusepi16_epi8(_mm512_max_epi16(v, _mm512_setzero_si512()));
}
static inline void i16_store_u8(uint8_t *p, i16_v v) { _mm256_storeu_si256((__m256i *)p, avx512_to_u8(v)); }
static inline void i16_store_u8_n(uint8_t *p, i16_v v, int64_t n) {
    _mm256_mask_storeu_epi8(p, avx512_mask(n), avx512_to_u8(v));
}
static inline i16_v i16_set1(int16_t x) { return _mm512_set1_epi16(x); }
static inline i16_v i16_fma(i16_v a, i16_v b, i16_v c) { return _mm512_add_epi16(_mm512_mullo_epi16(a, b), c); }
static inline i16_v i16_pair_lo(i16_v a, i16_v b) { return _mm512_unpacklo_epi16(a, b); }
static inline i16_v i16_pair_hi(i16_v a, i16_v b) { return _mm512_unpackhi_epi16(a, b); }
static inline i16_v i16_set_pair(int16_t a, int16_t b) {
    return _mm512_set1_epi32((int32_t)((uint32_t)(uint16_t)a | (uint32_t)(uint16_t)b << 16));
}
static inline i32_v i32_pair_lo(i32_v a, i32_v b) { return _mm512_unpacklo_epi32(a, b); }
static inline i32_v i32_pair_hi(i32_v a, i32_v b) { return _mm512_unpackhi_epi32(a, b); }
static inline i32_v i32_dot_pair(i16_v a, i16_v b, i32_v c) { return _mm512_add_epi32(_mm512_madd_epi16(a, b), c); }
static inline void i32_dot_pairs(const i16_v x[2], i16_v weight, i32_v sum[2]) { /* as u8_dot_pairs */
    __m512i a = _mm512_madd_epi16(x[0], weight), b = _mm512_madd_epi16(x[1], weight);
    __asm__("" : "+v"(a), "+v"(b));
    sum[0] = _mm512_add_epi32(a, sum[0]);
    sum[1] = _mm512_add_epi32(b, sum[1]);
}
static inline i32_v n32_fma(i32_v a, i32_v b, i32_v c) {
    return i32_dot_pair(a, _mm512_and_si512(b, _mm512_set1_epi32(0xffff)), c);
}
static inline i32_v i32_widen_lo(i16_v v) { return _mm512_unpacklo_epi16(v, _mm512_srai_epi16(v, 15)); }
static inline i32_v i32_widen_hi(i16_v v) { return _mm512_unpackhi_epi16(v, _mm512_srai_epi16(v, 15)); }
static inline i16_v i16_pack(i32_v lo, i32_v hi) { return _mm512_packs_epi32(lo, hi); }
static inline f32_v f32_from_i32(i32_v v) { return _mm512_cvtepi32_ps(v); }
static inline f32_v f32_mul(f32_v a, f32_v b) { return _mm512_mul_ps(a, b); }
static inline i32_v i32_round_u8(f32_v v) { return _mm512_cvtps_epi32(_mm512_min_ps(_mm512_set1_ps(255), v)); }
static inline f32_v f32_load_u8(const uint8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p)));
}
static inline f32_v f32_load_i8(const int8_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)p)));
}
static inline f32_v f32_load_i16(const int16_t *p) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)p)));
}
static inline f32_v f32_load_i32(const int32_t *p) { return _mm512_cvtepi32_ps(_mm512_loadu_si512(p)); }
/* The first n of them, then zeros. */
static inline f32_v f32_load_u8_n(const uint8_t *p, int64_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8((__mmask16)avx512_mask(n), p)));
}
static inline f32_v f32_load_i8_n(const int8_t *p, int64_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8((__mmask16)avx512_mask(n), p)));
}
static inline f32_v f32_load_i16_n(const int16_t *p, int64_t n) {
    return _mm512_cvtepi32_ps(_mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16((__mmask16)avx512_mask(n), p)));
}
static inline f32_v f32_load_i32_n(const int32_t *p, int64_t n) { return _mm512_cvtepi32_ps(i32_load_n(p, n)); }
static inline void i32_store_u8(uint8_t *p, i32_v a, i32_v b) { /* packing works in quarters */
    const __m512i order = _mm512_castsi256_si512(_mm256_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13));
    __m512i packed = _mm512_packs_epi32(a, b);
    packed = _mm512_permutexvar_epi32(order, _mm512_packus_epi16(packed, packed));
    _mm256_storeu_si256((__m256i *)p, _mm512_castsi512_si256(packed));
}

/* Products of bytes, for the narrowest image filter: in each 16-bit lane two neighbouring pixels times two weights. */
#define U8_PAIRS 1
static inline i16_v u8_load(const uint8_t *p) { return _mm512_loadu_si512(p); }
static inline i16_v u8_set_pair(int a, int b) { return _mm512_set1_epi16((int16_t)((a & 0xff) | (b & 0xff) << 8)); }
static inline i16_v u8_pair_lo(i16_v a, i16_v b) { return _mm512_unpacklo_epi8(a, b); }
static inline i16_v u8_pair_hi(i16_v a, i16_v b) { return _mm512_unpackhi_epi8(a, b); }
/* Two products before two sums: 8 of each take 8.9 cycles on Zen 4. Where they alternate, sums use the multiplier's
 * port, and they take 11.0. */
static inline void u8_dot_pairs(const i16_v x[2], i16_v weight, i16_v sum[2]) {
    __m512i a = _mm512_maddubs_epi16(x[0], weight), b = _mm512_maddubs_epi16(x[1], weight);
    __asm__("" : "+v"(a), "+v"(b));
    sum[0] = _mm512_add_epi16(a, sum[0]);
    sum[1] = _mm512_add_epi16(b, sum[1]);
}

/* Pooling. */
#define U8_N 64
#define I8_N U8_N
typedef __m512i u8_v;
typedef __m512i i8_v;
static inline __mmask64 avx512_mask64(int64_t n) { return n >= 64 ? ~0ull : (1ull << n) - 1; }
static inline u8_v u8_load_n(const uint8_t *p, int64_t n) { return _mm512_maskz_loadu_epi8(avx512_mask64(n), p); }
static inline void u8_store(uint8_t *p, u8_v v) { _mm512_storeu_si512(p, v); }
static inline void u8_store_n(uint8_t *p, u8_v v, int64_t n) { _mm512_mask_storeu_epi8(p, avx512_mask64(n), v); }
/* Saturates; undoes the order of unpacking. */
static inline u8_v u8_pack(i16_v lo, i16_v hi) { return _mm512_packus_epi16(lo, hi); }
/* Interleaves the two halves of each quarter, byte by byte. */
static inline u8_v u8_interleave(u8_v v) {
    const __m128i order = _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    return _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order));
}
static inline i8_v i8_load(const int8_t *p) { return _mm512_loadu_si512(p); }
static inline i8_v i8_load_n(const int8_t *p, int64_t n) { return _mm512_maskz_loadu_epi8(avx512_mask64(n), p); }
static inline void i8_store(int8_t *p, i8_v v) { _mm512_storeu_si512(p, v); }
static inline void i8_store_n(int8_t *p, i8_v v, int64_t n) { _mm512_mask_storeu_epi8(p, avx512_mask64(n), v); }
static inline i16_v i16_load(const int16_t *p) { return _mm512_loadu_si512(p); }
static inline i16_v i16_load_n(const int16_t *p, int64_t n) { return _mm512_maskz_loadu_epi16(avx512_mask(n), p); }
static inline void i16_store(int16_t *p, i16_v v) { _mm512_storeu_si512(p, v); }
static inline void i16_store_n(int16_t *p, i16_v v, int64_t n) { _mm512_mask_storeu_epi16(p, avx512_mask(n), v); }

static inline u8_v u8_larger(u8_v a, u8_v b) { return _mm512_max_epu8(a, b); }
static inline i8_v i8_larger(i8_v a, i8_v b) { return _mm512_max_epi8(a, b); }
static inline i16_v i16_larger(i16_v a, i16_v b) { return _mm512_max_epi16(a, b); }
static inline i32_v i32_larger(i32_v a, i32_v b) { return _mm512_max_epi32(a, b); }
/* VMAXPS returns the second operand if either is NaN. */
static inline f32_v f32_larger(f32_v a, f32_v b) {
    return _mm512_mask_max_ps(a, _mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), a, b);
}
static inline f64_v f64_larger(f64_v a, f64_v b) {
    return _mm512_mask_max_pd(a, _mm512_cmp_pd_mask(a, a, _CMP_ORD_Q), a, b);
}

/* Packing works in quarters. */
static inline __m512i avx512_in_order(__m512i v) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7), v);
}
static inline u8_v u8_even(u8_v a, u8_v b) {
    const __m512i low = _mm512_set1_epi16(0xff);
    return avx512_in_order(_mm512_packus_epi16(_mm512_and_si512(a, low), _mm512_and_si512(b, low)));
}
static inline u8_v u8_odd(u8_v a, u8_v b) {
    return avx512_in_order(_mm512_packus_epi16(_mm512_srli_epi16(a, 8), _mm512_srli_epi16(b, 8)));
}
static inline i8_v i8_even(i8_v a, i8_v b) { return u8_even(a, b); }
static inline i8_v i8_odd(i8_v a, i8_v b) { return u8_odd(a, b); }
static inline i16_v i16_even(i16_v a, i16_v b) {
    const __m512i low = _mm512_set1_epi32(0xffff);
    return avx512_in_order(_mm512_packus_epi32(_mm512_and_si512(a, low), _mm512_and_si512(b, low)));
}
static inline i16_v i16_odd(i16_v a, i16_v b) {
    return avx512_in_order(_mm512_packus_epi32(_mm512_srli_epi32(a, 16), _mm512_srli_epi32(b, 16)));
}
#define EVEN_OF_16 _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD_OF_16 _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
static inline f32_v f32_even(f32_v a, f32_v b) { return _mm512_permutex2var_ps(a, EVEN_OF_16, b); }
static inline f32_v f32_odd(f32_v a, f32_v b) { return _mm512_permutex2var_ps(a, ODD_OF_16, b); }
static inline i32_v i32_even(i32_v a, i32_v b) { return _mm512_permutex2var_epi32(a, EVEN_OF_16, b); }
static inline i32_v i32_odd(i32_v a, i32_v b) { return _mm512_permutex2var_epi32(a, ODD_OF_16, b); }
static inline f64_v f64_even(f64_v a, f64_v b) {
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14), b);
}
static inline f64_v f64_odd(f64_v a, f64_v b) {
    return _mm512_permutex2var_pd(a, _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15), b);
}
static inline f64_v f64_add(f64_v a, f64_v b) { return _mm512_add_pd(a, b); }
static inline f32_v f32_div(f32_v a, f32_v b) { return _mm512_div_ps(a, b); }
static inline f64_v f64_div(f64_v a, f64_v b) { return _mm512_div_pd(a, b); }
static inline int f32_any_equal(f32_v a, f32_v b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
static inline int f64_any_equal(f64_v a, f64_v b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
static inline f32_v f32_snap(f32_v v, f32_v x, f32_v y, f32_v part) {
    const f32_v near = _mm512_mul_ps(_mm512_abs_ps(v), part);
    const __mmask16 is_equal = _mm512_cmp_ps_mask(x, y, _CMP_EQ_OQ);
    return _mm512_mask_mov_ps(
        v, _mm512_mask_cmp_ps_mask(is_equal, _mm512_abs_ps(_mm512_sub_ps(v, x)), near, _CMP_LE_OQ), x);
}
static inline f64_v f64_snap(f64_v v, f64_v x, f64_v y, f64_v part) {
    const f64_v near = _mm512_mul_pd(_mm512_abs_pd(v), part);
    const __mmask8 is_equal = _mm512_cmp_pd_mask(x, y, _CMP_EQ_OQ);
    return _mm512_mask_mov_pd(
        v, _mm512_mask_cmp_pd_mask(is_equal, _mm512_abs_pd(_mm512_sub_pd(v, x)), near, _CMP_LE_OQ), x);
}
static inline f64_v f32_low(f32_v v) { return _mm512_cvtps_pd(_mm512_castps512_ps256(v)); }
static inline f64_v f32_high(f32_v v) { return _mm512_cvtps_pd(_mm512_extractf32x8_ps(v, 1)); }
static inline f32_v f32_join(f64_v low, f64_v high) {
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(low)), _mm512_cvtpd_ps(high), 1);
}
static inline f64_v f64_sub(f64_v a, f64_v b) { return _mm512_sub_pd(a, b); }
static inline f64_v f64_mul(f64_v a, f64_v b) { return _mm512_mul_pd(a, b); }

/* Gradients. */
typedef __mmask16 f32_m;
typedef __mmask8 f64_m;
static inline f32_m f32_wins(f32_v a, f32_v b) {
    return _mm512_mask_cmp_ps_mask(_mm512_cmp_ps_mask(b, b, _CMP_ORD_Q), a, b, _CMP_NLE_UQ);
}
static inline f64_m f64_wins(f64_v a, f64_v b) {
    return _mm512_mask_cmp_pd_mask(_mm512_cmp_pd_mask(b, b, _CMP_ORD_Q), a, b, _CMP_NLE_UQ);
}
static inline f32_m f32_equal(f32_v a, f32_v b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
static inline f64_m f64_equal(f64_v a, f64_v b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
static inline f32_v f32_where(f32_m m, f32_v a, f32_v b) { return _mm512_mask_blend_ps(m, b, a); }
static inline f64_v f64_where(f64_m m, f64_v a, f64_v b) { return _mm512_mask_blend_pd(m, b, a); }
static inline f32_v f32_sqrt(f32_v v) { return _mm512_sqrt_ps(v); }
static inline f64_v f64_sqrt(f64_v v) { return _mm512_sqrt_pd(v); }
static inline void f32_turn4(f32_v v[4]) {
    const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(v[0], v[1]));
    const __m512d b = _mm512_castps_pd(_mm512_unpackhi_ps(v[0], v[1]));
    const __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(v[2], v[3]));
    const __m512d d = _mm512_castps_pd(_mm512_unpackhi_ps(v[2], v[3]));
    v[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
    v[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
    v[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
    v[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
}
static inline void f32_store_quarters(float *p, int64_t step, f32_v v) {
    _mm_storeu_ps(p, _mm512_castps512_ps128(v));
    _mm_storeu_ps(p + step, _mm512_extractf32x4_ps(v, 1));
    _mm_storeu_ps(p + 2 * step, _mm512_extractf32x4_ps(v, 2));
    _mm_storeu_ps(p + 3 * step, _mm512_extractf32x4_ps(v, 3));
}

/* Pooling for training. */
static inline __m128i avx512_winner(f32_v a, f32_v b, f32_v c, f32_v largest) {
    __m128i w = _mm_set1_epi8(3);
    w = _mm_mask_mov_epi8(w, _mm512_cmp_ps_mask(c, largest, _CMP_EQ_OQ), _mm_set1_epi8(2));
    w = _mm_mask_mov_epi8(w, _mm512_cmp_ps_mask(b, largest, _CMP_EQ_OQ), _mm_set1_epi8(1));
    w = _mm_mask_mov_epi8(w, _mm512_cmp_ps_mask(a, largest, _CMP_EQ_OQ), _mm_setzero_si128());
    return _mm_mask_mov_epi8(w, _mm512_cmp_ps_mask(largest, _mm512_setzero_ps(), _CMP_NGT_UQ), _mm_set1_epi8(-1));
}
static inline void f32_store_winner(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest) {
    _mm_storeu_si128((__m128i *)p, avx512_winner(a, b, c, largest));
}
static inline void f32_store_winner_n(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest, int64_t n) {
    _mm_mask_storeu_epi8(p, (__mmask16)avx512_mask(n), avx512_winner(a, b, c, largest));
}
static inline i32_v i32_load_u8(const uint8_t *p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
}
static inline i32_v i32_load_u8_n(const uint8_t *p, int64_t n) {
    return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8((__mmask16)avx512_mask(n), p));
}
static inline f32_v f32_pick(const float *four, i32_v which) {
    return _mm512_maskz_permutevar_ps(_mm512_cmplt_epi32_mask(which, _mm512_set1_epi32(4)),
                                      _mm512_broadcast_f32x4(_mm_loadu_ps(four)), which);
}
static inline f32_v f32_open(f32_v v, i32_v which) {
    return _mm512_maskz_mov_ps(_mm512_cmplt_epi32_mask(which, _mm512_set1_epi32(4)), v);
}
/* Where HAS_SIFT: writes the lanes of v that `which` says have won at `index`, and their numbers, counted from
 * `first`. Returns how many there are; what is written behind them does not count. */
#define HAS_SIFT 1
static inline int64_t f32_sift(f32_v v, i32_v which, int index, int32_t first, int32_t *ids, float *values) {
    const __mmask16 won = _mm512_cmpeq_epi32_mask(which, _mm512_set1_epi32(index));
    const i32_v lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const i32_v numbers = _mm512_add_epi32(lanes, _mm512_set1_epi32(first));
    /* Compressing to a register: to memory takes 100 cycles and more on Zen 4. */
    _mm512_storeu_si512(ids, _mm512_maskz_compress_epi32(won, numbers));
    _mm512_storeu_ps(values, _mm512_maskz_compress_ps(won, v));
    return __builtin_popcount(won);
}
/* four[which] in each lane; -1 where none has won. */
static inline i32_v i32_of_four(const int32_t *four, i32_v which) {
    const __m512i all = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)four));
    return _mm512_mask_permutexvar_epi32(_mm512_set1_epi32(-1), _mm512_cmplt_epi32_mask(which, _mm512_set1_epi32(4)),
                                         which, all);
}
/* f32_sift of the lanes whose `id` is not negative, with these ids; `v` are the bits of floats. */
static inline int64_t i32_sift_both(i32_v id, i32_v v, int32_t *ids, float *values) {
    const __mmask16 won = _mm512_movepi32_mask(id) ^ 0xffff;
    _mm512_storeu_si512(ids, _mm512_maskz_compress_epi32(won, id));
    _mm512_storeu_si512(values, _mm512_maskz_compress_epi32(won, v));
    return __builtin_popcount(won);
}
