/* Shared by the parts of the sweep (test_sweep.c). Each part, sweep_*.c, goes through its examples, and checks those
 * that are to be run against its own definition. */
#ifndef SWEEP_H
#define SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "cnncore.h"
#include "values.h"

#define COUNT(list) ((int64_t)(sizeof(list) / sizeof(*(list))))

static const int64_t CHANNELS[] = {1, 2, 3, 4, 5, 8, 15, 16, 17, 63, 64, 65, 128};
static const int64_t COLUMNS[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,  16,  17,
                                  22, 23, 25, 31, 32, 33, 34, 47, 48, 49, 63, 64, 65, 66, 127, 128, 129};

void sweep_channels(void);
void sweep_winograd(void);
void sweep_kernels(void);
void sweep_widths(void);
void sweep_strides(void);
void sweep_groups(void);
void sweep_long(void);
void sweep_far(void);
void sweep_threads(void);
void sweep_conv2d_backward(void);
void sweep_filters(void);
void sweep_pools(void);
void sweep_pooled(void);
void sweep_points(void);
void sweep_pool_gradients(void);
void sweep_dense_gradients(void);
void sweep_updates(void);

/* The number of the next example, and which ones are run: `first`, `first + every`, ... */
extern int64_t example, every, first, examples_run;

/* Returns 1 if the next example is to be run; its number then seeds the values. */
int is_mine(void);

int64_t lowest(int type); /* of an integer type */
int64_t highest(int type);

/* EXTREME: for integers. For floats SPECIAL: now and then one that is not finite, EQUAL: all the same, so that what is
 * rounded off adds up, RANGED: a few large ones of every size and long stretches of zeros, WHOLE: small whole
 * numbers. */
enum values { ORDINARY, EXTREME, SPECIAL, EQUAL, RANGED, WHOLE };
void fill(int type, void *data, int64_t count, enum values values);

/* The largest error of a sum of `terms` floats, in last bits of the sum of |x * w|, as cnncore.h promises: that of a
 * block, and for float64 one more per block. */
double last_bits(int type, double terms);

/* Weights of at most `largest`; EXTREME: all as large as that. */
void fill_weights(int type, void *data, int64_t count, int64_t largest, enum values values);

/* Memory: of each array one half beside each of two forbidden pages. */
enum { IN, KERNEL, BIAS, OUT, AGAIN, WINNERS, GRAD, D_IN, D_KERNEL, D_BIAS, ARENAS };
void arenas_new(void);
void arenas_free(void);
char *place(int arena, int64_t count, int type, int at_end);
char *moved(int arena, int64_t count, int type); /* what is at the end, at the beginning too */
void *room(int64_t count, size_t size);          /* malloc that must not fail */
double *as_doubles(int type, const void *data, int64_t count);

/* The current example, as printed with a failure. */
extern char now_at[240];
void describe(const char *what, const cnn_window *w, int in_type, int type, int64_t filters, int64_t groups);

/* allowed[i]: the largest difference; NULL where there may be none. */
void compare(const char *isa, const char *what, int type, const void *out, const double *want, const double *allowed,
             int64_t count);
void compare_bits(const char *isa, const char *what, int type, const void *a, const void *b, int64_t count);

void make_same(cnn_window *w); /* as TensorFlow pads "same" */

/* An image just large enough for `rows` x `columns` outputs without padding. */
cnn_window window_for(int64_t rows, int64_t columns, int64_t kernel_h, int64_t kernel_w);

#endif
