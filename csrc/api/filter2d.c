/* cnn_filter2d: checks the arguments, chooses a kernel for the weights, cuts the image into tiles. */
#include <string.h>

#include "api/choose_table.h"
#include "api/tiles.h"
#include "api/weights.h"
#include "runtime/dispatch.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

struct filter_job {
    const cnn_window *w;
    one_kernel_fn *kernel_fn;
    int (*faster)(const struct one_kernel_tile *); /* a faster kernel, which returns 0 for small tiles; or NULL */
    const uint8_t *image;
    const void *kernel, *faster_kernel;
    float scale;
    uint8_t *out;
    int64_t out_h, out_w;
    struct cut rows;
    int64_t columns, column_bands;
    uint8_t *copies; /* of padded input, one for each worker; NULL without padding */
    size_t copy_size;
};

static void run_filter(void *context, int64_t index, int worker) {
    const struct filter_job *j = context;
    const cnn_window *w = j->w;
    const int64_t x = index % j->column_bands * j->columns, columns = cnn_min(j->columns, j->out_w - x);
    const int64_t y = index / j->column_bands * j->rows.rows, rows = cnn_min(j->rows.rows, j->out_h - y);
    const uint8_t *in = j->image + (y * w->w + x) * w->c;
    int64_t in_row = w->w * w->c;
    if (j->copy_size != 0) {
        uint8_t *copy = j->copies + (size_t)worker * j->copy_size;
        const int64_t wide = columns + w->kernel_w - 1;
        cnn_copy_padded(w, CNN_U8, CNN_U8, j->image, y, rows + w->kernel_h - 1, x, wide, copy);
        in = copy;
        in_row = wide * w->c;
    }
    struct one_kernel_tile t = {.in = in, .in_row = in_row, .step = w->c, .weights = j->kernel, .kernel_h = w->kernel_h,
                          .kernel_w = w->kernel_w, .stride_h = 1, .dilation_h = 1,
                          .out = j->out + (y * j->out_w + x) * w->c, .out_row = j->out_w * w->c, .rows = rows,
                          .length = columns * w->c, .scale = j->scale};
    if (j->faster != NULL) {
        t.weights = j->faster_kernel;
        if (j->faster(&t)) return;
        t.weights = j->kernel;
    }
    j->kernel_fn(&t);
}

/* The narrowest sums that hold every sum of these weights. */
static one_kernel_fn *choose_kernel(const struct kernel_table *table, int kernel_type, const void *kernel,
                                    int64_t taps) {
    if (kernel_type == CNN_F32) return table->filter2d_float;
    const int32_t *w = kernel;
    int64_t total = 0;
    int narrow = 1;
    for (int64_t i = 0; i < taps; i++) {
        int64_t size = w[i] < 0 ? -(int64_t)w[i] : w[i];
        if (size > INT16_MAX) narrow = 0;
        total += size;
        if (total > INT32_MAX) return table->filter2d_int32;
    }
    if (total * 255 <= INT16_MAX) return table->filter2d_sum16;
    return narrow ? table->filter2d_int16 : table->filter2d_int32;
}

static int vnni_fits(const struct kernel_table *table, const cnn_window *w, const int32_t *weights) {
    return table->vnni_pays != NULL && w->c == 1 && table->vnni_pays(weights, w->kernel_h, w->kernel_w);
}

/* A float kernel of whole numbers times one unit is computed with integers. For kernels that are not separable this
 * takes 0.2 to 0.55 of the time (3x3 and 7x7, every instruction set). For separable kernels integers are faster up to
 * 3x3 (0.55 to 0.87), but not for 5x5 (1.15 on SSE2); with VNNI they are faster up to 7x7 (0.85). Inspecting the
 * weights of 7x7 takes 55 ns, half as long as 8 outputs, so it does not pay for smaller images. */
enum { WHOLE_TAPS = 121, WHOLE_AND_SEPARABLE_TAPS = 9, WHOLE_AND_SEPARABLE_VNNI = 49, WORTH_A_LOOK = 64 };

struct equivalent_weights {
    int32_t whole[WHOLE_TAPS];
    float factors[2 * CNN_SEPARABLE_SIDE];
};

