/* All operations for one instruction set. The file that includes this has included one simd_*.h, which names the set
 * and says how wide its vectors are.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "cnncore.h"
#include "kernels.h"
#include "mean.h"
#include "pool.h"

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TYPED(name) PASTE(X, name)
#define IS_FLOAT ((T)0.5 != 0)
#define CHEAP_TAILS (sizeof(T) < 4 ? BYTE_TAILS_ARE_CHEAP : TAILS_ARE_CHEAP)

/* Float types: everything. */
#define POOL_FLOAT
#define X f32
#define T float
#define M float
#define S double
#define VECTOR_N F32_N
#include "long_sums.inc.c"
#include "conv2d.inc.c"
#include "flat.inc.c"
#include "depthwise.inc.c"
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef S
#undef VECTOR_N

#define X f64
#define T double
#define M double
#define S double
#define VECTOR_N F64_N
#include "long_sums.inc.c"
#include "conv2d.inc.c"
#include "flat.inc.c"
#include "depthwise.inc.c"
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef S
#undef VECTOR_N
#undef POOL_FLOAT

/* Integers: convolution in 32 bits, the rest in each width. */
#define X i32
#define T int32_t
#define M float
#define S int32_t
#define VECTOR_N I32_N
#include "long_sums.inc.c"
#include "conv2d.inc.c"
#include "flat.inc.c"
#include "depthwise.inc.c"
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef S
#undef VECTOR_N

/* Convolution once more for weights that fit 16 bits, as the inputs do: n32 is i32 but for its product. */
#define n32_v i32_v
#define n32_load i32_load
#define n32_load_n i32_load_n
#define n32_store i32_store
#define n32_store_n i32_store_n
#define n32_set1 i32_set1
#define n32_relu i32_relu
#define X n32
#define T int32_t
#define M float
#define S int32_t
#define VECTOR_N I32_N
#include "long_sums.inc.c"
#include "conv2d.inc.c"
#include "flat.inc.c"
#include "depthwise.inc.c"
#undef X
#undef T
#undef M
#undef S
#undef VECTOR_N

#define X u8
#define T uint8_t
#define M float
#define VECTOR_N U8_N
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef VECTOR_N

#define X i8
#define T int8_t
#define M float
#define VECTOR_N I8_N
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef VECTOR_N

#define X i16
#define T int16_t
#define M float
#define VECTOR_N I16_N
#include "pointwise.inc.c"
#include "average.inc.c"
#include "pool.inc.c"
#undef X
#undef T
#undef M
#undef VECTOR_N

#include "few.inc.c"
#include "filter2d.inc.c"
#include "filter2d_separable.inc.c"
#include "winograd.inc.c"

#define STRING2(x) #x
#define STRING(x) STRING2(x)
#define TABLE PASTE(cnn_table, SIMD_NAME)
#define ALL(name) {u8_##name, i8_##name, i16_##name, i32_##name, f32_##name, f64_##name}
#define WIDE(name) {NULL, NULL, n32_##name, i32_##name, f32_##name, f64_##name}

#define DEAR_BYTES(n) (BYTE_TAILS_ARE_CHEAP ? 0 : (n))
#define DEAR_WORDS(n) (TAILS_ARE_CHEAP ? 0 : (n))

const struct kernel_table TABLE = {
    .name = STRING(SIMD_NAME),
    .block = {0, 0, 2 * I32_N, 2 * I32_N, 2 * F32_N, 2 * F64_N},
    .vector = {0, 0, I32_N, I32_N, F32_N, F64_N},
    .short_row = {SHORT_U8, 0, SHORT_32, SHORT_32, SHORT_32, 2},
    .dear_part = {DEAR_BYTES(U8_N), DEAR_BYTES(I8_N), DEAR_BYTES(I16_N), DEAR_WORDS(I32_N), DEAR_WORDS(F32_N),
                  DEAR_WORDS(F64_N)},
    .few_filters = {[CNN_I32] = FEW_I32},
    .pixels = CONV_PIXELS,
    .conv2d = WIDE(conv2d),
    .flat = WIDE(flat),
    .depthwise = WIDE(depthwise),
    .conv_few = conv_few,
    .few_two = F32_N >= 16,
    .filter2d_small = filter2d_small,
    .filter2d_int16 = filter2d_int16,
    .filter2d_int32 = filter2d_int32,
    .filter2d_float = filter2d_float,
    .filter2d_separable = filter2d_separable,
    .winograd_weights = winograd_weights,
    .winograd_is_wide = winograd_is_wide,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .max_pool = ALL(max_pool),
    .avg_pool = ALL(avg_pool),
    .clamp_u8 = ALL(clamp_u8),
    .clamp_same = {NULL, NULL, NULL, NULL, f32_clamp_same, f64_clamp_same},
    .relu = ALL(relu_all),
};
