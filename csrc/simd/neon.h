/* 128-bit vectors of AArch64 NEON. sse2.h documents the functions. */
#include <arm_neon.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define SIMD_NAME neon
#define F32_N 4
#define F64_N 2
#define I32_N 4
#define I16_N 8
/* 32 registers hold 12 x 2 sums, 2 weights and pixels. */
#define CONV_PIXELS 12

/* Output rows of an image filter that are computed together, with two vectors of sums each. */
#define FILTER_ROWS 4

/* short_row and few_filters of kernels/table.h. */
#define SHORT_U8 I16_N
#define SHORT_32 F32_N
#define FEW_I32 0

#define UNROLLED 1

#define TAILS_ARE_CHEAP 0
#define BYTE_TAILS_ARE_CHEAP 0

typedef float32x4_t f32_v;
typedef float64x2_t f64_v;
typedef int32x4_t i32_v;
typedef int16x8_t i16_v;

static inline int32_t f32_round(float x) { return (int32_t)rintf(x); }
static inline int32_t f64_round(double x) { return (int32_t)rint(x); }
static inline f32_v f32_load(const float *p) { return vld1q_f32(p); }
static inline f32_v f32_load_n(const float *p, int64_t n) {
    float t[F32_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_f32(t);
}
static inline void f32_store(float *p, f32_v v) { vst1q_f32(p, v); }
static inline void f32_store_n(float *p, f32_v v, int64_t n) {
    float t[F32_N];
    vst1q_f32(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}
static inline f32_v f32_set1(float x) { return vdupq_n_f32(x); }
static inline f32_v f32_fma(f32_v a, f32_v b, f32_v c) { return vfmaq_f32(c, a, b); }
static inline f32_v f32_relu(f32_v v) { return vmaxq_f32(v, vdupq_n_f32(0)); } /* NEON's maximum keeps NaN */
static inline f32_v f32_max(f32_v a, f32_v b) { return vmaxq_f32(a, b); }
static inline f32_v f32_add(f32_v a, f32_v b) { return vaddq_f32(a, b); }
static inline f32_v f32_sub(f32_v a, f32_v b) { return vsubq_f32(a, b); }


static inline f64_v f64_load(const double *p) { return vld1q_f64(p); }
static inline f64_v f64_load_n(const double *p, int64_t n) {
    double t[F64_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_f64(t);
}
static inline void f64_store(double *p, f64_v v) { vst1q_f64(p, v); }
static inline void f64_store_n(double *p, f64_v v, int64_t n) {
    double t[F64_N];
    vst1q_f64(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}
static inline f64_v f64_set1(double x) { return vdupq_n_f64(x); }
static inline f64_v f64_fma(f64_v a, f64_v b, f64_v c) { return vfmaq_f64(c, a, b); }
static inline f64_v f64_relu(f64_v v) { return vmaxq_f64(v, vdupq_n_f64(0)); }

static inline i32_v i32_load(const int32_t *p) { return vld1q_s32(p); }
static inline i32_v i32_load_n(const int32_t *p, int64_t n) {
    int32_t t[I32_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_s32(t);
}
static inline void i32_store(int32_t *p, i32_v v) { vst1q_s32(p, v); }
static inline void i32_store_n(int32_t *p, i32_v v, int64_t n) {
    int32_t t[I32_N];
    vst1q_s32(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}
static inline i32_v i32_set1(int32_t x) { return vdupq_n_s32(x); }
static inline i32_v i32_add(i32_v a, i32_v b) { return vaddq_s32(a, b); }
static inline i32_v i32_fma(i32_v a, i32_v b, i32_v c) { return vmlaq_s32(c, a, b); }
static inline i32_v i32_relu(i32_v v) { return vmaxq_s32(v, vdupq_n_s32(0)); }

static inline i16_v i16_load_u8(const uint8_t *p) { return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p))); }
static inline i16_v i16_load_u8_n(const uint8_t *p, int64_t n) {
    uint8_t t[I16_N] = {0};
    memcpy(t, p, (size_t)n);
    return i16_load_u8(t);
}
static inline void i16_store_u8(uint8_t *p, i16_v v) { vst1_u8(p, vqmovun_s16(v)); }
static inline void i16_store_u8_n(uint8_t *p, i16_v v, int64_t n) {
    uint8_t t[I16_N];
    i16_store_u8(t, v);
    memcpy(p, t, (size_t)n);
}
static inline i16_v i16_set1(int16_t x) { return vdupq_n_s16(x); }
static inline i16_v i16_fma(i16_v a, i16_v b, i16_v c) { return vmlaq_s16(c, a, b); }
static inline i16_v i16_pair_lo(i16_v a, i16_v b) { return vzip1q_s16(a, b); }
static inline i16_v i16_pair_hi(i16_v a, i16_v b) { return vzip2q_s16(a, b); }
static inline i16_v i16_set_pair(int16_t a, int16_t b) { return vzip1q_s16(vdupq_n_s16(a), vdupq_n_s16(b)); }
static inline i32_v i32_pair_lo(i32_v a, i32_v b) { return vzip1q_s32(a, b); }
static inline i32_v i32_pair_hi(i32_v a, i32_v b) { return vzip2q_s32(a, b); }
static inline i32_v i32_dot_pair(i16_v a, i16_v b, i32_v c) {
    int32x4_t low = vmull_s16(vget_low_s16(a), vget_low_s16(b)), high = vmull_high_s16(a, b);
    return vaddq_s32(vpaddq_s32(low, high), c);
}
static inline void i32_dot_pairs(const i16_v x[2], i16_v weight, i32_v sum[2]) {
    sum[0] = i32_dot_pair(x[0], weight, sum[0]);
    sum[1] = i32_dot_pair(x[1], weight, sum[1]);
}
static inline i32_v n32_fma(i32_v a, i32_v b, i32_v c) { return vmlaq_s32(c, a, b); }
static inline i32_v i32_widen_lo(i16_v v) { return vmovl_s16(vget_low_s16(v)); }
static inline i32_v i32_widen_hi(i16_v v) { return vmovl_high_s16(v); }
static inline i16_v i16_pack(i32_v lo, i32_v hi) { return vqmovn_high_s32(vqmovn_s32(lo), hi); }
static inline f32_v f32_from_i32(i32_v v) { return vcvtq_f32_s32(v); }
static inline f32_v f32_mul(f32_v a, f32_v b) { return vmulq_f32(a, b); }
static inline i32_v i32_round_u8(f32_v v) { /* maxnm returns the number if the other is NaN */
    return vcvtnq_s32_f32(vminq_f32(vmaxnmq_f32(v, vdupq_n_f32(0)), vdupq_n_f32(255)));
}

/* Pooling. NEON's maximum keeps NaN. */
#define U8_N 16
#define I8_N U8_N
typedef uint8x16_t u8_v;
typedef int8x16_t i8_v;
static inline u8_v u8_load(const uint8_t *p) { return vld1q_u8(p); }
static inline u8_v u8_load_n(const uint8_t *p, int64_t n) {
    uint8_t t[U8_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_u8(t);
}
static inline void u8_store(uint8_t *p, u8_v v) { vst1q_u8(p, v); }
static inline void u8_store_n(uint8_t *p, u8_v v, int64_t n) {
    uint8_t t[U8_N];
    vst1q_u8(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}
static inline i8_v i8_load(const int8_t *p) { return vld1q_s8(p); }
static inline i8_v i8_load_n(const int8_t *p, int64_t n) {
    int8_t t[I8_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_s8(t);
}
static inline void i8_store(int8_t *p, i8_v v) { vst1q_s8(p, v); }
static inline void i8_store_n(int8_t *p, i8_v v, int64_t n) {
    int8_t t[I8_N];
    vst1q_s8(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}
static inline i16_v i16_load(const int16_t *p) { return vld1q_s16(p); }
static inline i16_v i16_load_n(const int16_t *p, int64_t n) {
    int16_t t[I16_N] = {0};
    memcpy(t, p, (size_t)n * sizeof *p);
    return vld1q_s16(t);
}
static inline void i16_store(int16_t *p, i16_v v) { vst1q_s16(p, v); }
static inline void i16_store_n(int16_t *p, i16_v v, int64_t n) {
    int16_t t[I16_N];
    vst1q_s16(t, v);
    memcpy(p, t, (size_t)n * sizeof *p);
}

static inline u8_v u8_larger(u8_v a, u8_v b) { return vmaxq_u8(a, b); }
static inline i8_v i8_larger(i8_v a, i8_v b) { return vmaxq_s8(a, b); }
static inline i16_v i16_larger(i16_v a, i16_v b) { return vmaxq_s16(a, b); }
static inline i32_v i32_larger(i32_v a, i32_v b) { return vmaxq_s32(a, b); }
static inline f32_v f32_larger(f32_v a, f32_v b) { return vmaxq_f32(a, b); }
static inline f64_v f64_larger(f64_v a, f64_v b) { return vmaxq_f64(a, b); }
static inline u8_v u8_even(u8_v a, u8_v b) { return vuzp1q_u8(a, b); }
static inline u8_v u8_odd(u8_v a, u8_v b) { return vuzp2q_u8(a, b); }
static inline i8_v i8_even(i8_v a, i8_v b) { return vuzp1q_s8(a, b); }
static inline i8_v i8_odd(i8_v a, i8_v b) { return vuzp2q_s8(a, b); }
static inline i16_v i16_even(i16_v a, i16_v b) { return vuzp1q_s16(a, b); }
static inline i16_v i16_odd(i16_v a, i16_v b) { return vuzp2q_s16(a, b); }
static inline i32_v i32_even(i32_v a, i32_v b) { return vuzp1q_s32(a, b); }
static inline i32_v i32_odd(i32_v a, i32_v b) { return vuzp2q_s32(a, b); }
static inline f32_v f32_even(f32_v a, f32_v b) { return vuzp1q_f32(a, b); }
static inline f32_v f32_odd(f32_v a, f32_v b) { return vuzp2q_f32(a, b); }
static inline f64_v f64_even(f64_v a, f64_v b) { return vuzp1q_f64(a, b); }
static inline f64_v f64_odd(f64_v a, f64_v b) { return vuzp2q_f64(a, b); }
static inline f64_v f64_add(f64_v a, f64_v b) { return vaddq_f64(a, b); }
static inline f32_v f32_div(f32_v a, f32_v b) { return vdivq_f32(a, b); }
static inline f64_v f64_div(f64_v a, f64_v b) { return vdivq_f64(a, b); }

/* Gradients. */
typedef uint32x4_t f32_m;
typedef uint64x2_t f64_m;
static inline f32_m f32_equal(f32_v a, f32_v b) { return vceqq_f32(a, b); }
static inline f64_m f64_equal(f64_v a, f64_v b) { return vceqq_f64(a, b); }
static inline f32_m f32_wins(f32_v a, f32_v b) { return vbicq_u32(vceqq_f32(b, b), vcleq_f32(a, b)); }
static inline f64_m f64_wins(f64_v a, f64_v b) { return vbicq_u64(vceqq_f64(b, b), vcleq_f64(a, b)); }
static inline f32_v f32_where(f32_m m, f32_v a, f32_v b) { return vbslq_f32(m, a, b); }
static inline f64_v f64_where(f64_m m, f64_v a, f64_v b) { return vbslq_f64(m, a, b); }
static inline f64_v f64_sub(f64_v a, f64_v b) { return vsubq_f64(a, b); }
static inline f64_v f64_mul(f64_v a, f64_v b) { return vmulq_f64(a, b); }
static inline f32_v f32_sqrt(f32_v v) { return vsqrtq_f32(v); }
static inline f64_v f64_sqrt(f64_v v) { return vsqrtq_f64(v); }
static inline void f32_turn4(f32_v v[4]) {
    const float32x4_t a = vtrn1q_f32(v[0], v[1]), b = vtrn2q_f32(v[0], v[1]);
    const float32x4_t c = vtrn1q_f32(v[2], v[3]), d = vtrn2q_f32(v[2], v[3]);
    v[0] = vcombine_f32(vget_low_f32(a), vget_low_f32(c));
    v[1] = vcombine_f32(vget_low_f32(b), vget_low_f32(d));
    v[2] = vcombine_f32(vget_high_f32(a), vget_high_f32(c));
    v[3] = vcombine_f32(vget_high_f32(b), vget_high_f32(d));
}
static inline void f32_store_quarters(float *p, int64_t step, f32_v v) {
    (void)step;
    vst1q_f32(p, v);
}

/* Pooling for training. */
#define HAS_SIFT 0
static inline void f32_store_winner_n(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest, int64_t n) {
    uint32x4_t w = vdupq_n_u32(3);
    w = vbslq_u32(vceqq_f32(c, largest), vdupq_n_u32(2), w);
    w = vbslq_u32(vceqq_f32(b, largest), vdupq_n_u32(1), w);
    w = vbicq_u32(w, vceqq_f32(a, largest));
    w = vbslq_u32(vcgtq_f32(largest, vdupq_n_f32(0)), w, vdupq_n_u32(255));
    const uint16x4_t half = vmovn_u32(w);
    const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(vmovn_u16(vcombine_u16(half, half))), 0);
    memcpy(p, &four, (size_t)(n < F32_N ? n : F32_N));
}
static inline void f32_store_winner(uint8_t *p, f32_v a, f32_v b, f32_v c, f32_v largest) {
    f32_store_winner_n(p, a, b, c, largest, F32_N);
}
static inline i32_v i32_load_u8_n(const uint8_t *p, int64_t n) {
    uint32_t four = 0;
    memcpy(&four, p, (size_t)(n < F32_N ? n : F32_N));
    const uint16x8_t words = vmovl_u8(vreinterpret_u8_u32(vdup_n_u32(four)));
    return vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(words)));
}
static inline i32_v i32_load_u8(const uint8_t *p) { return i32_load_u8_n(p, F32_N); }
static inline f32_v f32_open(f32_v v, i32_v which) {
    const uint32x4_t won = vcltq_s32(which, vdupq_n_s32(4));
    return vreinterpretq_f32_u32(vandq_u32(won, vreinterpretq_u32_f32(v)));
}
static inline f32_v f32_pick(const float *four, i32_v which) {
    const uint32x4_t bytes = vmlaq_n_u32(vdupq_n_u32(0x03020100), vreinterpretq_u32_s32(which), 0x04040404);
    const uint8x16_t table = vreinterpretq_u8_f32(vld1q_f32(four));
    return f32_open(vreinterpretq_f32_u8(vqtbl1q_u8(table, vreinterpretq_u8_u32(bytes))), which);
}
static inline f32_v f32_load_u8(const uint8_t *p) {
    uint32_t four;
    memcpy(&four, p, sizeof four);
    return vcvtq_f32_u32(vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(four)))));
}
static inline f32_v f32_load_i8(const int8_t *p) {
    uint32_t four;
    memcpy(&four, p, sizeof four);
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vcreate_s8(four)))));
}
static inline f32_v f32_load_i16(const int16_t *p) { return vcvtq_f32_s32(vmovl_s16(vld1_s16(p))); }
static inline f32_v f32_load_i32(const int32_t *p) { return vcvtq_f32_s32(vld1q_s32(p)); }
static inline void i32_store_u8(uint8_t *p, i32_v a, i32_v b) { i16_store_u8(p, i16_pack(a, b)); }
static inline int f32_any_equal(f32_v a, f32_v b) { return vmaxvq_u32(vceqq_f32(a, b)) != 0; }
static inline int f64_any_equal(f64_v a, f64_v b) { return vmaxvq_u32(vreinterpretq_u32_u64(vceqq_f64(a, b))) != 0; }
static inline f32_v f32_snap(f32_v v, f32_v x, f32_v y, f32_v part) {
    const uint32x4_t is_near = vcleq_f32(vabdq_f32(v, x), vmulq_f32(vabsq_f32(v), part));
    return vbslq_f32(vandq_u32(is_near, vceqq_f32(x, y)), x, v);
}
static inline f64_v f64_snap(f64_v v, f64_v x, f64_v y, f64_v part) {
    const uint64x2_t is_near = vcleq_f64(vabdq_f64(v, x), vmulq_f64(vabsq_f64(v), part));
    return vbslq_f64(vandq_u64(is_near, vceqq_f64(x, y)), x, v);
}
static inline f64_v f32_low(f32_v v) { return vcvt_f64_f32(vget_low_f32(v)); }
static inline f64_v f32_high(f32_v v) { return vcvt_high_f64_f32(v); }
static inline f32_v f32_join(f64_v low, f64_v high) { return vcvt_high_f32_f64(vcvt_f32_f64(low), high); }
