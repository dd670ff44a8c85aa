/* Every operation on every instruction set of this machine against the reference loops, at random: equal for integers,
 * maximum, clamp and ReLU; within a bound scaled by the sum of |x*w| for float sums. Sizes lie around every vector and
 * tile width, memory ends at forbidden pages, and three threads give the same values as one, bit for bit (except for
 * which NaN: that depends on the order of an instruction's operands).
 *
 * test_operations [ROUNDS]
 */
#include "operations.h"

static void test_bad_arguments(void) {
    const cnn_window good = {.n = 1, .h = 3, .w = 3, .c = 1, .kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1,
                             .dilation_h = 1, .dilation_w = 1};
    float in[9] = {0}, kernel[9] = {0}, out[9];
    CHECK(cnn_conv2d(&good, 1, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_OK, "the good one");
#define BAD(change)                                                                                                \
    {                                                                                                              \
        cnn_window w = good;                                                                                       \
        w.change;                                                                                                  \
        CHECK(cnn_conv2d(&w, 1, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "%s", #change); \
        CHECK(cnn_max_pool2d(&w, CNN_F32, in, out) == CNN_BAD_ARGUMENT, "%s", #change);                            \
    }
    BAD(h = 0) BAD(w = -1) BAD(c = 0) BAD(n = -1) BAD(kernel_h = 4) BAD(kernel_w = 0) BAD(stride_h = 0)
    BAD(stride_w = -1) BAD(dilation_h = 0) BAD(dilation_w = 2) BAD(top = -1) BAD(n = INT64_MAX) BAD(h = INT64_MAX)
    BAD(w = INT64_MAX / 2) BAD(c = INT64_MAX) BAD(bottom = INT64_MAX) BAD(kernel_w = INT64_MAX)
#undef BAD
    CHECK(cnn_conv2d(&good, 1, 2, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "groups");
    CHECK(cnn_conv2d(&good, 0, 1, CNN_F32, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "filters");
    CHECK(cnn_conv2d(&good, 1, 1, CNN_F64, CNN_F32, in, kernel, NULL, 0, out) == CNN_BAD_ARGUMENT, "types");
    CHECK(cnn_use_isa("none such") == CNN_UNKNOWN_ISA, "isa");
    CHECK(cnn_set_num_threads(-1) == CNN_BAD_ARGUMENT, "threads");
    const int threads = cnn_get_num_threads();
    CHECK(cnn_set_num_threads(0) == CNN_OK && cnn_get_num_threads() >= 1, "threads put back");
    CHECK(cnn_set_num_threads(threads) == CNN_OK, "threads");
    cnn_window wide = good;
    wide.dilation_w = 2;
    wide.w = 5;
    CHECK(cnn_max_pool2d_backward(&wide, CNN_F32, in, in, out) == CNN_BAD_ARGUMENT, "dilation");
    CHECK(cnn_avg_pool2d_backward(&good, CNN_I32, in, out) == CNN_BAD_ARGUMENT, "gradients of integers");
    CHECK(cnn_dense_backward(1, 0, 1, CNN_F32, in, in, in, out, NULL, NULL) == CNN_BAD_ARGUMENT, "no inputs");
    const int64_t many = INT64_MAX / 2;
    CHECK(cnn_dense_backward(many, 9, 1, CNN_F32, in, in, in, out, NULL, NULL) == CNN_BAD_ARGUMENT, "too many");
    CHECK(cnn_dense_backward(-1, 1, 1, CNN_F64, in, in, in, out, NULL, NULL) == CNN_BAD_ARGUMENT, "images");
    CHECK(cnn_relu_backward(CNN_U8, 1, in, in, out) == CNN_BAD_ARGUMENT, "ReLU of integers");
    CHECK(cnn_adam(CNN_F32, -1, 1, 1, 1, 1, 0, in, out, out, out) == CNN_BAD_ARGUMENT, "count");
    CHECK(cnn_clamp(CNN_F32, CNN_U8, 1, in, 1, 0, out) == CNN_BAD_ARGUMENT, "low above high");
    CHECK(cnn_clamp(CNN_F32, CNN_U8, 1, in, 0, 256, out) == CNN_BAD_ARGUMENT, "beyond uint8");
}

/* The worked example that circulates with 312 in its answer: 312 is what 0 + 247 gives where 0 x 247 is meant. */
static void test_worked_example(const char *isa) {
    const cnn_window w = {.n = 1, .h = 3, .w = 3, .c = 1, .kernel_h = 3, .kernel_w = 3, .stride_h = 1, .stride_w = 1,
                          .dilation_h = 1, .dilation_w = 1};
    const uint8_t image[9] = {206, 205, 247, 244, 161, 137, 192, 154, 75};
    const int32_t kernel[9] = {0, -1, 0, -1, 5, -1, 0, -1, 0};
    uint8_t pixel = 0;
    int32_t sum = 0;
    cnn_use_isa(isa);
    CHECK(cnn_filter2d(&w, CNN_I32, image, kernel, 1, &pixel) == CNN_OK && pixel == 65, "%s: %d", isa, pixel);
    CHECK(cnn_conv2d(&w, 1, 1, CNN_U8, CNN_I32, image, kernel, NULL, 0, &sum) == CNN_OK && sum == 65, "%s: %d", isa,
          sum);
}

int main(int argc, char **argv) {
    const int rounds = argc > 1 ? atoi(argv[1]) : 600;
    test_bad_arguments();
    const char *isa;
    for (int i = 0; (isa = cnn_isa_name(i)) != NULL; i++) {
        seed = 1;
        test_worked_example(isa);
        for (int round = 0; round < rounds; round++) {
            test_conv2d(isa, round);
            if (round % 4 == 0) test_network(isa, round / 4);
            test_filter2d(isa, round);
            test_pool(isa, round);
            test_pointwise(isa, round);
        }
        printf("%s: %d rounds\n", isa, rounds);
    }
    return 0;
}
