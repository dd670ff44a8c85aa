/* Vector sums in more precision than their type: two vectors of doubles; of float64 a sum and the rest that rounding
 * leaves (mean.h). They start at -0: it changes no value that is added to it, -0 neither. */
static inline void f32_total_add(f64_v total[2], f32_v v) {
    total[0] = f64_add(total[0], f32_low(v));
    total[1] = f64_add(total[1], f32_high(v));
}

static inline void f64_total_add(f64_v total[2], f64_v v) {
    const f64_v sum = f64_add(total[0], v), z = f64_sub(sum, total[0]);
    total[1] = f64_add(total[1], f64_add(f64_sub(total[0], f64_sub(sum, z)), f64_sub(v, z)));
    total[0] = sum;
}

static inline f32_v f32_total_mean(const f64_v total[2], double number) {
    const f64_v scale = f64_set1(1 / number);
    return f32_join(f64_mul(total[0], scale), f64_mul(total[1], scale));
}

/* Divides the remainder too. It is exact: the halves of the mean, by Veltkamp's splitting, have 27 bits at most. */
static inline f64_v f64_total_mean(const f64_v total[2], double number) {
    const f64_v n = f64_set1(number), scale = f64_set1(1 / number), mean = f64_mul(total[0], scale);
    const f64_v large = f64_mul(mean, f64_set1(0x1p27 + 1)), high = f64_sub(large, f64_sub(large, mean));
    const f64_v low = f64_sub(mean, high);
    const f64_v remainder = f64_sub(f64_sub(total[0], f64_mul(high, n)), f64_mul(low, n));
    return f64_add(mean, f64_mul(f64_add(remainder, total[1]), scale));
}
