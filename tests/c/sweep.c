#include "sweep.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"

int64_t example, every = 1, first, examples_run;

/* A failure is reproduced by `test_sweep 1000000000 NUMBER`. */
int is_mine(void) {
    const int mine = example % every == first % every && example >= first;
    example++;
    examples_run += mine;
    seed = (uint64_t)example * 0x9E3779B97F4A7C15u;
    return mine;
}

/* ---- values ---- */

int64_t lowest(int type) {
    return ((int64_t[]){0, INT8_MIN, INT16_MIN, INT32_MIN})[type];
}

int64_t highest(int type) {
    return ((int64_t[]){UINT8_MAX, INT8_MAX, INT16_MAX, INT32_MAX})[type];
}

void fill(int type, void *data, int64_t count, enum values values) {
    for (int64_t i = 0; i < count; i++) {
        double v;
        if (type < CNN_F32)
            v = (double)(values == EXTREME ? (next() & 64 ? highest(type) : lowest(type))
                                           : pick(lowest(type), highest(type)));
        else if (values == EQUAL) v = 0.7;
        else if (values == SPECIAL && next() % 256 == 0)
            v = (double[]){INFINITY, -INFINITY, NAN, -0.0, (double)FLT_MIN / 4}[next() % 5];
        else if (values == RANGED && next() % 1024 == 0)
            v = (next() & 64 ? -1 : 1) * pow(10, (double)pick(0, 30));
        else if (values == RANGED && i / 300 % 8 == 7)
            v = 0;
        else if (values == WHOLE)
            v = (double)pick(-9, 9);
        else v = (double)pick(-1000000, 1000000) / 250000;
        put(type, data, i, v);
    }
}

double last_bits(int type, double terms) {
    const double block = 256;
    return fmin(terms, block) + 2 + (type == CNN_F64 ? terms / block : 0);
}

void fill_weights(int type, void *data, int64_t count, int64_t largest, enum values values) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t v = values == EXTREME ? (next() & 64 ? largest : -largest) : pick(-largest, largest);
        put(type, data, i, (double)v);
    }
}

/* ---- memory ---- */

static struct guarded arenas[ARENAS];

char *place(int arena, int64_t count, int type, int at_end) {
    struct guarded *g = &arenas[arena];
    const size_t size = (size_t)count * size_of(type);
    CHECK(2 * size <= g->size, "twice %zu bytes in an arena of %zu", size, g->size);
    return g->data + (at_end ? g->size - size : 0);
}

char *moved(int arena, int64_t count, int type) {
    return memmove(place(arena, count, type, 0), place(arena, count, type, 1), (size_t)count * size_of(type));
}

void *room(int64_t count, size_t size) {
    void *data = malloc((size_t)count * size + 1);
    CHECK(data != NULL, "malloc");
    return data;
}

void arenas_new(void) {
    for (int i = 0; i < ARENAS; i++)
        arenas[i] = guarded_new((size_t)10 << 20, 1); /* whole pages: both ends are guarded */
}

void arenas_free(void) {
    for (int i = 0; i < ARENAS; i++) guarded_free(&arenas[i]);
}

double *as_doubles(int type, const void *data, int64_t count) {
    double *values = room(count, sizeof *values);
    for (int64_t i = 0; i < count; i++) values[i] = at(type, data, i);
    return values;
}

/* ---- comparing ---- */

char now_at[240];

void describe(const char *what, const cnn_window *w, int in_type, int type, int64_t filters, int64_t groups) {
    snprintf(now_at, sizeof now_at, "%s n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d p%d,%d,%d,%d types %d>%d f%d g%d", what,
             (int)w->n, (int)w->h, (int)w->w, (int)w->c, (int)w->kernel_h, (int)w->kernel_w, (int)w->stride_h,
             (int)w->stride_w, (int)w->dilation_h, (int)w->dilation_w, (int)w->top, (int)w->bottom, (int)w->left,
             (int)w->right, in_type, type, (int)filters, (int)groups);
}

void compare(const char *isa, const char *what, int type, const void *out, const double *want,
                    const double *allowed, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const double a = at(type, out, i), b = want[i];
        if (same(a, b)) continue;
        CHECK(allowed != NULL && isfinite(b) && fabs(a - b) <= allowed[i],
              "example %d, %s, %s%s: value %d of %d is %.9g, should be %.9g", (int)example - 1, isa, now_at, what,
              (int)i, (int)count, a, b);
    }
}

void compare_bits(const char *isa, const char *what, int type, const void *a, const void *b, int64_t count) {
    if (memcmp(a, b, (size_t)count * size_of(type)) == 0) return;
    for (int64_t i = 0; i < count; i++)
        CHECK(same(at(type, a, i), at(type, b, i)), "example %d, %s, %s%s: value %d of %d is %.9g and %.9g",
              (int)example - 1, isa, now_at, what, (int)i, (int)count, at(type, a, i), at(type, b, i));
}

/* ---- windows ---- */

/* As TensorFlow pads "same". */
static void pad_same(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t *before, int64_t *after) {
    const int64_t all = ((size + stride - 1) / stride - 1) * stride + (kernel - 1) * dilation + 1 - size;
    *before = all > 0 ? all / 2 : 0;
    *after = all > 0 ? all - *before : 0;
}

void make_same(cnn_window *w) {
    pad_same(w->h, w->kernel_h, w->stride_h, w->dilation_h, &w->top, &w->bottom);
    pad_same(w->w, w->kernel_w, w->stride_w, w->dilation_w, &w->left, &w->right);
}

cnn_window window_for(int64_t rows, int64_t columns, int64_t kernel_h, int64_t kernel_w) {
    const cnn_window w = {.n = 1,
                          .h = rows + kernel_h - 1,
                          .w = columns + kernel_w - 1,
                          .c = 1,
                          .kernel_h = kernel_h,
                          .kernel_w = kernel_w,
                          .stride_h = 1,
                          .stride_w = 1,
                          .dilation_h = 1,
                          .dilation_w = 1};
    return w;
}
