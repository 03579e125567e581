/* Drivers of an output: trials put in order, ranks, rows with mean 0 and variance 1, and what is read from them.
 *
 * Rows (k, n) lie one after the other, or trial by trial (`across`), as NumPy leaves a selection of trials. Of
 * the first it adds by halves, of the others trial by trial; so does this.
 */
#include "sums.h"

#include <string.h>

PAIRWISE(added, PLAIN)
PAIRWISE(squared, SQUARE)
PAIRWISE(multiplied, PRODUCT)

enum { DIGIT = 11, DIGITS = 6, CELLS = 1 << DIGIT };

typedef struct {
    uint64_t key;
    int64_t trial;
} keyed;

/* Rows as the caller has them: element (j, i) is at[j * row + i * step]. */
typedef struct {
    const double *at;
    int64_t k, n, row, step;
} rows;

static rows rows_of(const double *at, int64_t k, int64_t n, int64_t across)
{
    return across && k > 1 ? (rows){at, k, n, 1, k} : (rows){at, k, n, n, 1};
}

static double sum_of(const double *x, int64_t n)
{
    const double none = 0.0;
    return 0.0 + added(x, 1, &none, 1, 0, n);
}

/* The bits of a number as an integer that is in the same order; of the two zeros one. */
static uint64_t key_of(double value)
{
    const double one_zero = value + 0.0;
    uint64_t bits;
    memcpy(&bits, &one_zero, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static void put_in_order(const double *values, int64_t n, keyed *one, keyed *other, int64_t *order)
{
    int64_t counts[DIGITS][CELLS];
    memset(counts, 0, sizeof counts);
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = key_of(values[i]);
        one[i] = (keyed){key, i};
        for (int digit = 0; digit < DIGITS; digit++) counts[digit][key >> digit * DIGIT & (CELLS - 1)]++;
    }
    for (int digit = 0; digit < DIGITS; digit++) {
        int64_t *count = counts[digit], before = 0;
        if (count[one[0].key >> digit * DIGIT & (CELLS - 1)] == n) continue;
        for (int64_t cell = 0; cell < CELLS; cell++) {
            const int64_t here = count[cell];
            count[cell] = before;
            before += here;
        }
        for (int64_t i = 0; i < n; i++) other[count[one[i].key >> digit * DIGIT & (CELLS - 1)]++] = one[i];
        keyed *const now = other;
        other = one;
        one = now;
    }
    for (int64_t i = 0; i < n; i++) order[i] = one[i].trial;
}

/* attribution.in_order: the trials of each row in ascending order, equal ones as they came. scratch: 4 n. */
void in_order(const double *values, int64_t k, int64_t n, void *scratch, int64_t *order)
{
    keyed *const pairs = scratch;
    for (int64_t row = 0; row < k; row++)
        put_in_order(values + row * n, n, pairs, pairs + n, order + row * n);
}

/* The ranks of one row from 0, equal values sharing the mean of theirs. */
static void rank(const double *values, int64_t step, const int64_t *order, int64_t n, double *ranks)
{
    for (int64_t first = 0, after; first < n; first = after) {
        const double value = values[order[first] * step];
        for (after = first + 1; after < n && values[order[after] * step] == value;) after++;
        const double shared = (double)(first + after - 1) / 2;
        for (int64_t i = first; i < after; i++) ranks[order[i]] = shared;
    }
}

static void standardise_row(const double *x, int64_t n, double *out, double *mean, double *sd)
{
    *mean = sum_of(x, n) / (double)n;
    *sd = sqrt((0.0 + squared(x, 1, mean, 1, 0, n)) / (double)n);
    for (int64_t i = 0; i < n; i++) out[i] = *sd > 0 ? (x[i] - *mean) / *sd : 0.0;
}

static void standardise_across(rows x, double *out, double *mean, double *sd)
{
    for (int64_t j = 0; j < x.k; j++) mean[j] = sd[j] = 0.0;
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t j = 0; j < x.k; j++) mean[j] += x.at[i * x.k + j];
    for (int64_t j = 0; j < x.k; j++) mean[j] /= (double)x.n;
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t j = 0; j < x.k; j++) {
            const double away = x.at[i * x.k + j] - mean[j];
            sd[j] += away * away;
        }
    for (int64_t j = 0; j < x.k; j++) sd[j] = sqrt(sd[j] / (double)x.n);
    for (int64_t i = 0; i < x.n; i++)
        for (int64_t j = 0; j < x.k; j++)
            out[i * x.k + j] = sd[j] > 0 ? (x.at[i * x.k + j] - mean[j]) / sd[j] : 0.0;
}

