/* cnncore: 2-D convolution, image filtering, pooling, clamping and ReLU on the CPU, exact where it can be.
 *
 * Layout      Channels last: inputs (n, h, w, c), kernels (kernel_h, kernel_w, c / groups, filters), outputs
 *             (n, out_h, out_w, filters); all contiguous. out_h = (top + h + bottom - extent) / stride_h + 1, floored,
 *             with extent = (kernel_h - 1) * dilation_h + 1; likewise out_w.
 * Convolution is cross-correlation, as in deep learning: the kernel is not flipped. Padding is zeros that are
 *             multiplied like any other value.
 * Types       cnn_conv2d: in_type == type for CNN_F32 and CNN_F64; CNN_U8, CNN_I8, CNN_I16 with type CNN_I32 (exact:
 *             the caller has made sure that no sum leaves int32) or CNN_F32. kernel, bias (may be NULL) and out are of
 *             `type`.
 *             cnn_plan_new: the same for repeated use; window->n is not looked at; kernel and bias must outlive the
 *             plan, which keeps the instruction set in force when it was made. With `pool`, 2x2 maximum pooling by 2
 *             follows, and the convolution's own output never leaves the cache: out is (n, out_h / 2, out_w / 2,
 *             filters).
 *             float32 3x3 with stride and dilation 1, one group and at least 16 channels and filters goes by Winograd's
 *             algorithm. Its error stays within 1e-6 of |w| |x| (measured up to 256 channels; a rounding is 1.2e-7),
 *             where |w| is the filter's norm and |x| that of the largest window within three pixels, which is at most
 *             16 times the output's own: where windows differ more, or are not finite, sums are direct. So may 3x3 of 1
 *             or 3 channels with over 16 filters (F(2, 3)), within the same of the output's own window. Both add the
 *             rounding of the sums themselves. Neither is used where all weights of some filter are whole multiples of
 *             1/256 and not all 0: sums of small whole numbers are exact. Neither is used with CNN_EXACT.
 *             `flags` is a sum of CNN_RELU and CNN_EXACT.
 *             cnn_chain_run: float32 plans, each fed with what the one before it gives, which must be as many values as
 *             it takes. With `softmax`, cnn_softmax over the filters of each pixel follows.
 *             cnn_filter2d: kernel_type CNN_I32 (exact sum) or CNN_F32; out = sum * scale in float32, rounded half to
 *             even, clamped to 0..255; NaN gives 0. Each channel alone. CNN_F32 is summed in any order, exactly where
 *             the weights are small whole numbers times one float.
 *             cnn_max_pool2d: every type. Padding is smaller than anything.
 *             cnn_avg_pool2d: every type; out is CNN_F64 for CNN_F64, else CNN_F32. Padding is not counted.
 *             cnn_clamp: from any type to CNN_U8, or from a float type to itself. To CNN_U8 rounds half to even.
 *             cnn_softmax: exp(x - max) / sum in each row; a NaN makes its whole row NaN. May be done in place.
 *             cnn_filter2d_plain, cnn_correlate2d_plain: the same for one (h, w) image, no padding, stride 1, a small
 *             kernel of any type, CNN_I64 too, so that a caller of small images converts nothing. What they give for a
 *             uint8 image is int32 with an integer kernel and refused with a float one; else types are equal.
 *             CNN_BAD_ARGUMENT also means that a sum could overflow, that float32 would make a weight or the scale
 *             infinite, or that the kernel has over 128 taps: ask the general function.
 * Sums        Integers are exact. Floats are summed in blocks of 256 terms, and the blocks in float64: a sum is off by
 *             no more than 258 last bits of the sum of |x * w|, however long it is. Means are taken in float64, those
 *             of float64 in twice its precision: the mean of a constant is that constant.
 * Work space  Beside inputs, weights and outputs no more than a small multiple of them, or of 256 KB for each thread:
 *             padding, and what strides and dilation leave out, is never stored.
 * NaN         goes through convolution, ReLU and pooling as it does through numpy; clamping makes it `low`.
 * Threads     Results do not depend on their number, bit for bit (which of its NaNs a machine gives aside). Every
 *             function may be called from many threads, and in a child after fork(). cnn_set_num_threads(0) puts the
 *             default back: CNNCORE_NUM_THREADS, or the processors this process may use.
 * Memory      `out` must not overlap the inputs. Nothing is written when the status is CNN_BAD_ARGUMENT or
 *             CNN_UNKNOWN_ISA.
 * ISA         The best the CPU has, or the one named in the environment variable CNNCORE_ISA: ref (plain loops), sse2,
 *             avx2, avx512, avx512vnni, neon. cnn_isa_name(i) lists what this machine can run, and is NULL after the
 *             last. cnn_isa() is NULL when CNNCORE_ISA names none of them. cnn_use_isa(NULL) chooses anew, as at first.
 */
#ifndef CNNCORE_H
#define CNNCORE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "cnncore.cdef"

#ifdef __cplusplus
}
#endif

#endif
