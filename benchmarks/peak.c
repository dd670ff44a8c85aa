/* The peak rates of the machine: float32 multiply-adds per second, and bytes per second moved by a copy.
 *
 * peak THREADS BYTES    prints both, in FLOP/s (a multiply-add is two) and in bytes/s (read plus written), for a copy
 *                       that reads BYTES / 2 and writes BYTES / 2, shared out over the threads. The best of REPEATS.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

enum { LANES = VECTOR_BYTES / 4, SUMS = 12, STEPS = 400000, REPEATS = 9, MAX_THREADS = 256 };
static const double copied_a_pass = 1 << 24; /* bytes that a thread copies at least before it reads the clock */

typedef float vector __attribute__((vector_size(VECTOR_BYTES)));

typedef struct {
    pthread_barrier_t *barrier;
    char *from, *to;
    size_t bytes;
    long passes;
    int copy;
    double start, end;
    float sink;
} job;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Twelve independent sums hide the latency of the multiply-add; their values stay near 1. */
static float multiply_add(float seed) {
    vector factor, addend, sums[SUMS];
    for (int lane = 0; lane < LANES; lane++) {
        factor[lane] = 0.999f + seed;
        addend[lane] = 0.001f + seed;
    }
    for (int i = 0; i < SUMS; i++) sums[i] = addend * (float)(i + 1);
    for (long step = 0; step < STEPS; step++)
        for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + addend;
    float total = 0;
    for (int i = 0; i < SUMS; i++)
        for (int lane = 0; lane < LANES; lane++) total += sums[i][lane];
    return total;
}

static void *work(void *argument) {
    job *j = argument;
    pthread_barrier_wait(j->barrier);
    j->start = now();
    if (j->copy) {
        for (long pass = 0; pass < j->passes; pass++) {
            memcpy(j->to, j->from, j->bytes);
            __asm__ volatile("" ::: "memory"); /* keeps the compiler from dropping a pass */
        }
    } else {
        j->sink = multiply_add((float)j->sink);
    }
    j->end = now();
    return NULL;
}

static double seconds(job *jobs, int threads) {
    pthread_t ids[MAX_THREADS];
    for (int i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, work, &jobs[i])) exit(1);
    double start = 1e300, end = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        if (jobs[i].start < start) start = jobs[i].start;
        if (jobs[i].end > end) end = jobs[i].end;
    }
    return end - start;
}

int main(int argc, char **argv) {
    int threads = argc == 3 ? atoi(argv[1]) : 0;
    long long bytes = argc == 3 ? atoll(argv[2]) : 0;
    if (threads < 1 || threads > MAX_THREADS || bytes < 1) {
        fprintf(stderr, "usage: peak THREADS BYTES\n");
        return 2;
    }
    static job jobs[MAX_THREADS];
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    size_t share = (size_t)(bytes / 2 / threads) / 64 * 64 + 64;
    for (int i = 0; i < threads; i++) {
        jobs[i].barrier = &barrier;
        jobs[i].bytes = share;
        jobs[i].passes = (long)(copied_a_pass / (double)(2 * share)) + 1;
        jobs[i].from = aligned_alloc(64, share);
        jobs[i].to = aligned_alloc(64, share);
        if (!jobs[i].from || !jobs[i].to) return 1;
        memset(jobs[i].from, i + 1, share);
        memset(jobs[i].to, 0, share);
    }
    double flops = 0, copied = 0;
    float sink = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        for (int i = 0; i < threads; i++) jobs[i].copy = 0, jobs[i].sink = 0;
        double rate = 2.0 * SUMS * LANES * (double)STEPS * threads / seconds(jobs, threads);
        if (rate > flops) flops = rate;
        sink += jobs[0].sink;
        for (int i = 0; i < threads; i++) jobs[i].copy = 1;
        rate = 2.0 * (double)share * (double)jobs[0].passes * threads / seconds(jobs, threads);
        if (rate > copied) copied = rate;
    }
    printf("%.6e %.6e\n", flops, copied);
    return sink == 12345.0f; /* the sums are used, so they are computed */
}
