/* Image kernels that are a column times a row. */
#ifndef CNN_SEPARABLE_H
#define CNN_SEPARABLE_H

#include <stdint.h>

enum { CNN_SEPARABLE_SIDE = 64 };

/* Writes the column and then the row, kernel_h + kernel_w numbers, and returns 1 where their products are the kernel's weights
 * to a few units in the last place and are fewer than those. At most CNN_SEPARABLE_SIDE taps a side. */
int cnn_separate(const float *kernel, int64_t kernel_h, int64_t kernel_w, float *factors);

#endif
