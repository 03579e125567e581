/* Paths of prices and costs: the bridge that makes shocks of components, and the recurrence that makes levels of
 * shocks. A tile of trials at a time, so that what lies between two operations stays in the first caches. */
#include "exponential.h"

#define LANES for (int64_t i = 0; i < n; i++)

/* One point of the bridge between two that are known; left -1 is the start, at zero. */
typedef struct {
    int64_t left, middle, right;
    double of_left, of_right, spread;
} bridge_step;

/* bridge.shocks: of components `apart` numbers from row to row, the first one elsewhere. walk: `periods` rows of
 * `tile` numbers. */
void bridged(const double *leading, const double *finer, int64_t apart, int64_t periods, int64_t trials,
             const bridge_step *steps, double whole, double *walk, int64_t tile, double *restrict out)
{
    for (int64_t start = 0; start < trials; start += tile) {
        const int64_t n = trials - start < tile ? trials - start : tile;
        double *end = walk + (periods - 1) * tile;
        LANES end[i] = leading[start + i] * whole;
        for (int64_t k = 0; k < periods - 1; k++) {
            const bridge_step s = steps[k];
            const double *component = finer + k * apart + start, *right = walk + s.right * tile;
            const double *left = walk + (s.left < 0 ? 0 : s.left) * tile;
            double *restrict middle = walk + s.middle * tile;
            if (s.left < 0)
                LANES middle[i] = component[i] * s.spread + s.of_right * right[i];
            else
                LANES middle[i] = (component[i] * s.spread + s.of_right * right[i]) + s.of_left * left[i];
        }
        LANES out[start + i] = walk[i];
        for (int64_t row = 1; row < periods; row++) {
            const double *now = walk + row * tile, *before = now - tile;
            double *restrict shock = out + row * trials + start;
            LANES shock[i] = now[i] - before[i];
        }
    }
}

/* diffusion.path: x = persistence · x before + (spread · shock + drift), from `away`; then level · exp(x), or
 * x + level. terms: rows of spread, drift and persistence, `periods` numbers each. */
void moved(const double *shocks, int64_t apart, int64_t periods, int64_t trials, const double *terms,
           double away, int64_t logarithmic, double level, double *state, int64_t tile, double *restrict out)
{
    const double *spread = terms, *drift = terms + periods, *persistence = terms + 2 * periods;
    for (int64_t start = 0; start < trials; start += tile) {
        const int64_t n = trials - start < tile ? trials - start : tile;
        LANES state[i] = away;
        for (int64_t row = 0; row < periods; row++) {
            const double *shock = shocks + row * apart + start, s = spread[row], d = drift[row], p = persistence[row];
            double *restrict found = out + row * trials + start;
            LANES state[i] = (shock[i] * s + d) + p * state[i];
            if (logarithmic)
                LANES found[i] = exponential(state[i]) * level;
            else
                LANES found[i] = state[i] + level;
        }
    }
}
