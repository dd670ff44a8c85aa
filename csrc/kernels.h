/* Each kernel's signature, once. A kernel sees one tile of plain memory: no threads, no allocation, no padding, no
 * errors. api.c has checked, padded, converted and cut everything into tiles; strides are counted in elements.
 */
#ifndef CNN_KERNELS_H
#define CNN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* The most terms that a sum of floats adds up in its own precision. Longer sums are made of blocks of so many in the
 * kernel's order (rows, columns, channels), whose sums are added in double: an error does not grow with the length. The
 * blocks follow from the kernel alone, so that the bits do not depend on how the work is cut. */
enum { CNN_SUM_BLOCK = 256 };

/* A tile of a convolution: `rows` x `columns` output pixels of `filters` filters, at most the table's block. */
struct conv_tile {
    const void *in;         /* first tap of the first output pixel, first channel of the group */
    int64_t in_row;         /* elements between two input rows */
    int64_t in_pixel;       /* elements between two input pixels */
    const void *weights;    /* (kernel_h, kernel_w, channels) rows of `filters` values */
    int64_t weights_row;    /* elements between two of those rows */
    const void *bias;       /* `filters` values, or NULL */
    void *out;
    int64_t out_row, out_pixel;
    int64_t rows, columns;
    int64_t kernel_h, kernel_w, channels, filters;
    int64_t stride_h, stride_w, dilation_h, dilation_w;
    int relu;
};

/* A tile of a filter with one kernel for all channels and stride_w 1, so that a row of pixels and channels is one flat
 * row of `length` values whose horizontal taps lie `step` apart. */
