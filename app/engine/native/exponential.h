/* The exponential function of app/engine/exponential.py: the same operations in the same order, so that it has the
 * same bits on every processor, in the kernel and in NumPy. Within 0.9 units in the last place. */
#ifndef CALMINER_EXPONENTIAL_H
#define CALMINER_EXPONENTIAL_H

#include "kernel.h"
#include <string.h>

#define ROUNDER 0x1.8p52 /* adding it leaves a whole number in the lowest bits */

INLINE double power_of_two(double rounded)
{
    uint64_t bits;
    double power;
    memcpy(&bits, &rounded, sizeof bits);
    bits = (bits << 52) + ((uint64_t)1023 << 52);
    memcpy(&power, &bits, sizeof power);
    return power;
}

INLINE double exponential(double x)
{
    const double kept = smaller(larger(x, -746.0), 710.0);
    const double whole = (kept * 0x1.71547652b82fep+0 + ROUNDER) - ROUNDER;
    const double high = kept - whole * 0x1.62e42feep-1, low = whole * 0x1.a39ef35793c76p-33;
    const double r = high - low;
    double sum = 0x1.6124613a86d09p-33;
    sum = sum * r + 0x1.1eed8eff8d898p-29;
    sum = sum * r + 0x1.ae64567f544e4p-26;
    sum = sum * r + 0x1.27e4fb7789f5cp-22;
    sum = sum * r + 0x1.71de3a556c734p-19;
    sum = sum * r + 0x1.a01a01a01a01ap-16;
    sum = sum * r + 0x1.a01a01a01a01ap-13;
    sum = sum * r + 0x1.6c16c16c16c17p-10;
    sum = sum * r + 0x1.1111111111111p-7;
    sum = sum * r + 0x1.5555555555555p-5;
    sum = sum * r + 0x1.5555555555555p-3;
    sum = sum * r + 0.5;
    const double value = 1.0 + (high + (r * r * sum - low));
    const double half = whole * 0.5 + ROUNDER, rest = (whole - (half - ROUNDER)) + ROUNDER;
    return value * power_of_two(half) * power_of_two(rest);
}

#endif
