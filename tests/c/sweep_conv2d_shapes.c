/* Shapes of convolutions: channels and filters around every block, kernels from 1x1 to 11x11, widths around the
 * vectors, strides, dilations, groups, "same", every pair of types. */
#include "sweep_conv2d.h"

static const int64_t FILTERS[] = {1,  2,  3,  4,  5,  7,  8,  9,  15, 16, 17, 23,
                                  24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 128};
static const int PAIRS[][2] = {{CNN_F32, CNN_F32}, {CNN_U8, CNN_I32}, {CNN_F64, CNN_F64}, {CNN_I8, CNN_I32},
                               {CNN_I16, CNN_I32}, {CNN_U8, CNN_F32}, {CNN_I8, CNN_F32},  {CNN_I16, CNN_F32}};

/* Checks every `thin`th pair of types in turn, with values that suit the types. */
static void check_types(cnn_window w, int64_t filters, int64_t groups, int thin, int threads) {
    static int64_t turn;
    turn++;
    for (int p = 0; p < (int)COUNT(PAIRS); p++) {
        if ((turn + p) % thin != 0) continue;
        const int64_t r = turn + p;
        const struct convolution c = {w,           filters,          groups,           PAIRS[p][0],
                                      PAIRS[p][1], (int)(r / 2 % 2), (int)(r % 3 != 0)};
        const int64_t weights = ((int64_t[]){127, INT16_MAX, 9, INT32_MAX, 32768})[r % 5];
        check_convolution(c, weights,
                          c.type == CNN_I32 && r % 4 == 1 ? EXTREME
                          : r % 3 == 1                    ? SPECIAL
                                                          : ORDINARY,
                          threads);
    }
}

void sweep_channels(void) {
    for (int64_t c = 0; c < COUNT(CHANNELS); c++)
        for (int64_t f = 0; f < COUNT(FILTERS); f++) {
            cnn_window w = window_for(1 + (c + f) % 3, COLUMNS[(5 * c + 3 * f) % 17], 3, 3);
            w.c = CHANNELS[c];
            check_types(w, FILTERS[f], 1, 4, 3);
            w = window_for(1 + f % 3, COLUMNS[(3 * c + 5 * f) % 20], 1, 1);
            w.c = CHANNELS[c];
            check_types(w, FILTERS[f], 1, 4, 2);
        }
}

void sweep_winograd(void) {
    const int64_t channels[] = {16, 17, 63, 64, 65, 128}, filters[] = {16, 17, 31, 33, 48, 64, 65};
    for (int64_t c = 0; c < COUNT(channels); c++)
        for (int64_t f = 0; f < COUNT(filters); f++)
            for (int part = 0; part < 2; part++) {
                cnn_window w = window_for(4 + (3 * c + f) % 7, 8 + (c + 2 * f) % 7, 3, 3);
                w.c = channels[c];
                w.n = 1 + f % 2;
                if (part) make_same(&w);
                const struct convolution k = {w, filters[f], 1, CNN_F32, CNN_F32, part, (int)(f % 2)};
                const enum values values[] = {ORDINARY, SPECIAL, RANGED, WHOLE};
                for (int v = 0; v < COUNT(values); v++) check_convolution(k, 0, values[v], 2 + (int)f % 3);
            }
}

void sweep_kernels(void) {
    for (int64_t kh = 1; kh <= 11; kh++)
        for (int64_t kw = 1; kw <= 11; kw++) {
            const int64_t turn = kh * 5 + kw * 3;
            cnn_window w = window_for(1 + turn % 3, COLUMNS[turn % COUNT(COLUMNS)], kh, kw);
            if (turn % 4 == 3) make_same(&w);
            check_types(w, 1, 1, 1, 2);
            w = window_for(1 + turn % 3, COLUMNS[(turn + 7) % 18], kh, kw);
            check_types(w, 17, 1, 2, 3);
            w.c = 3;
            check_types(w, 5, 1, 2, 2);
            w.c = (int64_t[]){2, 3, 4, 5, 8, 15, 16, 17}[turn % 8];
            if (turn % 3 == 2) make_same(&w);
            check_types(w, w.c, w.c, 2, 3);
        }
    cnn_window w = window_for(2, 3, 11, 11);
    w.c = 65;
    check_types(w, 33, 1, 1, 3);
    w.c = 128;
    check_types(w, 8, 1, 1, 2);
}

