/* The operations for sse2. */
#include "simd_sse2.h"

#include "kernels_simd.inc.c"
