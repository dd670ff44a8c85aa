/* The signature of every kernel, and the table of kernels of one instruction set.
 *
 * A kernel computes one tile from memory to memory, without threads, allocation, padding or errors: api/ has checked,
 * padded and converted everything and cut it into tiles. Strides are counted in elements.
 */
#ifndef CNN_KERNELS_H
#define CNN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* The most terms that a float sum adds in its own precision. Longer sums are split into blocks of this many terms in
 * the kernel's order (rows, columns, channels), and the blocks are added in double: the error does not grow with the
 * length. The blocks depend on the kernel alone, so that the result does not depend on how the work is cut, bit for
 * bit. */
enum { CNN_SUM_BLOCK = 256 };

/* A tile of a convolution: `rows` x `columns` output pixels of `filters` filters, at most the table's block. */
struct conv_tile {
    const void *in;      /* first tap of the first output pixel, first channel of the group */
    int64_t in_row;      /* elements between two input rows */
    int64_t in_pixel;    /* elements between two input pixels */
    const void *weights; /* (kernel_h, kernel_w, channels) rows of `filters` values */
    int64_t weights_row; /* elements between two of those rows */
    const void *bias;    /* `filters` values, or NULL */
    void *out;
    int64_t out_row, out_pixel;
    int64_t rows, columns;
    int64_t kernel_h, kernel_w, channels, filters;
    int64_t stride_h, stride_w, dilation_h, dilation_w;
    int relu;
};

/* A tile of a filter with one kernel for all channels and stride_w 1. A row of pixels and channels is one row of
 * `length` values, whose horizontal taps lie `step` apart. */
struct one_kernel_tile {
    const void *in;
    int64_t in_row;
    int64_t step;
    const void *weights; /* (kernel_h, kernel_w) */
    int64_t kernel_h, kernel_w;
    int64_t stride_h, dilation_h;
    void *out;
    int64_t out_row;
    int64_t rows, length;
    const void *bias; /* one value, or NULL */
    int relu;
    float scale; /* filter2d only */
};

/* A tile of a depthwise convolution with one filter a channel. */
struct depthwise_tile {
    const void *in;
    int64_t in_row, in_pixel;
    const void *weights; /* (kernel_h, kernel_w, channels) */
    const void *bias;    /* `channels` values, or NULL */
    void *out;
    int64_t out_row, out_pixel;
    int64_t rows, columns, channels;
    int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    int relu;
};

/* A tile of a float32 convolution of few channels. The taps of one row are adjacent in memory: `taps` values for
 * each of kernel_h rows. With `pool` the output is `rows` x `columns` maxima of 2x2 sums. */
struct few_channels_tile {
    const float *in;
    int64_t in_row;
    int64_t step;          /* elements between the first taps of two output pixels */
    const float *weights;  /* blocks of at most 2 vectors of filters, each kernel_h * taps rows and a row of bias */
    int64_t weights_block; /* elements between two of those blocks */
    float *out;            /* pixels of `filters` values */
    int64_t out_row;
    int64_t rows, columns, filters;
    int64_t kernel_h, taps, stride_h, dilation_h;
    int relu, pool;
    uint8_t *winners; /* with `pool`, as `out`: see pool_winners_fn; or NULL */
    /* Weights for Winograd's F(2, 3) along the rows, or NULL; for 3x3 with strides and dilation 1, 1 or 3 channels.
     * Blocks of a vector of filters: four vectors for each row of taps and channel, then the bias. */
    const float *f23;
    int64_t f23_block; /* elements between two of those blocks */
    float *lines;      /* room for four lines of each of CNN_F23_LINES input rows */
    int64_t line;      /* elements of a line: whole vectors */
    int64_t outputs;   /* of a row of the convolution; pooling may drop the last */
};
enum { CNN_F23_LINES = 10 }; /* input rows transformed at once */

/* The gradient of a convolution's kernel for taps that are neighbours in memory: for each term k and filter f
 *     out[k][f] += sum over images, rows, columns of in[position + k] * grad[position][f],
 * of at most CNN_GRADIENT_POSITIONS positions. Depthwise, terms lie `step` apart, and out[k][f] takes
 * in[position + k * step + f]. */
struct kernel_gradient_tile {
    const void *in;
    int64_t in_image, in_row, in_pixel; /* elements between the inputs of two neighbouring positions */
    int64_t step;                       /* depthwise only */
    const void *grad;
    int64_t grad_image, grad_row, grad_pixel;
    int64_t images, rows, columns; /* positions */
    int64_t terms, filters;
    void *out;
    int64_t out_row; /* elements between two terms */
};

