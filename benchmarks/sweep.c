/* Is any shape slower with vectors than with the plain loops? Cases drawn from a seed, around every vector and tile
 * width; each is timed in turns on every instruction set, one thread. In C, because a call from Python costs more than
 * a small case itself and would hide it.
 *
 * sweep SECONDS SEED [ISA]      draws cases until the time is up
 * sweep LINE...                 times these cases, written as the program prints them, carefully
 *
 * A case whose best time is above that of the plain loops is looked at again: many more turns, longer ones, in changing
 * order. It counts as slower when both its best and its median stay above by TOLERANCE and by LEAST. The plain loops
 * are timed against themselves in the same way, under the name "ref again": what they show, this measurement cannot
 * tell apart. Exit status 1 when a case is slower.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cnncore.h"

enum { ISAS = 6, LOOKS = 5, CAREFUL = 41, WORST = 8, PAD = 256, LINE = 64 };
static const double SHORT = 12e-6, LONG = 150e-6;    /* seconds of a batch at the first look, at the careful one */
static const double TOLERANCE = 0.03, LEAST = 2e-9;  /* of the plain time; seconds, twice what "ref again" shows */

/* ---- a case, as a line ---- */

struct example {
    char what[8]; /* conv, plan, filter, max, mean, relu, clamp */
    int in_type, type;
    cnn_window w;
    int64_t filters, groups;
    int bias, relu, pool, weights; /* weights: 0 small, 1 need 16 bits, 2 need 32 bits */
    int at;                        /* bytes from a line of the cache to each array: malloc, and so numpy, has 16 too */
};

static const char *const TYPES[] = {"u8", "i8", "i16", "i32", "f32", "f64"};

