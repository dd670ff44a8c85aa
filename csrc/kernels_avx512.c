/* The operations for avx512. */
#include "simd_avx512.h"

#include "kernels_simd.inc.c"
