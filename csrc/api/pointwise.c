/* cnn_clamp, cnn_relu and cnn_relu_backward: check the arguments, choose the kernel, cut the values into pieces. */
#include "api/choose_table.h"
#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/threadpool.h"

struct point_job {
    clamp_fn *clamp;
    relu_fn *relu;
    relu_backward_fn *relu_backward;
    const char *in, *gradient; /* `gradient` is of out's type */
    char *out;
    size_t in_size, out_size;
    int64_t count, piece;
    double low, high;
};

static void run_point(void *context, int64_t index, int worker) {
    const struct point_job *j = context;
    const int64_t first = index * j->piece, count = cnn_min(j->piece, j->count - first);
    const char *in = j->in + (size_t)first * j->in_size;
    char *out = j->out + (size_t)first * j->out_size;
    (void)worker;
    if (j->clamp != NULL)
        j->clamp(count, in, j->low, j->high, out);
    else if (j->relu != NULL)
        j->relu(count, in, out);
    else
        j->relu_backward(count, in, j->gradient + (size_t)first * j->out_size, out);
}

static int point(struct point_job *j, int in_type, int out_type) {
    if (j->count < 0 || j->count > (int64_t)1 << 60) return CNN_BAD_ARGUMENT;
    if (j->count == 0) return CNN_OK;
    j->in_size = cnn_size_of(in_type);
    j->out_size = cnn_size_of(out_type);
    const int64_t line = 4096; /* values that cnn_cut_rows takes for a row: about half an L1 cache of float32 */
    struct cut c = cnn_cut_rows(1, cnn_ceil_div(j->count, line), line);
    j->piece = c.rows * line;
    cnn_parallel_for(c.bands, c.threads, run_point, j);
    return CNN_OK;
}

int cnn_clamp(int in_type, int out_type, int64_t count, const void *in, double low, double high, void *out) {
    const struct kernel_table *table = cnn_table();
    if (in_type < CNN_U8 || in_type > CNN_F64 || !(low <= high)) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    table = cnn_table_for_points(table, count);
    struct point_job j = {.in = in, .out = out, .count = count, .low = low, .high = high};
    if (out_type == CNN_U8 && low >= 0 && high <= 255) j.clamp = table->clamp_u8[in_type];
    if (out_type == in_type && out_type != CNN_U8) j.clamp = table->clamp_same[in_type];
    return j.clamp == NULL ? CNN_BAD_ARGUMENT : point(&j, in_type, out_type);
}

int cnn_relu(int type, int64_t count, const void *in, void *out) {
    const struct kernel_table *table = cnn_table();
    if (type < CNN_U8 || type > CNN_F64) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    table = cnn_table_for_points(table, count);
    struct point_job j = {.relu = table->relu[type], .in = in, .out = out, .count = count};
    return point(&j, type, type);
}

int cnn_relu_backward(int type, int64_t count, const void *in, const void *gradient, void *out) {
    const struct kernel_table *table = cnn_table();
    if (type != CNN_F32 && type != CNN_F64) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    struct point_job j = {
        .relu_backward = table->relu_backward[type], .in = in, .gradient = gradient, .out = out, .count = count};
    return point(&j, type, type);
}
