#include "stage.h"

#include <string.h>

#include "threadpool.h"

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

/* One direction; 0 when something is wrong. */
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

#define CONVERT(from, to)                                                     \
    {                                                                         \
        const from *restrict in = source;                                     \
        to *restrict out = target;                                            \
        for (int64_t i = 0; i < count; i++) out[i] = (to)in[i];               \
        return;                                                               \
    }

static void convert(int in_type, int type, const void *source, int64_t count, void *target) {
    if (in_type == type) {
        memcpy(target, source, (size_t)count * cnn_size_of(type));
        return;
    }
    if (type == CNN_I32) {
        if (in_type == CNN_U8) CONVERT(uint8_t, int32_t)
        if (in_type == CNN_I8) CONVERT(int8_t, int32_t)
        if (in_type == CNN_I16) CONVERT(int16_t, int32_t)
    } else {
        if (in_type == CNN_U8) CONVERT(uint8_t, float)
        if (in_type == CNN_I8) CONVERT(int8_t, float)
        if (in_type == CNN_I16) CONVERT(int16_t, float)
    }
}

void cnn_stage(const cnn_window *w, int in_type, int type, const void *image, int64_t row, int64_t rows,
               int64_t column, int64_t columns, void *out) {
    const size_t size = cnn_size_of(type), in_size = cnn_size_of(in_type);
    const int64_t first = cnn_min(cnn_max(w->left - column, 0), columns); /* columns of padding before */
    const int64_t end = cnn_max(cnn_min(w->left + w->w - column, columns), first);
    char *target = out;
    for (int64_t y = row - w->top; y < row - w->top + rows; y++, target += (size_t)(columns * w->c) * size) {
        if (y < 0 || y >= w->h || first == end) {
            memset(target, 0, (size_t)(columns * w->c) * size);
            continue;
        }
        const char *source = (const char *)image + (size_t)((y * w->w + column + first - w->left) * w->c) * in_size;
        memset(target, 0, (size_t)(first * w->c) * size);
        convert(in_type, type, source, (end - first) * w->c, target + (size_t)(first * w->c) * size);
        memset(target + (size_t)(end * w->c) * size, 0, (size_t)((columns - end) * w->c) * size);
    }
}

struct cut cnn_cut(int64_t images, int64_t rows, int64_t work) {
    const double smallest = 40e3; /* under 1 us of an AVX-512 core, ten times what it costs to hand it out */
    double all = (double)work * (double)rows * (double)images;
    struct cut cut = {.threads = cnn_threads_for(all / CNN_WORK_A_NS), .rows = rows, .bands = 1};
    double piece = all / (cut.threads * 8.0);
    if (piece < smallest) piece = smallest;
    double fit = piece / (work < 1 ? 1.0 : (double)work);
    if (fit < (double)rows) cut.rows = fit < 1 ? 1 : (int64_t)fit;
    cut.bands = cnn_ceil_div(rows, cut.rows);
    if (images == 1 && cut.bands > 1) /* as many for every thread */
        cut.bands = cnn_ceil_div(cut.bands, cut.threads) * cut.threads;
    cut.rows = cnn_ceil_div(rows, cut.bands); /* nearly equal ones */
    cut.bands = cnn_ceil_div(rows, cut.rows);
    return cut;
}
