#include "operations.h"

#include <float.h>
#include <math.h>

void fill(int type, void *data, int64_t count, enum special special) {
    for (int64_t i = 0; i < count; i++) {
        const int rare = special && next() % (special == WITHOUT_HUGE ? 2048 : 64) == 0;
        const double real = (double)pick(-1000000, 1000000) / 250000.0;
        const double huge = special == WITHOUT_HUGE ? 0.0 : 1e30;
        const double odd = (double[]){INFINITY, -INFINITY, NAN, -0.0, FLT_MIN / 4, huge}[next() % 6];
        switch (type) {
            case CNN_U8: ((uint8_t *)data)[i] = (uint8_t)next(); break;
            case CNN_I8: ((int8_t *)data)[i] = (int8_t)next(); break;
            case CNN_I16: ((int16_t *)data)[i] = (int16_t)next(); break;
            case CNN_I32: ((int32_t *)data)[i] = (int32_t)pick(-60, 60); break;
            case CNN_F32: ((float *)data)[i] = (float)(rare ? odd : real); break;
            default: ((double *)data)[i] = rare ? odd : real; break;
        }
    }
}

cnn_window random_window(int64_t c, int64_t largest_kernel) {
    cnn_window w = {.n = pick(1, 2), .c = c};
    w.h = CHOOSE(1, 2, 3, 5, 8, 13);
    w.w = CHOOSE(1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 26, 28, 29, 31, 32, 33, 63, 64, 65, 67, 130);
    w.kernel_h = pick(1, largest_kernel);
    w.kernel_w = pick(1, largest_kernel);
    w.stride_h = pick(1, 3);
    w.stride_w = pick(0, 2) ? 1 : pick(2, 3);
    w.dilation_h = pick(0, 2) ? 1 : 2;
    w.dilation_w = pick(0, 2) ? 1 : pick(2, 3);
    if (pick(0, 1)) {
        w.top = pick(0, 2);
        w.bottom = pick(0, 2);
        w.left = pick(0, 2);
        w.right = pick(0, 2);
    }
    return w;
}

static void describe(const char *isa, const cnn_window *w, const char *what) {
    fprintf(stderr, "%s %s: n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d pad %d %d %d %d\n", isa, what, (int)w->n, (int)w->h,
            (int)w->w, (int)w->c, (int)w->kernel_h, (int)w->kernel_w, (int)w->stride_h, (int)w->stride_w,
            (int)w->dilation_h, (int)w->dilation_w, (int)w->top, (int)w->bottom, (int)w->left, (int)w->right);
}

void compare(const char *isa, const cnn_window *w, const char *what, int type, const void *out, const void *want,
                    const double *bound, int64_t count, double terms) {
    const double epsilon = type == CNN_F64 ? DBL_EPSILON : (double)FLT_EPSILON;
    for (int64_t i = 0; i < count; i++) {
        const double a = at(type, out, i), b = at(type, want, i);
        const int near = bound != NULL && isfinite(b) && fabs(a - b) <= bound[i] * epsilon * (terms + 2);
        const int fine = same(a, b) || near;
        if (!fine) describe(isa, w, what);
        CHECK(fine, "value %d of %d is %.9g, should be %.9g", (int)i, (int)count, a, b);
    }
}
