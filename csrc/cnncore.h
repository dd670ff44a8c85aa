/* cnncore: 2-D convolution, image filtering, pooling, clamping and ReLU on the CPU, exact where it can be.
 *
 * Layout      Channels last: inputs (n, h, w, c), kernels (kernel_h, kernel_w, c / groups, filters), outputs
 *             (n, out_h, out_w, filters); all contiguous. out_h = (top + h + bottom - extent) / stride_h + 1, rounded
 *             down, where extent = (kernel_h - 1) * dilation_h + 1; likewise out_w.
 * Convolution is cross-correlation, as in deep learning: the kernel is not flipped. Padding is zeros that are
 *             multiplied like any other value.
 * Functions   cnn_conv2d: in_type == type for CNN_F32 and CNN_F64; CNN_U8, CNN_I8, CNN_I16 with type CNN_I32 (exact:
 *             the caller makes sure that no sum leaves int32) or CNN_F32. kernel, bias (may be NULL) and out are of
 *             `type`. `flags` is a sum of CNN_RELU and CNN_EXACT.
 *             cnn_conv2d_backward: the gradients of a convolution without activation, `type` CNN_F32 or CNN_F64, from
 *             `grad`, that of its output: d_in (NULL: left out), d_kernel and d_bias, of the shapes of in, kernel and
 *             bias. A tap on padding gives no term, even where `grad` is infinite. Of `flags` CNN_EXACT counts.
 *             cnn_plan_new: the same for repeated use; window->n is ignored. kernel and bias must outlive the plan,
 *             which keeps the instruction set that was in force when it was made. With `pool`, 2x2 maximum pooling with
 *             stride 2 follows, and the convolution's own output never leaves the cache: out is (n, out_h / 2,
 *             out_w / 2, filters).
 *             cnn_plan_refresh: packs the weights anew, after kernel or bias were changed where they are, for the
 *             instruction set now in force. No other thread may use the plan meanwhile.
 *             cnn_pooled_conv2d, cnn_pooled_conv2d_backward: for training, a float32 convolution and maximum pooling by
 *             `pool`, a window over the convolution's output (n, conv_h, conv_w, filters) of at most 255 values. The
 *             first writes with the maxima `winners`: the position in its window of the first value that is largest
 *             (or NaN), counted row by row, or with CNN_RELU and no value above 0, CNN_SHUT. A plan with `pool` takes
 *             only 2x2 windows with stride 2. The second adds up, for every value that has a winner, its gradient
 *             `grad` times the winner's window of `in` into d_kernel, and times the kernel into d_in; both are written
 *             anew. d_in and d_bias may be NULL. Fast with 2x2 windows without padding and one group; else plain loops
 *             in double. Sums of the fast way are blocks of about 256 terms in float32, added image after image within
 *             at most 16 shares of the images, and these in a tree.
 *             cnn_network_run: float32 plans; each takes the output of the one before, which must have as many values
 *             as its input. With `softmax`, cnn_softmax over the filters of each pixel follows.
 *             cnn_filter2d: kernel_type CNN_I32 (exact sum) or CNN_F32; out = sum * scale in float32, rounded half to
 *             even, clamped to 0..255; NaN gives 0. Each channel alone. CNN_F32 is summed in any order, exactly where
 *             the weights are small whole numbers times one float.
 *             cnn_max_pool2d: every type. Padding is smaller than any value.
 *             cnn_avg_pool2d: every type; out is CNN_F64 for CNN_F64, else CNN_F32. Padding is not counted.
 *             cnn_clamp: from any type to CNN_U8, or from a float type to itself. To CNN_U8 it rounds half to even.
 *             cnn_softmax: exp(x - max) / sum in each row; a NaN makes its whole row NaN. `out` may be `in`.
 *             cnn_max_pool2d_backward, cnn_avg_pool2d_backward: `gradient` has the shape of the pooling's output, d_in
 *             that of its input; CNN_F32 and CNN_F64. A window's gradient goes to the first of its largest values (the
 *             first NaN where there is one), or in equal shares to all values that it counts.
 *             cnn_dense_backward: of out = in * kernel + bias with in (n, k), kernel (k, m), gradient (n, m); d_in is
 *             gradient * kernel^T, d_kernel in^T * gradient, d_bias the sum of gradient's rows. Each may be NULL.
 *             cnn_relu_backward: the gradient where in > 0, else 0; `out` may be `gradient`.
 *             cnn_adam: mean += (g - mean) * mean_rate; square += (g * g - square) * square_rate; weights -= weights *
 *             decay; weights -= mean * rate / (sqrt(square) + epsilon), in one pass.
 *             cnn_filter2d_small, cnn_correlate2d_small: cnn_filter2d and cnn_conv2d for one (h, w) image without
 *             padding, with stride 1 and a small kernel of any type, CNN_I64 too, so that the caller does not have
 *             to convert it. The correlation of a uint8 image is int32 and needs an integer kernel; else all types
 *             are equal. They return CNN_BAD_ARGUMENT also if a sum could overflow, if a finite weight or scale would
 *             be infinite in float32, or if the kernel has over 128 taps; call the general function then.
 * Winograd    float32 3x3 convolutions with stride and dilation 1, one group and at least 16 channels and filters use
 *             Winograd's F(4x4, 3x3). The error stays within 1e-6 of |w| |x| (measured up to 256 channels; one rounding
 *             is 1.2e-7), where |w| is the norm of the filter and |x| that of the largest window within three pixels,
 *             at most 16 times that of the output's own window: where windows differ more, or are not finite, sums are
 *             direct. 3x3 with 1 or 3 channels and over 16 filters may use F(2, 3), whose error stays within the same
 *             bound of the output's own window. To both add the rounding of the sums themselves. Neither is used where
 *             all weights of some filter are whole multiples of 1/256 and not all 0, so that sums of small whole
 *             numbers are exact; nor with CNN_EXACT. A plan with CNN_LOOSE uses them for uneven windows too: the error
 *             is then that of the largest window within three pixels, whatever the output's own. For training, whose
 *             maps are uneven at first: with bias 0 a picture's background is exactly 0.
 * Sums        Integers are exact. Floats are summed in blocks of 256 terms, and the blocks in float64: however long a
 *             sum is, its error is at most 258 last bits of the sum of |x * w|. The gradients of a kernel are summed
 *             in blocks of 128, at most 64 of which are added before double: at most 194 last bits. Means of integers
 *             of 8 and 16 bits are exact but for one rounding where their sums are below 2^24. Floats of windows of at
 *             most 8x8 are averaged in their type; those of larger ones in blocks of 8, and the blocks in float64 or,
 *             for float64, in twice its precision; all else in float64. The error is at most 18 last bits of the mean
 *             of |x|, and the mean of a constant is that constant.
 * Work space  Besides inputs, weights and outputs, at most a small multiple of them or of 256 KB for each thread.
 *             Padding is stored only where it is small beside the input; the values that strides and dilation leave out
 *             never are.
 * NaN         goes through convolution, ReLU and pooling as through numpy's; clamping makes it `low`.
 * Threads     Results do not depend on the number of threads, bit for bit (except for which NaN a machine returns).
 *             Every function may be called from many threads, and in a child after fork(). cnn_set_num_threads(0)
 *             restores the default: CNNCORE_NUM_THREADS, or the number of processors available to this process.
 * Memory      `out` must not overlap the inputs. Nothing is written where the status is CNN_BAD_ARGUMENT or
 *             CNN_UNKNOWN_ISA.
 * ISA         The best instruction set of the CPU, or the one named in the environment variable CNNCORE_ISA: ref
 *             (reference loops), sse2, avx2, avx512, avx512vnni, neon. cnn_isa_name(i) lists those that this machine
 *             can run, and is NULL after the last. cnn_isa() is NULL where CNNCORE_ISA names none of them.
 *             cnn_use_isa(NULL) restores the default.
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
