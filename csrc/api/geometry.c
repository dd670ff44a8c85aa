/* Sizes of windows, checked for overflow. */
#include "api/geometry.h"

size_t cnn_size_of(int type) {
    static const size_t sizes[] = {1, 1, 2, 4, 4, 8};
    return sizes[type];
}

int cnn_is_padded(const cnn_window *w) {
    return w->top != 0 || w->bottom != 0 || w->left != 0 || w->right != 0;
}

static int product_fits(int64_t a, int64_t b, int64_t c, int64_t d) {
    int64_t p;
    if (__builtin_mul_overflow(a, b, &p) || __builtin_mul_overflow(p, c, &p) || __builtin_mul_overflow(p, d, &p))
        return 0;
    return p <= (int64_t)1 << 60;
}

/* Output positions in one direction; 0 for bad arguments. */
static int64_t positions(int64_t size, int64_t window, int64_t stride, int64_t dilation, int64_t before,
                         int64_t after) {
    const int64_t limit = (int64_t)1 << 60;
    int64_t extent;
    if (size < 1 || window < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) return 0;
    if (size > limit || before > limit || after > limit) return 0;
    if (__builtin_mul_overflow(window - 1, dilation, &extent) || extent >= limit) return 0;
    int64_t room = before + size + after - (extent + 1);
    return room < 0 ? 0 : room / stride + 1;
}

int cnn_output_size(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = positions(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top, w->bottom);
    *columns = positions(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left, w->right);
    if (*rows == 0 || *columns == 0 || w->n < 0 || w->c < 1) return CNN_BAD_ARGUMENT;
    if (!product_fits(cnn_max(w->n, 1), w->top + w->h + w->bottom, w->left + w->w + w->right, w->c))
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}