static void print(FILE *file, const struct example *e) {
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

static int parse(const char *line, struct example *e) {
    char in[8], type[8];
    int v[22], *p = v;
    const int found = sscanf(
        line,
        "%7s %7[^>]>%7s n%d h%d w%d c%d k%dx%d s%d,%d d%d,%d p%d,%d,%d,%d f%d g%d bias%d relu%d pool%d weights%d at%d",
        e->what, in, type, p, p + 1, p + 2, p + 3, p + 4, p + 5, p + 6, p + 7, p + 8, p + 9, p + 10, p + 11, p + 12,
        p + 13, p + 14, p + 15, p + 16, p + 17, p + 18, p + 19, p + 20);
    if (found != 24 || v[20] < 0 || v[20] > LINE) return 0;
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

/* ---- drawing ---- */

static uint64_t seed;

static uint64_t next(void) { /* xorshift64* */
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

static int64_t pick(int64_t low, int64_t high) { /* both included */
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

static void outputs(const cnn_window *w, int64_t *rows, int64_t *columns) {
    *rows = positions(w->h, w->kernel_h, w->stride_h, w->dilation_h, w->top + w->bottom);
    *columns = positions(w->w, w->kernel_w, w->stride_w, w->dilation_w, w->left + w->right);
}

static double work(const struct example *e) {
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

static struct example draw(void) {
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

/* ---- running ---- */

static char *in, *kernel, *bias, *out;
static cnn_plan *plans[ISAS];
static const char *isas[ISAS];
static int isa_count;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(int type, char *data, int64_t count, int64_t largest) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t v = pick(-largest, largest);
        switch (type) {
            case CNN_U8: ((uint8_t *)data)[i] = (uint8_t)next(); break;
            case CNN_I8: ((int8_t *)data)[i] = (int8_t)v; break;
            case CNN_I16: ((int16_t *)data)[i] = (int16_t)v; break;
            case CNN_I32: ((int32_t *)data)[i] = (int32_t)v; break;
            case CNN_F32: ((float *)data)[i] = (float)v / 64; break;
            default: ((double *)data)[i] = (double)v / 64; break;
        }
    }
}

static char *blocks[4]; /* of memory, of which `in`, `out`, `kernel` and `bias` are part */

static char *memory(char **block, const struct example *e, int64_t count) {
    *block = aligned_alloc(LINE, ((size_t)count * 8 + PAD + 2 * LINE - 1) / LINE * LINE);
    if (*block == NULL) exit(2);
    return *block + e->at;
}

static void prepare(const struct example *e) {
    int64_t rows, columns;
    outputs(&e->w, &rows, &columns);
    const int64_t in_count = e->w.n * e->w.h * e->w.w * e->w.c, out_count = e->w.n * rows * columns * e->filters;
    const int64_t taps = e->w.kernel_h * e->w.kernel_w * (e->what[0] == 'f' ? 1 : e->w.c / e->groups * e->filters);
    in = memory(&blocks[0], e, in_count);
    out = memory(&blocks[1], e, out_count);
    kernel = memory(&blocks[2], e, taps);
    bias = memory(&blocks[3], e, e->filters);
    fill(e->in_type, in, in_count, 100);
    fill(e->type, kernel, taps, e->weights ? 300 : 3);
    if (e->weights == 2) ((int32_t *)kernel)[0] = 40000;
    fill(e->type, bias, e->filters, 100);
    memset(out, 0, (size_t)out_count * 8);
    for (int i = 0; i < isa_count && e->what[0] == 'p'; i++) {
        cnn_use_isa(isas[i]);
        if (cnn_plan_new(&e->w, e->filters, e->groups, e->in_type, e->type, kernel, e->bias ? bias : NULL, e->relu,
                         e->pool, &plans[i]) != CNN_OK)
            plans[i] = NULL;
    }
}

static void finish(void) {
    for (int i = 0; i < ISAS; i++) cnn_plan_free(plans[i]), plans[i] = NULL;
    for (int i = 0; i < 4; i++) free(blocks[i]);
}

static int call(const struct example *e, int isa) {
    const cnn_window *w = &e->w;
    switch (e->what[0]) {
        case 'p': return plans[isa] == NULL ? CNN_BAD_ARGUMENT : cnn_plan_run(plans[isa], w->n, in, out);
        case 'f': return cnn_filter2d(w, e->type, (uint8_t *)in, kernel, 1, (uint8_t *)out);
        case 'r': return cnn_relu(e->type, w->h * w->w, in, out);
        case 'm': return (e->what[1] == 'a' ? cnn_max_pool2d : cnn_avg_pool2d)(w, e->type, in, out);
    }
    if (e->what[1] == 'l') return cnn_clamp(e->in_type, e->type, w->h * w->w, in, 0, 200, out);
    return cnn_conv2d(w, e->filters, e->groups, e->in_type, e->type, in, kernel, e->bias ? bias : NULL, e->relu, out);
}

/* Seconds a call, over a batch. */
static double batch(const struct example *e, int isa, int64_t calls) {
    cnn_use_isa(isas[isa]);
    call(e, isa); /* brings its code and its tables into the cache */
    const double start = now();
    for (int64_t i = 0; i < calls; i++) call(e, isa);
    return (now() - start) / (double)calls;
}

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct times {
    double best, median;
};

/* Times the instruction sets listed in turns: forwards, then backwards. */
static void take_turns(const struct example *e, const int *listed, int count, int turns, double least,
                       struct times *found) {
    static double taken[ISAS][CAREFUL];
    int64_t calls[ISAS];
    for (int k = 0; k < count; k++) {
        const double once = batch(e, listed[k], 1);
        calls[k] = once >= least ? 1 : (int64_t)(least / (once + 1e-8)) + 1;
    }
    for (int turn = 0; turn < turns; turn++)
        for (int k = 0; k < count; k++) {
            const int i = turn % 2 ? count - 1 - k : k;
            taken[i][turn] = batch(e, listed[i], calls[i]);
        }
    for (int k = 0; k < count; k++) {
        qsort(taken[k], (size_t)turns, sizeof taken[k][0], by_size);
        found[k] = (struct times){taken[k][0], taken[k][turns / 2]};
    }
}

/* ---- what was found ---- */

struct finding {
    struct example e;
    struct times plain, ours;
    double ratio; /* of the times, ours over plain */
    int careful;
};

struct tally {
    int cases, looked_again, slower;
    double log_sum;
    struct finding worst[WORST];
    int kept;
};

static struct tally tallies[ISAS];

static void keep(struct tally *t, const struct finding *f) {
    int at = t->kept < WORST ? t->kept++ : WORST - 1;
    if (at == WORST - 1 && t->kept == WORST && t->worst[at].ratio >= f->ratio && t->worst[at].ratio > 0) return;
    t->worst[at] = *f;
    for (; at > 0 && t->worst[at].ratio > t->worst[at - 1].ratio; at--) {
        const struct finding other = t->worst[at];
        t->worst[at] = t->worst[at - 1];
        t->worst[at - 1] = other;
    }
}

static int is_slower(const struct finding *f) {
    return f->careful && f->ratio > 1 + TOLERANCE && (f->ratio - 1) * f->plain.best > LEAST;
}

static void look_again(const struct example *e, int isa, struct finding *f) {
    const int both[2] = {0, isa};
    struct times found[2];
    take_turns(e, both, 2, CAREFUL, LONG, found);
    const double best = found[1].best / found[0].best, median = found[1].median / found[0].median;
    *f = (struct finding){*e, found[0], found[1], best < median ? best : median, 1};
}

static void show(const char *isa, const struct finding *f) {
    printf("%-9s %5.2f  %9.3f us, plain %9.3f us  ", isa, f->ratio, f->ours.best * 1e6, f->plain.best * 1e6);
    print(stdout, &f->e);
    printf("\n");
}

static const char *label(int isa) {
    return isa == 1 ? "ref again" : isas[isa];
}

static void examine(const struct example *e, int only_careful) {
    int all[ISAS];
    struct times found[ISAS];
    for (int i = 0; i < isa_count; i++) all[i] = i;
    prepare(e);
    for (int i = 0; i < isa_count; i++) {
        cnn_use_isa(isas[i]);
        const int status = call(e, i);
        if (status == CNN_OK) continue;
        fprintf(stderr, "status %d: ", status);
        print(stderr, e);
        fprintf(stderr, "\n");
        exit(2);
    }
    take_turns(e, all, isa_count, LOOKS, SHORT, found);
    for (int i = 1; i < isa_count; i++) {
        struct tally *t = &tallies[i];
        struct finding f = {*e, found[0], found[i], found[i].best / found[0].best, 0};
        if (f.ratio > 1 || only_careful) {
            t->looked_again++;
            look_again(e, i, &f);
            if (is_slower(&f)) look_again(e, i, &f); /* twice in a row is no chance */
        }
        t->cases++;
        t->log_sum += log(f.ratio);
        t->slower += is_slower(&f);
        if (is_slower(&f) || only_careful) show(label(i), &f);
        fflush(stdout);
        keep(t, &f);
    }
    finish();
}

int main(int argc, char **argv) {
    struct example e;
    if (argc < 3 && !(argc == 2 && parse(argv[1], &e))) {
        fprintf(stderr, "usage: sweep SECONDS SEED [ISA] | sweep LINE...\n");
        return 2;
    }
    const int lines = parse(argv[1], &e);
    const char *name, *only = !lines && argc > 3 ? argv[3] : NULL;
    cnn_set_num_threads(1);
    isas[isa_count++] = "ref";
    isas[isa_count++] = "ref";
    for (int i = 0; (name = cnn_isa_name(i)) != NULL; i++)
        if (strcmp(name, "ref") != 0 && (only == NULL || strcmp(name, only) == 0)) isas[isa_count++] = name;
    if (isa_count == 2) {
        fprintf(stderr, "this machine has no instruction set %s\n", only == NULL ? "beside the plain loops" : only);
        return 2;
    }
    if (lines) {
        for (int i = 1; i < argc; i++) {
            if (!parse(argv[i], &e)) {
                fprintf(stderr, "not a case: %s\n", argv[i]);
                return 2;
            }
            seed = 1;
            examine(&e, 1);
        }
    } else {
        const double end = now() + atof(argv[1]);
        uint64_t drawn = (uint64_t)atoll(argv[2]) * 0x9E3779B97F4A7C15u + 1;
        while (now() < end) {
            seed = drawn;
            const double most = pick(0, 19) ? 2e6 : 4e7; /* products: what is longer has no more to show */
            e = draw();
            drawn = next();
            const double size = work(&e);
            if (size < 1 || size > most) continue;
            seed = 1; /* the same values when the case is given as a line */
            examine(&e, 0);
        }
    }
    int slower = 0;
    for (int i = 1; i < isa_count; i++) {
        const struct tally *t = &tallies[i];
        slower += i > 1 ? t->slower : 0;
        if (lines) continue;
        printf(
            "%s: %d cases, %.2f times as fast as the plain loops (geometric mean), %d looked at again, %d slower. Time "
            "over "
            "plain, the worst:\n",
            label(i), t->cases, exp(-t->log_sum / (t->cases ? t->cases : 1)), t->looked_again, t->slower);
        for (int k = 0; k < t->kept; k++) show(label(i), &t->worst[k]);
    }
    printf("%d slower than the plain loops (by over %.0f %% and %.0f ns)\n", slower, TOLERANCE * 100, LEAST * 1e9);
    return slower > 0;
}
