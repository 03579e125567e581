"""Numbers, money and dates as the reader writes them, and back.

Every function takes the plain value of the engine (decimals, currency units, tonnes) and returns text. The
template filters of the same names wrap that text in an element that carries the full value.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from markupsafe import Markup, escape

from app.web import context
from app.web.locales import Locale

MINUS = "\u2212"
NOTHING = "\u2013"
UNDEFINED = "n/a"

#: Largest first, so that the first scale that a value reaches is the one to print it in.
SCALES = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
SCALE_FACTORS = {"": 1.0, "k": 1e3, "M": 1e6, "bn": 1e9}
MOST_DIGITS = 15
#: Between these, Python's own shortest text of a number has no exponent.
LEAST_WRITTEN_OUT, MOST_WRITTEN_OUT = 1e-4, 1e15


def number(value: float | None, digits: int = 4, *, places: int | None = None) -> str:
    """Return `value` with `digits` significant digits, or with exactly `places` decimals.

    Digits before the decimal sign are never replaced by zeros: 123456 at 3 digits is 123,456.
    """
    if value is None:
        return NOTHING
    if not math.isfinite(value):
        return UNDEFINED if math.isnan(value) else (MINUS if value < 0 else "") + "∞"
    return _localised(
        f"{value:,.{_places(value, digits) if places is None else places}f}", context.locale.get()
    )


def money(value: float | None, currency: str = "", *, scale: str | None = None, digits: int = 4) -> str:
    """Return an amount in units of currency, scaled to k, M or bn: `US$ 1,234 M`.

    `scale` fixes the unit ("", "k", "M", "bn"), so that figures side by side share it; without it, the
    amount chooses.
    """
    if value is None or not math.isfinite(value):
        return number(value)
    chosen = money_scale(value) if scale is None else scale
    parts = (currency, number(value / SCALE_FACTORS[chosen], digits), chosen)
    return "\u00a0".join(part for part in parts if part)


def money_scale(*amounts: float) -> str:
    """Return the scale that suits the largest of the amounts: "", "k", "M" or "bn"."""
    largest = max((abs(amount) for amount in amounts if math.isfinite(amount)), default=0.0)
    return next((name for factor, name in SCALES if largest >= factor), "")


def percent(value: float | None, digits: int = 3) -> str:
    """Return a decimal as a percentage: 0.081 is `8.1 %`."""
    if value is None or not math.isfinite(value):
        return number(value)
    return f"{number(value * 100, digits)}\u00a0%"


def count(value: int | None) -> str:
    """Return a whole number with its thousands separated."""
    return NOTHING if value is None else _localised(f"{value:,d}", context.locale.get())


def day(value: date | None, *, iso: bool = False) -> str:
    """Return a date in the reader's short form, or as ISO 8601."""
    if value is None:
        return NOTHING
    return value.strftime("%Y-%m-%d" if iso else context.locale.get().date)


def moment(value: datetime | None) -> str:
    """Return a point in time to the minute, in the reader's time zone, which is UTC until they choose."""
    if value is None:
        return NOTHING
    local = value.astimezone(context.time_zone.get())
    return f"{day(local.date())}, {local:%H:%M %Z}"


def plain(value: float | int | None, times: int = 1) -> str:
    """Return the shortest text that reads back as `value * times`, for an input: 0.07 times 100 is `7`.

    Uses the reader's decimal sign and no thousands separator; `None` is the empty string.
    """
    if value is None:
        return ""
    exact = (Decimal(repr(value)) * times).normalize()
    return f"{exact:f}".replace(".", context.locale.get().decimal)


def capitalised(text: str) -> str:
    """Return a text with a capital at its beginning, the rest as it is.

    >>> capitalised("its balance in USD")
    'Its balance in USD'
    """
    return text[:1].upper() + text[1:]


def parse_number(text: str, locale: Locale | None = None) -> float:
    """Read a number as typed or pasted: grouped or not, with any minus sign, in the reader's signs.

    What is negative may stand in parentheses or have its minus last, as accountants write it.

    Raises `ValueError` that says how to write it, rather than guess what a misplaced sign meant.
    """
    signs = locale or context.locale.get()
    compact = re.sub(r"[\s\u00a0\u202f]", "", text).replace(MINUS, "-").replace("'", "\u2019")
    compact = re.sub(r"^\(([^-+()]+)\)$|^([^-+()eE]+)-$", r"-\1\2", compact)
    group = re.escape("" if signs.group.isspace() else signs.group)
    grouped = rf"[1-9]\d{{0,2}}(?:{group}\d{{3}})+" if group else r"\d+"
    decimal = re.escape(signs.decimal)
    pattern = rf"[+-]?(?:{grouped}|\d+|(?={decimal}\d))(?:{decimal}\d*)?(?:[eE][+-]?\d{{1,3}})?"
    if re.fullmatch(pattern, compact, re.ASCII):
        value = float(compact.replace(signs.group, "").replace(signs.decimal, "."))
        if math.isfinite(value):
            return value
    raise ValueError(f"a number such as {_localised('1234.5', signs)}")


def element(text: str, value: float | None) -> Markup:
    """Wrap a formatted number so that the full value shows on hover and can be copied."""
    if value is None:
        return Markup('<span class="nothing">{}</span>').format(text)
    if not math.isfinite(value):
        return Markup('<span class="nothing" title="not defined">{}</span>').format(text)
    whole = f'<data value="{value!r}" title="{full(value)}">{escape(text)}</data>'
    # Pages hold thousands of these, and `format` takes ten times as long; digits and signs need no escaping.
    return Markup(whole)  # noqa: S704  # nosec B704 - see above


def full(value: float) -> str:
    """Return every digit that the value holds, grouped."""
    if LEAST_WRITTEN_OUT <= abs(value) < MOST_WRITTEN_OUT:
        return _localised(f"{value:,}".removesuffix(".0"), context.locale.get())
    exact = Decimal(repr(value)).normalize()
    return _localised(f"{exact:,f}", context.locale.get())


def _places(value: float, digits: int) -> int:
    """Return how many decimals show `digits` significant digits of `value`, after rounding."""
    if value == 0:
        return 0
    rounded = float(f"{value:.{digits - 1}e}")
    return min(max(digits - 1 - math.floor(math.log10(abs(rounded))), 0), MOST_DIGITS)


def _localised(text: str, locale: Locale) -> str:
    """Exchange the signs of Python's own format for the locale's; a rounded-off minus zero loses its sign."""
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]
    if locale.group == "," and locale.decimal == ".":
        return text.replace("-", MINUS)
    return text.translate(_signs(locale.group, locale.decimal))


@lru_cache(maxsize=64)
def _signs(group: str, decimal: str) -> dict[int, str]:
    return str.maketrans({",": group, ".": decimal, "-": MINUS})
