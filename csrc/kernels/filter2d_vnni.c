/* uint8 image filters of one channel with VNNI, the kernels that avx512vnni adds to avx512.
 *
 * One instruction multiplies four neighbouring pixels by four signed bytes and adds the products to a 32-bit sum, which
 * cannot overflow (121 taps * 255 * 128). A pass computes 64 pixels in four parts of every fourth pixel. Parts 0 and 1
 * load the same pixels, with the weights one tap further on for part 1; parts 2 and 3 do the same from two pixels on.
 * The last group of a row of taps ends with the row: taps that it shares with the group before it have weight 0 there.
 *
 * Faster (2-core AMD Zen 4, one thread, 2048x2048 in the cache): 3x3 without zeros 0.25 ms, by pairs of bytes 0.29; 7x7
 * 1.08 ms, by pairs 1.31.
 */
#include <string.h>

#include "kernels/table.h"
#include "simd/avx512.h"

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TYPED(name) PASTE(X, name)

static inline i32_v u8_dot_quad(i16_v a, i16_v b, i32_v c) { return _mm512_dpbusd_epi32(c, a, b); }
/* x, with byte 0, 1, 2 or 3 of lane i replaced by p[4 * i]. Reads nothing else. */
static inline i16_v u8_load_byte(i16_v x, int byte, const uint8_t *p) {
    return _mm512_mask_loadu_epi8(x, UINT64_C(0x1111111111111111) << byte, p - byte);
}
/* Interleaves the four quarters of each quarter, byte by byte. */
static inline u8_v u8_interleave4(u8_v v) {
    const __m128i order = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order));
}

#define FILTER_WEIGHT int32_t
#define SHAPES SHAPE(3, 3) SHAPE(7, 7)
#define NEAR_ONLY
#define X vnni
#define OPERAND i16_v
#define SUM i32_v
#define PARTS 4
#define STEP_N (4 * I32_N)
enum { MOST_GROUPS = 128 };
static inline int64_t vnni_groups(int64_t taps_w) { return (taps_w + 4) / 4; }
static inline int64_t vnni_first(int64_t g, int64_t taps_w) { return g < taps_w / 4 ? 4 * g : taps_w - 3; }
static inline i32_v vnni_zero(void) { return i32_set1(0); }
static inline int vnni_weights(const int32_t *row, int near, int64_t g, int64_t taps_w, i16_v *out) {
    (void)near;
    uint32_t packed[2] = {0, 0};
    for (int way = 0; way < 2; way++)
        for (int lane = 0; lane < 4; lane++) {
            const int64_t pixel = vnni_first(g, taps_w) + lane, tap = pixel - way;
            if (pixel >= 4 * g && tap >= 0 && tap < taps_w) packed[way] |= (uint32_t)(uint8_t)row[tap] << 8 * lane;
        }
    out[0] = i32_set1((int32_t)packed[0]);
    out[1] = i32_set1((int32_t)packed[1]);
    return (packed[0] | packed[1]) != 0;
}
static inline void vnni_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, i16_v x[2]) {
    (void)step, (void)near;
    x[0] = u8_load(in + vnni_first(g, taps_w));
    x[1] = u8_load(in + vnni_first(g, taps_w) + 2);
}
static inline void vnni_dots(const i16_v x[2], const i16_v weights[2], i32_v sum[4]) {
    sum[0] = u8_dot_quad(x[0], weights[0], sum[0]);
    sum[1] = u8_dot_quad(x[0], weights[1], sum[1]);
    sum[2] = u8_dot_quad(x[1], weights[0], sum[2]);
    sum[3] = u8_dot_quad(x[1], weights[1], sum[3]);
}
static inline void vnni_finish(const i32_v sum[4], int near, float scale, uint8_t *out) {
    (void)near;
    i32_v v[4] = {sum[0], sum[1], sum[2], sum[3]};
    if (scale != 1)
        for (int p = 0; p < 4; p++) v[p] = i32_round_u8(f32_mul(f32_from_i32(v[p]), f32_set1(scale)));
    u8_store(out, u8_interleave4(u8_pack(i16_pack(v[0], v[1]), i16_pack(v[2], v[3]))));
}
#include "kernels/filter2d_rows.inc.c"
#include "kernels/filter2d_vnni_5x5.inc.c"

/* Returns 1 if VNNI takes fewer cycles than the other kernels. A product of pairs of bytes takes 1.15 times the cycles
 * of a VNNI product, because its sum is a separate instruction; 16-bit words need twice as many products. 3x3 with four
 * zeros stays with pairs of bytes. */
int cnn_vnni_pays(const int32_t *weights, int64_t kernel_h, int64_t kernel_w) {
    int64_t products = 0, pairs = 0, total = 0;
    if (kernel_w < 3) return 0;
    for (const int32_t *row = weights; row < weights + kernel_h * kernel_w; row += kernel_w) {
        i16_v packed[2];
        for (int64_t g = 0; g < vnni_groups(kernel_w); g++) products += vnni_weights(row, 1, g, kernel_w, packed);
        for (int64_t b = 0; b < kernel_w; b++) {
            if (row[b] < INT8_MIN || row[b] > INT8_MAX) return 0;
            total += row[b] < 0 ? -row[b] : row[b];
            pairs += b % 2 == 0 && (row[b] != 0 || (b + 1 < kernel_w && row[b + 1] != 0));
        }
    }
    if (is_5x5(kernel_h, kernel_w)) products = VNNI_5X5_PRODUCTS;
    return 4 * products * 100 <= 115 * (total * 255 <= INT16_MAX ? 2 : 4) * pairs;
}

int cnn_filter2d_vnni(const struct one_kernel_tile *t) {
    return is_5x5(t->kernel_h, t->kernel_w) ? vnni_5x5_filter(t) : vnni_filter(t);
}
#undef NEAR_ONLY
#undef SHAPES
#undef FILTER_WEIGHT
