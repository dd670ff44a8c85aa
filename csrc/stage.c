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

/* Where value i of what is staged lies, from the first tap. */
static int64_t position(const struct reach *r, int64_t i) {
    if (!r->sparse) return i;
    return r->order == BY_TAP ? i % r->count * r->stride + i / r->count * r->dilation
                              : i / r->taps * r->stride + i % r->taps * r->dilation;
}

void cnn_stage_tile(const cnn_window *w, int in_type, int type, const void *image, const struct reach *rows,
                    int64_t row, const struct reach *columns, int64_t column, void *out) {
    const size_t pixel = (size_t)w->c * cnn_size_of(type);
    const int64_t wide = cnn_staged_size(columns), high = cnn_staged_size(rows);
    if (!rows->sparse && !columns->sparse) {
        cnn_stage(w, in_type, type, image, row, high, column, wide, out);
        return;
    }
    char *target = out;
    for (int64_t i = 0; i < high; i++) {
        const int64_t y = row + position(rows, i);
        if (!columns->sparse || y < w->top || y >= w->top + w->h) {
            cnn_stage(w, in_type, type, image, y, 1, column, wide, target); /* of a row of padding zeros alone */
            target += (size_t)wide * pixel;
            continue;
        }
        for (int64_t j = 0; j < wide; j++, target += pixel)
            cnn_stage(w, in_type, type, image, y, 1, column + position(columns, j), 1, target);
    }
}

/* Sparse where what it needs is so many times smaller. */
static void choose_sparse(struct reach *r, double times) {
    r->sparse = 0;
    r->sparse = r->order != NEVER_SPARSE && times * (double)r->count * (double)r->taps < (double)cnn_staged_size(r);
}

/* The next smaller tile in this direction that is worth having: half of it, or the first one that is sparse; its size
 * over that of this one. 1 where there is none. */
static double next_smaller(const struct reach *r, struct reach *next) {
    const double worth = 0.875, size = (double)cnn_staged_size(r);
    *next = *r;
    while (next->count > 1) {
        next->count = cnn_ceil_div(next->count, 2);
        choose_sparse(next, 1);
        const double ratio = (double)cnn_staged_size(next) / size;
        if (ratio <= worth) return ratio;
        if (next->order == NEVER_SPARSE || next->sparse) break;
    }
    return 1;
}

void cnn_fit_tile(struct reach *rows, struct reach *columns, double size, double limit) {
    choose_sparse(rows, 4); /* it is copied pixel by pixel */
    choose_sparse(columns, 4);
    while ((double)cnn_staged_size(rows) * (double)cnn_staged_size(columns) * size > limit) {
        struct reach fewer_rows, fewer_columns;
        const double of_rows = next_smaller(rows, &fewer_rows), of_columns = next_smaller(columns, &fewer_columns);
        if (of_rows == 1 && of_columns == 1) return;
        if (of_rows <= of_columns)
            *rows = fewer_rows;
        else
            *columns = fewer_columns;
    }
}

double cnn_work_limit(double values, int threads) {
    const double always = 256 << 10;
    return values / threads > always ? values / threads : always;
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
