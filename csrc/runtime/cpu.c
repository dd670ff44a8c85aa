/* Uses the compiler's builtins, which read CPUID; processors other than x86-64 have none of these features. */
#include "runtime/cpu.h"

#if defined(__x86_64__)

/* The builtin also checks that the operating system saves the wide registers. */
int cnn_cpu_has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

int cnn_cpu_has_avx512(void) {
    return cnn_cpu_has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

int cnn_cpu_has_avx512vnni(void) {
    return cnn_cpu_has_avx512() && __builtin_cpu_supports("avx512vnni");
}

#else

int cnn_cpu_has_avx2(void) {
    return 0;
}

int cnn_cpu_has_avx512(void) {
    return 0;
}

int cnn_cpu_has_avx512vnni(void) {
    return 0;
}

#endif