/* attribution.Ranked.ordered and its moments. ranks: one row after the other; scaled: as the values lie. */
void ranked(const double *values, const int64_t *order, int64_t k, int64_t n, int64_t across, double *ranks,
            double *scaled, double *mean, double *sd)
{
    const rows x = rows_of(values, k, n, across);
    double unused[2];
    for (int64_t j = 0; j < k; j++) {
        rank(values + j * x.row, x.step, order + j * n, n, ranks + j * n);
        standardise_row(ranks + j * n, n, ranks + j * n, unused, unused + 1);
        if (x.step == 1) standardise_row(values + j * n, n, scaled + j * n, mean + j, sd + j);
    }
    if (x.step != 1) standardise_across(x, scaled, mean, sd);
}

/* attribution.Ranked.among: values of the trials kept, trial by trial, and their order. kept: k counts. */
void among(const double *values, const int64_t *order, const uint8_t *kept, int64_t k, int64_t n, int64_t m,
           int64_t *places, double *out, int64_t *order_out)
{
    for (int64_t i = 0, place = 0; i < n; i++) {
        places[i] = place;
        if (!kept[i]) continue;
        for (int64_t j = 0; j < k; j++) out[place * k + j] = values[j * n + i];
        place++;
    }
    for (int64_t j = 0; j < k; j++)
        for (int64_t i = 0, place = j * m; i < n; i++) {
            const int64_t trial = order[j * n + i];
            if (kept[trial]) order_out[place++] = places[trial];
        }
}

/* attribution._products: means of the products of any two rows. */
void products(const double *scaled, int64_t k, int64_t n, int64_t across, double *out)
{
    const rows x = rows_of(scaled, k, n, across);
    const double count = (double)n;
    for (int64_t a = 0; a < k; a++)
        for (int64_t b = 0; b <= a; b++)
            out[a * k + b] =
                x.step == 1 || a == 0
                    ? 0.0 + multiplied(x.at + b * x.row, x.step, x.at + a * x.row, x.step, 0, n)
                    : 0.0;
    if (x.step != 1)
        for (int64_t i = 0; i < n; i++) {
            const double *trial = x.at + i * k;
            for (int64_t a = 1; a < k; a++)
                for (int64_t b = 0; b <= a; b++) out[a * k + b] += trial[b] * trial[a];
        }
    for (int64_t a = 0; a < k; a++)
        for (int64_t b = 0; b <= a; b++) out[b * k + a] = out[a * k + b] /= count;
}

/* attribution.towards: means of the products of rows with one row. */
void towards(const double *each, int64_t k, int64_t n, int64_t across, const double *one, double *out)
{
    const rows x = rows_of(each, k, n, across);
    for (int64_t j = 0; j < k; j++)
        out[j] = x.step == 1 ? 0.0 + multiplied(x.at + j * n, 1, one, 1, 0, n) : 0.0;
    if (x.step != 1)
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < k; j++) out[j] += x.at[i * k + j] * one[i];
    for (int64_t j = 0; j < k; j++) out[j] /= (double)n;
}

/* attribution.by_order: of the output in the order of each driver the variance between bins and within them, and
 * the means from `from` to `to` of two windows. scratch: n + bins. out: (4, k). */
void by_order(const double *output, const int64_t *order, int64_t k, int64_t n, int64_t bins,
              const int64_t *windows, double *scratch, double *out)
{
    const int64_t size = n / bins;
    double *const row = scratch, *const means = scratch + n;
    for (int64_t j = 0; j < k; j++) {
        for (int64_t i = 0; i < n; i++) row[i] = output[order[j * n + i]];
        for (int64_t w = 0; w < 2; w++) {
            const int64_t from = windows[2 * w], count = windows[2 * w + 1] - from;
            out[(2 + w) * k + j] = sum_of(row + from, count) / (double)count;
        }
        for (int64_t bin = 0; bin < bins; bin++) {
            double *const own = row + bin * size;
            means[bin] = sum_of(own, size) / (double)size;
            for (int64_t i = 0; i < size; i++) own[i] = (own[i] - means[bin]) * (own[i] - means[bin]);
        }
        const double mean = sum_of(means, bins) / (double)bins;
        out[j] = (0.0 + squared(means, 1, &mean, 1, 0, bins)) / (double)bins;
        out[k + j] = sum_of(row, bins * size) / (double)(bins * size);
    }
}

/* Means of each row over some trials, added in their order; of a single row by halves. scratch: count. */
void means_of(const double *values, int64_t k, int64_t n, int64_t across, const int64_t *trials,
              int64_t count, double *scratch, double *out)
{
    const rows x = rows_of(values, k, n, across);
    for (int64_t j = 0; j < k; j++) {
        double sum = 0.0;
        for (int64_t i = 0; i < count; i++) {
            scratch[i] = x.at[j * x.row + trials[i] * x.step];
            sum += scratch[i];
        }
        out[j] = (k > 1 ? sum : sum_of(scratch, count)) / (double)count;
    }
}

/* The sum of numbers side by side, to be compared with NumPy's. */
double pairwise(const double *values, int64_t n)
{
    return sum_of(values, n);
}
