/* Memory that lasts for one call. Each calling thread keeps one block for its next call, up to a bound, because fresh
 * memory costs more in page faults than a small convolution; it is freed when the thread ends. */
#ifndef CNN_SCRATCH_H
#define CNN_SCRATCH_H

#include <stddef.h>

/* At least `size` bytes, aligned to 64, or NULL. To be given back by the same thread before it takes another. */
void *cnn_scratch_take(size_t size);
void cnn_scratch_give(void *block);

#endif
