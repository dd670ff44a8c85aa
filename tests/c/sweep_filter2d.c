/* Image filters, with weights at the edge of each integer path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sweep.h"

static double to_pixel(float value) {
    if (!(value > 0)) return 0; /* NaN too */
    return value >= 255 ? 255 : (double)rintf(value);
}

/* Each a path of its own, or its edge. */
enum weights { TINY, TO_128, TO_129, BYTES, WORDS, LONG, REAL, EXACT_PRODUCT, PRODUCT, MULTIPLE, WEIGHTS, MEAN };

/* `signs`, of TO_128 and TO_129: 0 all positive, 1 all negative, else mixed. */
static void fill_filter(enum weights weights, int signs, void *kernel, int64_t kernel_w, int64_t taps) {
    int32_t *whole = kernel;
    switch (weights) {
        case TINY: fill_weights(CNN_I32, kernel, taps, 128 / taps > 0 ? 128 / taps : 1, ORDINARY); break;
        case TO_128: /* 255 times the sum of these is the most that fits int16 */
        case TO_129:
            memset(kernel, 0, (size_t)taps * 4);
            for (int i = 0; i < (weights == TO_128 ? 128 : 129); i++) {
                int32_t *w = &whole[next() % (uint64_t)taps];
                *w += signs == 0 ? 1 : signs == 1 || *w < 0 || (*w == 0 && next() & 64) ? -1 : 1;
            }
            break;
        case BYTES:
            for (int64_t i = 0; i < taps; i++) whole[i] = (int32_t[]){127, -128, 128, 1, -1, 0, 5}[next() % 7];
            break;
        case WORDS:
            for (int64_t i = 0; i < taps; i++) whole[i] = (int32_t[]){32767, -32768, 300, -129}[next() % 4];
            break;
        case LONG: fill_weights(CNN_I32, kernel, taps, INT32_MAX / 255 / taps, next() & 64 ? EXTREME : ORDINARY); break;
        case EXACT_PRODUCT: /* a column times a row, with exact sums in every order */
        case PRODUCT: {
            const int exact = weights == EXACT_PRODUCT;
            float column[11], row[11];
            for (int i = 0; i < 11; i++) {
                column[i] = exact ? (float[]){1, 2, -4, 0.5f, 0}[next() % 5] : (float)pick(-99, 99) / 77;
                row[i] = exact ? (float)pick(-3, 3) / 4 : (float)pick(-99, 99) / 1234;
            }
            for (int64_t i = 0; i < taps; i++) ((float *)kernel)[i] = column[i / kernel_w] * row[i % kernel_w];
            break;
        }
        case MULTIPLE: { /* of one number, by what fits a byte, or just not */
            const float unit = (float[]){1.0f / 9, 0.1f, -1.0f / 16, 3.7e-3f}[next() % 4];
            const int64_t most = (int64_t[]){1, 3, 127, 128}[next() % 4];
            for (int64_t i = 0; i < taps; i++) ((float *)kernel)[i] = (float)pick(-most, most) * unit;
            ((float *)kernel)[next() % (uint64_t)taps] = unit;
            if (next() & 64) ((float *)kernel)[next() % (uint64_t)taps] *= 1.004f; /* no multiple */
            break;
        }
        case MEAN:
            for (int64_t i = 0; i < taps; i++) ((float *)kernel)[i] = 1.0f / (float)taps;
            break;
        default: /* sums are exact: every order gives the same */
            for (int64_t i = 0; i < taps; i++) ((float *)kernel)[i] = (float)pick(-64, 64) / 16;
    }
}

