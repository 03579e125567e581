/* Drivers of an output: trials put in order, ranks, rows with mean 0 and variance 1, and what is read from them.
 * Rows (k, n) lie one after the other. */
#include "sums.h"

#include <string.h>

PAIRWISE(added, PLAIN)
PAIRWISE(squared, SQUARE)
PAIRWISE(multiplied, PRODUCT)

/* MOST_EXACT: ranks whose squared distances from their mean add up without rounding. */
enum { DIGIT = 11, DIGITS = 3, CELLS = 1 << DIGIT, MOST_EXACT = 1 << 16, FOUR = 4 };

/* A trial and the upper half of the key of its value. */
typedef struct {
    uint32_t key, trial;
} keyed;

static double sum_of(const double *x, int64_t n)
{
    const double none = 0.0;
    return 0.0 + added(x, &none, 0, n);
}

/* The bits of a number as an integer that is in the same order; of the two zeros one. */
static uint64_t key_of(double value)
{
    const double one_zero = value + 0.0;
    uint64_t bits;
    memcpy(&bits, &one_zero, sizeof bits);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Sort digit by digit, equal ones staying as they are; return where the sorted ones stand. */
static keyed *sorted_by_digits(keyed *one, keyed *other, int64_t n)
{
    uint32_t counts[DIGITS][CELLS];
    memset(counts, 0, sizeof counts);
    for (int64_t i = 0; i < n; i++)
        for (int digit = 0; digit < DIGITS; digit++) counts[digit][one[i].key >> digit * DIGIT & (CELLS - 1)]++;
    for (int digit = 0; digit < DIGITS; digit++) {
        uint32_t *count = counts[digit], before = 0;
        if (count[one[0].key >> digit * DIGIT & (CELLS - 1)] == n) continue;
        for (int64_t cell = 0; cell < CELLS; cell++) {
            const uint32_t here = count[cell];
            count[cell] = before;
            before += here;
        }
        for (int64_t i = 0; i < n; i++) other[count[one[i].key >> digit * DIGIT & (CELLS - 1)]++] = one[i];
        keyed *const now = other;
        other = one;
        one = now;
    }
    return one;
}

/* Put in order what differs in the lower halves of the keys only; 0 when there is too much of it. */
static int neighbours_in_order(keyed *pairs, const double *values, int64_t n)
{
    int64_t moves = 4 * n;
    for (int64_t i = 1; i < n; i++) {
        const keyed own = pairs[i];
        if (pairs[i - 1].key != own.key) continue;
        const uint64_t key = key_of(values[own.trial]);
        int64_t place = i;
        for (; place > 0 && pairs[place - 1].key == own.key; place--) {
            if (key_of(values[pairs[place - 1].trial]) <= key) break;
            pairs[place] = pairs[place - 1];
            if (moves-- == 0) return 0;
        }
        pairs[place] = own;
    }
    return 1;
}

/* attribution.in_order: the trials of each row in ascending order, equal ones as they came; and whether each is
 * larger than the one before. scratch: 2 n numbers. Returns 0 where this is not the way to sort these. */
int64_t in_order(const double *values, int64_t k, int64_t n, void *scratch, int64_t *order, uint8_t *fresh)
{
    keyed *const one = scratch, *const other = one + n;
    for (int64_t row = 0; row < k; row++) {
        const double *own = values + row * n;
        for (int64_t i = 0; i < n; i++) one[i] = (keyed){(uint32_t)(key_of(own[i]) >> 32), (uint32_t)i};
        keyed *found = sorted_by_digits(one, other, n);
        if (!neighbours_in_order(found, own, n)) return 0;
        for (int64_t i = 0; i < n; i++) {
            order[row * n + i] = found[i].trial;
            fresh[row * n + i] = i == 0 || found[i].key != found[i - 1].key ||
                                 own[found[i].trial] != own[found[i - 1].trial];
        }
    }
    return 1;
}

/* The ranks of one row from 0, equal values sharing the mean of theirs. */
static void rank(const int64_t *order, const uint8_t *fresh, int64_t n, double *ranks)
{
    for (int64_t first = 0, after; first < n; first = after) {
        for (after = first + 1; after < n && !fresh[after];) after++;
        const double shared = (double)(first + after - 1) / 2;
        for (int64_t i = first; i < after; i++) ranks[order[i]] = shared;
    }
}

static void standardise_row(const double *x, int64_t n, double *out, double *mean, double *sd)
{
    const double middle = sum_of(x, n) / (double)n;
    const double spread = sqrt((0.0 + squared(x, &middle, 0, n)) / (double)n);
    if (spread > 0)
        for (int64_t i = 0; i < n; i++) out[i] = (x[i] - middle) / spread;
    else
        for (int64_t i = 0; i < n; i++) out[i] = 0.0;
    *mean = middle;
    *sd = spread;
}

/* attribution.Ranked.ordered and its moments. Sums over whole ranks are exact, so those of rows without equal
 * values differ in their order only: they are scaled once. scratch: 2 n numbers. */
void ranked(const double *values, const int64_t *order, const uint8_t *fresh, int64_t k, int64_t n,
            double *scratch, double *ranks, double *scaled, double *mean, double *sd)
{
    double unused[2], *const places = scratch, *const shared = scratch + n;
    int known = 0;
    for (int64_t j = 0; j < k; j++) {
        const int64_t *const own = order + j * n;
        double *const out = ranks + j * n;
        standardise_row(values + j * n, n, scaled + j * n, mean + j, sd + j);
        if (n > MOST_EXACT || memchr(fresh + j * n, 0, (size_t)n)) {
            rank(own, fresh + j * n, n, out);
            standardise_row(out, n, out, unused, unused + 1);
            continue;
        }
        if (!known) {
            for (int64_t i = 0; i < n; i++) places[i] = (double)i;
            standardise_row(places, n, shared, unused, unused + 1);
            known = 1;
        }
        for (int64_t i = 0; i < n; i++) out[own[i]] = shared[i];
    }
}

/* attribution.Ranked.among: values of the trials kept, and their order. kept: m of them count. */
void among(const double *values, const int64_t *order, const uint8_t *fresh, const uint8_t *kept, int64_t k,
           int64_t n, int64_t m, int64_t *places, double *restrict out, int64_t *restrict order_out,
           uint8_t *restrict fresh_out)
{
    for (int64_t i = 0, place = 0; i < n; i++) places[i] = kept[i] ? place++ : -1;
    for (int64_t j = 0; j < k; j++) {
        int64_t next = j * m;
        uint8_t larger_one = 0;
        for (int64_t i = 0; i < n; i++)
            if (places[i] >= 0) out[j * m + places[i]] = values[j * n + i];
        for (int64_t i = 0; i < n; i++) {
            const int64_t place = places[order[j * n + i]];
            larger_one |= fresh[j * n + i];
            if (place < 0) continue;
            order_out[next] = place;
            fresh_out[next++] = larger_one;
            larger_one = 0;
        }
    }
}

/* Sums of the products of FOUR rows with one, each in the order of `multiplied`: a single row waits for its own
 * additions most of the time. */
static void multiplied_four(const double *each, int64_t stride, const double *one, int64_t n, double *sums)
{
    if (n > AT_ONCE) {
        const int64_t half = n / 2 - n / 2 % LANES;
        double rest[FOUR];
        multiplied_four(each, stride, one, half, sums);
        multiplied_four(each + half, stride, one + half, n - half, rest);
        for (int64_t row = 0; row < FOUR; row++) sums[row] += rest[row];
        return;
    }
    int64_t done = 0;
    for (int64_t row = 0; row < FOUR; row++) sums[row] = -0.0;
    if (n >= LANES) {
        double lane[FOUR][LANES];
        for (int64_t row = 0; row < FOUR; row++)
            for (int64_t j = 0; j < LANES; j++) lane[row][j] = each[row * stride + j] * one[j];
        for (done = LANES; done + LANES <= n; done += LANES)
            for (int64_t row = 0; row < FOUR; row++)
                for (int64_t j = 0; j < LANES; j++)
                    lane[row][j] += each[row * stride + done + j] * one[done + j];
        for (int64_t row = 0; row < FOUR; row++) {
            const double *const own = lane[row];
            sums[row] = ((own[0] + own[1]) + (own[2] + own[3])) + ((own[4] + own[5]) + (own[6] + own[7]));
        }
    }
    for (; done < n; done++)
        for (int64_t row = 0; row < FOUR; row++) sums[row] += each[row * stride + done] * one[done];
}

/* Means of the products of k rows with one row. */
static void towards(const double *each, int64_t k, int64_t n, const double *one, double *out)
{
    int64_t j = 0;
    for (; j + FOUR <= k; j += FOUR) multiplied_four(each + j * n, n, one, n, out + j);
    for (; j < k; j++) out[j] = multiplied(each + j * n, one, 0, n);
    for (j = 0; j < k; j++) out[j] = (0.0 + out[j]) / (double)n;
}

/* attribution.products: means of the products of any two rows. */
void products(const double *scaled, int64_t k, int64_t n, double *out)
{
    for (int64_t a = 0; a < k; a++) {
        towards(scaled, a + 1, n, scaled + a * n, out + a * k);
        for (int64_t b = 0; b < a; b++) out[b * k + a] = out[a * k + b];
    }
}

/* Of the output in the order of each driver the variance between bins and within them, and
 * the means from `from` to `to` of two windows. scratch: n + bins. out: (4, k). */
static void by_order(const double *output, const int64_t *order, int64_t k, int64_t n, int64_t bins,
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
        out[j] = (0.0 + squared(means, &mean, 0, bins)) / (double)bins;
        out[k + j] = sum_of(row, bins * size) / (double)(bins * size);
    }
}

