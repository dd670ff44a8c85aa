/* Random examples of every operation: drawn here, checked in operations_*.c, run by test_operations.c. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "check.h"
#include "cnncore.h"
#include "guarded.h"
#include "values.h"

/* Each compares one example on `isa` with the reference loops. */
void test_conv2d(const char *isa, int round);
void test_network(const char *isa, int round);
void test_filter2d(const char *isa, int round);
void test_pool(const char *isa, int round);
void test_pointwise(const char *isa, int round);

/* Small values: an integer sum stays far inside int32. Now and then a special one; WITHOUT_HUGE leaves out 1e30. */
enum special { NO_SPECIAL, SPECIAL, WITHOUT_HUGE };
void fill(int type, void *data, int64_t count, enum special special);

cnn_window random_window(int64_t c, int64_t largest_kernel);

/* Compares `out` (isa) with `want` (ref). Float sums may differ where `bound` has the sum of |x*w| of each; NULL:
 * all must be equal. */
void compare(const char *isa, const cnn_window *w, const char *what, int type, const void *out, const void *want,
             const double *bound, int64_t count, double terms);

#endif
