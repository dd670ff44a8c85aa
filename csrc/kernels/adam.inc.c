/* One step of Adam (struct adam_step), for one float type: one pass over the four arrays. */
#define V TYPED(v)
#define N VECTOR_N

static inline __attribute__((always_inline)) void TYPED(adam_at)(const struct adam_step *s, const T *gradient, T *mean,
                                                                 T *square, T *weights, int64_t tail) {
    const V g = TYPED(load_some)(gradient, tail);
    V m = TYPED(load_some)(mean, tail), v = TYPED(load_some)(square, tail), w = TYPED(load_some)(weights, tail);
    m = TYPED(fma)(TYPED(sub)(g, m), TYPED(set1)((T)s->mean_rate), m);
    v = TYPED(fma)(TYPED(sub)(TYPED(mul)(g, g), v), TYPED(set1)((T)s->square_rate), v);
    w = TYPED(sub)(w, TYPED(mul)(w, TYPED(set1)((T)s->decay)));
    const V root = TYPED(add)(TYPED(sqrt)(v), TYPED(set1)((T)s->epsilon));
    w = TYPED(sub)(w, TYPED(div)(TYPED(mul)(m, TYPED(set1)((T)s->rate)), root));
    TYPED(store_some)(mean, m, tail);
    TYPED(store_some)(square, v, tail);
    TYPED(store_some)(weights, w, tail);
}

static void TYPED(adam)(int64_t count, const struct adam_step *s, const void *gradient, void *mean, void *square,
                        void *weights) {
    int64_t i = 0;
    for (; i + N <= count; i += N)
        TYPED(adam_at)(s, (const T *)gradient + i, (T *)mean + i, (T *)square + i, (T *)weights + i, 0);
    if (i < count)
        TYPED(adam_at)(s, (const T *)gradient + i, (T *)mean + i, (T *)square + i, (T *)weights + i, count - i);
}

#undef V
#undef N
