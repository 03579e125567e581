/* Histograms: every value goes to its bin, what lies outside to the outer ones, NaN to none. */
#include "kernel.h"

/* streaming.Ranges.count: bin = (value - low) · scale, kept within [0, bins - 1] and rounded down. */
#define TALLY(NAME, TYPE)                                                                                     \
    void NAME(const TYPE *values, int64_t stride, int64_t rows, int64_t n, const double *low,                 \
              const double *scale, int64_t bins, int64_t *counts)                                             \
    {                                                                                                         \
        const double last = (double)(bins - 1);                                                               \
        for (int64_t row = 0; row < rows; row++) {                                                            \
            const TYPE *from = values + row * stride;                                                         \
            int64_t *into = counts + row * bins;                                                              \
            for (int64_t i = 0; i < n; i++) {                                                                 \
                const double at = ((double)from[i] - low[row]) * scale[row];                                  \
                if (at == at) into[(int64_t)smaller(larger(at, 0.0), last)]++;                                \
            }                                                                                                 \
        }                                                                                                     \
    }
TALLY(tally_double, double)
TALLY(tally_float, float)