void sweep_widths(void) {
    for (int64_t columns = 1; columns <= 140; columns++) {
        check_types(window_for(1 + columns % 5, columns, 3, 3), 1, 1, 1, 2);
        check_types(window_for(2, columns, 5, 5), 1, 1, 2, 2);
        check_types(window_for(5, columns, 1 + columns % 7, 2), 1, 1, 2, 2);
        cnn_window w = window_for(2, columns, 3, 3);
        if (columns <= 70) {
            check_types(w, 33, 1, 4, 3);
            w.c = 3;
            check_types(w, 16, 1, 4, 3);
            check_types(w, 3, 3, 2, 2);
            w.c = 17;
            check_types(w, 17, 17, 4, 2);
        }
    }
}

void sweep_strides(void) {
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1},   {3, 3, 3},  {16, 16, 16}, {65, 65, 65}, {3, 8, 1},
                  {16, 17, 1}, {8, 34, 2}, {12, 12, 4},  {1, 33, 1}};
    const int64_t kernels[][2] = {{3, 3}, {1, 1}, {2, 3}, {5, 5}, {1, 4}, {3, 1}};
    for (int turn = 0; turn < 81; turn++)
        for (int64_t s = 0; s < COUNT(shapes); s++)
            for (int padding = 0; padding < 3; padding++) {
                const int64_t *k = kernels[(turn + s + padding) % COUNT(kernels)];
                cnn_window w = {.n = 1,
                                .c = shapes[s].channels,
                                .kernel_h = k[0],
                                .kernel_w = k[1],
                                .stride_h = 1 + turn % 3,
                                .stride_w = 1 + turn / 3 % 3,
                                .dilation_h = 1 + turn / 9 % 3,
                                .dilation_w = 1 + turn / 27};
                w.h = (k[0] - 1) * w.dilation_h + 1 + (turn + s) % 5;
                w.w = (k[1] - 1) * w.dilation_w + 1 + COLUMNS[(turn + 4 * s + 9 * padding) % 23] - 1;
                if (padding == 1) make_same(&w);
                if (padding == 2) w.top = 2, w.right = 1, w.left = turn % 2 * 3;
                check_types(w, shapes[s].filters, shapes[s].groups, 4, 3);
            }
}

void sweep_groups(void) {
    const int64_t groups[] = {2, 3, 4, 8, 16}, in[] = {1, 2, 3, 8, 15, 17}, out[] = {1, 2, 8, 15, 16, 17, 33};
    for (int64_t g = 0; g < COUNT(groups); g++)
        for (int64_t i = 0; i < COUNT(in); i++)
            for (int64_t o = 0; o < COUNT(out); o++) {
                cnn_window w = window_for(1 + i % 2, COLUMNS[(g + i + o) % 13], 1 + (g + o) % 3, 1 + (g + i) % 3);
                w.c = groups[g] * in[i];
                w.n = 1 + o % 2;
                check_types(w, groups[g] * out[o], groups[g], 4, 3);
            }
}

/* Sums of about one block and of several, of values whose rounding errors add up: over channels, the taps of one map,
 * depthwise, over few channels, in groups. */