/* Means of each row over some trials, added in their order; of a single row by halves. scratch: count. */
static void means_of(const double *values, int64_t k, int64_t n, const int64_t *trials, int64_t count,
                     double *scratch, double *out)
{
    for (int64_t j = 0; j < k; j++) {
        double sum = 0.0;
        for (int64_t i = 0; i < count; i++) {
            scratch[i] = values[j * n + trials[i]];
            sum += scratch[i];
        }
        out[j] = (k > 1 ? sum : sum_of(scratch, count)) / (double)count;
    }
}

/* attribution._columns of drivers whose order and ranks are known and of m outputs that vary. high, inside: which end
 * of each is bad, how many of its trials. scratch: 8 n + bins numbers. out: (m, 7, k). Returns 0 where `in_order`
 * does. */
int64_t columns(const double *values, const double *scaled, const double *ranks, const int64_t *order, int64_t k,
                int64_t n, const double *outputs, const uint8_t *high, int64_t m, int64_t bins, const int64_t *windows,
                int64_t inside, double *scratch, double *out)
{
    double *const own_ranks = scratch, *const own_scaled = scratch + n, *const rest = scratch + 4 * n;
    int64_t *const own_order = (int64_t *)(scratch + 2 * n);
    uint8_t *const fresh = (uint8_t *)(scratch + 3 * n);
    double moments[2];
    for (int64_t row = 0; row < m; row++, outputs += n, out += 7 * k) {
        if (!in_order(outputs, 1, n, rest, own_order, fresh)) return 0;
        ranked(outputs, own_order, fresh, 1, n, rest, own_ranks, own_scaled, moments, moments + 1);
        towards(ranks, k, n, own_ranks, out);
        towards(scaled, k, n, own_scaled, out + k);
        by_order(outputs, order, k, n, bins, windows, rest, out + 2 * k);
        means_of(values, k, n, own_order + (high[row] ? n - inside : 0), inside, rest, out + 6 * k);
    }
    return 1;
}

/* The sum of numbers side by side, to be compared with NumPy's. */
double pairwise(const double *values, int64_t n)
{
    return sum_of(values, n);
}
