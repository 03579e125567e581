/* Sums in the order in which NumPy adds numbers that lie side by side: by halves, in eight lanes below 129.
 *
 * The order is NumPy's own affair. statistics.py compares these with NumPy once a process, and where they differ nothing
 * here is called.
 */
#ifndef CALMINER_SUMS_H
#define CALMINER_SUMS_H

#include "kernel.h"

enum { LANES = 8, AT_ONCE = 128 };

/* NAME: the sum of TERM(i), i from `from`, n of them; `x` and `y` are what TERM may read. */
#define PAIRWISE(NAME, TERM)                                                                                  \
    static double NAME(const double *x, const double *y, int64_t from, int64_t n)                             \
    {                                                                                                         \
        if (n > AT_ONCE) {                                                                                    \
            const int64_t half = n / 2 - n / 2 % LANES;                                                       \
            return NAME(x, y, from, half) + NAME(x, y, from + half, n - half);                                \
        }                                                                                                     \
        (void)y;                                                                                              \
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
    }

#define PLAIN(i) x[i]
#define AWAY(i) (x[i] - *y)
#define SQUARE(i) ((x[i] - *y) * (x[i] - *y))
#define CUBE(i) ((x[i] - *y) * (x[i] - *y) * (x[i] - *y))
#define PRODUCT(i) (x[i] * y[i])

#endif