void sweep_long(void) {
    const struct {
        int64_t kernel_h, kernel_w, channels, filters, groups;
    } shapes[] = {{1, 1, 255, 3, 1},  {1, 1, 256, 33, 1}, {1, 1, 257, 17, 1}, {1, 1, 513, 1, 1},   {1, 1, 5000, 2, 1},
                  {3, 3, 29, 5, 1},   {3, 2, 257, 9, 1},  {16, 16, 1, 1, 1},  {16, 17, 1, 1, 1},   {1, 300, 1, 1, 1},
                  {300, 1, 1, 1, 1},  {5, 257, 1, 1, 1},  {40, 9, 1, 1, 1},   {61, 61, 1, 1, 1},   {17, 17, 17, 17, 17},
                  {40, 40, 3, 3, 3},  {19, 17, 2, 2, 2},  {10, 10, 3, 5, 1},  {181, 181, 1, 2, 1}, {13, 13, 8, 17, 1},
                  {9, 9, 40, 20, 10}, {1, 1, 1030, 34, 2}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int part = 0; part < 8; part++) {
            cnn_window w = window_for(1 + (s + part) % 6, COLUMNS[(s + 5 * part) % 19], shapes[s].kernel_h,
                                      shapes[s].kernel_w);
            w.c = shapes[s].channels;
            if (part == 3 && w.kernel_h * w.kernel_w < 400) w.dilation_h = 2, w.h += w.kernel_h - 1;
            if (part == 5) w.stride_h = w.stride_w = 2;
            if (part == 6) w.top = w.left = 1;
            const int type = part % 4 == 3 ? CNN_F64 : CNN_F32;
            const struct convolution c = {w, shapes[s].filters, shapes[s].groups, part == 4 ? CNN_U8 : type, type,
                                          part % 2, part % 3 == 1};
            check_convolution(c, 0, part % 4 == 1 ? ORDINARY : EQUAL, 2 + part % 2);
        }
}

/* Padding, strides and dilation far beyond the input: tiles copy taps alone. */
void sweep_far(void) {
    const int64_t far[] = {1, 4, 9, 1000, 1000000};
    const struct {
        int64_t channels, filters, groups;
    } shapes[] = {{1, 1, 1}, {3, 3, 3}, {17, 17, 17}, {3, 8, 1}, {16, 17, 1}, {8, 34, 2}, {1, 33, 1}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int64_t i = 0; i < COUNT(far); i++)
            for (int64_t k = 0; k < COUNT(far); k++)
                for (int part = 0; part < 3; part++) {
                    cnn_window w = window_for(4 + (s + i) % 5, 3 + (s + k) % 9, 3, 3);
                    w.c = shapes[s].channels;
                    if (part != 1) w.dilation_h = far[i], w.dilation_w = far[k];
                    if (part != 2) w.stride_h = far[k], w.stride_w = far[i];
                    if (part == 0) make_same(&w);
                    if (part == 1) w.top = w.bottom = far[k], w.left = w.right = far[i];
                    if (part == 2) w.top = w.bottom = far[i] + 1, w.left = w.right = far[k];
                    check_types(w, shapes[s].filters, shapes[s].groups, 4, 3);
                }
}

/* Work for several threads: cut by rows, columns or filters. */
void sweep_threads(void) {
    const struct {
        int64_t n, rows, columns, kernel, stride, channels, filters, groups;
    } shapes[] = {{1, 150, 301, 3, 1, 1, 1, 1}, {1, 90, 129, 7, 1, 1, 1, 1},  {2, 40, 50, 3, 1, 17, 17, 17},
                  {3, 26, 26, 3, 1, 1, 64, 1},  {1, 11, 13, 3, 1, 64, 64, 1}, {2, 20, 20, 1, 1, 64, 65, 1},
                  {1, 1, 1, 3, 1, 128, 128, 1}, {1, 1, 300, 1, 1, 63, 65, 1}, {1, 25, 24, 3, 2, 3, 64, 1},
                  {7, 6, 5, 2, 2, 5, 33, 1},    {1, 1, 2000, 3, 1, 1, 33, 1}, {1, 3, 40, 5, 1, 32, 34, 2}};
    for (int64_t s = 0; s < COUNT(shapes); s++)
        for (int threads = 2; threads <= 8; threads += threads < 3 ? 1 : 5) {
            cnn_window w = window_for(shapes[s].rows, shapes[s].columns, shapes[s].kernel, shapes[s].kernel);
            w.n = shapes[s].n;
            w.c = shapes[s].channels;
            w.stride_h = w.stride_w = shapes[s].stride;
            w.h = (shapes[s].rows - 1) * w.stride_h + w.kernel_h;
            w.w = (shapes[s].columns - 1) * w.stride_w + w.kernel_w;
            if (threads == 3) make_same(&w);
            check_types(w, shapes[s].filters, shapes[s].groups, 3, threads);
        }
}
