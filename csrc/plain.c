#include "plain.h"

/* A figure is the time of vectors over that of the plain loops, the worst that benchmarks/sweep.c found, one thread. */
static int is_plain_conv(const struct kernel_table *table, const struct cnn_plan *p) {
    const cnn_window *w = &p->w;
    const int64_t in_group = p->filters / p->groups;
    /* One map to one map: too short a row for a vector. SSE2 11, AVX-512 3. */
    if (w->c == 1 && p->filters == 1 && w->stride_w == 1) return p->conv_w < table->short_row[p->row];
    /* Depthwise, which takes vectors of channels of four pixels: neither a vector nor four. */
    if (p->groups == w->c && in_group == 1) return w->c <= 2 && p->conv_w < 4;
    if (in_group % table->vector[p->row] == 0) return 0;
    /* Few filters, where a product of 32 bits is eight instructions (SSE2), whose other lanes are for nothing. */
    if (in_group < table->few_filters[p->row]) return 1;
    /* One sum a row waits for itself either way. */
    if (p->conv_w * in_group == 1) return 1;
    /* For one call of few sums packing the weights takes as long as the sums; of products of eight instructions 1.1. */
    return p->once && w->n * p->conv_h * p->conv_w * in_group <= (table->few_filters[p->row] > 0 ? 30 : 6);
}

static int is_plain_pool(const struct kernel_table *table, const cnn_window *w, int64_t columns, int type) {
    const int64_t read = columns * w->c * w->kernel_h * w->kernel_w; /* for one row of windows, each alone */
    /* Few windows of few values: folding whole rows first takes up to 3, where there is but one 1.2. */
    if (w->c < 8 && (columns < (w->kernel_h == 1 ? 10 : 8) || w->kernel_h * w->kernel_w == 1) && read < 80) return 1;
    /* Rows shorter than a vector, folded value by value, and no value is in two windows: 1.2. */
    if (w->w * w->c < table->dear_part[type] && columns * w->kernel_w <= w->w) return 1;
    /* What lies between windows is folded for nothing, few values at a time: SSE2 1.06. */
    return w->c < 8 && w->kernel_h == 1 && w->stride_w > 2 && type >= CNN_F32 && w->kernel_w * table->vector[type] <= 6;
}

const struct kernel_table *cnn_table_for_conv(const struct kernel_table *table, const struct cnn_plan *plan) {
    return is_plain_conv(table, plan) ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_filter(const struct kernel_table *table, int64_t length) {
    return length < table->short_row[CNN_U8] ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_pool(const struct kernel_table *table, const cnn_window *window,
                                              int64_t columns, int type) {
    return is_plain_pool(table, window, columns, type) ? &cnn_table_ref : table;
}

const struct kernel_table *cnn_table_for_points(const struct kernel_table *table, int64_t count) {
    return count < 32 ? &cnn_table_ref : table; /* a vector of bytes may hold more; the plain loops have shorter ones */
}
