/* The shapes for which the reference loops are faster than vectors. */
#include "api/choose_table.h"

/* Numbers in the comments: time of the vector kernel over that of the reference loops, the worst case found by
 * benchmarks/sweep.c, one thread. */
static int ref_is_faster_for_conv(const struct kernel_table *table, const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    const int64_t in_group = p->filters / p->groups;
    /* One map to one map: the row is too short for a vector. SSE2 11, AVX-512 3. */
    if (w->c == 1 && p->filters == 1 && w->stride_w == 1) return p->conv_w < table->short_row[p->table_type];
    /* Depthwise kernels compute a vector of channels for four pixels; these shapes have fewer of both. */
    if (p->groups == w->c && in_group == 1) return w->c <= 2 && p->conv_w < 4;
    if (in_group % table->vector[p->table_type] == 0) return 0;
    /* Few filters: most lanes are wasted, and a 32-bit product takes eight instructions (SSE2). */
    if (in_group < table->few_filters[p->table_type]) return 1;
    /* One sum per row: each addition waits for the one before it in any case. */
    if (p->conv_w * in_group == 1) return 1;
    /* A single call of few sums: packing the weights takes as long as the sums. With eight-instruction products 1.1. */
    return p->once && w->n * p->conv_h * p->conv_w * in_group <= (table->few_filters[p->table_type] > 0 ? 30 : 6);
}

static int ref_is_faster_for_pool(const struct kernel_table *table, const cnn_window *w, int64_t columns, int type) {
    const int64_t read = columns * w->c * w->kernel_h * w->kernel_w; /* values that one row of windows reads */
    /* Few windows of few values: reducing whole rows first takes up to 3, with a single window 1.2. */
    if (w->c < 8 && (columns < (w->kernel_h == 1 ? 10 : 8) || w->kernel_h * w->kernel_w == 1) && read < 80) return 1;
    /* Rows shorter than a vector are reduced value by value, and no two windows share a value: 1.2. */
    if (w->w * w->c < table->costly_tail[type] && columns * w->kernel_w <= w->w) return 1;
    /* The kernel also reduces the values between windows, in narrow vectors: SSE2 1.06. */
    return w->c < 8 && w->kernel_h == 1 && w->stride_w > 2 && type >= CNN_F32 && w->kernel_w * table->vector[type] <= 6;
}

const struct kernel_table *cnn_table_for_conv(const struct kernel_table *table, const struct cnn_plan *plan) {
    return ref_is_faster_for_conv(table, plan) ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_filter(const struct kernel_table *table, int64_t length) {
    return length < table->short_row[CNN_U8] ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_pool(const struct kernel_table *table, const cnn_window *window,
                                              int64_t columns, int type) {
    return ref_is_faster_for_pool(table, window, columns, type) ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_points(const struct kernel_table *table, int64_t count) {
    return count < 32 ? &cnn_table_ref : table; /* the compiler vectorizes the reference loops with shorter vectors */
}