/* Two vectors of the gradients of so many positions, and their inputs, fit an L1 cache. */
enum { CNN_GRADIENT_POSITIONS = 128 };

/* The gradient of a convolution's input by definition, for one image: rows [first_row, end_row) of it. */
struct input_gradient_tile {
    const struct cnn_window *window;
    int64_t filters, groups, out_h, out_w;
    const void *grad, *kernel; /* of one image: (out_h, out_w, filters); (kernel_h, kernel_w, c / groups, filters) */
    void *out;                 /* (h, w, c) */
    int64_t first_row, end_row;
};

/* A tile of pooling. Windows are cut at the edges of the image, so that padding is never read. The first window
 * starts at (first_row, first_column), which is negative inside the padding. */
struct pool_tile {
    const void *in;
    int64_t in_row;
    void *out;
    int64_t out_row;
    int64_t rows, columns, channels;
    int64_t first_row, first_column;
    int64_t in_rows, in_columns;
    int64_t kernel_h, kernel_w, stride_h, stride_w;
    /* For each of in_columns * channels: one value for the maximum, one double for the mean, two for the mean of
     * float64. And 64 bytes more. */
    void *buffer;
};

/* Gradients of pooling in one image. Windows are cut at the edges of the image. */
struct pool_backward_tile {
    const void *in; /* the image; NULL for the mean */
    const void *gradient; /* (output rows, columns, channels) of the image */
    void *d_in; /* as large as the image */
    int64_t row; /* elements of an input row */
    int64_t first, end; /* the rows of windows that reach the tile */
    int64_t own_first, own_end; /* the tile: only these input rows are written */
    int64_t columns, channels, in_rows, in_columns, top, left;
    int64_t kernel_h, kernel_w, stride_h, stride_w;
};

/* rows x columns sums over `terms` of a * b; columns: at most two vectors. */
struct gemm_tile {
    const void *a; /* row p, term i at p * a_row + i * a_term */
    int64_t a_row, a_term;
    const void *b; /* term i, column f at i * b_term + f; whole vectors are read */
    int64_t b_term;
    int64_t rows, columns, terms;
    void *out; /* row p, column f at p * out_row + f, or `turned` at f * out_row + p */
    int64_t out_row;
    int turned;
};

/* m += (g - m) * mean_rate; v += (g * g - v) * square_rate; w -= w * decay; w -= m * rate / (sqrt(v) + epsilon) */
struct adam_step {
    double rate, mean_rate, square_rate, epsilon, decay;
};

/* Sums of few products out of many: for each group, a list of `counts` terms,
 *   out[target + r * out_row + v * N + lane] += sum of values[i] * in[ids[i] * scale + r * in_row + v * N + lane]
 * for `rows` rows r of `vectors` vectors of N floats. The shape is one of SPARSE_SHAPES. */
struct sparse_sums_tile {
    const float *in;
    int64_t scale, in_row;
    const int32_t *ids; /* the lists of two groups lie `list` elements apart */
    const float *values;
    int64_t list;
    const int32_t *counts, *targets;
    int64_t groups;
    float *out;
    int64_t out_row;
    int rows, vectors;
};
/* Shapes of blocks of taps: rows, and taps in each. */
#define SPARSE_SHAPES(X) X(3, 3) X(1, 3) X(2, 5) X(1, 5) X(1, 1)

/* Sums over the pooled pixels of a tile, for each filter f and each term, the r-th row's t-th of `terms`,
 *   out[r * out_row + t * filters + f] += sum of grad[f] * four[r * four_row + t][winner[f]]
 * where `four` has, for a term, the four values that each window's four sums multiply by one weight. */
struct picked_sums_tile {
    const float *four;
    int64_t four_row;                  /* floats between two rows of terms */
    int64_t pixel, row;                /* floats between two pooled pixels, two of their rows */
    const float *grad;                 /* (rows, columns, filters) */
    const uint8_t *winners;
    int64_t rows, columns, filters;
    float *out;
    int64_t out_row;
    float *bias; /* `filters` sums of the gradients that pass; or NULL */
    int tap_rows, terms; /* 3 and 3, or 1 and 1 to CNN_MOST_PICKED */
};
enum { CNN_MOST_PICKED = 9 };

