/* cnn_conv2d and cnn_plan_*: check the arguments, choose the algorithm and pack the weights for it. */
#include <stdlib.h>
#include <string.h>

#include "api/choose_table.h"
#include "api/plan.h"
#include "runtime/dispatch.h"
#include "runtime/scratch.h"

static int fit_16_bits(const int32_t *weights, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (weights[i] < INT16_MIN || weights[i] > INT16_MAX) return 0;
    return 1;
}

static int check(const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    if (p->filters < 1 || p->groups < 1 || w->c % p->groups != 0 || p->filters % p->groups != 0)
        return CNN_BAD_ARGUMENT;
    const int small = p->in_type == CNN_U8 || p->in_type == CNN_I8 || p->in_type == CNN_I16;
    const int same = (p->type == CNN_F32 || p->type == CNN_F64) && p->in_type == p->type;
    if (!same && !(small && (p->type == CNN_I32 || p->type == CNN_F32))) return CNN_BAD_ARGUMENT;
    const int64_t limit = (int64_t)1 << 60;
    int64_t weights, pixels;
    if (__builtin_mul_overflow(w->kernel_h, w->kernel_w, &weights) ||
        __builtin_mul_overflow(weights, w->c / p->groups, &weights) ||
        __builtin_mul_overflow(weights, p->filters, &weights) || weights > limit)
        return CNN_BAD_ARGUMENT;
    if (__builtin_mul_overflow(p->conv_h, p->conv_w, &pixels) ||
        __builtin_mul_overflow(pixels, cnn_max(w->n, 1), &pixels) ||
        __builtin_mul_overflow(pixels, p->filters, &pixels) || pixels > limit)
        return CNN_BAD_ARGUMENT;
    return CNN_OK;
}

/* Chooses everything but the memory for the packed weights, and sets packed_size to its size. */
static int choose(struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    p->table = cnn_table();
    int status = cnn_output_size(w, &p->conv_h, &p->conv_w);
    if (status == CNN_OK) status = check(p);
    if (status != CNN_OK) return status;
    if (p->table == NULL) return CNN_UNKNOWN_ISA;
    p->out_h = p->pool ? p->conv_h / 2 : p->conv_h;
    p->out_w = p->pool ? p->conv_w / 2 : p->conv_w;
    if (p->out_h == 0 || p->out_w == 0) return CNN_BAD_ARGUMENT;
    p->size = cnn_size_of(p->type);
    p->in_size = cnn_size_of(p->in_type);
    p->copies = p->in_type != p->type || cnn_is_padded(w);
    p->table_type = p->type;
    if (p->type == CNN_I32 && fit_16_bits((const int32_t *)p->kernel, cnn_plan_terms(p) * p->filters))
        p->table_type = CNN_I16;
    p->table = cnn_table_for_conv(p->table, p);
    if (cnn_winograd_fits(p)) {
        p->algorithm = WINOGRAD;
        p->padded_filters = cnn_plan_whole_vectors(p, p->filters);
        p->packed_size = cnn_winograd_packed_size(p);
    } else {
        cnn_direct_choose(p);
    }
    return CNN_OK;
}

static void pack(struct cnn_plan *p) {
    if (p->algorithm == WINOGRAD)
        cnn_winograd_pack(p);
    else
        cnn_direct_pack(p);
}

int cnn_plan_run_winners(const cnn_plan *p, int64_t n, const void *in, void *out, uint8_t *winners) {
    if (n < 0) return CNN_BAD_ARGUMENT;
    if (n == 0) return CNN_OK;
    return p->algorithm == WINOGRAD ? cnn_winograd_run(p, n, in, out, winners)
                                    : cnn_direct_run(p, n, in, out, winners);
}

int cnn_plan_run(const cnn_plan *p, int64_t n, const void *in, void *out) {
    return cnn_plan_run_winners(p, n, in, out, NULL);
}

int cnn_conv2d(const cnn_window *w, int64_t filters, int64_t groups, int in_type, int type, const void *in,
               const void *kernel, const void *bias, int flags, void *out) {
    struct cnn_plan p = {.w = *w, .filters = filters, .groups = groups, .in_type = in_type, .type = type,
                         .kernel = kernel, .bias = bias, .relu = flags & CNN_RELU, .exact = flags & CNN_EXACT,
                         .once = 1};
    int status = choose(&p);
    if (status != CNN_OK || w->n == 0) return status;
    if (p.packed_size > 0) {
        p.packed = cnn_scratch_take(CNN_SCRATCH_WEIGHTS, p.packed_size);
        if (p.packed == NULL) return CNN_NO_MEMORY;
        pack(&p);
    }
    status = cnn_plan_run(&p, w->n, in, out);
    if (p.packed_size > 0) cnn_scratch_give(CNN_SCRATCH_WEIGHTS, p.packed);
    return status;
}

int cnn_plan_new(const cnn_window *w, int64_t filters, int64_t groups, int in_type, int type, const void *kernel,
                 const void *bias, int flags, int pool, cnn_plan **plan) {
    struct cnn_plan *p = calloc(1, sizeof *p);
    if (p == NULL) return CNN_NO_MEMORY;
    p->w = *w;
    p->w.n = 1;
    p->filters = filters;
    p->groups = groups;
    p->in_type = in_type;
    p->type = type;
    p->kernel = kernel;
    p->bias = bias;
    p->relu = flags & CNN_RELU;
    p->exact = flags & CNN_EXACT;
    p->loose = flags & CNN_LOOSE;
    p->pool = pool;
    int status = choose(p);
    if (status == CNN_OK && p->packed_size > 0) {
        p->packed = aligned_alloc(64, (p->packed_size + 63) / 64 * 64);
        if (p->packed == NULL) status = CNN_NO_MEMORY;
        p->packed_room = p->packed_size;
    }
    if (status != CNN_OK) {
        free(p);
        return status;
    }
    pack(p);
    *plan = p;
    return CNN_OK;
}

int cnn_plan_refresh(cnn_plan *plan) {
    struct cnn_plan p = *plan;
    p.packed_size = p.packed_block = p.f23 = 0;
    const int status = choose(&p);
    if (status != CNN_OK) return status;
    if (p.packed_size > p.packed_room) {
        p.packed = aligned_alloc(64, (p.packed_size + 63) / 64 * 64);
        if (p.packed == NULL) return CNN_NO_MEMORY;
        p.packed_room = p.packed_size;
        free(plan->packed);
    }
    *plan = p;
    pack(plan);
    return CNN_OK;
}

void cnn_plan_free(cnn_plan *plan) {
    if (plan != NULL) free(plan->packed);
    free(plan);
}