static void check_filter(cnn_window w, enum weights weights, int threads) {
    if (!is_mine()) return;
    int64_t rows, columns;
    outputs(&w, &rows, &columns);
    const int type = weights >= REAL ? CNN_F32 : CNN_I32;
    const int inexact = weights == PRODUCT || weights == MULTIPLE || weights == MEAN;
    const int64_t taps = w.kernel_h * w.kernel_w, in_count = w.h * w.w * w.c, count = rows * columns * w.c;
    describe("filter", &w, CNN_U8, type, w.c, w.c);
    char *in = place(IN, in_count, CNN_U8, 1), *kernel = place(KERNEL, taps, type, 1);
    fill(CNN_U8, in, in_count, example % 3 == 0 ? EXTREME : ORDINARY);
    const int signs = (int)(next() % 4);
    const int to_the_edge = (weights == TO_128 || weights == TO_129) && signs < 2;
    if (to_the_edge || example % 17 == 0) memset(in, 255, (size_t)in_count);
    fill_filter(weights, signs, kernel, w.kernel_w, taps);
    if (weights >= REAL && example % 19 == 0) ((float *)kernel)[taps - 1] = (float[]){NAN, INFINITY}[example % 2];
    /* 1e30 shows the last bit of a sum near 0, which only exact ones agree about. */
    const float scale = ((float[]){1, 1, 1, 0.5f, 1.0f / 9, 1e-4f, -0.3f, NAN, 1e30f})[next() % (inexact ? 8 : 9)];
    double *want = room(count, sizeof *want), *near = room(count, sizeof *near);
    int64_t i = 0;
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < columns; x++)
            for (int64_t c = 0; c < w.c; c++, i++) {
                double sum = 0, size = 0;
                for (int64_t a = 0; a < w.kernel_h; a++)
                    for (int64_t b = 0; b < w.kernel_w; b++) {
                        const int64_t row = y + a - w.top, column = x + b - w.left;
                        const int inside = row >= 0 && row < w.h && column >= 0 && column < w.w;
                        const double pixel = inside ? ((const uint8_t *)in)[(row * w.w + column) * w.c + c] : 0;
                        sum += pixel * at(type, kernel, a * w.kernel_w + b);
                        size += fabs(pixel * at(type, kernel, a * w.kernel_w + b));
                    }
                want[i] = to_pixel((float)sum * scale);
                /* A sum that is rounded underway may fall to the other side of a half. */
                const double half = fabs(sum * (double)scale - floor(sum * (double)scale) - 0.5);
                const double rounding = fabs((double)scale) * last_bits(CNN_F32, (double)taps + 8) * 1.2e-7;
                near[i] = inexact && half <= size * rounding ? 1 : 0;
            }
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        uint8_t *out = (uint8_t *)place(OUT, count, CNN_U8, 1), *again = (uint8_t *)place(AGAIN, count, CNN_U8, 0);
        cnn_set_num_threads(1);
        CHECK(cnn_filter2d(&w, type, (uint8_t *)in, kernel, scale, out) == CNN_OK, "%s", now_at);
        compare(isa, "", CNN_U8, out, want, inexact ? near : NULL, count);
        const uint8_t *in2 = (uint8_t *)moved(IN, in_count, CNN_U8);
        const char *kernel2 = moved(KERNEL, taps, type);
        cnn_set_num_threads(threads);
        CHECK(cnn_filter2d(&w, type, in2, kernel2, scale, again) == CNN_OK, "%s", now_at);
        compare_bits(isa, ", several threads and one", CNN_U8, again, out, count);
    }
    free(want);
    free(near);
}

void sweep_filters(void) {
    for (int64_t kh = 1; kh <= 11; kh++)
        for (int64_t kw = 1; kw <= 11; kw++)
            for (int weights = 0; weights < WEIGHTS; weights++)
                for (int64_t channels = 1; channels <= 5; channels++) {
                    if (channels > 1 && (kh + kw + weights + channels) % 3 != 0) continue;
                    const int64_t turn = kh * 7 + kw * 5 + weights * 3 + channels;
                    cnn_window w = window_for(1 + turn % 9, COLUMNS[turn % COUNT(COLUMNS)], kh, kw);
                    w.c = channels;
                    if (turn % 4 == 0) make_same(&w);
                    check_filter(w, (enum weights)weights, 2);
                }
    for (int64_t columns = 1; columns <= 300; columns++)
        for (int weights = 0; weights < WEIGHTS; weights++)
            for (int64_t k = 3; k <= 7; k += 2) {
                cnn_window w = window_for(1 + (columns + weights) % 6, columns, k, k);
                if ((columns + k) % 5 == 0) make_same(&w);
                check_filter(w, (enum weights)weights, 3);
            }
    const int64_t longer[][2] = {{16, 16}, {1, 257}, {257, 1}, {17, 19}, {3, 300}, {300, 3}, {70, 70}};
    for (int64_t k = 0; k < COUNT(longer); k++)
        for (int part = 0; part < 6; part++) {
            const int64_t columns = COLUMNS[(3 * k + 7 * part) % COUNT(COLUMNS)];
            cnn_window w = window_for(1 + part, columns, longer[k][0], longer[k][1]);
            w.c = 1 + part % 3;
            if (part == 4) make_same(&w);
            check_filter(w, part % 2 ? REAL : MEAN, 3);
        }
    for (int weights = 0; weights < WEIGHTS; weights++)
        for (int threads = 2; threads <= 8; threads += 3)
            check_filter(window_for(301, 515, 3, 3), (enum weights)weights, threads);
}
