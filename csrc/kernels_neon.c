/* The operations for neon. */
#include "simd_neon.h"

#include "kernels_simd.inc.c"
