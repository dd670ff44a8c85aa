/* The weights of direct convolutions: which algorithm takes them, and their order in memory. */
#include <math.h>
#include <string.h>

#include "api/plan.h"
#include "api/weights.h"

/* Few channels, the taps of a row adjacent in memory, and few enough weights to pack for each call. */
static int few_channels_fit(const struct cnn_plan *p) {
    return p->table->conv2d_few_channels != NULL && p->type == CNN_F32 && p->groups == 1 && p->w.dilation_w == 1 &&
           p->w.c <= 8 && cnn_plan_terms(p) <= CNN_SUM_BLOCK && cnn_plan_terms(p) * p->filters <= 1 << 16;
}

/* F(2, 3) along the rows must be faster and safe: weights so large that its sums could become infinite are excluded,
 * and so are whole numbers, whose sums must stay exact. */
static int f23_fits(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->in_type != CNN_F32 || w->kernel_h != 3 || w->kernel_w != 3 || w->stride_h != 1 || w->stride_w != 1 ||
        w->dilation_h != 1 || (w->c != 1 && w->c != 3) || !p->table->has_f23)
        return 0;
    if (p->filters <= p->table->vector[p->table_type] || p->exact) return 0;
    if (cnn_any_filter_is_whole((const float *)p->kernel, 9 * w->c, p->filters)) return 0;
    for (int64_t i = 0; i < 9 * w->c * p->filters; i++)
        if (!(fabsf(((const float *)p->kernel)[i]) < 0x1p24f)) return 0;
    return 1;
}

/* Packing makes weights contiguous. For a single call it is faster only where each weight is used for many pixels:
 * one thread writes what the others then fetch from its cache (64 -> 64 on 11x11 outputs, two threads: 188 us with
 * it, 63 us without). */
static int packing_is_faster(const struct cnn_plan *p) {
    const int64_t weights = cnn_plan_terms(p) * p->filters;
    if (!p->once) return weights <= 1 << 24;
    /* Rows of many weights lie so far apart that few of them fit an L1 cache: worth it sooner (256 -> 256 on 14x14, one
     * thread: 1.8 ms, without 2.8; two threads: 1.5 and 1.7). */
    return p->w.n * p->conv_h * p->conv_w >= (weights >= 1 << 18 ? 128 : 1024) && weights <= 1 << 20;
}

static void choose_blocks(struct cnn_plan *p) {
    const int64_t in_group = p->filters / p->groups, block = p->table->block[p->table_type];
    p->blocks = p->groups * cnn_ceil_div(in_group, block);
    p->pack_all = p->algorithm == FEW_CHANNELS || packing_is_faster(p);
    if (!p->pack_all && in_group == cnn_plan_whole_vectors(p, in_group)) return;
    const int64_t longest = cnn_min(block, cnn_plan_whole_vectors(p, in_group));
    p->packed_block = (size_t)((cnn_plan_terms(p) + 1) * longest) * p->size;
    p->packed_size = (size_t)p->blocks * p->packed_block;
    if (p->algorithm != FEW_CHANNELS || !f23_fits(p)) return;
    const int64_t vector = p->table->vector[p->table_type];
    p->f23 = p->packed_size;
    p->f23_block = (12 * p->w.c + 1) * vector;
    p->packed_size += (size_t)(cnn_ceil_div(p->filters, vector) * p->f23_block) * p->size;
}

void cnn_direct_choose(struct cnn_plan *p) {
    if (p->w.c == 1 && p->filters == 1 && p->w.stride_w == 1) {
        p->algorithm = ONE_MAP;
    } else if (p->groups == p->w.c && p->filters == p->w.c) {
        p->algorithm = DEPTHWISE;
    } else {
        p->algorithm = few_channels_fit(p) ? FEW_CHANNELS : DIRECT;
        choose_blocks(p);
    }
}

struct filter_block cnn_direct_block(const struct cnn_plan *p, int64_t index) {
    const int64_t in_group = p->filters / p->groups, size = p->table->block[p->table_type];
    const int64_t per_group = cnn_ceil_div(in_group, size);
    const int64_t start = index % per_group * size;
    struct filter_block b = {index / per_group, index / per_group * in_group + start, cnn_min(size, in_group - start)};
    return b;
}

int cnn_direct_is_packed(const struct cnn_plan *p, struct filter_block b) {
    return p->pack_all || b.filters != cnn_plan_whole_vectors(p, b.filters);
}

/* Copies a multiple of 4 bytes. A few bytes are copied inline: a call would take longer than the copy. */
static inline void copy(char *to, const char *from, size_t size) {
    if (size > 16) {
        memcpy(to, from, size);
    } else if (size >= 8) { /* the first 8 and the last 8, which may overlap */
        memcpy(to, from, 8);
        memcpy(to + size - 8, from + size - 8, 8);
    } else {
        memcpy(to, from, 4);
    }
}

static void pack_blocks(const struct cnn_plan *p) {
    const int64_t rows = cnn_plan_terms(p);
    for (int64_t i = 0; i < p->blocks; i++) {
        const struct filter_block b = cnn_direct_block(p, i);
        if (!cnn_direct_is_packed(p, b)) continue;
        const size_t used = (size_t)b.filters * p->size, wide = (size_t)cnn_plan_whole_vectors(p, b.filters) * p->size;
        char *target = p->packed + (size_t)i * p->packed_block;
        const char *source = p->kernel + (size_t)b.first * p->size;
        if (used < wide) memset(target, 0, (size_t)rows * wide);
        for (int64_t r = 0; r < rows; r++, target += wide, source += (size_t)p->filters * p->size)
            copy(target, source, used);
        memset(target, 0, wide);
        if (p->bias != NULL) memcpy(target, p->bias + (size_t)b.first * p->size, used);
    }
}

/* Appends the weights of F(2, 3) along the rows: see kernels/conv2d_few_channels_f23.inc.c. */
static void pack_f23(const struct cnn_plan *p) {
    const int64_t vector = p->table->vector[p->table_type], channels = p->w.c, tap = channels * p->filters;
    const float *kernel = (const float *)p->kernel, *bias = (const float *)p->bias;
    memset(p->packed + p->f23, 0, p->packed_size - p->f23);
    for (int64_t f = 0; f < p->filters; f++) {
        float *out = (float *)(p->packed + p->f23) + f / vector * p->f23_block + f % vector;
        for (int64_t a = 0; a < p->w.kernel_h; a++)
            for (int64_t c = 0; c < channels; c++, out += 4 * vector) {
                const float *w = kernel + a * 3 * tap + c * p->filters + f, g0 = w[0], g1 = w[tap], g2 = w[2 * tap];
                out[0] = g0;
                out[vector] = (g0 + g1 + g2) / 2;
                out[2 * vector] = (g0 - g1 + g2) / 2;
                out[3 * vector] = g2;
            }
        out[0] = bias == NULL ? 0 : bias[f];
    }
}

void cnn_direct_pack(const struct cnn_plan *p) {
    if (p->packed_size > 0) pack_blocks(p);
    if (p->f23 > 0) pack_f23(p);
}
