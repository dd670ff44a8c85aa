/* Memory that lasts for one call. Each calling thread keeps its blocks for its next call, up to a bound, because fresh
 * memory costs more in page faults than a small convolution; they are freed when the thread ends. */
#ifndef CNN_SCRATCH_H
#define CNN_SCRATCH_H

#include <stddef.h>

/* What a block is for; one call may hold one of each. */
enum cnn_scratch { CNN_SCRATCH_WEIGHTS, CNN_SCRATCH_WORK, CNN_SCRATCH_NETWORK, CNN_SCRATCH_KINDS };

/* At least `size` bytes, aligned to 64, or NULL. To be given back by the same thread before it takes another of the
 * kind. */
void *cnn_scratch_take(enum cnn_scratch kind, size_t size);
void cnn_scratch_give(enum cnn_scratch kind, void *block);

#endif
