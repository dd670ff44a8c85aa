/* Where vectors cannot win. Each gives the table given, or that of the plain loops where these are the faster ones; the
 * answer never depends on the number of threads. The rules and their figures are in plain.c, all of them. */
#ifndef CNN_PLAIN_H
#define CNN_PLAIN_H

#include "cnncore.h"
#include "kernels.h"
#include "plan.h"

const struct kernel_table *cnn_table_for_conv(const struct kernel_table *table, const struct cnn_plan *plan);

/* `length`: values in an output row. */
const struct kernel_table *cnn_table_for_filter(const struct kernel_table *table, int64_t length);

/* `type`: what the kernel folds, CNN_F32 for the means of integers. */
const struct kernel_table *cnn_table_for_pool(const struct kernel_table *table, const cnn_window *window,
                                              int64_t columns, int type);

const struct kernel_table *cnn_table_for_points(const struct kernel_table *table, int64_t count);

#endif
