/* The operations for avx2. */
#include "simd_avx2.h"

#include "kernels_simd.inc.c"
