/* Clamping and ReLU, for one element type: X and T as in conv2d.inc.c. Plain loops that the compiler makes vectors of; but
 * of a float's test for less than 0 it makes several instructions, where there is one. */
static void TYPED(clamp_u8)(int64_t count, const void *source, double low, double high, void *target) {
    const T *restrict in = source;
    uint8_t *restrict out = target;
#ifdef POOL_FLOAT
    const T bottom = (T)low, top = (T)high;
    for (int64_t i = 0; i < count; i++) {
        T x = in[i] >= bottom ? in[i] : bottom; /* NaN compares false */
        x = x <= top ? x : top;
        out[i] = (uint8_t)TYPED(round)(x);
    }
#else
    const int32_t bottom = (int32_t)low, top = (int32_t)high;
    for (int64_t i = 0; i < count; i++) {
        int32_t x = in[i] >= bottom ? in[i] : bottom;
        out[i] = (uint8_t)(x <= top ? x : top);
    }
#endif
}

#ifdef POOL_FLOAT
static void TYPED(clamp_same)(int64_t count, const void *source, double low, double high, void *target) {
    const T *restrict in = source;
    T *restrict out = target;
    const T bottom = (T)low, top = (T)high;
    for (int64_t i = 0; i < count; i++) {
        T x = in[i] >= bottom ? in[i] : bottom;
        out[i] = x <= top ? x : top;
    }
}
#endif

static void TYPED(relu_all)(int64_t count, const void *source, void *target) {
    const T *in = source;
    T *out = target;
    int64_t i = 0;
#ifdef POOL_FLOAT
    for (; i + 4 * VECTOR_N <= count; i += 4 * VECTOR_N)
        for (int v = 0; v < 4 * VECTOR_N; v += VECTOR_N) TYPED(store)(out + i + v, TYPED(relu)(TYPED(load)(in + i + v)));
#endif
    for (; i < count; i++) {
        const T x = in[i];
        out[i] = x < 0 ? 0 : x; /* NaN stays */
    }
}
