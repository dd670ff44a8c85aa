#include "sweep_cases.h"

#include <string.h>

static const char *const TYPES[] = {"u8", "i8", "i16", "i32", "f32", "f64"};

void print(FILE *file, const struct example *e) {
    const cnn_window *w = &e->w;
    fprintf(file,
            "%s %s>%s n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d p%d,%d,%d,%d f%d g%d bias%d relu%d pool%d weights%d at%d",
            e->what, TYPES[e->in_type], TYPES[e->type], (int)w->n, (int)w->h, (int)w->w, (int)w->c, (int)w->kernel_h,
            (int)w->kernel_w, (int)w->stride_h, (int)w->stride_w, (int)w->dilation_h, (int)w->dilation_w, (int)w->top,
            (int)w->bottom, (int)w->left, (int)w->right, (int)e->filters, (int)e->groups, e->bias, e->relu, e->pool,
            e->weights, e->at);
}

static int type_of(const char *name) {
    for (int i = 0; i < 6; i++)
        if (strcmp(name, TYPES[i]) == 0) return i;
    return -1;
}

int parse(const char *line, struct example *e) {
    char in[8], type[8];
    int v[22], *p = v;
    const int read = sscanf(
        line,
        "%7s %7[^>]>%7s n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d p%d,%d,%d,%d f%d g%d bias%d relu%d pool%d weights%d at%d",
        e->what, in, type, p, p + 1, p + 2, p + 3, p + 4, p + 5, p + 6, p + 7, p + 8, p + 9, p + 10, p + 11, p + 12,
        p + 13, p + 14, p + 15, p + 16, p + 17, p + 18, p + 19, p + 20);
    if (read != 24 || v[20] < 0 || v[20] > LINE) return 0;
    if ((e->in_type = type_of(in)) < 0 || (e->type = type_of(type)) < 0) return 0;
    e->w = (cnn_window){.n = v[0],
                        .h = v[1],
                        .w = v[2],
                        .c = v[3],
                        .kernel_h = v[4],
                        .kernel_w = v[5],
                        .stride_h = v[6],
                        .stride_w = v[7],
                        .dilation_h = v[8],
                        .dilation_w = v[9],
                        .top = v[10],
                        .bottom = v[11],
                        .left = v[12],
                        .right = v[13]};
    e->filters = v[14], e->groups = v[15], e->bias = v[16], e->relu = v[17], e->pool = v[18], e->weights = v[19];
    e->at = v[20];
    return 1;
}

uint64_t seed;

uint64_t next(void) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

