/* Runs a counted loop on several threads.
 *
 * The calling thread works too. One loop runs at a time: a second caller runs its loop alone, at once, so that many
 * callers never use more threads than processors. Helpers are created when first needed. After work they spin for a
 * bounded time, because waking a sleeping thread takes longer than a small convolution, yielding to other programs
 * after a while, and then sleep. fork() is safe: the child creates its own helpers when it needs them. */
#ifndef CNN_THREADPOOL_H
#define CNN_THREADPOOL_H

#include <stdint.h>

typedef void cnn_task(void *context, int64_t index, int worker);

/* Calls task(context, i, worker) once for every i below `count`, on at most `threads` threads, and returns when all
 * calls have. `worker` is below `threads`; no two calls run at once with the same worker. */
void cnn_parallel_for(int64_t count, int threads, cnn_task *task, void *context);

/* The start of part `index` of `count` items, cut into nearly equal parts, the longer ones first. */
static inline int64_t cnn_part(int64_t index, int64_t parts, int64_t count) {
    const int64_t longer = count % parts;
    return index * (count / parts) + (index < longer ? index : longer);
}

/* The number of threads for a loop that takes one thread about `ns`: one inside a task, and where sharing the work or
 * waking helpers costs more than it saves. */
int cnn_threads_for(double ns);

#endif
