/* Maximum pooling with the winners, any window: the reference, and the vector sets' fallback. */
#include <stdint.h>

#include "cnncore.h"
#include "kernels/table.h"

static void pool_winners_any(const struct pool_tile *t, int relu, uint8_t *winners) {
    for (int64_t y = 0; y < t->rows; y++)
        for (int64_t x = 0; x < t->columns; x++)
            for (int64_t c = 0; c < t->channels; c++) {
                float best = 0;
                int64_t winner = -1;
                for (int64_t a = 0; a < t->kernel_h; a++)
                    for (int64_t b = 0; b < t->kernel_w; b++) {
                        const int64_t row = t->first_row + y * t->stride_h + a;
                        const int64_t column = t->first_column + x * t->stride_w + b;
                        if (row < 0 || row >= t->in_rows || column < 0 || column >= t->in_columns) continue;
                        const float value = ((const float *)t->in)[row * t->in_row + column * t->channels + c];
                        if (winner >= 0 && !(value > best || (value != value && best == best))) continue;
                        best = value;
                        winner = a * t->kernel_w + b;
                    }
                const int64_t i = y * t->out_row + x * t->channels + c;
                ((float *)t->out)[i] = best;
                winners[i] = relu && !(best > 0) ? CNN_SHUT : (uint8_t)winner;
            }
}
