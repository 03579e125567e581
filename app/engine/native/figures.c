/* Figures of ascending values, as app/engine/simulation/figures.py has them. */
#include "sums.h"

PAIRWISE(away, AWAY)
PAIRWISE(squares, SQUARE)
PAIRWISE(cubes, CUBE)

/* What is asked of all rows alike. lost: degrees of freedom that the mean takes. */
typedef struct {
    int64_t levels, limits;
    double tail, weight, lost;
} request;

/* The columns before the percentiles; the fourth root of the third is the caller's. */
enum { MEAN, SD, THIRD, AT_RISK, CONDITIONAL, FIRST };

static double mean_of(const double *x, int64_t n)
{
    const double centre = x[n / 2];
    return centre + (0.0 + away(x, &centre, 0, n)) / (double)n;
}

static double quantile(const double *x, int64_t n, double level)
{
    const int64_t last = n - 1, latest = last - 1 > 0 ? last - 1 : 0;
    const double position = level * (double)last;
    const int64_t whole = (int64_t)position, low = whole < latest ? whole : latest;
    const int64_t high = low + 1 < last ? low + 1 : last;
    return x[low] + (position - (double)low) * (x[high] - x[low]);
}

/* The share of values below a limit. */
static double short_of(const double *x, int64_t n, double limit)
{
    int64_t low = 0, high = n;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (x[middle] < limit)
            low = middle + 1;
        else
            high = middle;
    }
    return (double)low / (double)n;
}

/* high: which end is bad. */
static void figures_of(const double *x, int64_t n, int high, const request *r, const double *levels,
                       const double *limits, double *out)
{
    const double count = (double)n * r->weight, freed = count - r->lost > 1 ? count - r->lost : 1;
    const double mean = mean_of(x, n);
    const double tail = rint(r->tail * (double)n);
    const int64_t inside = tail > 1 ? (int64_t)tail : 1;
    out[MEAN] = mean;
    out[SD] = sqrt((0.0 + squares(x, &mean, 0, n)) / (double)n * (count / freed));
    out[THIRD] = (0.0 + cubes(x, &mean, 0, n)) / (double)n;
    out[AT_RISK] = quantile(x, n, high ? 1 - r->tail : r->tail);
    out[CONDITIONAL] = mean_of(high ? x + (n - inside) : x, inside);
    out[FIRST] = short_of(x, n, 0.0);
    for (int64_t i = 0; i < r->levels; i++) out[FIRST + 1 + i] = quantile(x, n, levels[i]);
    for (int64_t i = 0; i < r->limits; i++) out[FIRST + 1 + r->levels + i] = short_of(x, n, limits[i]);
}

/* figures._values of each row: where it begins and how many values it has; but for the skewness, in whose place
 * the third central moment stands. */
void figures(const double *values, const int64_t *begins, const int64_t *counts, const uint8_t *high, int64_t rows,
             int64_t n_levels, int64_t n_limits, double tail, double weight, double lost, const double *levels,
             const double *limits, double *out)
{
    const request asked = {n_levels, n_limits, tail, weight, lost};
    for (int64_t row = 0; row < rows; row++)
        figures_of(values + begins[row], counts[row], high[row], &asked, levels, limits,
                   out + row * (FIRST + 1 + n_levels + n_limits));
}
