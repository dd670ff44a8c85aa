/* Clamping and ReLU, for one element type: X and T as in conv2d.inc.c. Plain loops that the compiler makes vectors of. */
static void TYPED(clamp_u8)(int64_t count, const void *source, double low, double high, void *target) {
    const T *restrict in = source;
    uint8_t *restrict out = target;
#ifdef POOL_FLOAT
    const T bottom = (T)low, top = (T)high;
    for (int64_t i = 0; i < count; i++) {
        T x = in[i] >= bottom ? in[i] : bottom; /* NaN compares false */
        x = x <= top ? x : top;
        out[i] = (uint8_t)(int32_t)ROUND(x);
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
    const T *restrict in = source;
    T *restrict out = target;
    for (int64_t i = 0; i < count; i++) out[i] = in[i] < 0 ? 0 : in[i]; /* NaN stays */
}