/* The transforms of conv2d_winograd.inc.c. A point is one of the 36 positions of a transformed tile. */
struct winograd_weights {
    const float *kernel;  /* (3, 3, channels, filters) */
    int64_t tap, channel; /* elements between two taps, two channels */
    int64_t channels, filters;
    float *out; /* the filters of each row are rounded up to whole vectors */
    int64_t out_point, out_channel;
};

struct winograd_input {
    const float *in; /* the first of the tile's 6x6 pixels; it may lie outside the image */
    int64_t row, pixel, channels;
    int64_t first_row, end_row, first_column, end_column; /* the part of the 6x6 inside the image; the rest is 0 */
    /* The part of the tile's 4x4 outputs inside the convolution's output. */
    int64_t first_output_row, end_output_row, first_output_column, end_output_column;
    float *out; /* 36 points of `channels`, `point` elements apart */
    int64_t point;
};

struct winograd_output {
    const float *in; /* (36, tiles, filters rounded up to whole vectors), at the first point of this tile */
    int64_t point;
    const float *bias; /* or NULL */
    int64_t filters;
    float *out;
    int64_t out_row, out_pixel;
    /* Outputs of the tile's 4x4, or with `pool` of its 2x2 maxima, that lie inside the output. Where some do not, the
     * first one used is the second of the 4x4. */
    int64_t rows, columns;
    int relu, pool;
    uint8_t *winners; /* with `pool`, as `out`: see pool_winners_fn; or NULL */
};

/* The most by which the norms of a tile's windows (root of the sum of squares over all channels) may differ: each
 * output has the rounding errors of the largest window of its tile. A smaller limit costs speed: in a trained
 * Fashion-MNIST network, whose background is small beside its garments, 7 % of the tiles have a range over 8, 0.7 %
 * over 10, none over 12. */
enum { CNN_WINOGRAD_RANGE = 16 };

typedef void winograd_weights_fn(const struct winograd_weights *);
/* 1 where the tile must be computed by definition: the norms of its windows differ by more than CNN_WINOGRAD_RANGE,
 * or a value is infinite, NaN, or too large or too small to be squared. Ignores `out`. */
typedef int winograd_is_uneven_fn(const struct winograd_input *);
typedef void winograd_input_fn(const struct winograd_input *);
/* Returns 0 where some output is infinite or NaN: the transform spreads it over the tile, the definition does not. */
typedef int winograd_output_fn(const struct winograd_output *);
typedef void conv_fn(const struct conv_tile *);
typedef void one_kernel_fn(const struct one_kernel_tile *);
typedef void depthwise_fn(const struct depthwise_tile *);
typedef void few_channels_fn(const struct few_channels_tile *);
typedef void kernel_gradient_fn(const struct kernel_gradient_tile *);
typedef void input_gradient_fn(const struct input_gradient_tile *);
typedef void pool_fn(const struct pool_tile *);
/* The maximum of float32, and of each window the position of the first value that is largest, counted row by row inside
 * the window; CNN_SHUT instead where `relu` and the largest is not above 0. Of several NaN, the first. */
typedef void pool_winners_fn(const struct pool_tile *, int relu, uint8_t *winners);
typedef void sparse_sums_fn(const struct sparse_sums_tile *);
typedef void picked_sums_fn(const struct picked_sums_tile *);
/* Channels of `pixels` pixels into blocks of a vector, the last filled up with 0:
 * out[block * out_block + pixel * N + lane]. And back to `out`, or added to it. */
typedef void split_channels_fn(int64_t pixels, int64_t channels, const float *in, float *out, int64_t out_block);
typedef void join_channels_fn(int64_t pixels, int64_t channels, const float *in, int64_t in_block, float *out, int add);
/* Sorts the gradients of one pooled pixel by the winner: into four lists, `list` elements apart, of the filters that it
 * passes through, and the gradients. Adds the gradients to `bias`. */
typedef void sort_winners_fn(int64_t filters, const float *grad, const uint8_t *winners, int64_t list, int32_t *ids,
                             float *values, int32_t counts[4], float *bias);
/* Sorts the gradients of `pixels` pooled pixels, which lie one after the other, by filter: into one list for each,
 * `list` elements apart, a multiple of 16, of the targets of the pixels that it passes through, and the gradients.
 * `targets` has four for each pixel, one a winner, none negative. */
typedef void sort_by_filter_fn(int64_t pixels, int64_t filters, const float *grad, const uint8_t *winners,
                               const int32_t *targets, int64_t list, int32_t *ids, float *values, int32_t *counts);
