/* The reference model fused into one loop: what a program written for this one mine alone can do.
 *
 * Same inputs as benchmarks/reference.py: twelve correlated inputs through tables in the normal variate, a
 * mean-reverting price centred on its deck, the cash flow, NPV, IRR, payback, AISC and counts for the fans.
 * Compiled by benchmarks/kernel.py when it is measured; no part of the product.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define T 20
#define K 12
#define BINS 4096

typedef struct {
    uint64_t a, b, c, n;
} sfc;

static inline uint64_t next(sfc *s)
{
    const uint64_t out = s->a + s->b + s->n++;
    s->a = s->b ^ (s->b >> 11);
    s->b = s->c + (s->c << 3);
    s->c = ((s->c << 24) | (s->c >> 40)) + out;
    return out;
}

/* A normal variate from the inverse distribution function, linear between `cells` knots. */
static inline double normal(sfc *s, const double *knots, int cells)
{
    const uint64_t r = next(s);
    const uint32_t cell = (uint32_t)(((r >> 32) * (uint64_t)cells) >> 32);
    const double part = (double)(uint32_t)r * 0x1p-32;
    return knots[cell] + part * (knots[cell + 1] - knots[cell]);
}

static inline double looked_up(const double *knots, int cells, double reach, double z)
{
    double at = (z + reach) * (cells / (2 * reach));
    at = at < 0 ? 0 : at > cells - 1e-9 ? cells - 1e-9 : at;
    const int cell = (int)at;
    return knots[cell] + (at - cell) * (knots[cell + 1] - knots[cell]);
}

static double irr(const double *flow, double guess)
{
    double total = 0, u = guess;
    int signs = 0;
    for (int t = 0; t < T; t++) {
        total += flow[t];
        if (t && (flow[t] > 0) != (flow[t - 1] > 0)) signs++;
    }
    if (total <= 0 || signs == 0) return NAN;
    for (int step = 0; step < 50; step++) {
        const double d = exp(-u);
        double value = flow[T - 1], slope = 0;
        for (int t = T - 2; t >= 0; t--) {
            slope = (slope - value) * d;
            value = value * d + flow[t];
        }
        double new = u - value / slope;
        if (new < 0) new = u / 2;
        if (fabs(new - u) < 1e-7) return expm1(new);
        u = new;
    }
    return NAN;
}

/* order of the inputs: ore grade recovery strip mining processing site diesel capital sustaining closure
 * refining. lower: Cholesky factor (K + 1)², price last. out: npv irr payback aisc, each `trials` long.
 * fans: counts [2][T][BINS]; low, scale: of their bins. sample: inputs and price of the first trials. */
void run(int64_t first, int64_t trials, uint64_t seed, const double *scores, int score_cells,
         const double *tables, int cells, double reach, const double *lower, double price0, double kappa,
         double sigma, const double *ore0, double *out, int64_t stride, int32_t *fans, const double *low,
         const double *scale)
{
    const double keep = exp(-kappa), spread = sigma * sqrt((1 - exp(-2 * kappa)) / (2 * kappa));
    const double ounce = 1e6 / 31.1034768;
    double deck[T], factor[T];
    for (int t = 0; t < T; t++) {
        deck[t] = price0 * exp(-sigma * sigma * (1 - exp(-2 * kappa * (t + 1))) / (4 * kappa));
        factor[t] = pow(1.08, -(t + 0.5));
    }
    sfc s = {seed, seed ^ 0x9e3779b97f4a7c15ULL, (uint64_t)first, 1};
    for (int i = 0; i < 12; i++) next(&s);
    for (int64_t i = 0; i < trials; i++) {
        double e[K + 1], z[K + 1], x[K], shock[T], price[T], mean = 0;
        for (int k = 0; k <= K; k++) e[k] = normal(&s, scores, score_cells);
        for (int k = 0; k <= K; k++) {
            z[k] = 0;
            for (int j = 0; j <= k; j++) z[k] += lower[k * (K + 1) + j] * e[j];
        }
        for (int k = 0; k < K; k++) x[k] = looked_up(tables + k * (cells + 1), cells, reach, z[k]);
        for (int t = 0; t < T; t++) mean += shock[t] = normal(&s, scores, score_cells);
        const double shift = z[K] / sqrt(T) - mean / T;
        double level = 0;
        for (int t = 0; t < T; t++) {
            level = keep * level + spread * (shock[t] + shift);
            price[t] = deck[t] * exp(level);
        }
        double flow[T], whole = 0, reserve[T + 1], placed = 0, spent[T], charged = 0, incurred = 0;
        double pool = 0, before = 0, cost = 0, metal = 0, npv = 0, book = 120e6 * x[8];
        reserve[T] = 0;
        for (int t = T - 1; t >= 0; t--) reserve[t] = reserve[t + 1] + ore0[t] * x[0];
        for (int t = 0; t < T; t++) {
            const double ore = ore0[t] * x[0], moved = ore + 3.0 * ore0[t] * x[3];
            const double sold = ore * 1.4e-6 * x[1] * x[2] * 0.9985, revenue = sold * price[t];
            const double refined = sold * 8 * ounce * x[11], building = t < 2, producing = t >= 2;
            const double opex = moved * (2.3 * x[4] + 0.6 * x[7]) + ore * 11.5 * x[5] + 14e6 * producing * x[6];
            const double plant = 210e6 * building * x[8], mine = 60e6 * building * x[8];
            const double renewed = 9e6 * producing * x[9], closing = t == T - 1 ? 45e6 * x[10] : 0;
            const double royalty = 0.03 * (revenue - refined), margin = revenue - refined - royalty - opex;
            spent[t] = plant + renewed;
            incurred += spent[t];
            if (t == 2) placed = spent[0] + spent[1] + spent[2];
            double straight = 0;
            for (int p = t > 9 ? t - 7 : 2; p <= t; p++) straight += (p == 2 ? placed : spent[p]) / 8;
            charged += straight;
            if (t == T - 1) straight += incurred - charged;
            const double used_up = t >= 2 ? book * ore / reserve[t] : 0;
            book -= used_up;
            const double income = margin - straight - used_up - closing;
            const double gain = income > 0 ? income : 0, used = pool < gain ? pool : gain;
            pool = pool - used + (income < 0 ? -income : 0);
            const double tied = t == T - 1 ? 0 : revenue * 20 / 365 + opex * (30 - 35) / 365;
            flow[t] = margin - plant - mine - renewed - closing - (tied - before) - 0.28 * (gain - used);
            before = tied;
            npv += flow[t] * factor[t];
            cost += opex + refined + royalty + renewed + closing;
            metal += sold;
        }
        double paid = NAN, at = 0;
        for (int t = 0; t < T; t++) {
            const double was = whole;
            whole += flow[t];
            if (was < 0 && whole >= 0 && isnan(paid)) paid = t - was / flow[t];
            const double rows[2] = {whole, flow[t]};
            for (int line = 0; line < 2; line++) {
                at = (rows[line] - low[line * T + t]) * scale[line * T + t];
                at = at < 0 ? 0 : at > BINS - 1 ? BINS - 1 : at;
                fans[(line * T + t) * BINS + (int)at]++;
            }
        }
        out[i] = npv;
        out[stride + i] = irr(flow, 0.15);
        out[2 * stride + i] = paid;
        out[3 * stride + i] = cost / metal;
    }
}
