/* Pooling of one tile, for one element type: X and T as in conv2d.inc.c, S the type that averages are summed in.
 *
 * The rows of a window are folded into one buffered row first, which is contiguous whatever the number of channels, and
 * the buffer's columns after. Plain loops: the compiler makes vectors of them for each instruction set.
 */
#ifdef POOL_FLOAT
#define LARGER(a, b) ((a) > (b) || (a) != (a) ? (a) : (b)) /* NaN wins */
#else
#define LARGER(a, b) ((a) > (b) ? (a) : (b))
#endif

static void TYPED(max_pool)(const struct pool_tile *tile) {
    const struct pool_tile copy = *tile, *t = &copy; /* a store of bytes might be a change of *tile, not of a local */
    const int64_t channels = t->channels, width = t->in_columns * channels;
    T *restrict buffer = t->buffer;
    for (int64_t r = 0; r < t->rows; r++) {
        int64_t first = t->first_row + r * t->stride_h, end = first + t->kernel_h;
        if (first < 0) first = 0;
        if (end > t->in_rows) end = t->in_rows;
        const T *restrict in = (const T *)t->in + first * t->in_row;
        T *restrict out = (T *)t->out + r * t->out_row;
        if (end - first == 1) {
            memcpy(buffer, in, (size_t)width * sizeof(T));
        } else {
            const T *restrict next = in + t->in_row;
            for (int64_t i = 0; i < width; i++) buffer[i] = LARGER(in[i], next[i]);
            for (int64_t y = first + 2; y < end; y++) {
                next += t->in_row;
                for (int64_t i = 0; i < width; i++) buffer[i] = LARGER(buffer[i], next[i]);
            }
        }
        if (channels == 1 && t->kernel_w == 2 && t->stride_w == 2 && t->first_column == 0 &&
            2 * t->columns <= t->in_columns) {
            for (int64_t x = 0; x < t->columns; x++) out[x] = LARGER(buffer[2 * x], buffer[2 * x + 1]);
            continue;
        }
        for (int64_t x = 0; x < t->columns; x++, out += channels) {
            int64_t left = t->first_column + x * t->stride_w, right = left + t->kernel_w;
            if (left < 0) left = 0;
            if (right > t->in_columns) right = t->in_columns;
            if (right - left == 1) {
                memcpy(out, buffer + left * channels, (size_t)channels * sizeof(T));
                continue;
            }
            const T *p = buffer + left * channels, *q = p + channels;
            for (int64_t c = 0; c < channels; c++) out[c] = LARGER(p[c], q[c]);
            for (int64_t k = left + 2; k < right; k++) {
                q += channels;
                for (int64_t c = 0; c < channels; c++) out[c] = LARGER(out[c], q[c]);
            }
        }
    }
}

static void TYPED(avg_pool)(const struct pool_tile *tile) {
    const struct pool_tile copy = *tile, *t = &copy; /* a store of bytes might be a change of *tile, not of a local */
    const int64_t channels = t->channels, width = t->in_columns * channels;
    S *restrict buffer = t->buffer;
    for (int64_t r = 0; r < t->rows; r++) {
        int64_t first = t->first_row + r * t->stride_h, end = first + t->kernel_h;
        if (first < 0) first = 0;
        if (end > t->in_rows) end = t->in_rows;
        S *restrict out = (S *)t->out + r * t->out_row;
        for (int64_t y = first; y < end; y++) {
            const T *restrict in = (const T *)t->in + y * t->in_row;
            if (y == first)
                for (int64_t i = 0; i < width; i++) buffer[i] = (S)in[i];
            else
                for (int64_t i = 0; i < width; i++) buffer[i] += (S)in[i];
        }
        for (int64_t x = 0; x < t->columns; x++, out += channels) {
            int64_t left = t->first_column + x * t->stride_w, right = left + t->kernel_w;
            if (left < 0) left = 0;
            if (right > t->in_columns) right = t->in_columns;
            const S count = (S)((end - first) * (right - left));
            for (int64_t c = 0; c < channels; c++) out[c] = buffer[left * channels + c];
            for (int64_t k = left + 1; k < right; k++)
                for (int64_t c = 0; c < channels; c++) out[c] += buffer[k * channels + c];
            for (int64_t c = 0; c < channels; c++) out[c] /= count;
        }
    }
}
#undef LARGER
