/* Draws: points as probabilities, and functions read from tables that are linear between their knots. */
#include "kernel.h"

#define BITS 32 /* of a point */

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

/* samplers.normal_scores but for the tails: these are told by place and probability. Returns how many. */
int64_t scores(double *restrict u, int64_t n, const double *start, const double *step, int64_t cells,
                   double centre, int64_t *restrict places, double *restrict tails)
{
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        places[found] = i;
        tails[found] = u[i];
        found += fabs(u[i] - 0.5) > centre;
        const double at = u[i] * (double)cells, whole = floor(at);
        const int64_t cell = at >= 0 && at < (double)cells ? (int64_t)whole : 0;
        u[i] = (at - whole) * step[cell] + start[cell];
    }
    return found;
}

/* distributions.table.Table: position = z · per_unit + half, kept within [0, last]. */
void looked_up(const double *z, int64_t n, const double *start, const double *step, double per_unit,
                   double half, double last, double *restrict out)
{
    for (int64_t i = 0; i < n; i++) {
        const double at = smaller(larger(z[i] * per_unit + half, 0.0), last), whole = floor(at);
        const int64_t cell = at >= 0 ? (int64_t)whole : 0;
        out[i] = (at - whole) * step[cell] + start[cell];
    }
}