/* Chooses the kernels, and equivalent weights where those are faster. */
static void choose_kernels(struct filter_job *j, const struct kernel_table *table, int kernel_type,
                       struct equivalent_weights *other) {
    const cnn_window *w = j->w;
    const int64_t taps = w->kernel_h * w->kernel_w;
    if (kernel_type == CNN_F32 && table->filter2d_separable != NULL && j->out_h * j->out_w * w->c >= WORTH_A_LOOK) {
        float unit;
        if (cnn_as_outer_product(j->kernel, w->kernel_h, w->kernel_w, other->factors)) {
            j->faster = table->filter2d_separable;
            j->faster_kernel = other->factors;
        }
        if (taps <= WHOLE_TAPS && cnn_as_whole_numbers(j->kernel, taps, other->whole, &unit) &&
            (j->faster == NULL || taps <= WHOLE_AND_SEPARABLE_TAPS ||
             (taps <= WHOLE_AND_SEPARABLE_VNNI && vnni_fits(table, w, other->whole)))) {
            j->faster = NULL;
            j->kernel = other->whole;
            j->scale *= unit;
            kernel_type = CNN_I32;
        }
    }
    if (kernel_type == CNN_I32 && vnni_fits(table, w, j->kernel)) {
        j->faster = table->filter2d_vnni;
        j->faster_kernel = j->kernel;
    }
    j->kernel_fn = choose_kernel(table, kernel_type, j->kernel, taps);
}

/* Sizes the copy of a tile's input; the tile becomes smaller where the kernel is large beside the image. */
static void fit_copy(struct filter_job *j, int kernel_type) {
    const cnn_window *w = j->w;
    const double values = (double)((w->h * w->w + j->out_h * j->out_w) * w->c) +
                          (double)(w->kernel_h * w->kernel_w) * (double)cnn_size_of(kernel_type);
    struct reach rows = {j->rows.rows, w->kernel_h, 1, 1, NEVER_SPARSE, 0};
    struct reach columns = {j->out_w, w->kernel_w, 1, 1, NEVER_SPARSE, 0};
    cnn_fit_tile(&rows, &columns, (double)w->c, cnn_work_limit(values, j->rows.threads));
    j->rows.rows = rows.count;
    j->rows.bands = cnn_ceil_div(j->out_h, rows.count);
    j->columns = columns.count;
    j->column_bands = cnn_ceil_div(j->out_w, columns.count);
    j->copy_size = (size_t)(cnn_reach_size(&rows) * cnn_reach_size(&columns) * w->c);
}

int cnn_filter2d(const cnn_window *w, int kernel_type, const uint8_t *image, const void *kernel, float scale,
                 uint8_t *out) {
    struct filter_job j = {.w = w, .image = image, .kernel = kernel, .scale = scale, .out = out};
    const struct kernel_table *table = cnn_table();
    int status = cnn_output_size(w, &j.out_h, &j.out_w);
    if (status != CNN_OK) return status;
    if (w->n != 1 || w->stride_h != 1 || w->stride_w != 1 || w->dilation_h != 1 || w->dilation_w != 1 ||
        (kernel_type != CNN_I32 && kernel_type != CNN_F32))
        return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    struct equivalent_weights other;
    choose_kernels(&j, cnn_table_for_filter(table, j.out_w * w->c), kernel_type, &other);
    /* A byte is a quarter of a float's work. */
    j.rows = cnn_cut_rows(1, j.out_h, cnn_ceil_div(j.out_w * w->c * w->kernel_h * w->kernel_w, 4));
    j.columns = j.out_w;
    j.column_bands = 1;
    if (cnn_is_padded(w)) {
        fit_copy(&j, kernel_type);
        j.copies = cnn_scratch_take(CNN_SCRATCH_WORK, j.copy_size * (size_t)j.rows.threads);
        if (j.copies == NULL) return CNN_NO_MEMORY;
    } else if (j.rows.threads == 1) {
        j.rows.rows = j.out_h; /* one tile: there is no other thread, and nothing to keep in the cache */
        j.rows.bands = 1;
    }
    cnn_parallel_for(j.rows.bands * j.column_bands, j.rows.threads, run_filter, &j);
    if (j.copies != NULL) cnn_scratch_give(CNN_SCRATCH_WORK, j.copies);
    return CNN_OK;
}
