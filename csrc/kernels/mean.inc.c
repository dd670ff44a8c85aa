/* The mean of rows x pixels values by definition, for one element type. The sum is kept in two doubles and the
 * remainder of the division is divided too: the mean of a constant is that constant, however many values there are.
 * `scale` is a power of two that makes the values smaller where their sum would be infinite and their mean is not. */
static double TYPED(mean)(const T *in, int64_t row, int64_t rows, int64_t pixel, int64_t pixels, double scale) {
    double sum = 0, rest = 0;
    for (int64_t a = 0; a < rows; a++)
        for (int64_t b = 0; b < pixels; b++) mean_add((double)in[a * row + b * pixel] * scale, &sum, &rest);
    return mean_of(sum, rest, (double)(rows * pixels)) / scale;
}
