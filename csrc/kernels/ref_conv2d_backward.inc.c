/* The gradients of a convolution as plain loops, for ref.c: the specification. Sums in double. */
#define REF_CONV_BACKWARD(X, T)                                                                                        \
    static void X##_kernel_gradient(const struct kernel_gradient_tile *t) {                                           \
        for (int64_t k = 0; k < t->terms; k++)                                                                         \
            for (int64_t f = 0; f < t->filters; f++) {                                                                 \
                double sum = 0;                                                                                        \
                for (int64_t n = 0; n < t->images; n++)                                                                \
                    for (int64_t y = 0; y < t->rows; y++)                                                              \
                        for (int64_t x = 0; x < t->columns; x++)                                                       \
                            sum += (double)((const T *)t->in)[n * t->in_image + y * t->in_row + x * t->in_pixel + k] * \
                                   (double)((const T *)                                                                \
                                                t->grad)[n * t->grad_image + y * t->grad_row + x * t->grad_pixel + f]; \
                T *out = (T *)t->out + k * t->out_row + f;                                                             \
                *out = (T)((double)*out + sum);                                                                        \
            }                                                                                                          \
    }                                                                                                                  \
    static void X##_kernel_gradient_depthwise(const struct kernel_gradient_tile *t) {                                 \
        for (int64_t k = 0; k < t->terms; k++)                                                                         \
            for (int64_t c = 0; c < t->filters; c++) {                                                                 \
                struct kernel_gradient_tile one = *t;                                                                  \
                one.in = (const T *)t->in + k * t->step + c;                                                           \
                one.grad = (const T *)t->grad + c;                                                                     \
                one.out = (T *)t->out + k * t->out_row + c;                                                            \
                one.terms = one.filters = 1;                                                                           \
                X##_kernel_gradient(&one);                                                                             \
            }                                                                                                          \
    }                                                                                                                  \
    /* Input (y, x, c) takes part in output (i, j) by tap (a, b) where y = i * stride + a * dilation - top. */        \
    static T X##_input_gradient_of(const struct input_gradient_tile *t, int64_t y, int64_t x, int64_t c) {           \
        const cnn_window *w = t->window;                                                                               \
        const int64_t in_group = w->c / t->groups, out_group = t->filters / t->groups, group = c / in_group;           \
        double sum = 0;                                                                                                \
        for (int64_t a = 0; a < w->kernel_h; a++)                                                                      \
            for (int64_t b = 0; b < w->kernel_w; b++) {                                                                \
                const int64_t row = y + w->top - a * w->dilation_h, column = x + w->left - b * w->dilation_w;          \
                const int64_t i = row / w->stride_h, j = column / w->stride_w;                                         \
                if (row < 0 || row % w->stride_h != 0 || i >= t->out_h) continue;                                      \
                if (column < 0 || column % w->stride_w != 0 || j >= t->out_w) continue;                                \
                const int64_t tap = (a * w->kernel_w + b) * in_group + c % in_group;                                   \
                const T *grad = (const T *)t->grad + (i * t->out_w + j) * t->filters + group * out_group;              \
                const T *weights = (const T *)t->kernel + tap * t->filters + group * out_group;                        \
                for (int64_t f = 0; f < out_group; f++) sum += (double)grad[f] * (double)weights[f];                   \
            }                                                                                                          \
        return (T)sum;                                                                                                 \
    }                                                                                                                  \
    static void X##_input_gradient(const struct input_gradient_tile *t) {                                             \
        const cnn_window *w = t->window;                                                                               \
        for (int64_t y = t->first_row; y < t->end_row; y++)                                                            \
            for (int64_t x = 0; x < w->w; x++)                                                                         \
                for (int64_t c = 0; c < w->c; c++)                                                                     \
                    ((T *)t->out)[(y * w->w + x) * w->c + c] = X##_input_gradient_of(t, y, x, c);                      \
    }

REF_CONV_BACKWARD(f32, float)
REF_CONV_BACKWARD(f64, double)
