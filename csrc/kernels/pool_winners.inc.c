/* Maximum pooling of float32 with the winners (see pool_winners_fn). Windows of 2x2 without padding behind ReLU are
 * compared a vector at a time; all others one by one. */
static void pool_winners(const struct pool_tile *t, int relu, uint8_t *winners) {
    const int halves = t->kernel_h == 2 && t->kernel_w == 2 && t->first_row >= 0 && t->first_column >= 0 &&
                       t->first_row + (t->rows - 1) * t->stride_h + 2 <= t->in_rows &&
                       t->first_column + (t->columns - 1) * t->stride_w + 2 <= t->in_columns;
    if (!relu || !halves) {
        pool_winners_any(t, relu, winners);
        return;
    }
    for (int64_t y = 0; y < t->rows; y++)
        for (int64_t x = 0; x < t->columns; x++) {
            const float *in = (const float *)t->in + (t->first_row + y * t->stride_h) * t->in_row +
                              (t->first_column + x * t->stride_w) * t->channels;
            const int64_t start = y * t->out_row + x * t->channels, offsets[] = {0, t->channels, t->in_row,
                                                                                t->in_row + t->channels};
            for (int64_t c = 0; c < t->channels; c += F32_N) {
                const int64_t left = t->channels - c;
                f32_v v[4];
                for (int i = 0; i < 4; i++)
                    v[i] = left < F32_N ? f32_load_n(in + offsets[i] + c, left) : f32_load(in + offsets[i] + c);
                const f32_v largest = f32_larger(v[3], f32_larger(v[2], f32_larger(v[1], v[0])));
                float *out = (float *)t->out + start + c;
                if (left < F32_N) {
                    f32_store_n(out, largest, left);
                    f32_store_winner_n(winners + start + c, v[0], v[1], v[2], largest, left);
                } else {
                    f32_store(out, largest);
                    f32_store_winner(winners + start + c, v[0], v[1], v[2], largest);
                }
            }
        }
}
