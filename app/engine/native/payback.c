/* returns.payback: when the running sum of flows first is not negative after it has been. */
#include "kernel.h"

#define CHUNK 512
#define LANES for (int64_t i = 0; i < n; i++)
enum { DEFINED, NEVER, NOTHING, INFINITE }; /* places in `codes` */

/* What is known of a chunk of lanes. left, right, at: the sums around the crossing, and its period. */
typedef struct {
    double sum[CHUNK], before[CHUNK], left[CHUNK], right[CHUNK], at[CHUNK];
    int64_t since[CHUNK], paid[CHUNK];
} chunk;

static void followed(const double *flows, int64_t stride, int64_t rows, int64_t n, chunk *c)
{
    LANES c->sum[i] = flows[i];
    LANES c->since[i] = flows[i] < 0;
    LANES c->paid[i] = 0;
    LANES c->at[i] = c->left[i] = c->right[i] = 0.0;
    for (int64_t row = 1; row < rows; row++) {
        const double *flow = flows + row * stride;
        LANES {
            const double before = c->sum[i], after = before + flow[i];
            const int64_t negative = after < 0, now = c->since[i] & !negative & !c->paid[i];
            c->left[i] = now ? before : c->left[i];
            c->right[i] = now ? after : c->right[i];
            c->at[i] = now ? (double)row : c->at[i];
            c->paid[i] |= now;
            c->since[i] |= negative;
            c->sum[i] = after;
        }
    }
}

/* clock: `rows` ends of periods. codes: of the four reasons. origin: `apart` numbers from lane to lane. */
void payback(const double *flows, int64_t stride, int64_t rows, int64_t lanes, const double *clock,
             const double *origin, int64_t apart, const uint8_t *codes, double *years, uint8_t *reasons)
{
    chunk c;
    for (int64_t first = 0; first < lanes; first += CHUNK) {
        const int64_t n = lanes - first < CHUNK ? lanes - first : CHUNK;
        followed(flows + first, stride, rows, n, &c);
        LANES {
            const int64_t at = (int64_t)c.at[i], lane = first + i;
            const int reason = !isfinite(c.sum[i]) ? INFINITE : !c.since[i] ? NOTHING : !c.paid[i] ? NEVER : DEFINED;
            double found = NAN;
            if (c.paid[i]) {
                const double over = c.right[i] - c.left[i];
                const double share = c.right[i] != c.left[i] ? -c.left[i] / over : 0.0;
                found = clock[at - 1] + share * (clock[at] - clock[at - 1]) - origin[lane * apart];
            }
            years[lane] = reason == DEFINED ? larger(found, 0.0) : NAN;
            reasons[lane] = codes[reason];
        }
    }
}
