/* Plays a program: elementwise operations and recurrences, a tile of trials at a time, so that what is between
 * them stays in the processor's cache. One call does all operations on all trials.
 *
 * app/engine/tape/plan.py writes the instructions and checks that every operand lies inside its base.
 */
#include "kernel.h"

#define ONE_BY_ONE(WIDE_OUT, A_AT, B_AT)                                                                      \
    for (int64_t i = 0; i < WIDE_OUT; i++) {                                                                  \
        const double a = A_AT, b = B_AT;                                                                      \
        o[i] = EXPRESSION(a, b);                                                                              \
    }

/* An operation on two operands, each of which is a row or one number for all trials. */
#define BINARY(NAME, TYPE)                                                                                    \
    static void NAME(const tile *t, const instruction *s)                                                 \
    {                                                                                                         \
        const int64_t n = width_of(t, s->out);                                                                \
        for (int64_t row = t->from; row < s->rows && row < t->to; row++) {                                    \
            TYPE *restrict o = (TYPE *)row_of(t, s->out, row);                                                \
            const double *x = row_of(t, s->in, row), *y = row_of(t, s->in + 1, row);                          \
            if (s->in[0].wide && s->in[1].wide)                                                               \
                ONE_BY_ONE(n, x[i], y[i])                                                                     \
            else if (s->in[0].wide)                                                                           \
                ONE_BY_ONE(n, x[i], y[0])                                                                     \
            else if (s->in[1].wide)                                                                           \
                ONE_BY_ONE(n, x[0], y[i])                                                                     \
            else                                                                                              \
                ONE_BY_ONE(n, x[0], y[0])                                                                     \
        }                                                                                                     \
    }

#define EXPRESSION(a, b) ((a) + (b))
BINARY(add, double)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) - (b))
BINARY(subtract, double)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) * (b))
BINARY(multiply, double)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) / (b))
BINARY(divide, double)
#undef EXPRESSION
#define EXPRESSION(a, b) larger(a, b)
BINARY(maximum, double)
#undef EXPRESSION
#define EXPRESSION(a, b) smaller(a, b)
BINARY(minimum, double)
#undef EXPRESSION
#define EXPRESSION(a, b) ((b) > 0 ? (a) / (b) : 0.0)
BINARY(ratio, double)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) > (b))
BINARY(greater, int64_t)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) >= (b))
BINARY(greater_equal, int64_t)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) < (b))
BINARY(less, int64_t)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) <= (b))
BINARY(less_equal, int64_t)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) == (b))
BINARY(equal, int64_t)
#undef EXPRESSION
#define EXPRESSION(a, b) ((a) != (b))
BINARY(not_equal, int64_t)
#undef EXPRESSION

static void negative(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), wide = s->in[0].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row);
        for (int64_t i = 0; i < n; i++) o[i] = -(wide ? x[i] : x[0]);
    }
}

static void absolute(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), wide = s->in[0].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row);
        for (int64_t i = 0; i < n; i++) o[i] = fabs(wide ? x[i] : x[0]);
    }
}

/* A copy, of numbers or of a mask: 64 bits either way. */
static void copy(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), wide = s->in[0].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        int64_t *restrict o = mask_of(t, s->out, row);
        const int64_t *x = mask_of(t, s->in, row);
        for (int64_t i = 0; i < n; i++) o[i] = wide ? x[i] : x[0];
    }
}

static void where(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), m = s->in[0].wide, a = s->in[1].wide, b = s->in[2].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        int64_t *restrict o = mask_of(t, s->out, row);
        const int64_t *mask = mask_of(t, s->in, row);
        const int64_t *x = mask_of(t, s->in + 1, row), *y = mask_of(t, s->in + 2, row);
        if (!m) {
            const int64_t *chosen = mask[0] ? x : y, wide = mask[0] ? a : b;
            for (int64_t i = 0; i < n; i++) o[i] = wide ? chosen[i] : chosen[0];
        } else if (a && b)
            for (int64_t i = 0; i < n; i++) o[i] = mask[i] ? x[i] : y[i];
        else
            for (int64_t i = 0; i < n; i++) o[i] = mask[i] ? x[a ? i : 0] : y[b ? i : 0];
    }
}

