/* Clamping and ReLU. */
#include <math.h>
#include <stdlib.h>

#include "sweep.h"

static void check_point(int64_t count, int type, int operation) {
    if (!is_mine()) return;
    const cnn_window none = {0};
    const int out_type = operation == 0 ? CNN_U8 : type;
    const double low = (double)pick(0, 100), high = low + (double)pick(0, 155);
    describe(operation == 2 ? "relu" : "clamp", &none, type, out_type, count, 0);
    char *in = place(IN, count, type, 1);
    fill(type, in, count, type < CNN_F32 ? ORDINARY : SPECIAL);
    if (type >= CNN_F32) /* halves, and what lies outside 0..255 */
        for (int64_t i = 0; i < count; i += 3) put(type, in, i, (double)pick(-600, 600) / 2);
    double *want = room(count, sizeof *want);
    for (int64_t i = 0; i < count; i++) {
        const double v = at(type, in, i);
        if (operation == 2) want[i] = v < 0 ? 0 : v;
        else if (operation == 0) want[i] = rint(v < low || isnan(v) ? low : v > high ? high : v);
        else want[i] = v < low || isnan(v) ? low : v > high ? high : v;
    }
    const char *isa;
    for (int k = 0; (isa = cnn_isa_name(k)) != NULL; k++) {
        cnn_use_isa(isa);
        for (int end = 0; end < 2; end++) {
            char *out = place(OUT, count, out_type, end);
            const char *source = end ? in : moved(IN, count, type);
            cnn_set_num_threads(end ? 1 : 3);
            const int status = operation == 2 ? cnn_relu(type, count, source, out)
                                              : cnn_clamp(type, out_type, count, source, low, high, out);
            CHECK(status == CNN_OK, "%s: status %d", now_at, status);
            compare(isa, end ? "" : ", several threads", out_type, out, want, NULL, count);
        }
    }
    free(want);
}

void sweep_points(void) {
    for (int64_t count = 0; count <= 203; count++)
        for (int type = CNN_U8; type <= CNN_F64; type++)
            for (int operation = 0; operation < 3; operation++)
                if (operation != 1 || type >= CNN_F32) check_point(count == 203 ? 400001 : count, type, operation);
}
