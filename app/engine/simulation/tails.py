"""Standard normal variates far out, with the same bits on every processor: Wichura's algorithm AS 241 (1988).

With p the probability of the nearer tail and r = √(−ln p), two quotients of polynomials in r. Within 1e-15 of
the variate.
"""

from __future__ import annotations

import numpy as np

from app.engine.logarithm import log
from app.engine.quantity import Array

NEARER = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258e0,
        3.64784832476320460504e0,
        5.76949722146069140550e0,
        4.63033784615654529590e0,
        1.42343711074968357734e0,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940e0,
        2.05319162663775882187e0,
        1.0,
    ),
)
FARTHER = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580e0,
        5.46378491116411436990e0,
        6.65790464350110377720e0,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)
BORDER = 5.0  # of r, between the quotients


def tail_scores(u: Array) -> Array:
    """Return the normal variate of each probability below 0.075 or above 0.925, `(n,)`.

    >>> tail_scores(np.array([0.025, 0.975])).round(12).tolist()
    [-1.95996398454, 1.95996398454]
    """
    r = np.sqrt(-log(np.minimum(u, 1.0 - u)))
    near = _quotient(NEARER, r - 1.6)
    far = _quotient(FARTHER, r - BORDER)
    return np.copysign(np.where(r <= BORDER, near, far), u - 0.5)


def _quotient(terms: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    above, below = np.full_like(x, terms[0][0]), np.full_like(x, terms[1][0])
    for over, under in zip(terms[0][1:], terms[1][1:], strict=True):
        above *= x
        above += over
        below *= x
        below += under
    return np.asarray(above / below)