#define LOGICAL(NAME, EXPRESSION_)                                                                            \
    static void NAME(const tile *t, const instruction *s)                                                 \
    {                                                                                                         \
        const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide;                          \
        for (int64_t row = t->from; row < s->rows && row < t->to; row++) {                                    \
            int64_t *restrict o = mask_of(t, s->out, row);                                                    \
            const int64_t *x = mask_of(t, s->in, row), *y = mask_of(t, s->in + 1, row);                       \
            for (int64_t i = 0; i < n; i++) {                                                                 \
                const int64_t a = x[p ? i : 0], b = y[q ? i : 0];                                             \
                o[i] = EXPRESSION_;                                                                           \
            }                                                                                                 \
        }                                                                                                     \
    }
LOGICAL(both, a & b)
LOGICAL(either, a | b)

static void inverted(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), wide = s->in[0].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++)
        for (int64_t i = 0; i < n; i++) mask_of(t, s->out, row)[i] = !mask_of(t, s->in, row)[wide ? i : 0];
}

/* A quotient where a mask holds, number[0] elsewhere. */
static void quotient(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide, m = s->in[2].wide;
    const double start = s->number[0];
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row), *y = row_of(t, s->in + 1, row);
        const int64_t *mask = mask_of(t, s->in + 2, row);
        for (int64_t i = 0; i < n; i++) o[i] = mask[m ? i : 0] ? x[p ? i : 0] / y[q ? i : 0] : start;
    }
}

/* Of two zeros NumPy's clip keeps either, by its operands. */
INLINE double between(double a, double low, double high)
{
    const double above = a != a ? a : a >= low ? a : low;
    return above != above ? above : above <= high ? above : high;
}

static void clip(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide, r = s->in[2].wide;
    for (int64_t row = t->from; row < s->rows && row < t->to; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row);
        const double *low = row_of(t, s->in + 1, row), *high = row_of(t, s->in + 2, row);
        if (p && !q && !r)
            for (int64_t i = 0; i < n; i++) o[i] = between(x[i], low[0], high[0]);
        else
            for (int64_t i = 0; i < n; i++) o[i] = between(x[p ? i : 0], low[q ? i : 0], high[r ? i : 0]);
    }
}

/* In the order of `Op` in twins.py; the recurrences follow. */
static const action ACTIONS[] = {add,     subtract,      multiply, divide,     maximum, minimum,
                                 ratio,   greater,       greater_equal, less,  less_equal, equal,
                                 not_equal, negative,    absolute, copy,       where,   both,
                                 either,  inverted,      quotient, clip,       pair};
enum { ACTION_COUNT = sizeof ACTIONS / sizeof *ACTIONS };

#if defined(__x86_64__)
#include <cpuid.h>

/* Whether this processor has AVX2 and the system saves its registers: then the library built for it is taken. */
int64_t wide_registers(void)
{
    unsigned int a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0) return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) != 0;
}
#else
int64_t wide_registers(void)
{
    return 0;
}
#endif

/* Return how many operations there are: the Python side makes sure that it means the same ones. */
int64_t operations(void)
{
    return ACTION_COUNT + RECURRENCE_COUNT;
}

/* Do neighbours together, row by row: fuse.py says for which of them that comes to the same. */
static void together(tile t, const instruction *steps, int64_t count)
{
    int64_t rows = 0;
    for (int64_t k = 0; k < count; k++) rows = steps[k].rows > rows ? steps[k].rows : rows;
    for (int64_t row = 0; row < rows; row++) {
        t.from = row;
        t.to = row + 1;
        for (int64_t k = 0; k < count; k++) ACTIONS[steps[k].op](&t, steps + k);
    }
}

/* Do all instructions on all trials, `width` trials at a time. */
void play(const instruction *steps, int64_t count, const base *bases, int64_t trials, int64_t width)
{
    for (int64_t start = 0; start < trials; start += width) {
        const tile t = {bases, start, trials - start < width ? trials - start : width, 0, INT64_MAX};
        for (int64_t k = 0; k < count; k += steps[k].group > 1 ? steps[k].group : 1) {
            const int64_t op = steps[k].op;
            if (steps[k].group > 1) together(t, steps + k, steps[k].group);
            else (op < ACTION_COUNT ? ACTIONS[op] : RECURRENCES[op - ACTION_COUNT])(&t, steps + k);
        }
    }
}
