/* Chooses between vector kernels and the reference loops, which are faster for some small shapes. Each function returns
 * `table` or &cnn_table_ref; the choice never depends on the number of threads. All rules and the times behind them are
 * in choose_table.c. */
#ifndef CNN_CHOOSE_TABLE_H
#define CNN_CHOOSE_TABLE_H

#include "api/plan.h"
#include "cnncore.h"
#include "kernels/table.h"

const struct kernel_table *cnn_table_for_conv(const struct kernel_table *table, const struct cnn_plan *plan);

/* `length`: values in an output row. */
const struct kernel_table *cnn_table_for_filter(const struct kernel_table *table, int64_t length);

/* `type`: the type that the kernel adds or compares, CNN_F32 for the means of integers. */
const struct kernel_table *cnn_table_for_pool(const struct kernel_table *table, const cnn_window *window,
                                              int64_t columns, int type);

const struct kernel_table *cnn_table_for_points(const struct kernel_table *table, int64_t count);

#endif
