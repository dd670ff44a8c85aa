/* The kernels of one element type; vectors.c defines the type (X, T, S, M, VECTOR_N, FLOAT_KERNELS) and includes
 * this. */
#ifdef S
#include "kernels/long_sums.inc.c"
#include "kernels/conv2d.inc.c"
#include "kernels/conv2d_one_map.inc.c"
#include "kernels/conv2d_depthwise.inc.c"
#ifdef FLOAT_KERNELS
#include "kernels/conv2d_backward.inc.c"
#endif
#endif
#ifdef M
#include "kernels/pointwise.inc.c"
#include "kernels/pool2d_mean.inc.c"
#include "kernels/pool2d.inc.c"
#endif
#ifdef FLOAT_KERNELS
#include "kernels/pool2d_backward.inc.c"
#include "kernels/gemm.inc.c"
#include "kernels/adam.inc.c"
#endif
#undef X
#undef T
#undef S
#undef M
#undef VECTOR_N
#undef FLOAT_KERNELS
#undef QUARTERS
