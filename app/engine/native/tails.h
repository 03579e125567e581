/* The normal variates of app/engine/simulation/tails.py: the same operations in the same order. */
#ifndef CALMINER_TAILS_H
#define CALMINER_TAILS_H

#include "logarithm.h"

INLINE double quotient(const double *above, const double *below, double x)
{
    double over = above[0], under = below[0];
    for (int term = 1; term < 8; term++) {
        over = over * x + above[term];
        under = under * x + below[term];
    }
    return over / under;
}

INLINE double tail_score(double u)
{
    static const double near[2][8] = {
        {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
         3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0},
        {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
         6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0}};
    static const double far[2][8] = {
        {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
         2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0},
        {2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
         1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0}};
    const double r = sqrt(-logarithm(smaller(u, 1.0 - u)));
    return copysign(r <= 5.0 ? quotient(near[0], near[1], r - 1.6) : quotient(far[0], far[1], r - 5.0), u - 0.5);
}

#endif
