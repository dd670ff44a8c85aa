/* One table for the whole process: chosen at the first use, by CNNCORE_ISA or by the CPU, or set by cnn_use_isa. */
#include "runtime/dispatch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cnncore.h"
#include "runtime/cpu.h"

static _Atomic(const struct kernel_table *) current;

#if defined(__x86_64__)
static struct kernel_table avx512vnni;
static pthread_once_t avx512vnni_once = PTHREAD_ONCE_INIT;

static void make_avx512vnni(void) {
    avx512vnni = cnn_table_avx512;
    avx512vnni.name = "avx512vnni";
    avx512vnni.filter2d_vnni = cnn_filter2d_vnni;
    avx512vnni.vnni_pays = cnn_vnni_pays;
}
#endif

/* The tables that this machine can run, ref first, the best last; NULL for an index beyond the last. */
static const struct kernel_table *available(int index) {
    const struct kernel_table *tables[5];
    int count = 0;
    tables[count++] = &cnn_table_ref;
#if defined(__x86_64__)
    tables[count++] = &cnn_table_sse2;
    if (cnn_cpu_has_avx2()) tables[count++] = &cnn_table_avx2;
    if (cnn_cpu_has_avx512()) tables[count++] = &cnn_table_avx512;
    if (cnn_cpu_has_avx512vnni()) {
        pthread_once(&avx512vnni_once, make_avx512vnni);
        tables[count++] = &avx512vnni;
    }
#elif defined(__aarch64__)
    tables[count++] = &cnn_table_neon;
#endif
    return index >= 0 && index < count ? tables[index] : NULL;
}

static const struct kernel_table *find(const char *name) {
    const struct kernel_table *table;
    for (int i = 0; (table = available(i)) != NULL; i++)
        if (strcmp(table->name, name) == 0) return table;
    return NULL;
}

static const struct kernel_table *choose(void) {
    const char *forced = getenv("CNNCORE_ISA");
    if (forced != NULL && forced[0] != '\0') return find(forced);
    const struct kernel_table *best = NULL, *table;
    for (int i = 0; (table = available(i)) != NULL; i++) best = table;
    return best;
}

const struct kernel_table *cnn_table(void) {
    const struct kernel_table *table = atomic_load_explicit(&current, memory_order_acquire);
    if (table == NULL) { /* two threads may both choose, but they choose the same */
        table = choose();
        atomic_store_explicit(&current, table, memory_order_release);
    }
    return table;
}

const char *cnn_isa(void) {
    const struct kernel_table *table = cnn_table();
    return table == NULL ? NULL : table->name;
}

const char *cnn_isa_name(int index) {
    const struct kernel_table *table = available(index);
    return table == NULL ? NULL : table->name;
}

int cnn_use_isa(const char *name) {
    const struct kernel_table *table = name == NULL ? NULL : find(name);
    if (table == NULL && name != NULL) return CNN_UNKNOWN_ISA;
    atomic_store_explicit(&current, table, memory_order_release);
    return CNN_OK;
}
