/* What runs along the periods: each function here does what the Python function named in
 * app/engine/tape/twins.py does, operation by operation, and a test compares them on nasty numbers.
 */
#include "kernel.h"

#define LANES for (int64_t i = 0; i < n; i++)

/* Of an operand that may be one number for all trials; `wide` in a variable, so that the loop is split by it. */
#define OF(wide, x) ((wide) ? (x)[i] : (x)[0])

/* quantity.total: rows added in their order. */
static void total(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    double *restrict sum = row_of(t, s->out, 0);
    const double *x = row_of(t, s->in, 0);
    LANES sum[i] = x[i];
    for (int64_t row = 1; row < s->rows; row++) {
        x = row_of(t, s->in, row);
        LANES sum[i] += x[i];
    }
}

/* quantity.running */
static void running(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    const double *before = row_of(t, s->in, 0);
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row);
        if (row) LANES o[i] = before[i] + x[i];
        else LANES o[i] = x[i];
        before = o;
    }
}

/* quantity.changes: number[0] comes before the first. */
static void changes(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row_of(t, s->in, row);
        if (row) {
            const double *before = row_of(t, s->in, row - 1);
            LANES o[i] = x[i] - before[i];
        } else
            LANES o[i] = x[i] - s->number[0];
    }
}

/* quantity.previous */
static void previous(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *x = row ? row_of(t, s->in, row - 1) : 0;
        if (x) LANES o[i] = x[i];
        else LANES o[i] = 0.0;
    }
}

/* fiscal.rows._begun: whether there has been ore or, in a trial without any, revenue. */
static void begun(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide;
    int64_t *restrict milled = mask_of(t, s->out + 1, 0);
    LANES milled[i] = 0;
    for (int64_t row = 0; row < s->rows; row++) {
        const double *ore = row_of(t, s->in, row);
        LANES milled[i] |= OF(p, ore) > 0;
    }
    for (int64_t row = 0; row < s->rows; row++) {
        int64_t *restrict o = mask_of(t, s->out, row);
        const int64_t *before = row ? mask_of(t, s->out, row - 1) : 0;
        const double *ore = row_of(t, s->in, row), *revenue = row_of(t, s->in + 1, row);
        LANES o[i] = milled[i] ? OF(p, ore) > 0 : OF(q, revenue) > 0;
        if (before) LANES o[i] |= before[i];
    }
}

/* fiscal.write_down.in_service: what was spent before production enters with it, later spending at once. */
static void in_service(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide;
    double *restrict waiting = row_of(t, s->out + 1, 0);
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *spent = row_of(t, s->in, row);
        const int64_t *now = mask_of(t, s->in + 1, row), *before = mask_of(t, s->in + 1, row ? row - 1 : 0);
        if (!row) {
            LANES waiting[i] = OF(p, spent);
            LANES o[i] = OF(q, now) ? waiting[i] : 0.0;
        } else if (p && q) {
            LANES waiting[i] += spent[i];
            LANES {
                const double started = now[i] ? waiting[i] : 0.0;
                o[i] = before[i] ? spent[i] : started;
            }
        } else {
            LANES waiting[i] += OF(p, spent);
            LANES {
                const double started = OF(q, now) ? waiting[i] : 0.0;
                o[i] = OF(q, before) ? OF(p, spent) : started;
            }
        }
    }
}

/* fiscal.depreciation.schedule._charged. in[1]: what the opening balance charges. in[2]: for each period of
 * placement the first period charged, the one after the last, how many shares there are (1: the same for
 * all), and these, one number a row. */
static void by_schedule(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double opening = 0.0 + *row_of(t, s->in + 1, row);
        LANES o[i] = opening;
    }
    const double *band = row_of(t, s->in + 2, 0);
    for (int64_t row = 0; row < s->rows; row++) {
        const int64_t first = (int64_t)band[0], after = (int64_t)band[1], shares = (int64_t)band[2];
        const double *cost = row_of(t, s->in, row);
        int64_t any = 0;
        LANES any |= cost[i] != 0;
        for (int64_t period = first; any && period < after; period++) {
            double *restrict o = row_of(t, s->out, period);
            const double share = band[3 + (shares > 1 ? period - first : 0)];
            LANES o[i] += share * cost[i];
        }
        band += 3 + shares;
    }
}

/* fiscal.depreciation.units_of_production._charged. number: share that is not kept, opening balance. */
static void by_units(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide;
    const double kept = s->number[0];
    double *restrict book = row_of(t, s->out + 1, 0);
    LANES book[i] = s->number[1];
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *placed = row_of(t, s->in, row), *share = row_of(t, s->in + 1, row);
        LANES {
            const double added = kept == 1.0 ? OF(p, placed) : OF(p, placed) * kept;
            const double now = book[i] + added;
            const double charged = now * OF(q, share);
            o[i] = charged;
            book[i] = now - charged;
        }
    }
}

