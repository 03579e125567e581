/* Zeros of discounted sums: what app/engine/returns/roots.py does between two calls of NumPy's exp.
 *
 * One lane is one series; flows are `rows` rows, `stride` numbers apart (negative when time runs backwards).
 */
#include "roots.h"

#define CHUNK 512 /* lanes whose values and slopes stay in the first cache while the rows pass by */
#define NEAR 256  /* lanes whose flows stay there while the rows pass by three times */
#define LANES for (int64_t i = 0; i < n; i++)

/* Σ a_j exp(-t_j u) and its derivative by u, by Horner's rule. which: of each gap, the place of its width;
 * factors: exp(-width u), a row of `lanes` for each width. */
static void horner(const double *flows, int64_t stride, int64_t rows, const double *factors, int64_t lanes,
                       const double *widths, const int64_t *which, int64_t first, int64_t n,
                       double *restrict value, double *restrict slope)
{
    const double *last = flows + (rows - 1) * stride + first;
    LANES value[i] = last[i];
    LANES slope[i] = 0.0;
    for (int64_t row = rows - 2; row >= 0; row--) {
        const double *flow = flows + row * stride + first, *factor = factors + which[row] * lanes + first;
        const double width = widths[which[row]];
        LANES {
            slope[i] = (slope[i] - value[i] * width) * factor[i];
            value[i] = value[i] * factor[i] + flow[i];
        }
    }
}

void value_and_slope(const double *flows, int64_t stride, int64_t rows, const double *factors, int64_t lanes,
                     const double *widths, const int64_t *which, double *value, double *slope)
{
    for (int64_t first = 0; first < lanes; first += CHUNK) {
        const int64_t n = lanes - first < CHUNK ? lanes - first : CHUNK;
        horner(flows, stride, rows, factors, lanes, widths, which, first, n, value + first, slope + first);
    }
}

/* The sums behind the first guess, last period first. */
static void guessed(const double *flows, int64_t stride, int64_t rows, const double *widths,
                        const int64_t *which, int64_t first, int64_t n, double *restrict total,
                        double *restrict absolute, double *restrict timed, double *restrict absolute_timed)
{
    LANES total[i] = absolute[i] = timed[i] = absolute_timed[i] = 0.0;
    for (int64_t row = rows - 1; row >= 0; row--) {
        const double *flow = flows + row * stride + first;
        LANES {
            total[i] += flow[i];
            absolute[i] += fabs(flow[i]);
        }
        if (!row) continue;
        const double width = widths[which[row - 1]];
        LANES {
            timed[i] += total[i] * width;
            absolute_timed[i] += absolute[i] * width;
        }
    }
}

/* How often each lane changes sign, zeros skipped, and its first sign; NaN counts as no sign. */
static void signed_chunk(const double *flows, int64_t stride, int64_t rows, int64_t first, int64_t n,
                             int64_t *restrict changes, double *restrict sign, double *restrict last)
{
    LANES last[i] = 0.0;
    LANES sign[i] = 0.0;
    LANES changes[i] = 0;
    for (int64_t row = 0; row < rows; row++) {
        const double *flow = flows + row * stride + first;
        LANES {
            const double own = flow[i] > 0 ? 1.0 : flow[i] < 0 ? -1.0 : 0.0;
            changes[i] += own * last[i] < 0;
            last[i] = own != 0 ? own : last[i];
            sign[i] = sign[i] != 0 ? sign[i] : own;
        }
    }
}

/* What roots.survey tells of each lane. sums: total first period first; then last period first total, absolute,
 * timed and absolute timed; rows of `lanes`. */
void survey(const double *flows, int64_t stride, int64_t rows, int64_t lanes, const double *widths,
            const int64_t *which, double *sums, int64_t *changes, double *sign)
{
    double last[NEAR];
    for (int64_t first = 0; first < lanes; first += NEAR) {
        const int64_t n = lanes - first < NEAR ? lanes - first : NEAR;
        double *restrict total = sums + first, *at = total + lanes;
        guessed(flows, stride, rows, widths, which, first, n, at, at + lanes, at + 2 * lanes, at + 3 * lanes);
        signed_chunk(flows, stride, rows, first, n, changes + first, sign + first, last);
        LANES total[i] = 0.0;
        for (int64_t row = 0; row < rows; row++) {
            const double *flow = flows + row * stride + first;
            LANES total[i] += flow[i];
        }
    }
}