struct flat_tile {
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

/* A tile of a depthwise convolution with one filter a channel: weights (kernel_h, kernel_w, channels). */
struct depthwise_tile {
    const void *in;
    int64_t in_row, in_pixel;
    const void *weights, *bias;
    void *out;
    int64_t out_row, out_pixel;
    int64_t rows, columns, channels;
    int64_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    int relu;
};

/* A tile of a float32 convolution of few channels, whose taps of one row lie side by side: `taps` values for each of
 * kernel_h rows. With `pool` what is written are the maxima of 2x2 of its outputs, `rows` x `columns` of them. */
struct few_tile {
    const float *in;
    int64_t in_row, step;  /* elements between two input rows; between the first taps of two output pixels */
    const float *weights;  /* blocks of at most 2 vectors of filters, each kernel_h * taps rows and a row of bias */
    int64_t weights_block; /* elements between two of those blocks */
    float *out;            /* pixels of `filters` values */
    int64_t out_row;
    int64_t rows, columns, filters;
    int64_t kernel_h, taps, stride_h, dilation_h;
    int relu, pool;
    /* For Winograd's F(2, 3) along the rows, or NULL. Only of 3x3 with strides and dilation 1 and 1 or 3 channels.
     * Blocks of a vector of filters: four vectors for each row of taps and channel, then the bias. */
    const float *two;
    int64_t two_block;
    float *lines; /* room for CNN_FEW_LINES times four lines */
    int64_t line;    /* elements of a line, whole vectors */
    int64_t outputs; /* in a row, of which pooling may drop the last */
};
enum { CNN_FEW_LINES = 10 }; /* input rows made ready at once */

/* A tile of pooling. The whole input image is in reach, because windows overlap and are cut at its edges: padding never
 * reaches a kernel. The first window starts at (first_row, first_column), which is negative inside the padding. */
struct pool_tile {
    const void *in;
    int64_t in_row;
    void *out;
    int64_t out_row;
    int64_t rows, columns, channels;
    int64_t first_row, first_column;
    int64_t in_rows, in_columns;
    int64_t kernel_h, kernel_w, stride_h, stride_w;
    /* For each of in_columns * channels a value for the maximum, a double for the mean, two for that of float64; and 64
     * bytes. */
    void *buffer;
};

/* The transforms of winograd.inc.c. A point is one of the 36 places of a transformed tile. */
struct winograd_weights {
    const float *kernel;       /* (3, 3, channels, filters) */
    int64_t tap, channel;      /* elements between two taps, two channels */
    int64_t channels, filters;
    float *out;                /* the filters of each row are rounded up to whole vectors */
    int64_t out_point, out_channel;
};

struct winograd_input {
    const float *in; /* the first of the tile's 6x6 pixels, which may lie outside the image */
    int64_t row, pixel, channels;
    int64_t first_row, end_row, first_column, end_column; /* of the 6x6, what lies inside; the rest is zero */
    /* Of the tile's 4x4 outputs, those that lie inside the convolution's. */
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
    /* Of the tile's 4x4, or with `pool` of its 2x2 maxima, that lie inside the output. Where that is not all, they
     * begin with the second of the 4x4. */
    int64_t rows, columns;
    int relu, pool;
};

/* Norms of a tile's windows (the root of the sum of squares over all channels) differ at most by this factor: an output
 * has the rounding errors of the largest window of its tile. Less costs speed: in a trained Fashion network, whose
 * background is small against its garments, 7 % of the tiles have a range over 8, 0.7 % over 10 and none over 12. */
enum { CNN_WINOGRAD_RANGE = 16 };

typedef void winograd_weights_fn(const struct winograd_weights *);
/* Whether the tile is to be computed by definition: its windows differ by more than CNN_WINOGRAD_RANGE, or something is
 * infinite, NaN, or too large or small for its square. Does not look at `out`. */
typedef int winograd_is_wide_fn(const struct winograd_input *);
typedef void winograd_input_fn(const struct winograd_input *);
/* Returns 0 when some value came out infinite or NaN: the transform spreads those over the tile, the definition does
 * not. */
typedef int winograd_output_fn(const struct winograd_output *);
typedef void conv_fn(const struct conv_tile *);
typedef void flat_fn(const struct flat_tile *);
typedef void depthwise_fn(const struct depthwise_tile *);
typedef void few_fn(const struct few_tile *);
typedef void pool_fn(const struct pool_tile *);
typedef void clamp_fn(int64_t count, const void *in, double low, double high, void *out);
typedef void relu_fn(int64_t count, const void *in, void *out);

/* What one instruction set offers. Indices are CNN_U8 ... CNN_F64; NULL where the type has no such operation. For
 * convolutions CNN_I16 means values of 32 bits all of which fit 16: their product is cheaper. */
struct kernel_table {
    const char *name;
    int64_t block[6];  /* filters in one conv_tile, at most */
    int64_t vector[6]; /* conv_tile weights and bias are read in multiples of this many filters */
    /* For plain.c. Output rows of fewer values are short for `flat`, by its type, under CNN_U8 for filter2d. Fewer
     * values are loaded one by one: those of a vector, 0 where a part of it is loaded as soon. Groups of fewer filters
     * are few. */
    int64_t short_row[6], dear_part[6], few_filters[6];
    int64_t pixels; /* columns of a conv_tile that one pass keeps in registers */
    conv_fn *conv2d[6];
    flat_fn *flat[6];
    depthwise_fn *depthwise[6];
    few_fn *conv_few;              /* NULL where the set has none */
    int few_two;                   /* whether it knows F(2, 3) */
    flat_fn *filter2d_small;       /* uint8, integer weights with 255 * sum|w| < 2^15 */
    flat_fn *filter2d_int16;       /* uint8, integer weights that fit int16 */
    flat_fn *filter2d_int32;       /* uint8, any integer weights */
    flat_fn *filter2d_float;       /* uint8, float weights */
    /* uint8, kernel_h and then kernel_w float weights, whose products are the kernel; returns 0 where the tile is too
     * small for it. NULL where the set has none. */
    int (*filter2d_separable)(const struct flat_tile *);
    /* uint8, integer weights for which quads_pay, one channel; returns 0 where the tile is too small. NULL where the
     * set has none. */
    int (*filter2d_quads)(const struct flat_tile *);
    int (*quads_pay)(const int32_t *weights, int64_t kernel_h, int64_t kernel_w);
    winograd_weights_fn *winograd_weights; /* NULL where the set has none */
    winograd_is_wide_fn *winograd_is_wide;
    winograd_input_fn *winograd_input;
    winograd_output_fn *winograd_output;
    pool_fn *max_pool[6];
    pool_fn *avg_pool[6];
    clamp_fn *clamp_u8[6];         /* to uint8 */
    clamp_fn *clamp_same[6];       /* to its own type */
    relu_fn *relu[6];
};

extern const struct kernel_table cnn_table_ref;
#if defined(__x86_64__)
extern const struct kernel_table cnn_table_sse2, cnn_table_avx2, cnn_table_avx512;
/* avx512vnni: avx512 with these beside it. */
int cnn_filter2d_quads(const struct flat_tile *);
int cnn_quads_pay(const int32_t *weights, int64_t kernel_h, int64_t kernel_w);
#elif defined(__aarch64__)
extern const struct kernel_table cnn_table_neon;
#endif

#endif
