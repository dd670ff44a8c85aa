/* The one step that direct and Winograd convolutions share: 2x2 maximum pooling of a tile. */
#include "api/plan.h"

void cnn_plan_pool(const struct cnn_plan *p, const void *in, int64_t in_row, int64_t rows, int64_t columns,
                   int64_t filters, void *buffer, void *out, int64_t out_row, uint8_t *winners) {
    const struct pool_tile t = {.in = in, .in_row = in_row, .out = out, .out_row = out_row, .rows = rows / 2,
                                .columns = columns / 2, .channels = filters, .in_rows = rows, .in_columns = columns,
                                .kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2, .buffer = buffer};
    if (winners != NULL)
        p->table->pool_winners(&t, p->relu, winners);
    else
        p->table->max_pool[p->type](&t);
}
