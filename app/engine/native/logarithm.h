/* The natural logarithm of app/engine/logarithm.py: the same operations in the same order, so that it has the same
 * bits on every processor, in the kernel and in NumPy. For positive normal numbers; within one unit in the last place. */
#ifndef CALMINER_LOGARITHM_H
#define CALMINER_LOGARITHM_H

#include "kernel.h"
#include <string.h>

#define ROOT_HALF 0x3fe6a09e00000000LL /* the bits of a number just below the root of a half */

INLINE double logarithm(double x)
{
    int64_t bits;
    double part;
    memcpy(&bits, &x, sizeof bits);
    const int64_t power = (bits - ROOT_HALF) >> 52;
    bits -= power * (1LL << 52);
    memcpy(&part, &bits, sizeof part);
    const double whole = (double)power, f = part - 1.0, s = f / (f + 2.0), z = s * s, half = f * 0.5 * f;
    double sum = 2.0 / 23.0;
    sum = sum * z + 2.0 / 21.0;
    sum = sum * z + 2.0 / 19.0;
    sum = sum * z + 2.0 / 17.0;
    sum = sum * z + 2.0 / 15.0;
    sum = sum * z + 2.0 / 13.0;
    sum = sum * z + 2.0 / 11.0;
    sum = sum * z + 2.0 / 9.0;
    sum = sum * z + 2.0 / 7.0;
    sum = sum * z + 2.0 / 5.0;
    sum = sum * z + 2.0 / 3.0;
    sum = sum * z;
    const double low = whole * 0x1.a39ef35793c76p-33 + s * (half + sum);
    return whole * 0x1.62e42feep-1 - ((half - low) - f);
}

#endif
