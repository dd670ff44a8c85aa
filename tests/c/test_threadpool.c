/* The thread pool: every index once, workers never shared, many callers at once, a number of threads that changes under
 * them, fork before, between and during use; no thread spins for long, and helpers do not slow down a machine
 * with few processors. Also for ThreadSanitizer. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "cnncore.h"
#include "runtime/threadpool.h"

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
        alarm(20); /* a child that hangs is a failure */
        for (int i = 0; i < 20; i++) run_loop(3);
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %d", status);
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void test_nobody_spins_for_long(void) {
    run_loop(5);
    usleep(2000);
    const double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    usleep(100000);
    const double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    CHECK(spent < 0.02, "the pool used a processor for %g s of 0.1 s without work", spent);
}

/* Helpers that wait for the only processor delay no loop: a time slice of 3 ms for each loop would add up to 3 s. */
static void test_one_processor_for_all(void) {
#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
    pid_t pid = fork(); /* helpers made here inherit the one processor */
    CHECK(pid >= 0, "fork");
    if (pid == 0) {
        cpu_set_t all, one;
        CPU_ZERO(&one);
        if (sched_getaffinity(0, sizeof all, &all) != 0) _exit(0);
        for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
            if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0) _exit(0);
        const double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
        for (int i = 0; i < 1000; i++) run_loop(4);
        const double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
        CHECK(spent < 1, "1000 loops of 4 threads on one processor took %g s of it", spent);
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "the child ended with status %d", status);
#endif
}

static void inner(void *context, int64_t index, int worker) {
    (void)index;
    CHECK(worker == 0, "worker %d in a loop inside a task", worker);
    atomic_fetch_add((atomic_int *)context, 1);
}

static void outer(void *context, int64_t index, int worker) {
    (void)index;
    (void)worker;
    CHECK(cnn_threads_for(1e9) == 1, "a task is to be run by one thread");
    cnn_parallel_for(3, cnn_threads_for(1e9), inner, context);
}

static void test_loops_in_tasks(void) {
    atomic_int count = 0;
    cnn_parallel_for(50, 3, outer, &count);
    CHECK(atomic_load(&count) == 150, "%d", atomic_load(&count));
}

static void test_threads_for(void) {
    CHECK(cnn_set_num_threads(3) == CNN_OK, "set_num_threads");
    CHECK(cnn_threads_for(100) == 1, "not worth sharing");
    CHECK(cnn_threads_for(1e9) == 3, "worth waking for");
    CHECK(cnn_set_num_threads(1) == CNN_OK, "set_num_threads");
    CHECK(cnn_threads_for(1e9) == 1, "one thread");
    CHECK(cnn_set_num_threads(3) == CNN_OK, "set_num_threads"); /* and no helper yet */
    CHECK(cnn_threads_for(20e3) == 1, "too short to wake helpers for");
    int calls = 1;
    while (cnn_threads_for(20e3) == 1 && calls < 100) calls++;
    CHECK(calls > 1 && calls < 100, "%d short loops in a row until helpers are woken", calls);
    run_loop(3);
    CHECK(cnn_set_num_threads(2) == CNN_OK, "set_num_threads");
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
    for (int i = 0; forks && i < 5; i++) in_child(); /* while the other threads work */
    for (int i = 0; i < 4; i++) pthread_join(callers[i], NULL);
    cnn_parallel_for(0, 4, task, NULL);
    test_threads_for();
    test_loops_in_tasks();
    test_nobody_spins_for_long();
    if (forks) test_one_processor_for_all();
    puts("thread pool: ok");
    return 0;
}
