/* cnn_adam: checks the arguments and cuts the weights into pieces. */
#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/threadpool.h"

struct adam_job {
    adam_fn *kernel_fn;
    struct adam_step step;
    const char *gradient;
    char *mean, *square, *weights;
    size_t size;
    int64_t count, piece;
};

static void run_adam(void *context, int64_t index, int worker) {
    const struct adam_job *j = context;
    const int64_t first = index * j->piece;
    const size_t at = (size_t)first * j->size;
    (void)worker;
    j->kernel_fn(cnn_min(j->piece, j->count - first), &j->step, j->gradient + at, j->mean + at, j->square + at,
                 j->weights + at);
}

int cnn_adam(int type, int64_t count, double rate, double mean_rate, double square_rate, double epsilon, double decay,
             const void *gradient, void *mean, void *square, void *weights) {
    const struct kernel_table *table = cnn_table();
    if ((type != CNN_F32 && type != CNN_F64) || count < 0 || count > (int64_t)1 << 60) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    if (count == 0) return CNN_OK;
    struct adam_job j = {.kernel_fn = table->adam[type],
                         .step = {rate, mean_rate, square_rate, epsilon, decay},
                         .gradient = gradient,
                         .mean = mean,
                         .square = square,
                         .weights = weights,
                         .size = cnn_size_of(type),
                         .count = count};
    const int64_t line = 2048; /* values that cnn_cut_rows takes for a row: 32 KB of four arrays of float32 */
    const struct cut c = cnn_cut_rows(1, cnn_ceil_div(count, line), 8 * line);
    j.piece = c.rows * line;
    cnn_parallel_for(c.bands, c.threads, run_adam, &j);
    return CNN_OK;
}
