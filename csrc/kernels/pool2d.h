/* Geometry of pooling windows, and helpers that are the same for all element types. */
#include <string.h>

#include "kernels/table.h"

/* What becomes of the values of a window. Of 1, 2 or 4 values a MEAN_OF_FOUR is exact but for one rounding of the sum;
 * that of a DIVIDED_SUM is exact in float32. */
enum pool_kind { MAXIMUM, SUM, MEAN, MEAN_OF_FOUR, DIVIDED_SUM };

struct pool_span {
    int64_t first, end;
};

/* The windows of a row that lie inside the image. */
static inline struct pool_span pool_inside(const struct pool_tile *t) {
    const int64_t room = t->in_columns - t->kernel_w - t->first_column;
    struct pool_span s = {t->first_column < 0 ? (t->stride_w - 1 - t->first_column) / t->stride_w : 0,
                          room < 0 ? 0 : room / t->stride_w + 1};
    if (s.end > t->columns) s.end = t->columns;
    if (s.first > s.end) s.first = s.end;
    return s;
}

/* The input rows under the windows of output row r. */
static inline struct pool_span pool_rows(const struct pool_tile *t, int64_t r) {
    struct pool_span s = {t->first_row + r * t->stride_h, t->first_row + r * t->stride_h + t->kernel_h};
    if (s.first < 0) s.first = 0;
    if (s.end > t->in_rows) s.end = t->in_rows;
    return s;
}

/* The input columns under window x of a row. */
static inline struct pool_span pool_columns(const struct pool_tile *t, int64_t x) {
    struct pool_span s = {t->first_column + x * t->stride_w, t->first_column + x * t->stride_w + t->kernel_w};
    if (s.first < 0) s.first = 0;
    if (s.end > t->in_columns) s.end = t->in_columns;
    return s;
}

/* 1 where any of `count` values is infinite or NaN. By the bits: the compiler vectorizes a loop of integers. */
static inline int pool_any_special32(const void *values, int64_t count) {
    int special = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, (const char *)values + 4 * i, sizeof bits);
        special |= (bits & 0x7f800000) == 0x7f800000;
    }
    return special;
}

static inline int pool_any_special64(const void *values, int64_t count) {
    int special = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, (const char *)values + 8 * i, sizeof bits);
        special |= (bits & 0x7ff0000000000000) == 0x7ff0000000000000;
    }
    return special;
}

/* Bytes from the windows of output row r to those of the next, where prefetching those is faster: for rows too long
 * to be in the L1 cache still, after a tile of a convolution. Else 0. */
static inline int64_t pool_ahead(const struct pool_tile *t, int64_t r, size_t size) {
    const int64_t row = t->in_row * (int64_t)size;
    return r + 1 < t->rows && row >= 2048 ? t->stride_h * row : 0;
}

/* Prefetches `size` bytes of two rows. */
static inline void pool_fetch(const char *p, size_t size, int64_t row) {
    for (size_t i = 0; i < size; i += 64) {
        __builtin_prefetch(p + i);
        __builtin_prefetch(p + i + row);
    }
}

/* Copies `count` pixels of `size` bytes, every stride-th. In whole chunks: the next pixel overwrites the excess.
 * Reads up to 15 bytes behind the last pixel of `in`. */
static inline void pool_pick(const void *in, int64_t stride, size_t size, int64_t count, void *out) {
    const size_t chunk = 16, whole = (size + chunk - 1) / chunk * chunk;
    const char *p = in;
    char *q = out, *const end = q + size * (size_t)count;
    for (; (size_t)(end - q) >= whole; p += (size_t)stride * size, q += size)
        for (size_t i = 0; i < whole; i += chunk) memcpy(q + i, p + i, chunk);
    for (; q < end; p += (size_t)stride * size, q += size) memcpy(q, p, size);
}
