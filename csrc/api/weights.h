/* What the weights of a float image kernel can be besides numbers each for itself. */
#ifndef CNN_FLOAT_KERNEL_H
#define CNN_FLOAT_KERNEL_H

#include <stdint.h>

enum { CNN_SEPARABLE_SIDE = 64 };

/* Whole numbers of a byte times one unit: writes them and the unit and returns 1 where those products are the weights
 * to a unit in the last place. A sum of whole numbers is exact. */
int cnn_as_whole_numbers(const float *kernel, int64_t taps, int32_t *whole, float *unit);

/* A column times a row: writes the column and then the row, kernel_h + kernel_w numbers, and returns 1 where their
 * products are the weights to a few units in the last place and are fewer than those. At most CNN_SEPARABLE_SIDE taps a
 * side. */
int cnn_as_outer_product(const float *kernel, int64_t kernel_h, int64_t kernel_w, float *factors);

/* Whether in (rows, filters) weights those of some filter are all whole numbers, or whole multiples of 1/256, not all
 * of them 0, and their absolute values add up to 2^24 at most. Direct float32 sums of their products with small whole
 * numbers are exact; other ways to the same sums need not be. */
int cnn_any_filter_is_whole(const float *kernel, int64_t rows, int64_t filters);

#endif
