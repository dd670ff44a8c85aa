/* cnn_network_run and cnn_softmax. Layers run one after the other on a few images at a time, so that the values between
 * two layers stay in the caches of the core that computed them. */
#include <math.h>
#include <stdatomic.h>

#include "api/plan.h"
#include "api/tiles.h"
#include "cnncore.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

struct network {
    const cnn_layer *layers;
    int64_t count, n, groups; /* layers, images, and the groups of images that go through all layers */
    /* Values per image; `even` and `odd` are the most that an even and an odd layer write for the next. */
    int64_t in_size, out_size, even, odd;
    const float *in;
    float *out;
    _Atomic int status;
};

static int64_t input_size(const cnn_plan *p) {
    return p->w.h * p->w.w * p->w.c;
}

static int64_t output_size(const cnn_plan *p) {
    return p->out_h * p->out_w * p->filters;
}

/* Subtracts the largest value first, so that nothing overflows. A NaN, or infinity minus infinity, makes its whole row
 * NaN. */
int cnn_softmax(int64_t rows, int64_t columns, const float *in, float *out) {
    if (rows < 0 || columns < 1) return CNN_BAD_ARGUMENT;
    for (; rows > 0; rows--, in += columns, out += columns) {
        float largest = in[0];
        double sum = 0;
        for (int64_t i = 1; i < columns; i++)
            if (in[i] > largest || in[i] != in[i]) largest = in[i];
        for (int64_t i = 0; i < columns; i++) sum += out[i] = expf(in[i] - largest);
        for (int64_t i = 0; i < columns; i++) out[i] = (float)(out[i] / sum);
    }
    return CNN_OK;
}

static int run_group(const struct network *c, int64_t index) {
    const int64_t first = cnn_part(index, c->groups, c->n), n = cnn_part(index + 1, c->groups, c->n) - first;
    const float *in = c->in + first * c->in_size;
    float *between = NULL;
    int status = CNN_OK;
    if (c->count > 1) {
        between = cnn_scratch_take(CNN_SCRATCH_NETWORK, (size_t)(n * (c->even + c->odd)) * sizeof *between);
        if (between == NULL) return CNN_NO_MEMORY;
    }
    for (int64_t i = 0; i < c->count && status == CNN_OK; i++) {
        const cnn_plan *p = c->layers[i].plan;
        float *out = i == c->count - 1 ? c->out + first * c->out_size : between + (i % 2 == 0 ? 0 : n * c->even);
        status = cnn_plan_run(p, n, in, out);
        if (status == CNN_OK && c->layers[i].softmax)
            status = cnn_softmax(n * p->out_h * p->out_w, p->filters, out, out);
        in = out;
    }
    if (between != NULL) cnn_scratch_give(CNN_SCRATCH_NETWORK, between);
    return status;
}

static void task(void *context, int64_t index, int worker) {
    struct network *c = context;
    (void)worker;
    const int status = run_group(c, index);
    if (status != CNN_OK) atomic_store(&c->status, status);
}

int cnn_network_run(const cnn_layer *layers, int64_t count, int64_t n, const float *in, float *out) {
    struct network c = {.layers = layers, .count = count, .n = n, .in = in, .out = out};
    double work = 0; /* multiplications an image */
    if (count < 1 || n < 0) return CNN_BAD_ARGUMENT;
    for (int64_t i = 0; i < count; i++) {
        const cnn_plan *p = layers[i].plan;
        if (p->in_type != CNN_F32 || p->type != CNN_F32) return CNN_BAD_ARGUMENT;
        if (i > 0 && input_size(p) != output_size(layers[i - 1].plan)) return CNN_BAD_ARGUMENT;
        if (i < count - 1 && i % 2 == 0) c.even = cnn_max(c.even, output_size(p));
        if (i < count - 1 && i % 2 == 1) c.odd = cnn_max(c.odd, output_size(p));
        work += (double)(p->conv_h * p->conv_w * p->filters) *
                (double)(p->w.kernel_h * p->w.kernel_w * (p->w.c / p->groups));
    }
    if (n == 0) return CNN_OK;
    c.in_size = input_size(layers[0].plan);
    c.out_size = output_size(layers[count - 1].plan);

    /* Few images at a time, so that the values between two layers stay in a cache; not too few, because each weight
     * of a dense layer is read once per group. From 7 to 50 the Fashion-MNIST network takes the same time. */
    const int64_t at_most = 16, memory = 4 << 20;
    const int64_t fit = cnn_max(1, memory / cnn_max(1, (c.even + c.odd) * (int64_t)sizeof *out));
    c.groups = cnn_ceil_div(n, cnn_min(at_most, fit));
    const int64_t threads = n == 1 ? 1 : cnn_threads_for(work * (double)n / CNN_WORK_A_NS);
    /* Each thread takes its own images through all layers: no thread waits between layers. */
    if (threads > 1 && n >= threads) {
        c.groups = cnn_min(n, cnn_ceil_div(c.groups, threads) * threads);
        cnn_parallel_for(c.groups, (int)threads, task, &c);
    } else { /* the threads share the work of each layer */
        for (int64_t i = 0; i < c.groups; i++) task(&c, i, 0);
    }
    return atomic_load(&c.status);
}
