#include "values.h"

#include <math.h>

uint64_t seed = 1;

uint64_t next(void) {
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

int64_t pick(int64_t low, int64_t high) {
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

size_t size_of(int type) {
    return ((size_t[]){1, 1, 2, 4, 4, 8})[type];
}

double at(int type, const void *data, int64_t i) {
    switch (type) {
        case CNN_U8: return ((const uint8_t *)data)[i];
        case CNN_I8: return ((const int8_t *)data)[i];
        case CNN_I16: return ((const int16_t *)data)[i];
        case CNN_I32: return ((const int32_t *)data)[i];
        case CNN_F32: return (double)((const float *)data)[i];
        default: return ((const double *)data)[i];
    }
}

void put(int type, void *data, int64_t i, double value) {
    switch (type) {
        case CNN_U8: ((uint8_t *)data)[i] = (uint8_t)value; break;
        case CNN_I8: ((int8_t *)data)[i] = (int8_t)value; break;
        case CNN_I16: ((int16_t *)data)[i] = (int16_t)value; break;
        case CNN_I32: ((int32_t *)data)[i] = (int32_t)value; break;
        case CNN_F32: ((float *)data)[i] = (float)value; break;
        default: ((double *)data)[i] = value; break;
    }
}

int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

static int64_t positions(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad) {
    const int64_t extent = size + pad - ((kernel - 1) * dilation + 1);
    return extent < 0 ? 0 : extent / stride + 1;
}

void outputs(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = positions(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom);
    *columns = positions(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right);
}
