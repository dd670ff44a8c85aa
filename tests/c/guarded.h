/* Memory that ends exactly at a protected page: reading or writing one element beyond it ends the program. */
#ifndef GUARDED_H
#define GUARDED_H

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

struct guarded {
    char *map, *data;
    size_t mapped, size;
};

/* `at_end` puts the data right before the forbidden page, else right after one. Data before or behind it is not allowed
 * either way. */
static inline struct guarded guarded_new(size_t size, int at_end) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t inner = (size + page - 1) / page * page + (size == 0 ? page : 0);
    struct guarded g = {.mapped = inner + 2 * page, .size = size};
    g.map = mmap(NULL, g.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(g.map != MAP_FAILED, "mmap of %zu bytes", g.mapped);
    CHECK(mprotect(g.map, page, PROT_NONE) == 0, "mprotect");
    CHECK(mprotect(g.map + page + inner, page, PROT_NONE) == 0, "mprotect");
    g.data = g.map + page + (at_end ? inner - size : 0);
    memset(g.map + page, 0xA5, inner);
    return g;
}

static inline void guarded_free(struct guarded *g) {
    munmap(g->map, g->mapped);
}

#endif
