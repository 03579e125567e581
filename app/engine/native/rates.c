/* Rates of return of many series in one call: what app/engine/returns/irr.py does, but for the scan of the few that
 * bounds leave open. */
#include "logarithm.h"
#include "roots.h"

/* Time running forwards or backwards: places of the widths at each gap, and the tables of beyond.c. */
typedef struct {
    const int64_t *which;
    const double *times, *decays, *grows;
} direction;

/* What all series share. codes: of the reasons below. plain: of the flows' sizes, above which their sum has a sign
 * that is sure; farthest: first guess, times both mean times. */
typedef struct {
    int64_t rows, nodes, halvings;
    const double *widths, *node;
    direction forwards, backwards;
    const uint8_t *codes;
    double plain, farthest;
    limits steps;
} setting;

enum { DEFINED, OTHER_NEGATIVE, SEVERAL, NO_CASH_FLOW, ONE_SIGN, NONE, NOT_FINITE };
enum { CLOSED, OPEN, OPEN_BELOW };

/* What is known of a lane: the side of zero its root lies on, 0 where none is searched; between which |u|. */
typedef struct {
    int side, reason, open;
    double low, high;
} place;

/* Rows of `n` lanes: how they are searched from first guesses on. sums: of a survey. */
typedef struct {
    double *sums, *first, *low, *high, *centre, *u;
    int64_t *changes;
    uint8_t *rising, *wanted;
} table;

static int64_t changes_of_running_sum(const double *column, int64_t rows)
{
    double sum = 0.0, last = 0.0;
    int64_t changes = 0;
    for (int64_t row = 0; row < rows; row++) {
        sum += column[row];
        const double own = sum > 0 ? 1.0 : sum < 0 ? -1.0 : 0.0;
        changes += own * last < 0;
        last = own != 0 ? own : last;
    }
    return changes;
}

/* beyond.roots_beyond of one series whose flows lie side by side. */
static int64_t counted(const setting *s, const direction *d, const double *column, double *memory, double *low,
                       double *high)
{
    const int64_t count = changes_of_running_sum(column, s->rows);
    *low = 0.0;
    *high = INFINITY;
    if (count < 2) return count;
    return beyond(column, s->rows, d->times, s->node, s->nodes, d->decays, d->grows, s->halvings, memory, low,
                  high);
}

/* Settle what running sums and bounds prove of each side of zero, as `by_bounds` does. column: forwards, then
 * backwards. plain: whether the sign of their sum is sure. */
static place by_bounds(const setting *s, const double *column, int plain, double *memory)
{
    double low, high;
    place p = {0, NONE, CLOSED, 0.0, INFINITY};
    const int64_t above = counted(s, &s->forwards, column, memory, &p.low, &p.high);
    const int64_t below = counted(s, &s->backwards, column + s->rows, memory, &low, &high);
    if (!plain || above < 0 || (above < 2 && below < 0)) {
        p.open = above == 0 && plain ? OPEN_BELOW : OPEN;
    } else if (above > 0) {
        p.side = 1;
        p.reason = above > 1 ? SEVERAL : below ? OTHER_NEGATIVE : DEFINED;
    } else if (below > 0) {
        p = (place){-1, below > 1 ? SEVERAL : DEFINED, CLOSED, low, high};
    }
    return p;
}

/* Settle what the signs of the flows and of their sum prove, as `easy` does; the rest by bounds. sizes: sum of
 * those of the flows. */
static place placed(const setting *s, const double *flows, int64_t stride, double total, double sizes,
                    int64_t changes, double first, double *memory)
{
    const double away = total * first;
    const int plain = fabs(total) > s->plain * sizes;
    place p = {0, DEFINED, CLOSED, 0.0, INFINITY};
    if (!isfinite(total)) {
        p.reason = NOT_FINITE;
    } else if (changes == 0) {
        p.reason = first == 0 ? NO_CASH_FLOW : ONE_SIGN;
    } else if (changes == 1) {
        p.side = away > 0 ? -1 : away < 0 ? 1 : 0;
    } else if (changes == 2 && away < 0 && plain) {
        p.side = 1;
        p.reason = OTHER_NEGATIVE;
    } else {
        for (int64_t row = 0; row < s->rows; row++)
            memory[row] = memory[2 * s->rows - 1 - row] = flows[row * stride];
        p = by_bounds(s, memory, plain, memory + 2 * s->rows);
    }
    return p;
}

