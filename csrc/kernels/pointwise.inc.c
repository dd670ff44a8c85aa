/* Clamping, ReLU and its gradient, for one element type. The compiler vectorizes the loops of clamping; ReLU uses the
 * vector functions, because the compiler needs several instructions for a comparison with 0 that takes one. */
#ifdef FLOAT_KERNELS
#define RELU(value) TYPED(relu)(value)
#else
#define RELU(value) TYPED(larger)(value, (TYPED(v)){0})
#endif
static void TYPED(clamp_u8)(int64_t count, const void *source, double low, double high, void *target) {
    const T *restrict in = source;
    uint8_t *restrict out = target;
#ifdef FLOAT_KERNELS
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

#ifdef FLOAT_KERNELS
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
    if ((T)-1 > 0) { /* nothing is negative */
        memcpy(out, in, (size_t)count * sizeof(T));
        return;
    }
    int64_t i = 0;
    if (count >= 4 * VECTOR_N) { /* align the stores: one that spans two cache lines is slow */
        TYPED(store)(out, RELU(TYPED(load)(in)));
        i = (int64_t)(-(uintptr_t)out % sizeof(TYPED(v)) / sizeof(T));
    }
    for (; i + 4 * VECTOR_N <= count; i += 4 * VECTOR_N)
        for (int v = 0; v < 4 * VECTOR_N; v += VECTOR_N) TYPED(store)(out + i + v, RELU(TYPED(load)(in + i + v)));
    for (; i + VECTOR_N <= count; i += VECTOR_N) TYPED(store)(out + i, RELU(TYPED(load)(in + i)));
    if (CHEAP_TAILS && i < count) {
        TYPED(store_n)(out + i, RELU(TYPED(load_n)(in + i, count - i)), count - i);
        return;
    }
    if (i < count && count >= VECTOR_N) {
        i = count - VECTOR_N; /* recomputes some values */
        TYPED(store)(out + i, RELU(TYPED(load)(in + i)));
        return;
    }
    for (; i < count; i++) {
        const T x = in[i];
        out[i] = x < 0 ? 0 : x; /* NaN stays */
    }
}
#undef RELU

#ifdef FLOAT_KERNELS
/* `out` may be `gradient`. The compiler vectorizes it. */
static void TYPED(relu_backward)(int64_t count, const void *source, const void *gradient, void *target) {
    const T *in = source, *g = gradient;
    T *out = target;
    for (int64_t i = 0; i < count; i++) {
        const T kept = g[i];
        out[i] = in[i] > 0 ? kept : 0;
    }
}
#endif
