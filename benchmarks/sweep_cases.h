/* A case of the sweep: drawn at random, or read from a line as the program prints it. */
#ifndef SWEEP_CASES_H
#define SWEEP_CASES_H

#include <stdint.h>
#include <stdio.h>

#include "cnncore.h"

enum { LINE = 64 }; /* bytes of a cache line */

struct example {
    char what[8]; /* conv, plan, filter, max, mean, relu, clamp */
    int in_type, type;
    cnn_window w;
    int64_t filters, groups;
    int bias, relu, pool, weights; /* weights: 0 small, 1 need 16 bits, 2 need 32 bits */
    int at; /* bytes from a cache line to each array, because malloc aligns to 16 */
};

void print(FILE *file, const struct example *e);
int parse(const char *line, struct example *e); /* returns 0 if the line is not a case */

/* xorshift64*, from `seed`. */
extern uint64_t seed;
uint64_t next(void);
int64_t pick(int64_t low, int64_t high); /* both included */

/* A case around the vector and tile widths. `work`, the number of products, varies widely. */
struct example draw(void);
double work(const struct example *e);

/* Output rows and columns; 0 where the window is larger than the padded input. */
void outputs(const cnn_window *w, int64_t *rows, int64_t *columns);

#endif
