/* Runs a counted loop on several threads. Knows nothing of convolution.
 *
 * The calling thread works too. One loop runs at a time: a second caller runs its loop alone, at once, so that many
 * callers never use more threads than processors. Helpers are made when first needed, spin for a bounded time after
 * work, because waking a sleeper costs more than a small convolution, and then sleep; who waits for longer lets other
 * programs run. fork() is safe: the child makes helpers of its own when it needs them. */
#ifndef CNN_THREADPOOL_H
#define CNN_THREADPOOL_H

#include <stdint.h>

typedef void cnn_task(void *context, int64_t index, int worker);

/* Calls task(context, i, worker) once for every i below count, and returns when all are done. `threads` is how
 * many to use at most; `worker` is below it, and no two tasks run at once with the same one. */
void cnn_parallel_for(int64_t count, int threads, cnn_task *task, void *context);

/* Where part `index` begins when `count` is cut into nearly equal parts, the longer ones first. */
static inline int64_t cnn_part(int64_t index, int64_t parts, int64_t count) {
    const int64_t longer = count % parts;
    return index * (count / parts) + (index < longer ? index : longer);
}

/* How many threads a loop should use that takes one about `ns`: one inside a task, and where sharing, or waking helpers
 * that sleep, costs more than it gives. */
int cnn_threads_for(double ns);

#endif
