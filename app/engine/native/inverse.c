/* The inverse of app/engine/simulation/inverse.py: a symmetric matrix swept in place, pivot by pivot. */
#include "kernel.h"

/* out: holds the matrix at first, `n` rows of `n`, then its inverse; row: `n` numbers. Returns whether all pivots
 * are at least `least`. */
int64_t inverse(double *restrict out, int64_t n, double least, double *restrict row)
{
    for (int64_t k = 0; k < n; k++) {
        const double pivot = out[k * n + k];
        if (!(pivot >= least)) return 0;
        for (int64_t j = 0; j < n; j++) row[j] = out[k * n + j] / pivot;
        for (int64_t i = 0; i < n; i++) {
            double *restrict own = out + i * n;
            const double share = own[k];
            if (i == k) continue;
            for (int64_t j = 0; j < n; j++) own[j] -= share * row[j];
            own[k] = -share / pivot;
        }
        for (int64_t j = 0; j < n; j++) out[k * n + j] = row[j];
        out[k * n + k] = 1.0 / pivot;
    }
    return 1;
}
