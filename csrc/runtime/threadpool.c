/* Helpers watch a round counter. A caller writes its loop, opens the gate and works too; each worker starts with its
 * own share of the indices. The caller closes the gate when no helper is inside. */
#define _GNU_SOURCE
#include "runtime/threadpool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cnncore.h"

enum { MAX_THREADS = 256 };

/* Waking a sleeping helper takes 35-50 us, a spinning one under 1 us (measured on a 2-core virtual machine).
 * Spinning for about twice the former bridges the time between two layers of a network, and ends soon when nothing
 * follows. A helper that has spun for longer than a layer yields between two checks, so that other programs get the
 * processor on a busy machine. */
static const int64_t SPIN_NS = 100000, GREEDY_NS = 20000;
enum { LOOKS = 64 }; /* checks before reading the clock or yielding: 1 to 3 us */

/* Sharing a loop with spinning helpers costs about 1 us; with sleeping ones 10 us of the caller's time, and the time
 * until they are awake. */
static const double WORTH_SHARING_NS = 4000, WORTH_WAKING_NS = 100000;
enum { MEMORY = 8 };

enum { CLOSED = -1 };

/* The indices that one worker starts with: neighbouring ones, the same each time the same loop runs, because the
 * data is then in that processor's cache. A worker that has finished takes from the shares of others. Faster
 * (Fashion-MNIST network, one image, two threads, cores that pass a cache line in 50 to 250 ns): 39 us, with one
 * counter for all 54. */
struct share {
    _Alignas(64) _Atomic int64_t next;
    int64_t end;
};

static struct {
    pthread_mutex_t busy; /* held by the caller whose loop runs, and by whoever changes the number of threads */
    pthread_mutex_t lock; /* guards sleeping */
    pthread_cond_t wake;
    pthread_t threads[MAX_THREADS];
    _Atomic int helpers;    /* number of running helpers; changed only with `busy` held */
    _Atomic int wanted;     /* threads to use, callers included; 0: not decided yet */
    _Atomic unsigned round; /* incremented for every loop; helpers watch it */
    _Atomic int sleepers;
    _Atomic int stopping;
    /* The loop. Written only while `gate` is closed; an open `gate` counts the helpers inside. */
    _Atomic int gate;
    _Atomic int limit; /* threads that may work; read before entering, hence atomic */
    cnn_task *task;
    void *context;
    struct share shares[MAX_THREADS];
    _Atomic int64_t alone; /* when the loops lately run alone beside sleeping helpers are forgotten */
} pool = {.busy = PTHREAD_MUTEX_INITIALIZER,
          .lock = PTHREAD_MUTEX_INITIALIZER,
          .wake = PTHREAD_COND_INITIALIZER,
          .gate = CLOSED};

