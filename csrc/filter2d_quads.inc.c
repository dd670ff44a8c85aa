/* uint8 image filters by VNNI: four neighbouring pixels times four weights of a signed byte, added to a 32-bit sum in
 * one instruction, which no sum can leave (121 taps * 255 * 128). Of 64 pixels each part holds every fourth. Parts 0
 * and 1 take their pixels from the same place, with the weights one tap further for the second; parts 2 and 3 likewise
 * from two pixels on. A row's last group ends with the row, and its first lanes have no weight where the group before
 * it has had them.
 *
 * Pays (2-core AMD Zen 4, one thread, 2048x2048 in the cache): 3x3 without zeros 0.25 ms against 0.29 by pairs of
 * bytes, 7x7 1.08 against 1.31.
 */
#define FILTER_WEIGHT int32_t
#define SHAPES SHAPE(3, 3) SHAPE(7, 7)
#define NEAR_ONLY
#define X quads
#define OPERAND i16_v
#define SUM i32_v
#define PARTS 4
#define STEP_N (4 * I32_N)
enum { MOST_GROUPS = 128 };
static inline int64_t quads_groups(int64_t taps_w) { return (taps_w + 4) / 4; }
static inline int64_t quads_first(int64_t g, int64_t taps_w) { return g < taps_w / 4 ? 4 * g : taps_w - 3; }
static inline i32_v quads_zero(void) { return i32_set1(0); }
static inline int quads_weights(const int32_t *row, int near, int64_t g, int64_t taps_w, i16_v *out) {
    (void)near;
    uint32_t packed[2] = {0, 0};
    for (int way = 0; way < 2; way++)
        for (int lane = 0; lane < 4; lane++) {
            const int64_t pixel = quads_first(g, taps_w) + lane, tap = pixel - way;
            if (pixel >= 4 * g && tap >= 0 && tap < taps_w) packed[way] |= (uint32_t)(uint8_t)row[tap] << 8 * lane;
        }
    out[0] = i32_set1((int32_t)packed[0]);
    out[1] = i32_set1((int32_t)packed[1]);
    return (packed[0] | packed[1]) != 0;
}
static inline void quads_load(const uint8_t *in, int64_t step, int near, int64_t g, int64_t taps_w, i16_v x[2]) {
    (void)step, (void)near;
    x[0] = u8_load(in + quads_first(g, taps_w));
    x[1] = u8_load(in + quads_first(g, taps_w) + 2);
}
static inline void quads_dots(const i16_v x[2], const i16_v weights[2], i32_v sum[4]) {
    sum[0] = u8_dot_quad(x[0], weights[0], sum[0]);
    sum[1] = u8_dot_quad(x[0], weights[1], sum[1]);
    sum[2] = u8_dot_quad(x[1], weights[0], sum[2]);
    sum[3] = u8_dot_quad(x[1], weights[1], sum[3]);
}
static inline void quads_finish(const i32_v sum[4], int near, float scale, uint8_t *out) {
    (void)near;
    i32_v v[4] = {sum[0], sum[1], sum[2], sum[3]};
    if (scale != 1)
        for (int p = 0; p < 4; p++) v[p] = i32_round_u8(f32_mul(f32_from_i32(v[p]), f32_set1(scale)));
    u8_store(out, u8_interleave4(u8_pack(i16_pack(v[0], v[1]), i16_pack(v[2], v[3]))));
}
#include "filter2d_rows.inc.c"
#include "filter2d_fives.inc.c"

/* Whether they take fewer cycles than the other ways to a sum. A product by pairs of bytes takes 1.15 of these cycles,
 * its sum being an instruction of its own, and of words there are twice as many: 3x3 with four zeros stays with
 * bytes. */
int cnn_quads_pay(const int32_t *weights, int64_t kernel_h, int64_t kernel_w) {
    int64_t quads = 0, pairs = 0, total = 0;
    if (kernel_w < 3) return 0;
    for (const int32_t *row = weights; row < weights + kernel_h * kernel_w; row += kernel_w) {
        i16_v packed[2];
        for (int64_t g = 0; g < quads_groups(kernel_w); g++) quads += quads_weights(row, 1, g, kernel_w, packed);
        for (int64_t b = 0; b < kernel_w; b++) {
            if (row[b] < INT8_MIN || row[b] > INT8_MAX) return 0;
            total += row[b] < 0 ? -row[b] : row[b];
            pairs += b % 2 == 0 && (row[b] != 0 || (b + 1 < kernel_w && row[b + 1] != 0));
        }
    }
    if (fives(kernel_h, kernel_w)) quads = FIVES_QUADS;
    return 4 * quads * 100 <= 115 * (total * 255 <= INT16_MAX ? 2 : 4) * pairs;
}

int cnn_filter2d_quads(const struct flat_tile *t) {
    return fives(t->kernel_h, t->kernel_w) ? fives_filter(t) : quads_filter(t);
}
#undef NEAR_ONLY
#undef SHAPES
#undef FILTER_WEIGHT
