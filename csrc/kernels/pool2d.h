/* What pooling does alike for all element types. */
#include <string.h>

#include "kernels/table.h"

struct pool_span {
    int64_t first, end;
};

/* The windows of a row that padding does not cut. */
static inline struct pool_span pool_inside(const struct pool_tile *t) {
    const int64_t room = t->in_columns - t->kernel_w - t->first_column;
    struct pool_span s = {t->first_column < 0 ? (t->stride_w - 1 - t->first_column) / t->stride_w : 0,
                          room < 0 ? 0 : room / t->stride_w + 1};
    if (s.end > t->columns) s.end = t->columns;
    if (s.first > s.end) s.first = s.end;
    return s;
}

/* The input's rows under the windows of output row r. */
static inline struct pool_span pool_rows(const struct pool_tile *t, int64_t r) {
    struct pool_span s = {t->first_row + r * t->stride_h, t->first_row + r * t->stride_h + t->kernel_h};
    if (s.first < 0) s.first = 0;
    if (s.end > t->in_rows) s.end = t->in_rows;
    return s;
}

/* The input's columns under window x of a row. */
static inline struct pool_span pool_columns(const struct pool_tile *t, int64_t x) {
    struct pool_span s = {t->first_column + x * t->stride_w, t->first_column + x * t->stride_w + t->kernel_w};
    if (s.first < 0) s.first = 0;
    if (s.end > t->in_columns) s.end = t->in_columns;
    return s;
}

/* Whether one of `count` values is infinite or NaN: by their bits, because a loop of integers becomes vectors. */
static inline int pool_any_odd32(const void *values, int64_t count) {
    int odd = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, (const char *)values + 4 * i, sizeof bits);
        odd |= (bits & 0x7f800000) == 0x7f800000;
    }
    return odd;
}

static inline int pool_any_odd64(const void *values, int64_t count) {
    int odd = 0;
    for (int64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, (const char *)values + 8 * i, sizeof bits);
        odd |= (bits & 0x7ff0000000000000) == 0x7ff0000000000000;
    }
    return odd;
}

/* Bytes from the windows of output row r to those of the next, where it pays to fetch those early: in rows longer than
 * what a tile of a convolution leaves in the first cache. Else 0. */
static inline int64_t pool_ahead(const struct pool_tile *t, int64_t r, size_t size) {
    const int64_t row = t->in_row * (int64_t)size;
    return r + 1 < t->rows && row >= 2048 ? t->stride_h * row : 0;
}

/* Fetches `size` bytes of two rows. */
static inline void pool_fetch(const char *p, size_t size, int64_t row) {
    for (size_t i = 0; i < size; i += 64) {
        __builtin_prefetch(p + i);
        __builtin_prefetch(p + i + row);
    }
}

/* Every stride-th pixel of `size` bytes: `count` of them. Chunks are copied whole, what is too much of one is
 * overwritten by the next; up to 15 bytes behind the last pixel of `in` are read. */
static inline void pool_pick(const void *in, int64_t stride, size_t size, int64_t count, void *out) {
    const size_t chunk = 16, whole = (size + chunk - 1) / chunk * chunk;
    const char *p = in;
    char *q = out, *const end = q + size * (size_t)count;
    for (; (size_t)(end - q) >= whole; p += (size_t)stride * size, q += size)
        for (size_t i = 0; i < whole; i += chunk) memcpy(q + i, p + i, chunk);
    for (; q < end; p += (size_t)stride * size, q += size) memcpy(q, p, size);
}
