/* What avx512vnni has beside avx512. */
#include <string.h>

#include "kernels.h"
#include "stage.h"
#include "simd_avx512.h"

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TYPED(name) PASTE(X, name)

static inline i32_v u8_dot_quad(i16_v a, i16_v b, i32_v c) { return _mm512_dpbusd_epi32(c, a, b); }
/* x with byte 0, 1, 2 or 3 of each lane from p on, four bytes further from lane to lane. Reads nothing else. */
static inline i16_v u8_load_byte(i16_v x, int byte, const uint8_t *p) {
    return _mm512_mask_loadu_epi8(x, UINT64_C(0x1111111111111111) << byte, p - byte);
}
/* The four quarters of each quarter, byte by byte. */
static inline u8_v u8_interleave4(u8_v v) {
    const __m128i order = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_shuffle_epi8(v, _mm512_broadcast_i32x4(order));
}
#include "filter2d_quads.inc.c"