typedef void clamp_fn(int64_t count, const void *in, double low, double high, void *out);
typedef void relu_fn(int64_t count, const void *in, void *out);
typedef void pool_backward_fn(const struct pool_backward_tile *);
typedef void gemm_fn(const struct gemm_tile *);
typedef void adam_fn(int64_t count, const struct adam_step *, const void *gradient, void *mean, void *square,
                     void *weights);
typedef void relu_backward_fn(int64_t count, const void *in, const void *gradient, void *out);

/* The kernels of one instruction set, by element type: CNN_U8 ... CNN_F64; NULL where the type has no such
 * operation. For convolutions CNN_I16 stands for 32-bit values that all fit 16 bits: their product is cheaper. */
struct kernel_table {
    const char *name;
    int64_t block[6];  /* filters in one conv_tile, at most */
    int64_t vector[6]; /* conv_tile weights and bias are read in multiples of this many filters */
    /* For api/choose_table.c. short_row: output rows of fewer values are too short for conv2d_one_map of that type,
     * and for filter2d (under CNN_U8). costly_tail: fewer values than this, a vector, are loaded one by one; 0 where
     * part of a vector loads as fast as a whole one. few_filters: fewer filters in a group than this are better
     * without vectors. */
    int64_t short_row[6], costly_tail[6], few_filters[6];
    int64_t conv_pixels; /* columns of a conv_tile that one pass keeps in registers */
    conv_fn *conv2d[6];
    one_kernel_fn *conv2d_one_map[6];
    depthwise_fn *conv2d_depthwise[6];
    few_channels_fn *conv2d_few_channels; /* NULL where the set has none */
    int has_f23;                          /* whether conv2d_few_channels can use F(2, 3) */
    kernel_gradient_fn *kernel_gradient[6], *kernel_gradient_depthwise[6];
    input_gradient_fn *input_gradient[6]; /* of `ref` alone: elsewhere it is a convolution too */
    one_kernel_fn *filter2d_sum16;        /* uint8, integer weights with 255 * sum|w| < 2^15 */
    one_kernel_fn *filter2d_int16;        /* uint8, integer weights that fit int16 */
    one_kernel_fn *filter2d_int32;        /* uint8, any integer weights */
    one_kernel_fn *filter2d_float;        /* uint8, float weights */
    /* uint8; kernel_h and then kernel_w float weights, whose outer product is the kernel. Returns 0, with nothing
     * written, where the tile is too small. NULL where the set has none. */
    int (*filter2d_separable)(const struct one_kernel_tile *);
    /* uint8 of one channel, integer weights for which vnni_pays returns 1. Returns 0, with nothing written, where
     * the tile is too small. NULL where the set has none. */
    int (*filter2d_vnni)(const struct one_kernel_tile *);
    int (*vnni_pays)(const int32_t *weights, int64_t kernel_h, int64_t kernel_w);
    winograd_weights_fn *winograd_weights; /* NULL where the set has none */
    winograd_is_uneven_fn *winograd_is_uneven;
    winograd_input_fn *winograd_input;
    winograd_output_fn *winograd_output;
    pool_fn *max_pool[6];
    pool_fn *avg_pool[6];
    pool_winners_fn *pool_winners;
    sparse_sums_fn *sparse_sums; /* NULL where the set has none, nor those below */
    picked_sums_fn *picked_sums;
    sort_winners_fn *sort_winners;
    sort_by_filter_fn *sort_by_filter;
    split_channels_fn *split_channels;
    join_channels_fn *join_channels;
    clamp_fn *clamp_u8[6];   /* to uint8 */
    clamp_fn *clamp_same[6]; /* to its own type */
    relu_fn *relu[6];
    /* Gradients and updates, of floats alone. */
    pool_backward_fn *max_pool_backward[6];
    pool_backward_fn *avg_pool_backward[6];
    gemm_fn *gemm[6]; /* as many columns as two vectors (`block`) */
    relu_backward_fn *relu_backward[6];
    adam_fn *adam[6];
};

extern const struct kernel_table cnn_table_ref;
#if defined(__x86_64__)
extern const struct kernel_table cnn_table_sse2, cnn_table_avx2, cnn_table_avx512;
/* avx512vnni is avx512 with these two. */
int cnn_filter2d_vnni(const struct one_kernel_tile *);
int cnn_vnni_pays(const int32_t *weights, int64_t kernel_h, int64_t kernel_w);
#elif defined(__aarch64__)
extern const struct kernel_table cnn_table_neon;
#endif

#endif
