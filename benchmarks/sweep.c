/* Searches for shapes that are slower with vectors than with the reference loops. Cases are drawn from a seed, around
 * every vector and tile width; each is timed in turns on every instruction set, with one thread. In C, because a call
 * from Python takes longer than a small case and would hide it.
 *
 * sweep SECONDS SEED [ISA]      draws cases until the time is up sweep LINE...                 times these cases
 * carefully; each is written as the program prints it
 *
 * A case whose best time is above that of the reference loops is measured again, with many more and longer turns in
 * alternating order. It counts as slower where both its best and its median stay above by TOLERANCE and by LEAST. The
 * reference loops are also timed against themselves, under the name "ref again": differences of that size are noise.
 * Exit status 1 where a case is slower.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cnncore.h"
#include "sweep_cases.h"

enum { ISAS = 6, LOOKS = 5, CAREFUL = 41, WORST = 8, PAD = 256 };
static const double SHORT = 12e-6, LONG = 150e-6;    /* seconds of a batch: first and repeated measurement */
static const double TOLERANCE = 0.03, LEAST = 2e-9;  /* of the reference time; seconds, twice what "ref again" shows */

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

/* Seconds per call, over a batch. */
static double batch(const struct example *e, int isa, int64_t calls) {
    cnn_use_isa(isas[isa]);
    call(e, isa); /* loads its code and tables into the cache */
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
                       struct times *times) {
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
        times[k] = (struct times){taken[k][0], taken[k][turns / 2]};
    }
}

/* ---- results ---- */

struct comparison {
    struct example e;
    struct times ref, ours;
    double ratio; /* our time divided by that of ref */
    int careful;
};

struct tally {
    int cases, looked_again, slower;
    double log_sum;
    struct comparison worst[WORST];
    int kept;
};

static struct tally tallies[ISAS];

static void keep(struct tally *t, const struct comparison *f) {
    int at = t->kept < WORST ? t->kept++ : WORST - 1;
    if (at == WORST - 1 && t->kept == WORST && t->worst[at].ratio >= f->ratio && t->worst[at].ratio > 0) return;
    t->worst[at] = *f;
    for (; at > 0 && t->worst[at].ratio > t->worst[at - 1].ratio; at--) {
        const struct comparison other = t->worst[at];
        t->worst[at] = t->worst[at - 1];
        t->worst[at - 1] = other;
    }
}

static int is_slower(const struct comparison *f) {
    return f->careful && f->ratio > 1 + TOLERANCE && (f->ratio - 1) * f->ref.best > LEAST;
}

static void look_again(const struct example *e, int isa, struct comparison *f) {
    const int both[2] = {0, isa};
    struct times times[2];
    take_turns(e, both, 2, CAREFUL, LONG, times);
    const double best = times[1].best / times[0].best, median = times[1].median / times[0].median;
    *f = (struct comparison){*e, times[0], times[1], best < median ? best : median, 1};
}

static void show(const char *isa, const struct comparison *f) {
    printf("%-9s %5.2f  %9.3f us, ref %9.3f us  ", isa, f->ratio, f->ours.best * 1e6, f->ref.best * 1e6);
    print(stdout, &f->e);
    printf("\n");
}

static const char *label(int isa) {
    return isa == 1 ? "ref again" : isas[isa];
}

static void examine(const struct example *e, int only_careful) {
    int all[ISAS];
    struct times times[ISAS];
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
    take_turns(e, all, isa_count, LOOKS, SHORT, times);
    for (int i = 1; i < isa_count; i++) {
        struct tally *t = &tallies[i];
        struct comparison f = {*e, times[0], times[i], times[i].best / times[0].best, 0};
        if (f.ratio > 1 || only_careful) {
            t->looked_again++;
            look_again(e, i, &f);
            if (is_slower(&f)) look_again(e, i, &f); /* twice in a row is not chance */
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
        fprintf(stderr, "this machine has no instruction set %s\n", only == NULL ? "beside the reference loops" : only);
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
            const double most = pick(0, 19) ? 2e6 : 4e7; /* products: longer cases show nothing new */
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
            "%s: %d cases, %.2f times as fast as ref (geometric mean), %d measured again, %d slower. Time over ref, "
            "the "
            "worst:\n",
            label(i), t->cases, exp(-t->log_sum / (t->cases ? t->cases : 1)), t->looked_again, t->slower);
        for (int k = 0; k < t->kept; k++) show(label(i), &t->worst[k]);
    }
    printf("%d slower than the reference loops (by over %.0f %% and %.0f ns)\n", slower, TOLERANCE * 100, LEAST * 1e9);
    return slower > 0;
}
