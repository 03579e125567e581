/* What the files that search zeros of discounted sums share; each is described where it stands. */
#ifndef CALMINER_ROOTS_H
#define CALMINER_ROOTS_H

#include "kernel.h"

#define SEATS 64 /* lanes searched at a time, their flows side by side in the first cache */

/* Steps of a search: most of a lane, those after which steps must halve, the size that ends it. */
typedef struct {
    int64_t most, free;
    double done;
} limits;

void survey(const double *flows, int64_t stride, int64_t rows, int64_t lanes, const double *widths,
            const int64_t *which, double *sums, int64_t *changes, double *sign);
int64_t beyond(const double *flow, int64_t rows, const double *times, const double *nodes, int64_t n,
               const double *decays, const double *grows, int64_t most, double *memory, double *low,
               double *high);
void solve(const double *flows, int64_t stride, int64_t rows, int64_t lanes, const double *widths,
           const int64_t *which, const double *centre, const uint8_t *rising, const double *low,
           const double *high, const uint8_t *wanted, int64_t most, int64_t free, double step_done, double *u,
           double *memory);

#endif