/* fiscal.write_down._left. extra: last period. number: opening balance. */
static void left(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), p = s->in[0].wide, q = s->in[1].wide, last = s->extra[0];
    const double *claimed = row_of(t, s->in, 0);
    double *restrict end = row_of(t, s->out, last);
    for (int64_t row = 0; row < s->rows; row++) {
        const double *cost = row_of(t, s->in + 1, row);
        double *restrict o = row_of(t, s->out, row);
        if (row == 0 || row > last) LANES(row <= last ? end : o)[i] = OF(q, cost);
        else LANES end[i] += OF(q, cost);
        if (row < last) continue;
        if (row == last) LANES end[i] = larger(end[i] + s->number[0] - OF(p, claimed), 0.0);
    }
    for (int64_t row = 0; row < last; row++) {
        double *restrict o = row_of(t, s->out, row);
        LANES o[i] = 0.0;
    }
}

/* fiscal.losses.carry_forward: used, and the pool at the end. number: cap, opening pool. */
static void carry_forward(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    const double cap = s->number[0], opening = s->number[1];
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict used = row_of(t, s->out, row), *restrict pool = row_of(t, s->out + 1, row);
        const double *before = row ? row_of(t, s->out + 1, row - 1) : 0;
        const double *income = row_of(t, s->in, row);
        if (cap == 1.0)
            LANES {
                const double had = before ? before[i] : opening;
                used[i] = smaller(had, larger(income[i], 0.0));
                pool[i] = larger(had - income[i], 0.0);
            }
        else
            LANES {
                const double had = before ? before[i] : opening;
                const double taken = smaller(had, larger(income[i], 0.0) * cap);
                used[i] = taken;
                pool[i] = had - taken + larger(-income[i], 0.0);
            }
    }
}

/* stockpiles.average_grade: what is held and added over what lies there; what is drawn takes its share along. */
static void average_grade(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    const int64_t p = s->in[0].wide, q = s->in[1].wide, r = s->in[2].wide;
    double *restrict held = row_of(t, s->out + 1, 0);
    LANES held[i] = s->number[0];
    for (int64_t row = 0; row < s->rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *added = row_of(t, s->in, row), *lies = row_of(t, s->in + 1, row);
        const double *drawn = row_of(t, s->in + 2, row);
        LANES {
            const double now = held[i] + OF(p, added);
            const double grade = OF(q, lies) > 0 ? now / OF(q, lies) : 0.0;
            o[i] = grade;
            held[i] = now - OF(r, drawn) * grade;
        }
    }
}

/* sales.settlement.priced_later: sold, price, share invoiced at once. extra: periods until the rest is. */
static void priced_later(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out), rows = s->rows, lag = s->extra[0];
    const int64_t p = s->in[0].wide, q = s->in[1].wide, r = s->in[2].wide;
    for (int64_t row = 0; row < rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        LANES o[i] = 0.0;
    }
    for (int64_t row = 0; row < rows; row++) {
        double *restrict later = row_of(t, s->out, row + lag < rows ? row + lag : rows - 1);
        const double *sold = row_of(t, s->in, row), *part = row_of(t, s->in + 2, row);
        const int64_t first = row + lag < rows;
        LANES {
            const double left = OF(p, sold) - OF(p, sold) * OF(r, part);
            later[i] = first ? left : later[i] + left;
        }
    }
    for (int64_t row = 0; row < rows; row++) {
        double *restrict o = row_of(t, s->out, row);
        const double *sold = row_of(t, s->in, row), *price = row_of(t, s->in + 1, row);
        const double *part = row_of(t, s->in + 2, row);
        LANES o[i] = (OF(p, sold) * OF(r, part) + o[i]) * OF(q, price);
    }
}

/* numpy.any and numpy.all along periods */
static void any(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    int64_t *restrict o = mask_of(t, s->out, 0);
    LANES o[i] = 0;
    for (int64_t row = 0; row < s->rows; row++) {
        const int64_t *x = mask_of(t, s->in, row);
        LANES o[i] |= x[i];
    }
}

static void all(const tile *t, const instruction *s)
{
    const int64_t n = width_of(t, s->out);
    int64_t *restrict o = mask_of(t, s->out, 0);
    LANES o[i] = 1;
    for (int64_t row = 0; row < s->rows; row++) {
        const int64_t *x = mask_of(t, s->in, row);
        LANES o[i] &= x[i];
    }
}

const action RECURRENCES[] = {total,    running, changes, previous,      begun, in_service, by_schedule,
                              by_units, left,    carry_forward, average_grade, priced_later, any, all};
const int64_t RECURRENCE_COUNT = sizeof RECURRENCES / sizeof *RECURRENCES;
