/* The reference loops of the gradients: part of ref.c, which says what they are for. */
#define REF_GRADIENTS(X, T)                                                                                           \
    /* A window's gradient, for each channel, goes to the first of its largest values, or in equal shares to all. */ \
    static void X##_pool_backward(const struct pool_backward_tile *t, int average) {                                  \
        memset((T *)t->d_in + t->own_first * t->row, 0,                                                               \
               (size_t)((t->own_end - t->own_first) * t->row) * sizeof(T));                                           \
        for (int64_t y = t->first; y < t->end; y++)                                                                   \
            for (int64_t x = 0; x < t->columns; x++)                                                                  \
                for (int64_t c = 0; c < t->channels; c++) {                                                           \
                    const struct span rows = cut(y * t->stride_h - t->top, t->kernel_h, t->in_rows);                  \
                    const struct span columns = cut(x * t->stride_w - t->left, t->kernel_w, t->in_columns);           \
                    const T gradient = ((const T *)t->gradient)[(y * t->columns + x) * t->channels + c];              \
                    const T *in = average ? NULL : (const T *)t->in + c;                                              \
                    T *d_in = (T *)t->d_in + c;                                                                       \
                    int64_t best = rows.first * t->row + columns.first * t->channels;                                 \
                    const int64_t taps = (rows.end - rows.first) * (columns.end - columns.first);                     \
                    for (int64_t a = rows.first; a < rows.end; a++)                                                   \
                        for (int64_t b = columns.first; b < columns.end; b++) {                                       \
                            const int64_t at = a * t->row + b * t->channels;                                          \
                            if (!average && !(in[at] <= in[best]) && in[best] == in[best]) best = at;                 \
                            if (average && a >= t->own_first && a < t->own_end) d_in[at] += gradient / (T)taps;       \
                        }                                                                                             \
                    const int64_t row = best / t->row;                                                                \
                    if (!average && row >= t->own_first && row < t->own_end) d_in[best] += gradient;                  \
                }                                                                                                     \
    }                                                                                                                 \
    static void X##_max_pool_backward(const struct pool_backward_tile *t) {                                           \
        X##_pool_backward(t, 0);                                                                                      \
    }                                                                                                                 \
    static void X##_avg_pool_backward(const struct pool_backward_tile *t) {                                           \
        X##_pool_backward(t, 1);                                                                                      \
    }                                                                                                                 \
    static void X##_gemm(const struct gemm_tile *t) {                                                                 \
        for (int64_t p = 0; p < t->rows; p++)                                                                         \
            for (int64_t f = 0; f < t->columns; f++) {                                                                \
                double sum = 0;                                                                                       \
                for (int64_t i = 0; i < t->terms; i++)                                                                \
                    sum += (double)((const T *)t->a)[p * t->a_row + i * t->a_term] *                                  \
                           (double)((const T *)t->b)[i * t->b_term + f];                                              \
                ((T *)t->out)[t->turned ? f * t->out_row + p : p * t->out_row + f] = (T)sum;                          \
            }                                                                                                         \
    }                                                                                                                 \
    static void X##_adam(int64_t count, const struct adam_step *s, const void *gradient, void *mean, void *square,    \
                         void *weights) {                                                                             \
        T *m = mean, *v = square, *w = weights;                                                                       \
        for (int64_t i = 0; i < count; i++) {                                                                         \
            const double g = (double)((const T *)gradient)[i];                                                        \
            m[i] = (T)((double)m[i] + (g - (double)m[i]) * s->mean_rate);                                             \
            v[i] = (T)((double)v[i] + (g * g - (double)v[i]) * s->square_rate);                                       \
            const double kept = (double)w[i] - (double)w[i] * s->decay;                                               \
            w[i] = (T)(kept - (double)m[i] * s->rate / (sqrt((double)v[i]) + s->epsilon));                            \
        }                                                                                                             \
    }                                                                                                                 \
    static void X##_relu_backward(int64_t count, const void *in, const void *gradient, void *out) {                   \
        for (int64_t i = 0; i < count; i++)                                                                           \
            ((T *)out)[i] = ((const T *)in)[i] > 0 ? ((const T *)gradient)[i] : 0;                                    \
    }

REF_GRADIENTS(f32, float)
REF_GRADIENTS(f64, double)
