/* Random numbers, elements of any type, sizes of windows: shared by the tests of operations. */
#ifndef VALUES_H
#define VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "cnncore.h"

/* xorshift64*, from `seed`. */
extern uint64_t seed;
uint64_t next(void);
int64_t pick(int64_t low, int64_t high); /* both included */
#define CHOOSE(...) (((int64_t[]){__VA_ARGS__})[next() % (sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))])

size_t size_of(int type);
double at(int type, const void *data, int64_t i);
void put(int type, void *data, int64_t i, double value);
int same(double a, double b); /* equal, or both NaN */

/* Output rows and columns of a window; 0 where it is larger than the padded input. */
void outputs(const cnn_window *w, int64_t *rows, int64_t *columns);

#endif