/* Where the search of a lane begins, and its exponent: roots.first_guess. sums: of its survey, `lanes` apart. */
static void guess(const setting *s, table *t, int64_t lanes, int64_t lane)
{
    const double *sums = t->sums + lane, low = t->low[lane], high = t->high[lane];
    const double total = sums[lanes], sizes = sums[2 * lanes], timed = sums[3 * lanes], sizes_timed = sums[4 * lanes];
    const double in = sizes + total, out = sizes - total;
    const double time_in = (sizes_timed + timed) / in, time_out = (sizes_timed - timed) / out;
    const double direct = logarithm(in / out) / (time_in - time_out);
    const double start = smaller(direct, s->farthest / (time_in + time_out)), centre = (time_in + time_out) / 2;
    t->centre[lane] = isfinite(centre) ? centre : 0.0;
    t->u[lane] = isinf(high) ? (start >= low ? start : 2 * low + 0.1) : (low + high) / 2;
}

static void searched(const setting *s, const direction *d, const double *flows, int64_t stride, int64_t lanes,
                     table *t, double *seats)
{
    for (int64_t lane = 0; lane < lanes; lane++)
        if (t->wanted[lane]) guess(s, t, lanes, lane);
    solve(flows, stride, s->rows, lanes, s->widths, d->which, t->centre, t->rising, t->low, t->high, t->wanted,
          s->steps.most, s->steps.free, s->steps.done, t->u, seats);
}

/* Rooms of a table of `lanes`, from the memory that the pointers move through. */
static table roomy(int64_t lanes, double **numbers, int64_t **counts, uint8_t **flags)
{
    double *at = *numbers;
    table t = {at, at + 5 * lanes, at + 6 * lanes, at + 7 * lanes, at + 8 * lanes, at + 9 * lanes,
               *counts, *flags, *flags + lanes};
    *numbers += 10 * lanes;
    *counts += lanes;
    *flags += 2 * lanes;
    return t;
}

/* Search the lanes whose root lies below zero, their flows gathered with time running backwards. */
static void below_zero(const setting *s, const double *flows, int64_t stride, const int64_t *lane, int64_t n,
                       const table *all, double *u, double *numbers, int64_t *counts, uint8_t *flags)
{
    table t = roomy(n, &numbers, &counts, &flags);
    double *back = numbers, *seats = back + s->rows * n;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t row = 0; row < s->rows; row++)
            back[(s->rows - 1 - row) * n + i] = flows[row * stride + lane[i]];
        t.low[i] = all->low[lane[i]];
        t.high[i] = all->high[lane[i]];
        t.rising[i] = all->rising[lane[i]];
        t.wanted[i] = 1;
    }
    survey(back, n, s->rows, n, s->widths, s->backwards.which, t.sums, t.changes, t.first);
    searched(s, &s->backwards, back, n, n, &t, seats);
    for (int64_t i = 0; i < n; i++) u[lane[i]] = -t.u[i];
}

/* u: ln(1 + r) of the rate to report, `lanes`; reasons: codes; open: whether a scan has to look, everywhere or
 * below zero. numbers: (20 + rows) lanes + 67 rows + 2 (nodes + 1); counts: 3 lanes; flags: 4 lanes. */
void rates(const double *flows, int64_t stride, int64_t lanes, const setting *s, double *u, uint8_t *reasons,
           uint8_t *open, double *numbers, int64_t *counts, uint8_t *flags)
{
    double *column = numbers;
    int64_t below = 0, *lane_below = counts;
    numbers += 3 * s->rows + 2 * (s->nodes + 1);
    counts += lanes;
    table t = roomy(lanes, &numbers, &counts, &flags);
    survey(flows, stride, s->rows, lanes, s->widths, s->forwards.which, t.sums, t.changes, t.first);
    for (int64_t i = 0; i < lanes; i++) {
        const double total = t.sums[i], sizes = t.sums[2 * lanes + i];
        const place p = placed(s, flows + i, stride, total, sizes, t.changes[i], t.first[i], column);
        t.low[i] = p.low;
        t.high[i] = p.high;
        t.rising[i] = t.sums[i] < 0;
        t.wanted[i] = p.side > 0;
        t.u[i] = 0.0;
        reasons[i] = s->codes[p.reason];
        open[i] = p.open;
        if (p.side < 0) lane_below[below++] = i;
    }
    searched(s, &s->forwards, flows, stride, lanes, &t, numbers);
    for (int64_t i = 0; i < lanes; i++) u[i] = t.u[i];
    if (below) below_zero(s, flows, stride, lane_below, below, &t, u, numbers, counts, flags);
}