int64_t pick(int64_t low, int64_t high) {
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

#define CHOOSE(...) (((int64_t[]){__VA_ARGS__})[next() % (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))])
#define CHANNELS 1, 2, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 128

static int64_t span(int64_t kernel, int64_t dilation) {
    return (kernel - 1) * dilation + 1;
}

static int64_t positions(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
    const int64_t room = size + pad - span(kernel, dilation);
    return room < 0 ? 0 : room / stride + 1;
}

void outputs(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = positions(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom);
    *columns = positions(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right);
}

double work(const struct example *e) {
    int64_t rows, columns;
    outputs(&e->w, &rows, &columns);
    const double taps = (double)(e->w.kernel_h * e->w.kernel_w);
    return taps * (double)(e->w.n * rows * columns * e->filters) * (double)(e->w.c / e->groups);
}

/* As TensorFlow pads "same". */
static void same(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t *before, int64_t *after) {
    const int64_t wanted = (size + stride - 1) / stride, all = (wanted - 1) * stride + span(kernel, dilation) - size;
    *before = all > 0 ? all / 2 : 0;
    *after = all > 0 ? all - *before : 0;
}

struct example draw(void) {
    struct example e = {.filters = 1, .groups = 1, .at = (int)CHOOSE(0, 16)};
    cnn_window *w = &e.w;
    const int64_t kind = pick(0, 15), square = pick(0, 2);
    *w = (cnn_window){.n = 1, .c = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};
    w->h = CHOOSE(1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 16, 26, 28, 33, 56, 65, 130);
    w->w = CHOOSE(1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 22, 23, 26, 28, 31, 32, 33, 47, 49, 63, 64, 65,
                  66, 127, 129, 130, 255, 257, 512, 640);
    w->kernel_h = CHOOSE(1, 2, 3, 3, 3, 4, 5, 5, 7, 9, 11);
    w->kernel_w = square ? w->kernel_h : CHOOSE(1, 2, 3, 3, 4, 5, 7, 9, 11);
    if (kind < 9) { /* convolution */
        strcpy(e.what, pick(0, 2) ? "conv" : "plan");
        e.in_type = (int)CHOOSE(CNN_F32, CNN_F32, CNN_F32, CNN_F64, CNN_U8, CNN_I8, CNN_I16);
        e.type = e.in_type >= CNN_F32 ? e.in_type : (int)CHOOSE(CNN_I32, CNN_I32, CNN_F32);
        e.weights = e.type == CNN_I32 ? (int)CHOOSE(0, 0, 1, 2) : 0;
        e.bias = (int)pick(0, 1);
        e.relu = (int)pick(0, 1);
        w->n = CHOOSE(1, 1, 1, 2, 8);
        const int64_t shape = pick(0, 9);
        if (shape < 2) {        /* one map to one map */
        } else if (shape < 4) { /* depthwise */
            w->c = e.filters = e.groups = CHOOSE(CHANNELS);
        } else if (shape < 5) {
            e.groups = CHOOSE(2, 3, 4, 8);
            w->c = e.groups * CHOOSE(1, 2, 3, 4, 8, 16, 17);
            e.filters = e.groups * CHOOSE(1, 2, 3, 4, 8, 16, 17, 32);
        } else {
            w->c = CHOOSE(CHANNELS);
            e.filters = CHOOSE(CHANNELS, 10, 24, 31, 32, 33, 48, 96);
        }
        w->stride_h = CHOOSE(1, 1, 1, 2, 3);
        w->stride_w = pick(0, 3) ? w->stride_h : pick(1, 3);
        w->dilation_h = CHOOSE(1, 1, 1, 1, 2, 3);
        w->dilation_w = pick(0, 3) ? w->dilation_h : pick(1, 3);
    } else if (kind < 12) {
        strcpy(e.what, "filter");
        e.in_type = CNN_U8;
        e.type = pick(0, 3) ? CNN_I32 : CNN_F32;
        e.weights = e.type == CNN_I32 ? (int)CHOOSE(0, 0, 1, 2) : 0;
        w->c = e.filters = e.groups = CHOOSE(1, 1, 2, 3, 3, 4, 5);
    } else if (kind < 15) {
        strcpy(e.what, pick(0, 1) ? "max" : "mean");
        e.in_type = e.type = (int)pick(CNN_U8, CNN_F64);
        w->n = CHOOSE(1, 1, 2, 8);
        w->c = e.filters = e.groups = CHOOSE(1, CHANNELS);
        w->kernel_h = CHOOSE(1, 2, 2, 2, 3, 3, 4, 5, 7);
        w->kernel_w = pick(0, 3) ? w->kernel_h : CHOOSE(1, 2, 3, 4);
        w->stride_h = pick(0, 1) ? w->kernel_h : CHOOSE(1, 2, 3);
        w->stride_w = pick(0, 1) ? w->kernel_w : CHOOSE(1, 2, 3);
    } else {
        strcpy(e.what, pick(0, 1) ? "relu" : "clamp");
        e.in_type = e.type = (int)pick(CNN_U8, CNN_F64);
        if (e.what[0] == 'c') e.type = CNN_U8;
        w->kernel_h = w->kernel_w = 1;
    }
    if (w->h < span(w->kernel_h, w->dilation_h)) w->h = span(w->kernel_h, w->dilation_h) + pick(0, 1);
    if (w->w < span(w->kernel_w, w->dilation_w)) w->w = span(w->kernel_w, w->dilation_w) + pick(0, 1);
    if (kind < 15 && pick(0, 2) == 0) {
        same(w->h, w->kernel_h, w->stride_h, w->dilation_h, &w->top, &w->bottom);
        same(w->w, w->kernel_w, w->stride_w, w->dilation_w, &w->left, &w->right);
    }
    int64_t rows, columns;
    outputs(w, &rows, &columns);
    e.pool = e.what[0] == 'p' && rows > 1 && columns > 1 && pick(0, 1);
    return e;
}
