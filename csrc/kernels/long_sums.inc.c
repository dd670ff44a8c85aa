/* Sums of more than CNN_SUM_BLOCK terms, for one element type: the sums of each block are added to totals in double.
 * Functions of their own, so that the loops that call them keep their registers. */
static __attribute__((noinline)) void TYPED(sum_block)(const T *sums, int64_t count, int is_first, double *totals) {
    for (int64_t i = 0; i < count; i++) totals[i] = (is_first ? 0 : totals[i]) + (double)sums[i];
}

/* Adds the totals to the sums of the last block. */
static __attribute__((noinline)) void TYPED(sum_end)(T *sums, int64_t count, const double *totals) {
    for (int64_t i = 0; i < count; i++) sums[i] = (T)(totals[i] + (double)sums[i]);
}
