/* The search of app/engine/returns/roots.py, `solve`, and the functions that it and its first guess need. */
#include "exponential.h"
#include "logarithm.h"
#include "roots.h"

/* exponential.exp */
void exponentials(const double *x, int64_t n, double *restrict out)
{
    for (int64_t i = 0; i < n; i++) out[i] = exponential(x[i]);
}

/* logarithm.log */
void logarithms(const double *x, int64_t n, double *restrict out)
{
    for (int64_t i = 0; i < n; i++) out[i] = logarithm(x[i]);
}

/* The lanes that are searched just now. flows: `rows` rows of SEATS. */
typedef struct {
    double *flows;
    int64_t lane[SEATS], taken[SEATS];
    double u[SEATS], low[SEATS], high[SEATS], last[SEATS], centre[SEATS], rising[SEATS];
    double value[SEATS], slope[SEATS], moved[SEATS], done[SEATS];
} table;

/* One step for the first `n` seats; done: whether a lane has its zero. */
static void step(table *t, int64_t n, int64_t rows, const double *widths, const int64_t *which, int64_t free,
                 double step_done)
{
    double factor[SEATS];
    double *restrict value = t->value, *restrict slope = t->slope;
    int64_t known = -1;
    for (int64_t i = 0; i < n; i++) value[i] = t->flows[(rows - 1) * SEATS + i];
    for (int64_t i = 0; i < n; i++) slope[i] = 0.0;
    for (int64_t row = rows - 2; row >= 0; row--) {
        const double *flow = t->flows + row * SEATS, width = widths[which[row]];
        if (which[row] != known)
            for (int64_t i = 0; i < n; i++) factor[i] = exponential(-width * t->u[i]);
        known = which[row];
        for (int64_t i = 0; i < n; i++) {
            slope[i] = (slope[i] - value[i] * width) * factor[i];
            value[i] = value[i] * factor[i] + flow[i];
        }
    }
    for (int64_t i = 0; i < n; i++) {
        const int late = t->taken[i] > free;
        const double at = t->u[i], steep = slope[i] + t->centre[i] * value[i];
        const int right = (value[i] > 0) != (t->rising[i] != 0);
        const double lower = right ? at : t->low[i], upper = right ? t->high[i] : at;
        const double direct = at - value[i] / steep, far = fabs(direct - at);
        const int inside = (direct >= lower) & (direct <= upper) & (!late | (far <= t->last[i] / 2));
        const double middle = isinf(upper) ? 2 * lower + 0.1 : (lower + upper) / 2;
        const double new = inside ? direct : middle, moved = fabs(new - at);
        t->done[i] = (inside & (moved <= step_done)) | (late & (upper - lower <= 1e-15 * (1 + lower)));
        t->u[i] = new;
        t->low[i] = lower;
        t->high[i] = upper;
        t->last[i] = moved;
        t->taken[i]++;
    }
}

/* Zeros of the lanes that are wanted, from their first guesses, which they replace. most: steps of a lane; free:
 * steps after which steps must halve. memory: `rows` rows of SEATS. */
void solve(const double *flows, int64_t stride, int64_t rows, int64_t lanes, const double *widths,
           const int64_t *which, const double *centre, const uint8_t *rising, const double *low,
           const double *high, const uint8_t *wanted, int64_t most, int64_t free, double step_done, double *u,
           double *memory)
{
    table t = {.flows = memory};
    int64_t seated = 0, next = 0;
    for (;;) {
        for (; seated < SEATS && next < lanes; next++) {
            if (!wanted[next]) continue;
            for (int64_t row = 0; row < rows; row++) t.flows[row * SEATS + seated] = flows[row * stride + next];
            t.lane[seated] = next;
            t.taken[seated] = 0;
            t.u[seated] = u[next];
            t.low[seated] = low[next];
            t.high[seated] = high[next];
            t.last[seated] = INFINITY;
            t.centre[seated] = centre[next];
            t.rising[seated++] = rising[next];
        }
        if (!seated) return;
        step(&t, seated, rows, widths, which, free, step_done);
        for (int64_t i = seated - 1; i >= 0; i--) {
            if (!t.done[i] && t.taken[i] < most) continue;
            u[t.lane[i]] = t.u[i];
            seated--;
            for (int64_t row = 0; row < rows; row++) t.flows[row * SEATS + i] = t.flows[row * SEATS + seated];
            t.lane[i] = t.lane[seated];
            t.taken[i] = t.taken[seated];
            t.u[i] = t.u[seated];
            t.low[i] = t.low[seated];
            t.high[i] = t.high[seated];
            t.last[i] = t.last[seated];
            t.centre[i] = t.centre[seated];
            t.rising[i] = t.rising[seated];
        }
    }
}
