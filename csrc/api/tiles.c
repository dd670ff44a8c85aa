/* Cuts loops and tiles, and copies the input of a tile, for any operation. */
#include "api/tiles.h"

#include <string.h>

#include "runtime/threadpool.h"

#define CONVERT(from, to)                                       \
    {                                                           \
        const from *restrict in = source;                       \
        to *restrict out = target;                              \
        for (int64_t i = 0; i < count; i++) out[i] = (to)in[i]; \
        return;                                                 \
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

void cnn_copy_padded(const cnn_window *w, int in_type, int type, const void *image, int64_t row, int64_t rows,
                     int64_t column, int64_t columns, void *out) {
    const size_t size = cnn_size_of(type), in_size = cnn_size_of(in_type);
    const int64_t first = cnn_min(cnn_max(w->left - column, 0), columns); /* columns of padding on the left */
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

/* Position of copied element i, counted from the first tap. */
static int64_t position(const struct reach *r, int64_t i) {
    if (!r->sparse) return i;
    return r->order == BY_TAP ? i % r->count * r->stride + i / r->count * r->dilation
                              : i / r->taps * r->stride + i % r->taps * r->dilation;
}

void cnn_copy_tile(const cnn_window *w, int in_type, int type, const void *image, const struct reach *rows, int64_t row,
                   const struct reach *columns, int64_t column, void *out) {
    const size_t pixel = (size_t)w->c * cnn_size_of(type);
    const int64_t wide = cnn_reach_size(columns), high = cnn_reach_size(rows);
    if (!rows->sparse && !columns->sparse) {
        cnn_copy_padded(w, in_type, type, image, row, high, column, wide, out);
        return;
    }
    char *target = out;
    for (int64_t i = 0; i < high; i++) {
        const int64_t y = row + position(rows, i);
        if (!columns->sparse || y < w->top || y >= w->top + w->h) {
            cnn_copy_padded(w, in_type, type, image, y, 1, column, wide,
                            target); /* only zeros where the row is padding */
            target += (size_t)wide * pixel;
            continue;
        }
        for (int64_t j = 0; j < wide; j++, target += pixel)
            cnn_copy_padded(w, in_type, type, image, y, 1, column + position(columns, j), 1, target);
    }
}

/* Sparse if the taps alone need less memory by this factor. */
static void choose_sparse(struct reach *r, double times) {
    r->sparse = 0;
    r->sparse = r->order != NEVER_SPARSE && times * (double)r->count * (double)r->taps < (double)cnn_reach_size(r);
}

/* Sets `next` to the next useful smaller tile in this direction, half of this one or the first sparse one, and returns
 * the ratio of their sizes, or 1 if there is none. */
static double next_smaller(const struct reach *r, struct reach *next) {
    const double worth = 0.875, size = (double)cnn_reach_size(r);
    *next = *r;
    while (next->count > 1) {
        next->count = cnn_ceil_div(next->count, 2);
        choose_sparse(next, 1);
        const double ratio = (double)cnn_reach_size(next) / size;
        if (ratio <= worth) return ratio;
        if (next->order == NEVER_SPARSE || next->sparse) break;
    }
    return 1;
}

void cnn_fit_tile(struct reach *rows, struct reach *columns, double size, double limit) {
    choose_sparse(rows, 4); /* a sparse tile is copied pixel by pixel */
    choose_sparse(columns, 4);
    while ((double)cnn_reach_size(rows) * (double)cnn_reach_size(columns) * size > limit) {
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

struct cut cnn_cut_rows(int64_t images, int64_t rows, int64_t work) {
    const double smallest = 40e3; /* under 1 us of an AVX-512 core: ten times the cost of handing a piece out */
    double all = (double)work * (double)rows * (double)images;
    struct cut cut = {.threads = cnn_threads_for(all / CNN_WORK_A_NS), .rows = rows, .bands = 1};
    double piece = all / (cut.threads * 8.0);
    if (piece < smallest) piece = smallest;
    double fit = piece / (work < 1 ? 1.0 : (double)work);
    if (fit < (double)rows) cut.rows = fit < 1 ? 1 : (int64_t)fit;
    cut.bands = cnn_ceil_div(rows, cut.rows);
    if (images == 1 && cut.bands > 1) /* the same number for every thread */
        cut.bands = cnn_ceil_div(cut.bands, cut.threads) * cut.threads;
    cut.rows = cnn_ceil_div(rows, cut.bands); /* nearly equal bands */
    cut.bands = cnn_ceil_div(rows, cut.rows);
    return cut;
}
