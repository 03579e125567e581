/* Sums in the order in which NumPy adds numbers that lie side by side: by halves, in eight lanes below 129.
 *
 * The order is NumPy's own affair. statistics.py compares these with NumPy once a process, and where they differ nothing
 * here is called.
 */
#ifndef CALMINER_SUMS_H
#define CALMINER_SUMS_H

#include "kernel.h"

enum { LANES = 8, AT_ONCE = 128 };

/* NAME: the sum of TERM(i), i from `from`, n of them; `x`, `y` and their steps are what TERM may read. */
#define PAIRWISE(NAME, TERM)                                                                                  \
    INLINE double NAME##_few(const double *x, int64_t sx, const double *y, int64_t sy, int64_t from, int64_t n) \
    {                                                                                                         \
        (void)y, (void)sx, (void)sy;                                                                          \
        double sum = -0.0;                                                                                    \
        int64_t done = 0;                                                                                     \
        if (n >= LANES) {                                                                                     \
            double lane[LANES];                                                                               \
            for (int64_t j = 0; j < LANES; j++) lane[j] = TERM(from + j);                                     \
            for (done = LANES; done + LANES <= n; done += LANES)                                              \
                for (int64_t j = 0; j < LANES; j++) lane[j] += TERM(from + done + j);                         \
            sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));  \
        }                                                                                                     \
        for (; done < n; done++) sum += TERM(from + done);                                                    \
        return sum;                                                                                           \
    }                                                                                                         \
    static double NAME(const double *x, int64_t sx, const double *y, int64_t sy, int64_t from, int64_t n)     \
    {                                                                                                         \
        if (n > AT_ONCE) {                                                                                    \
            const int64_t half = n / 2 - n / 2 % LANES;                                                       \
            return NAME(x, sx, y, sy, from, half) + NAME(x, sx, y, sy, from + half, n - half);                \
        }                                                                                                     \
        if (sx == 1 && sy == 1) return NAME##_few(x, 1, y, 1, from, n);                                       \
        return NAME##_few(x, sx, y, sy, from, n);                                                             \
    }

#define PLAIN(i) x[i]
#define AWAY(i) (x[i] - *y)
#define SQUARE(i) ((x[i] - *y) * (x[i] - *y))
#define CUBE(i) ((x[i] - *y) * (x[i] - *y) * (x[i] - *y))
#define PRODUCT(i) (x[(i)*sx] * y[(i)*sy])

#endif
