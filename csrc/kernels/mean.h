/* Sums and means of doubles in twice their precision. */
#ifndef CNN_MEAN_H
#define CNN_MEAN_H

#include <math.h>

/* The factor for float64 values whose sum is infinite. */
#define CNN_MEAN_SCALE 0x1p-64

/* Adds x to sum + rest, exactly but for the last bit of `rest`, which is NaN once the sum is infinite. (Knuth's TwoSum:
 * The Art of Computer Programming 2, 4.2.2, theorem B) */
static inline void mean_add(double x, double *sum, double *rest) {
    const double s = *sum + x, z = s - *sum;
    *rest += (*sum - (s - z)) + (x - z);
    *sum = s;
}

static inline double mean_of(double sum, double rest, double count) {
    const double mean = sum / count;
    return isfinite(mean) ? mean + (fma(-mean, count, sum) + rest) / count : mean;
}

#endif
