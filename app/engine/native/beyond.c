/* What app/engine/returns/beyond.py counts: zeros of discounted sums, proven by bounds, one series at a time. */
#include "exponential.h"
#include "roots.h"

/* One series from its first flow on. later: times since then. */
typedef struct {
    const double *flow, *later;
    int64_t rows, most;
    int64_t count;
    double low, high;
} series;

/* Inflows and outflows at u, and both times their time. */
typedef struct {
    double u, in, out, in_slope, out_slope;
} point;

#define CLEAR 1e-12 /* of beyond.py */

static point point_at(const series *s, double u)
{
    point p = {.u = u};
    for (int64_t row = 0; row < s->rows; row++) {
        const double later = s->later[row], term = exponential(-later * u) * s->flow[row];
        if (term > 0) {
            p.in += term;
            p.in_slope += term * later;
        } else {
            p.out -= term;
            p.out_slope -= term * later;
        }
    }
    return p;
}

INLINE int clear(const point *p)
{
    return fabs(p->in - p->out) > CLEAR * (p->in + p->out);
}

/* Count what lies between two points, left before right; whether that is known. */
static int counted(series *s, const point *left, const point *right, int64_t halvings)
{
    if (left->in < right->out || left->out < right->in) return 1;
    const int steady = left->in_slope < right->out_slope || left->out_slope < right->in_slope;
    if (steady && clear(left) && clear(right)) {
        if ((left->in - left->out > 0) == (right->in - right->out > 0)) return 1;
        if (!s->count++) {
            s->low = left->u;
            s->high = right->u;
        }
        return 1;
    }
    if (halvings == s->most) return 0;
    const point middle = point_at(s, (left->u + right->u) / 2);
    return counted(s, left, &middle, halvings + 1) && counted(s, &middle, right, halvings + 1);
}

/* All pieces between nodes in which bounds at the nodes prove no sign. in, out: at the nodes and at infinity. */
static int walked(series *s, const double *nodes, int64_t n, const double *in, const double *out)
{
    point known = {.u = -1.0};
    for (int64_t k = 0; k < n; k++) {
        if (in[k] < out[k + 1] || out[k] < in[k + 1]) continue;
        if (k == n - 1) return 0;
        const point left = known.u == nodes[k] ? known : point_at(s, nodes[k]);
        known = point_at(s, nodes[k + 1]);
        if (!counted(s, &left, &known, 0)) return 0;
    }
    return 1;
}

/* How many zeros one series has, -1 where that is not known; low, high: between which the nearest lies. decays,
 * grows: what each of n nodes makes of money at each time, and the inverse, a row for each time. memory: 2 (n + 1)
 * + rows numbers. */
int64_t beyond(const double *flow, int64_t rows, const double *times, const double *nodes, int64_t n,
               const double *decays, const double *grows, int64_t most, double *memory, double *low,
               double *high)
{
    double *restrict in = memory, *restrict out = in + n + 1, *later = out + n + 1;
    int64_t first = 0;
    while (first < rows - 1 && flow[first] == 0) first++;
    for (int64_t k = 0; k <= n; k++) in[k] = out[k] = 0.0;
    for (int64_t row = first; row < rows; row++) {
        const double own = flow[row], *decay = decays + row * n;
        later[row - first] = times[row] - times[first];
        if (own > 0)
            for (int64_t k = 0; k < n; k++) in[k] += decay[k] * own;
        else
            for (int64_t k = 0; k < n; k++) out[k] -= decay[k] * own;
    }
    const double *grow = grows + first * n;
    for (int64_t k = 0; k < n; k++) in[k] *= grow[k];
    for (int64_t k = 0; k < n; k++) out[k] *= grow[k];
    in[n] = larger(flow[first], 0.0);
    out[n] = -smaller(flow[first], 0.0);
    series s = {flow + first, later, rows - first, most, 0, 0.0, INFINITY};
    const int known = walked(&s, nodes, n, in, out);
    *low = s.low;
    *high = s.high;
    return known ? s.count : -1;
}
