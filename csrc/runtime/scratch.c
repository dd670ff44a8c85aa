/* One block of each kind for each thread, in thread-specific data, whose destructor frees them. */
#include "runtime/scratch.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { ALIGNMENT = 64, KEPT_AT_MOST = 8 << 20 };

struct kept {
    void *blocks[CNN_SCRATCH_KINDS];
    size_t sizes[CNN_SCRATCH_KINDS];
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int have_key;

static void release(void *pointer) {
    struct kept *kept = pointer;
    for (int i = 0; i < CNN_SCRATCH_KINDS; i++) free(kept->blocks[i]);
    free(kept);
}

static void make_key(void) {
    have_key = pthread_key_create(&key, release) == 0;
}

static struct kept *mine(void) {
    pthread_once(&once, make_key);
    if (!have_key) return NULL;
    struct kept *kept = pthread_getspecific(key);
    if (kept == NULL) {
        kept = calloc(1, sizeof *kept);
        if (kept != NULL && pthread_setspecific(key, kept) != 0) {
            free(kept);
            kept = NULL;
        }
    }
    return kept;
}

void *cnn_scratch_take(enum cnn_scratch kind, size_t size) {
    if (size > SIZE_MAX - ALIGNMENT) return NULL;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct kept *kept = size > KEPT_AT_MOST ? NULL : mine();
    if (kept == NULL) return aligned_alloc(ALIGNMENT, size);
    if (kept->sizes[kind] < size) {
        free(kept->blocks[kind]);
        kept->blocks[kind] = aligned_alloc(ALIGNMENT, size);
        kept->sizes[kind] = kept->blocks[kind] == NULL ? 0 : size;
    }
    return kept->blocks[kind];
}

void cnn_scratch_give(enum cnn_scratch kind, void *block) {
    struct kept *kept = mine();
    if (kept == NULL || kept->blocks[kind] != block) free(block);
}

/* Destructors of keys do not run for the main thread. */
__attribute__((destructor)) static void finish(void) {
    if (!have_key) return;
    struct kept *kept = pthread_getspecific(key);
    if (kept != NULL) {
        pthread_setspecific(key, NULL);
        release(kept);
    }
}
