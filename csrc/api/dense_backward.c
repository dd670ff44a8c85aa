/* cnn_dense_backward: two products of matrices, cut into strips of inputs (k). A strip's part of d_kernel is in^T *
 * gradient; its part of d_in, computed as the transpose, kernel * gradient^T: so the large matrices are read in their
 * own order, and each strip of them once. The gradient is packed first, in panels of two vectors: of its columns for
 * d_kernel, of its rows, transposed, for d_in. Every sum has the order of its terms, wherever the strips are cut. */
#include <string.h>

#include "api/tiles.h"
#include "runtime/dispatch.h"
#include "runtime/scratch.h"
#include "runtime/threadpool.h"

struct dense_job {
    int64_t n, k, m, strip, panel; /* strip: inputs of a task; panel: columns of a panel */
    gemm_fn *gemm;
    size_t size;
    const char *in, *kernel, *gradient;
    char *d_in, *d_kernel;
    char *by_column, *by_row; /* the packed gradient: panels of n (m) rows of `panel` */
};

static void pack_by_column(const struct dense_job *j) {
    char *out = j->by_column;
    for (int64_t f = 0; f < j->m; f += j->panel) {
        const size_t bytes = (size_t)cnn_min(j->panel, j->m - f) * j->size, row = (size_t)j->panel * j->size;
        for (int64_t i = 0; i < j->n; i++, out += row) {
            memcpy(out, j->gradient + (size_t)(i * j->m + f) * j->size, bytes);
            memset(out + bytes, 0, row - bytes);
        }
    }
}

#define PACK_BY_ROW(T)                                                                               \
    for (int64_t i = 0; i < j->n; i += j->panel) {                                                   \
        const int64_t rows = cnn_min(j->panel, j->n - i);                                            \
        const T *g = (const T *)j->gradient + i * j->m;                                              \
        T *out = (T *)j->by_row + i * j->m;                                                          \
        for (int64_t f = 0; f < j->m; f++)                                                           \
            for (int64_t r = 0; r < j->panel; r++) *out++ = r < rows ? g[r * j->m + f] : 0;          \
    }

static void pack_by_row(const struct dense_job *j) {
    if (j->size == sizeof(float))
        PACK_BY_ROW(float)
    else
        PACK_BY_ROW(double)
}

static void run_strip(void *context, int64_t index, int worker) {
    const struct dense_job *j = context;
    const int64_t first = index * j->strip, rows = cnn_min(j->strip, j->k - first);
    (void)worker;
    if (j->d_kernel != NULL) {
        struct gemm_tile t = {.a = j->in + (size_t)first * j->size, .a_row = 1, .a_term = j->k, .b_term = j->panel,
                              .rows = rows, .terms = j->n, .out_row = j->m};
        for (int64_t f = 0; f < j->m; f += j->panel) {
            t.b = j->by_column + (size_t)(f * j->n) * j->size;
            t.columns = cnn_min(j->panel, j->m - f);
            t.out = j->d_kernel + (size_t)(first * j->m + f) * j->size;
            j->gemm(&t);
        }
    }
    if (j->d_in != NULL) {
        struct gemm_tile t = {.a = j->kernel + (size_t)(first * j->m) * j->size, .a_row = j->m, .a_term = 1,
                              .b_term = j->panel, .rows = rows, .terms = j->m, .out_row = j->k, .turned = 1};
        for (int64_t i = 0; i < j->n; i += j->panel) {
            t.b = j->by_row + (size_t)(i * j->m) * j->size;
            t.columns = cnn_min(j->panel, j->n - i);
            t.out = j->d_in + (size_t)(i * j->k + first) * j->size;
            j->gemm(&t);
        }
    }
}

/* d_bias[f] = the sum of gradient[i][f], in double. */
static void sum_rows(int64_t n, int64_t m, int type, const void *gradient, void *d_bias) {
    enum { LANES = 64 };
    double sums[LANES];
    for (int64_t first = 0; first < m; first += LANES) {
        const int64_t lanes = cnn_min(LANES, m - first);
        for (int64_t f = 0; f < lanes; f++) sums[f] = 0;
        for (int64_t i = 0; i < n; i++) {
            const int64_t at = i * m + first;
            if (type == CNN_F32)
                for (int64_t f = 0; f < lanes; f++) sums[f] += (double)((const float *)gradient)[at + f];
            else
                for (int64_t f = 0; f < lanes; f++) sums[f] += ((const double *)gradient)[at + f];
        }
        for (int64_t f = 0; f < lanes; f++) {
            if (type == CNN_F32)
                ((float *)d_bias)[first + f] = (float)sums[f];
            else
                ((double *)d_bias)[first + f] = sums[f];
        }
    }
}

static int fits(int64_t a, int64_t b) {
    int64_t product;
    return !__builtin_mul_overflow(a, b, &product) && product <= (int64_t)1 << 56;
}

int cnn_dense_backward(int64_t n, int64_t k, int64_t m, int type, const void *in, const void *kernel,
                       const void *gradient, void *d_in, void *d_kernel, void *d_bias) {
    const struct kernel_table *table = cnn_table();
    if ((type != CNN_F32 && type != CNN_F64) || n < 0 || k < 1 || m < 1) return CNN_BAD_ARGUMENT;
    if (!fits(cnn_max(n, 1), k) || !fits(k, m) || !fits(cnn_max(n, 1), m)) return CNN_BAD_ARGUMENT;
    if (table == NULL) return CNN_UNKNOWN_ISA;
    struct dense_job j = {.n = n, .k = k, .m = m, .gemm = table->gemm[type], .size = cnn_size_of(type), .in = in,
                          .kernel = kernel, .gradient = gradient, .d_in = d_in, .d_kernel = d_kernel};
    if (d_bias != NULL) sum_rows(n, m, type, gradient, d_bias);
    if (n == 0 && d_kernel != NULL) memset(d_kernel, 0, (size_t)(k * m) * j.size);
    if (n == 0 || (d_in == NULL && d_kernel == NULL)) return CNN_OK;
    j.panel = table->block[type];
    /* A strip: whole passes of the kernel, whose inputs and panel lie in the L1 cache. */
    j.strip = cnn_min(k, 4 * table->conv_pixels);
    const double products = (d_in != NULL) + (d_kernel != NULL);
    const int64_t strips = cnn_ceil_div(k, j.strip);
    const double ns = products * (double)n * (double)k * (double)m / CNN_WORK_A_NS;
    const int threads = (int)cnn_min(cnn_threads_for(ns), strips);
    const size_t by_column = d_kernel == NULL ? 0 : (size_t)(cnn_ceil_div(m, j.panel) * j.panel * n) * j.size;
    const size_t by_row = d_in == NULL ? 0 : (size_t)(cnn_ceil_div(n, j.panel) * j.panel * m) * j.size;
    char *memory = cnn_scratch_take(CNN_SCRATCH_WORK, by_column + by_row + 64);
    if (memory == NULL) return CNN_NO_MEMORY;
    j.by_column = d_kernel == NULL ? NULL : memory;
    j.by_row = d_in == NULL ? NULL : memory + by_column;
    if (d_kernel != NULL) pack_by_column(&j);
    if (d_in != NULL) pack_by_row(&j);
    cnn_parallel_for(strips, threads, run_strip, &j);
    cnn_scratch_give(CNN_SCRATCH_WORK, memory);
    return CNN_OK;
}
