/* Two operations in one loop: what the first comes to is read by nobody but the second, so it never leaves its
 * register. app/engine/tape/pairs.py says which may be paired. */
#include "kernel.h"

#define EACH(A_AT, B_AT, C_AT)                                                                                \
    for (int64_t i = 0; i < n; i++) {                                                                         \
        const double a = A_AT, b = B_AT, c = C_AT, m = FIRST(a, b);                                           \
        o[i] = SECOND(m, c);                                                                                  \
    }                                                                                                         \
    break;

/* Operands a and b of the first operation, and c of the second; each is a row or one number for all trials. */
#define PAIR(NAME)                                                                                            \
    static void NAME(const tile *t, const instruction *s)                                                     \
    {                                                                                                         \
        const int64_t n = width_of(t, s->out), wide = s->in[0].wide << 2 | s->in[1].wide << 1 | s->in[2].wide; \
        for (int64_t row = t->from; row < s->rows && row < t->to; row++) {                                    \
            double *restrict o = row_of(t, s->out, row);                                                      \
            const double *x = row_of(t, s->in, row), *y = row_of(t, s->in + 1, row), *z = row_of(t, s->in + 2, row); \
            switch (wide) {                                                                                   \
            case 7: EACH(x[i], y[i], z[i])                                                                    \
            case 6: EACH(x[i], y[i], z[0])                                                                    \
            case 5: EACH(x[i], y[0], z[i])                                                                    \
            case 4: EACH(x[i], y[0], z[0])                                                                    \
            case 3: EACH(x[0], y[i], z[i])                                                                    \
            case 2: EACH(x[0], y[i], z[0])                                                                    \
            case 1: EACH(x[0], y[0], z[i])                                                                    \
            default: EACH(x[0], y[0], z[0])                                                                   \
            }                                                                                                 \
        }                                                                                                     \
    }

#define SUM(a, b) ((a) + (b))
#define DIFFERENCE(a, b) ((a) - (b))
#define CONTRARY(a, b) ((b) - (a))
#define PRODUCT(a, b) ((a) * (b))

#define FIRST SUM
#define SECOND SUM
PAIR(sum_and_sum)
#undef SECOND
#define SECOND DIFFERENCE
PAIR(sum_and_difference)
#undef SECOND
#define SECOND CONTRARY
PAIR(sum_and_contrary)
#undef SECOND
#define SECOND PRODUCT
PAIR(sum_and_product)
#undef SECOND
#undef FIRST

#define FIRST DIFFERENCE
#define SECOND SUM
PAIR(difference_and_sum)
#undef SECOND
#define SECOND DIFFERENCE
PAIR(difference_and_difference)
#undef SECOND
#define SECOND CONTRARY
PAIR(difference_and_contrary)
#undef SECOND
#define SECOND PRODUCT
PAIR(difference_and_product)
#undef SECOND
#undef FIRST

#define FIRST PRODUCT
#define SECOND SUM
PAIR(product_and_sum)
#undef SECOND
#define SECOND DIFFERENCE
PAIR(product_and_difference)
#undef SECOND
#define SECOND CONTRARY
PAIR(product_and_contrary)
#undef SECOND
#define SECOND PRODUCT
PAIR(product_and_product)

/* By extra[0]: first operation times four, plus second; in the order of FIRST and SECOND in pairs.py. */
static const action PAIRS[] = {
    sum_and_sum,        sum_and_difference,        sum_and_contrary,        sum_and_product,
    difference_and_sum, difference_and_difference, difference_and_contrary, difference_and_product,
    product_and_sum,    product_and_difference,    product_and_contrary,    product_and_product};

void pair(const tile *t, const instruction *s)
{
    PAIRS[s->extra[0]](t, s);
}
