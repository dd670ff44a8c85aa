/* The thread pool: every index once, workers never shared, many callers at once, a number of threads that changes under
 * them, fork before, between and during use. Meant for ThreadSanitizer too.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "cnncore.h"
#include "threadpool.h"

enum { COUNT = 1000 };

struct loop {
    atomic_int seen[COUNT];
    atomic_int inside[256];
    int threads;
};

static void task(void *context, int64_t index, int worker) {
    struct loop *loop = context;
    CHECK(worker >= 0 && worker < loop->threads, "worker %d of %d", worker, loop->threads);
    CHECK(atomic_fetch_add(&loop->inside[worker], 1) == 0, "worker %d runs two tasks", worker);
    atomic_fetch_add(&loop->seen[index], 1);
    atomic_fetch_sub(&loop->inside[worker], 1);
}

static void run_loop(int threads) {
    struct loop loop;
    memset(&loop, 0, sizeof loop);
    loop.threads = threads;
    cnn_parallel_for(COUNT, threads, task, &loop);
    for (int i = 0; i < COUNT; i++) CHECK(atomic_load(&loop.seen[i]) == 1, "index %d ran %d times", i, loop.seen[i]);
}

static void *caller(void *argument) {
    int id = *(int *)argument;
    for (int i = 0; i < 60; i++) {
        run_loop(1 + (id + i) % 5);
        if (id == 0) CHECK(cnn_set_num_threads(1 + i % 4) == CNN_OK, "set_num_threads");
    }
    return NULL;
}

static void in_child(void) {
    pid_t pid = fork();
    CHECK(pid >= 0, "fork");
    if (pid == 0) {
        alarm(20); /* a child that hangs is a failure, not a wait for ever */
        for (int i = 0; i < 20; i++) run_loop(3);
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %d", status);
}

int main(int argc, char **argv) {
    int forks = argc < 2 || strcmp(argv[1], "no-fork") != 0;
#if defined(__SANITIZE_THREAD__) /* does not allow new threads in a forked child */
    forks = 0;
#endif
    if (forks) in_child();
    for (int threads = 1; threads <= 6; threads++)
        for (int i = 0; i < 200; i++) run_loop(threads);
    if (forks) in_child();
    pthread_t callers[4];
    int ids[4];
    for (int i = 0; i < 4; i++) {
        ids[i] = i;
        CHECK(pthread_create(&callers[i], NULL, caller, &ids[i]) == 0, "pthread_create");
    }
    for (int i = 0; forks && i < 5; i++) in_child(); /* while the others are at work */
    for (int i = 0; i < 4; i++) pthread_join(callers[i], NULL);
    cnn_parallel_for(0, 4, task, NULL);
    puts("thread pool: ok");
    return 0;
}
