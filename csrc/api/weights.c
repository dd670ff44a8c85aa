/* Inspects float weights before they are used. Each function is fast compared with the smallest image it pays for. */
#include "api/weights.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The smallest absolute value that is not 0; NaN only if there is no other value. Compares the bits, which have the
 * order of the values, minus one, which makes 0 the largest, and so needs no branch: cnn_as_whole_numbers for 7x7 takes
 * 20 ns, with comparisons of floats 116. */
static float least_nonzero(const float *kernel, int64_t taps) {
    uint32_t least = UINT32_MAX, bits;
    for (int64_t i = 0; i < taps; i++) {
        memcpy(&bits, kernel + i, sizeof bits);
        bits = (bits & INT32_MAX) - 1;
        least = bits < least ? bits : least;
    }
    float size;
    least++;
    memcpy(&size, &least, sizeof size);
    return size;
}

int cnn_as_whole_numbers(const float *kernel, int64_t taps, int32_t *whole, float *unit) {
    const float least = least_nonzero(kernel, taps);
    if (!(least >= FLT_MIN && least <= FLT_MAX)) return 0;
    for (int64_t i = 0; i < taps; i++) {
        const double times = (double)kernel[i] / (double)least;
        if (!(fabs(times) < INT8_MAX + 0.5)) return 0; /* also where NaN */
        whole[i] = (int32_t)(times < 0 ? times - 0.5 : times + 0.5);
        if (fabs(times - whole[i]) > (double)FLT_EPSILON * fabs(times)) return 0;
    }
    *unit = least;
    return 1;
}

/* Writes each row's factor with respect to row `pivot`. Returns 2 if all products equal the weights exactly, 1 if
 * nearly, else 0. */
static int multiples(const float *kernel, int64_t kernel_h, int64_t kernel_w, int64_t pivot, int64_t largest,
                     float *column) {
    const float *row = kernel + pivot * kernel_w;
    int exact = 2;
    for (int64_t a = 0; a < kernel_h; a++) {
        column[a] = kernel[a * kernel_w + largest] / row[largest];
        for (int64_t b = 0; b < kernel_w; b++) {
            const double product = (double)column[a] * row[b], weight = kernel[a * kernel_w + b];
            if (!(fabs(product - weight) <= 2 * (double)FLT_EPSILON * fabs(weight))) return 0; /* also where NaN */
            if (product != weight) exact = 1;
        }
    }
    return exact;
}

int cnn_as_outer_product(const float *kernel, int64_t kernel_h, int64_t kernel_w, float *factors) {
    if (kernel_h * kernel_w <= kernel_h + kernel_w) return 0;
    if (kernel_h > CNN_SEPARABLE_SIDE || kernel_w > CNN_SEPARABLE_SIDE) return 0;
    int64_t largest = 0;
    for (int64_t i = 1; i < kernel_h * kernel_w; i++)
        if (fabsf(kernel[i]) > fabsf(kernel[largest])) largest = i;
    if (!(fabsf(kernel[largest]) >= FLT_MIN && fabsf(kernel[largest]) <= FLT_MAX)) return 0;
    int64_t pivot = largest / kernel_w;
    const int64_t column = largest % kernel_w;
    if (multiples(kernel, kernel_h, kernel_w, pivot, column, factors) == 0) return 0;
    /* A row with exact factors is better, because sums of few bits are then exact too, and halves stay halves. */
    for (int64_t a = 0; a < kernel_h; a++)
        if (kernel[a * kernel_w + column] != 0 && multiples(kernel, kernel_h, kernel_w, a, column, factors) == 2) {
            pivot = a;
            break;
        }
    multiples(kernel, kernel_h, kernel_w, pivot, column, factors);
    for (int64_t b = 0; b < kernel_w; b++) factors[kernel_h + b] = kernel[pivot * kernel_w + b];
    return 1;
}

/* Checks 16 filters together until none of them can be whole; with trained weights that is after the first row. */
int cnn_any_filter_is_whole(const float *kernel, int64_t rows, int64_t filters) {
    enum { AT_ONCE = 16 };
    const float most = 256 * 0x1p24f;
    for (int64_t f = 0; f < filters; f += AT_ONCE) {
        const int64_t count = filters - f < AT_ONCE ? filters - f : AT_ONCE;
        float sum[AT_ONCE] = {0};
        int left = 1, any_whole = 0;
        for (int64_t r = 0; r < rows && left; r++) {
            const float *w = kernel + r * filters + f;
            left = any_whole = 0;
            for (int64_t i = 0; i < count; i++) {
                const float size = fabsf(w[i]) * 256;
                const float whole =
                    size < 0x1p23f ? size + 0x1p23f - 0x1p23f : size; /* larger floats have no fraction */
                sum[i] += whole == size ? size : INFINITY;
                left |= sum[i] <= most;
                any_whole |= sum[i] <= most && sum[i] > 0;
            }
        }
        if (any_whole) return 1;
    }
    return 0;
}
