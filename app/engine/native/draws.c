/* Draws: points as probabilities, and functions read from tables that are linear between their knots. */
#include "tails.h"

#define BITS 32  /* of a point */
#define NEAR 512 /* numbers that stay in the first cache while they are read twice */

/* sobol._scrambled: each row of bits of each matrix, (BITS, replicates, dimensions), times the direction numbers,
 * (bits, dimensions); out: (replicates, bits, dimensions). */
void scrambled(const uint32_t *plain, const uint32_t *rows, int64_t replicates, int64_t dimensions, int64_t bits,
               uint32_t *restrict out)
{
    for (int64_t i = 0; i < replicates * bits * dimensions; i++) out[i] = 0;
    for (int64_t place = 0; place < BITS; place++) {
        const int bit = BITS - 1 - (int)place;
        const uint32_t own = (uint32_t)1 << bit, above = (uint32_t)0 - own;
        for (int64_t i = 0; i < replicates * bits; i++) {
            const uint32_t *row = rows + (place * replicates + i / bits) * dimensions;
            const uint32_t *numbers = plain + i % bits * dimensions;
            uint32_t *restrict found = out + i * dimensions;
            for (int64_t d = 0; d < dimensions; d++) {
                uint32_t odd = numbers[d] & ((row[d] & above) | own);
                odd ^= odd >> 16;
                odd ^= odd >> 8;
                odd ^= odd >> 4;
                odd ^= odd >> 2;
                odd ^= odd >> 1;
                found[d] |= (odd & 1) << bit;
            }
        }
    }
}

/* Probabilities of a sub-block of Sobol points: what all share, (dimensions, rounds, replicates), changed by
 * what each scrambling has of its own, (dimensions, replicates). */
void sobol(const uint32_t *shared, const uint32_t *own, int64_t dimensions, int64_t rounds,
               int64_t replicates, int64_t count, double *u)
{
    for (int64_t dimension = 0; dimension < dimensions; dimension++) {
        const uint32_t *points = shared + dimension * rounds * replicates, *change = own + dimension * replicates;
        double *restrict row = u + dimension * count;
        for (int64_t first = 0; first < count; first += replicates) {
            const int64_t n = count - first < replicates ? count - first : replicates;
            for (int64_t i = 0; i < n; i++)
                row[first + i] = ((double)(points[first + i] ^ change[i]) + 0.5) * 0x1p-32;
        }
    }
}

/* The cell in which `at` lies, the first for what lies nowhere. Narrow numbers, so that several are read at once. */
INLINE int32_t cell_of(double at, double cells)
{
    return at >= 0 && at < cells ? (int32_t)at : 0;
}

/* samplers.normal_scores, in place. */
void scores(double *restrict u, int64_t n, const double *restrict start, const double *restrict step, int64_t cells,
            double centre)
{
    int64_t places[NEAR + 1];
    double tails[NEAR + 1];
    for (int64_t first = 0; first < n; first += NEAR) {
        const int64_t end = n - first < NEAR ? n : first + NEAR;
        int64_t found = 0;
        for (int64_t i = first; i < end; i++) {
            places[found] = i;
            tails[found] = u[i];
            found += fabs(u[i] - 0.5) > centre;
        }
        for (int64_t i = first; i < end; i++) {
            const double at = u[i] * (double)cells;
            const int32_t cell = cell_of(at, (double)cells);
            u[i] = (at - (double)cell) * step[cell] + start[cell];
        }
        for (int64_t i = 0; i < found; i++) tails[i] = tail_score(tails[i]);
        for (int64_t i = 0; i < found; i++) u[places[i]] = tails[i];
    }
}

/* distributions.table.Table, one for each of the chosen rows of z, `stride` numbers apart: position = z · per_unit +
 * half, kept within [0, last]. out: `count` rows of `n`. */
void looked_up(const double *z, int64_t stride, const int64_t *chosen, int64_t count, int64_t n,
               const double *const *starts, const double *const *steps, double per_unit, double half, double last,
               double *out)
{
    for (int64_t row = 0; row < count; row++) {
        const double *own = z + chosen[row] * stride, *start = starts[row], *step = steps[row];
        double *restrict found = out + row * n;
        for (int64_t i = 0; i < n; i++) {
            const double at = smaller(larger(own[i] * per_unit + half, 0.0), last);
            const int32_t cell = cell_of(at, last + 1);
            found[i] = (at - (double)cell) * step[cell] + start[cell];
        }
    }
}