static _Thread_local int in_task;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int processors(void) {
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

/* fork() waits for a running loop to end, so that the child never inherits an unfinished one. */
static void before_fork(void) {
    pthread_mutex_lock(&pool.busy);
    pthread_mutex_lock(&pool.lock);
}

static void after_fork_parent(void) {
    pthread_mutex_unlock(&pool.lock);
    pthread_mutex_unlock(&pool.busy);
}

static void after_fork_child(void) {
    pthread_mutex_init(&pool.lock, NULL);
    pthread_mutex_init(&pool.busy, NULL);
    pthread_cond_init(&pool.wake, NULL);
    pool.helpers = 0; /* threads do not survive a fork */
    atomic_store(&pool.sleepers, 0);
    atomic_store(&pool.gate, CLOSED);
}

static void start(void) {
    pthread_atfork(before_fork, after_fork_parent, after_fork_child);
}

static void work(int worker) {
    const int threads = atomic_load_explicit(&pool.limit, memory_order_relaxed);
    if (worker >= threads) return; /* this helper was about to enter an earlier loop */
    in_task = 1;
    for (int k = 0; k < threads; k++) {
        struct share *share = &pool.shares[(worker + k) % threads];
        while (atomic_load_explicit(&share->next, memory_order_relaxed) < share->end) {
            const int64_t i = atomic_fetch_add_explicit(&share->next, 1, memory_order_relaxed);
            if (i < share->end) pool.task(pool.context, i, worker);
        }
    }
    in_task = 0;
}

/* Enters the loop if it is open and uses this helper. */
static int enter(int worker) {
    int inside = atomic_load_explicit(&pool.gate, memory_order_acquire);
    while (inside != CLOSED && worker < atomic_load_explicit(&pool.limit, memory_order_relaxed)) {
        if (atomic_compare_exchange_weak_explicit(&pool.gate, &inside, inside + 1, memory_order_acq_rel,
                                                  memory_order_acquire))
            return 1;
    }
    return 0;
}

static void wait_for_round(unsigned seen) {
    const int64_t start = now_ns();
    for (int64_t now = start; now < start + SPIN_NS; now = now_ns()) {
        for (int i = 0; i < LOOKS; i++) {
            if (atomic_load_explicit(&pool.round, memory_order_acquire) != seen) return;
            relax();
        }
        if (now > start + GREEDY_NS) sched_yield();
    }
    pthread_mutex_lock(&pool.lock);
    atomic_fetch_add(&pool.sleepers, 1); /* before checking the round again: the caller does both in the other order */
    while (atomic_load(&pool.round) == seen) pthread_cond_wait(&pool.wake, &pool.lock);
    atomic_fetch_sub(&pool.sleepers, 1);
    pthread_mutex_unlock(&pool.lock);
}

static void *helper(void *number) {
    const int worker = (int)(intptr_t)number;
    unsigned seen = 0;
    for (;;) {
        unsigned round = atomic_load_explicit(&pool.round, memory_order_acquire);
        if (round == seen) {
            wait_for_round(seen);
            continue;
        }
        seen = round;
        if (atomic_load(&pool.stopping)) return NULL;
        if (enter(worker)) {
            work(worker);
            atomic_fetch_sub_explicit(&pool.gate, 1, memory_order_release);
        }
    }
}

static void announce(void) {
    atomic_fetch_add(&pool.round, 1);
    if (atomic_load(&pool.sleepers) > 0) {
        pthread_mutex_lock(&pool.lock);
        pthread_cond_broadcast(&pool.wake);
        pthread_mutex_unlock(&pool.lock);
    }
}

/* Called with `busy` held. Fewer helpers than wanted (because of a limit on processes, for example) only cost speed. */
static void make_helpers(int wanted) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals belong to the program's own threads */
    while (pool.helpers < wanted) {
        if (pthread_create(&pool.threads[pool.helpers], NULL, helper, (void *)(intptr_t)(pool.helpers + 1)) != 0) break;
        pool.helpers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Called with `busy` held. */
static void end_helpers(void) {
    atomic_store(&pool.stopping, 1);
    announce();
    for (int i = 0; i < pool.helpers; i++) pthread_join(pool.threads[i], NULL);
    pool.helpers = 0;
    atomic_store(&pool.stopping, 0);
}

int cnn_get_num_threads(void) {
    int wanted = atomic_load(&pool.wanted);
    if (wanted == 0) {
        const char *text = getenv("CNNCORE_NUM_THREADS");
        int asked = text == NULL ? 0 : atoi(text);
        wanted = asked > 0 ? asked : processors();
        if (wanted > MAX_THREADS) wanted = MAX_THREADS;
        int undecided = 0;
        if (!atomic_compare_exchange_strong(&pool.wanted, &undecided, wanted)) wanted = undecided;
    }
    return wanted;
}

int cnn_set_num_threads(int threads) {
    if (threads < 0 || threads > MAX_THREADS) return CNN_BAD_ARGUMENT;
    pthread_once(&once, start);
    pthread_mutex_lock(&pool.busy);
    if (pool.helpers > threads - 1) end_helpers();
    atomic_store(&pool.wanted, threads);
    pthread_mutex_unlock(&pool.busy);
    return CNN_OK;
}

/* Short loops run alone while the helpers sleep, but their times add up: a caller without pauses gets helpers after
 * a few calls, a caller of an occasional short loop never pays for waking them. `alone` is ahead of the clock by a
 * multiple of the times of those loops, which are forgotten as time passes. */
int cnn_threads_for(double ns) {
    if (in_task || !(ns >= WORTH_SHARING_NS)) return 1;
    const int threads = cnn_get_num_threads();
    if (threads == 1 || ns >= WORTH_WAKING_NS) return threads;
    const int awake = atomic_load_explicit(&pool.helpers, memory_order_relaxed) -
                      atomic_load_explicit(&pool.sleepers, memory_order_relaxed);
    if (awake >= threads - 1) return threads;
    const int64_t now = now_ns(), before = atomic_load_explicit(&pool.alone, memory_order_relaxed);
    const int64_t after = (before > now ? before : now) + MEMORY * (int64_t)ns;
    atomic_store_explicit(&pool.alone, after, memory_order_relaxed);
    return (double)(after - now) > MEMORY * WORTH_WAKING_NS ? threads : 1;
}

void cnn_parallel_for(int64_t count, int threads, cnn_task *task, void *context) {
    if (count < threads) threads = (int)count;
    if (threads > 1) pthread_once(&once, start);
    if (threads <= 1 || pthread_mutex_trylock(&pool.busy) != 0) {
        for (int64_t i = 0; i < count; i++) task(context, i, 0);
        return;
    }
    make_helpers(threads - 1);
    pool.task = task;
    pool.context = context;
    for (int i = 0; i < threads; i++) {
        atomic_store_explicit(&pool.shares[i].next, cnn_part(i, threads, count), memory_order_relaxed);
        pool.shares[i].end = cnn_part(i + 1, threads, count);
    }
    atomic_store_explicit(&pool.limit, threads, memory_order_relaxed);
    atomic_store_explicit(&pool.gate, 0, memory_order_release);
    announce();
    work(0);
    int inside = 0;
    for (int tries = 0; !atomic_compare_exchange_weak_explicit(&pool.gate, &inside, CLOSED, memory_order_acq_rel,
                                                               memory_order_relaxed);
         tries++) {
        inside = 0;
        if (tries < LOOKS)
            relax();
        else
            sched_yield();
    }
    pthread_mutex_unlock(&pool.busy);
}

/* Threads must not run code of a library that has been unloaded. A loop that still runs in another thread at exit keeps
 * its helpers: waiting for it could take forever. */
__attribute__((destructor)) static void finish(void) {
    if (pthread_mutex_trylock(&pool.busy) != 0) return;
    end_helpers();
    pthread_mutex_unlock(&pool.busy);
}
