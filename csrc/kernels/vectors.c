/* All kernels for one instruction set, and their table. Compiled once for each set: CNN_SIMD is its header, which names
 * the set and says how wide its vectors are.
 */
#include CNN_SIMD

#include <float.h>
#include <math.h>
#include <string.h>

#include "cnncore.h"
#include "kernels/mean.h"
#include "kernels/pool2d.h"
#include "kernels/pool_winners.h"
#include "kernels/table.h"

#define PASTE2(a, b) a##_##b
#define PASTE(a, b) PASTE2(a, b)
#define TYPED(name) PASTE(X, name)
#define IS_FLOAT ((T)0.5 != 0)
#define CHEAP_TAILS (sizeof(T) < 4 ? BYTE_TAILS_ARE_CHEAP : TAILS_ARE_CHEAP)

#include "kernels/mean_vectors.inc.c"

/* one_type.inc.c once for each element type. X: prefix of its names. T: its C type. VECTOR_N: values in a vector. S:
 * type of the sums of a convolution; without S there is no convolution. M: type of a mean; without M there are no
 * pooling and pointwise kernels. */
#define X f32
#define T float
#define S double
#define M float
#define VECTOR_N F32_N
#define FLOAT_KERNELS
#define QUARTERS /* f32_turn4, f32_store_quarters */
#include "kernels/one_type.inc.c"

#define X f64
#define T double
#define S double
#define M double
#define VECTOR_N F64_N
#define FLOAT_KERNELS
#include "kernels/one_type.inc.c"

#define X i32
#define T int32_t
#define S int32_t
#define M float
#define VECTOR_N I32_N
#include "kernels/one_type.inc.c"

/* i32 with weights that fit 16 bits, as the inputs do: only the product differs. */
#define n32_v i32_v
#define n32_load i32_load
#define n32_load_n i32_load_n
#define n32_store i32_store
#define n32_store_n i32_store_n
#define n32_set1 i32_set1
#define n32_relu i32_relu
#define X n32
#define T int32_t
#define S int32_t
#define VECTOR_N I32_N
#include "kernels/one_type.inc.c"

#define X u8
#define T uint8_t
#define M float
#define VECTOR_N U8_N
#include "kernels/one_type.inc.c"

#define X i8
#define T int8_t
#define M float
#define VECTOR_N I8_N
#include "kernels/one_type.inc.c"

#define X i16
#define T int16_t
#define M float
#define VECTOR_N I16_N
#include "kernels/one_type.inc.c"

#include "kernels/conv2d_few_channels.inc.c"
#include "kernels/conv2d_winograd.inc.c"
#include "kernels/conv2d_pooled_backward.inc.c"
#include "kernels/pool_winners.inc.c"
#include "kernels/filter2d.inc.c"
#include "kernels/filter2d_separable.inc.c"

#define STRING2(x) #x
#define STRING(x) STRING2(x)
#define TABLE PASTE(cnn_table, SIMD_NAME)
#define ALL(name) {u8_##name, i8_##name, i16_##name, i32_##name, f32_##name, f64_##name}
#define FLOAT(name) {NULL, NULL, NULL, NULL, f32_##name, f64_##name}
#define WIDE(name) {NULL, NULL, n32_##name, i32_##name, f32_##name, f64_##name}
#define FLOAT(name) {NULL, NULL, NULL, NULL, f32_##name, f64_##name}

#define COSTLY_BYTES(n) (BYTE_TAILS_ARE_CHEAP ? 0 : (n))
#define COSTLY_WORDS(n) (TAILS_ARE_CHEAP ? 0 : (n))

const struct kernel_table TABLE = {
    .name = STRING(SIMD_NAME),
    .block = {0, 0, 2 * I32_N, 2 * I32_N, 2 * F32_N, 2 * F64_N},
    .vector = {0, 0, I32_N, I32_N, F32_N, F64_N},
    .short_row = {SHORT_U8, 0, SHORT_32, SHORT_32, SHORT_32, 2},
    .costly_tail = {COSTLY_BYTES(U8_N), COSTLY_BYTES(I8_N), COSTLY_BYTES(I16_N), COSTLY_WORDS(I32_N),
                    COSTLY_WORDS(F32_N), COSTLY_WORDS(F64_N)},
    .few_filters = {[CNN_I32] = FEW_I32},
    .conv_pixels = CONV_PIXELS,
    .conv2d = WIDE(conv2d),
    .conv2d_one_map = WIDE(conv2d_one_map),
    .conv2d_depthwise = WIDE(conv2d_depthwise),
    .kernel_gradient = FLOAT(kernel_gradient),
    .kernel_gradient_depthwise = FLOAT(kernel_gradient_depthwise),
    .conv2d_few_channels = conv2d_few_channels,
    .has_f23 = F32_N >= 16,
    .filter2d_sum16 = filter2d_sum16,
    .filter2d_int16 = filter2d_int16,
    .filter2d_int32 = filter2d_int32,
    .filter2d_float = filter2d_float,
    .filter2d_separable = filter2d_separable,
    .winograd_weights = winograd_weights,
    .winograd_is_uneven = winograd_is_uneven,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .max_pool = ALL(max_pool),
    .avg_pool = ALL(avg_pool),
    .pool_winners = pool_winners,
    .sparse_sums = sparse_sums,
    .picked_sums = picked_sums,
    .sort_winners = sort_winners,
    .sort_by_filter = sort_by_filter,
    .split_channels = split_channels,
    .join_channels = join_channels,
    .clamp_u8 = ALL(clamp_u8),
    .clamp_same = {NULL, NULL, NULL, NULL, f32_clamp_same, f64_clamp_same},
    .relu = ALL(relu_all),
    .max_pool_backward = FLOAT(max_pool_backward),
    .avg_pool_backward = FLOAT(avg_pool_backward),
    .gemm = FLOAT(gemm),
    .relu_backward = FLOAT(relu_backward),
    .adam = FLOAT(adam),
};
