/* Memory for the duration of one call. Each calling thread keeps its blocks, up to a bound, for its next call: the page
 * faults of fresh memory take longer than a small convolution. The blocks are freed when the thread ends. */
#ifndef CNN_SCRATCH_H
#define CNN_SCRATCH_H

#include <stddef.h>

/* The use of a block; a call may hold one of each kind. */
enum cnn_scratch {
    CNN_SCRATCH_WEIGHTS,
    CNN_SCRATCH_WORK,
    CNN_SCRATCH_NETWORK,
    CNN_SCRATCH_BACKWARD,
    CNN_SCRATCH_POOLED,
    CNN_SCRATCH_KINDS
};

/* Returns at least `size` bytes, aligned to 64, or NULL. The same thread gives them back before it takes another
 * block of this kind. */
void *cnn_scratch_take(enum cnn_scratch kind, size_t size);
void cnn_scratch_give(enum cnn_scratch kind, void *block);

#endif
