/* Properties of float weights that allow a faster algorithm, or forbid one. */
#ifndef CNN_WEIGHTS_H
#define CNN_WEIGHTS_H

#include <stdint.h>

enum { CNN_SEPARABLE_SIDE = 64 };

/* Writes the weights as whole numbers of a byte times one unit. Returns 1 where the products equal the weights to a
 * unit in the last place, else 0. A sum of whole numbers is exact. */
int cnn_as_whole_numbers(const float *kernel, int64_t taps, int32_t *whole, float *unit);

/* Writes a column and then a row, kernel_h + kernel_w numbers. Returns 1 where their products equal the weights to a
 * few units in the last place and that saves products, else 0. At most CNN_SEPARABLE_SIDE taps a side. */
int cnn_as_outer_product(const float *kernel, int64_t kernel_h, int64_t kernel_w, float *factors);

/* Returns 1 if the weights (rows, filters) of some filter are all multiples of 1/256, not all 0, and their absolute
 * values add up to at most 2^24. Direct float32 sums of their products with small whole numbers are exact; sums by a
 * transform may not be. */
int cnn_any_filter_is_whole(const float *kernel, int64_t rows, int64_t filters);

#endif
