/* Sizes: bytes of an element, output rows and columns of a window, and integer helpers. */
#ifndef CNN_GEOMETRY_H
#define CNN_GEOMETRY_H

#include <stddef.h>
#include <stdint.h>

#include "cnncore.h"

size_t cnn_size_of(int type);

/* Output rows and columns of a window. CNN_BAD_ARGUMENT for a size that is not positive (n may be 0), negative padding,
 * a window larger than the padded input, or a product of sizes beyond 2^60. */
int cnn_output_size(const cnn_window *window, int64_t *rows, int64_t *columns);

int cnn_is_padded(const cnn_window *window);

static inline int64_t cnn_min(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline int64_t cnn_max(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static inline int64_t cnn_ceil_div(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

#endif
