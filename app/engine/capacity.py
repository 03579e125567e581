"""Order-of-magnitude sizes and costs from capacity alone: Taylor's rule, the six-tenths rule, Camm's
equations, O'Hara's guide.

Camm's equations (US Bureau of Mines, Information Circular 9298, 1991) give US dollars of 1989 from capacity
in short tons of ore a day. The coefficients are those that the US Geological Survey's resource assessment
code carries, with its slips left out; what is still in doubt is said beside each result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.engine.units import UNITS

ACCURACY = "±30 to 50 %"
PRICE_BASE = "US$ of 1989"
FEET_PER_METRE = 1 / 0.3048
OPEN_PIT_LIMIT = 20_000.0  # short tons a day


class Ton(StrEnum):
    """The ton in which a capacity or a tonnage is given."""

    METRIC = "t"
    SHORT = "st"


@dataclass(frozen=True, slots=True)
class Curve:
    """`factor · X^exponent`, X in short tons a day."""

    factor: float
    exponent: float

    def at(self, capacity: float) -> float:
        """Return the curve's value at a capacity [st/d]."""
        return float(self.factor * capacity**self.exponent)


@dataclass(frozen=True, slots=True)
class CostSystem:
    """A mine or mill: capital [US$ of 1989], operating cost [US$ of 1989 / st], and whether a shaft adds."""

    label: str
    capital: Curve
    operating: Curve
    shaft: bool = False
    doubt: str = ""


CAMM: Mapping[str, CostSystem] = MappingProxyType(
    {
        "open_pit_small": CostSystem(
            "open pit below 20,000 st/d", Curve(160_000, 0.515), Curve(71.0, -0.414)
        ),
        "open_pit_large": CostSystem("open pit from 20,000 st/d", Curve(2_670, 0.917), Curve(5.14, -0.148)),
        "block_caving": CostSystem("block caving", Curve(64_800, 0.759), Curve(48.4, -0.217), shaft=True),
        "room_and_pillar": CostSystem(
            "room and pillar", Curve(97_600, 0.644), Curve(35.5, -0.171), shaft=True
        ),
        "shrinkage": CostSystem("shrinkage stoping", Curve(179_000, 0.620), Curve(74.9, -0.160)),
        "sublevel_longhole": CostSystem("sublevel longhole", Curve(115_000, 0.552), Curve(41.9, -0.181)),
        "vertical_crater": CostSystem(
            "vertical crater retreat", Curve(45_200, 0.747), Curve(51.0, -0.206), shaft=True
        ),
        "cut_and_fill": CostSystem(
            "cut and fill",
            Curve(1_250_000, 0.461),
            Curve(279.9, -0.294),
            doubt="capital exponent 0.461 is believed to be the published one and was not verified; "
            "code in circulation repeats room and pillar's 0.644",
        ),
        "flotation_1": CostSystem(
            "flotation, one product",
            Curve(92_600, 0.667),
            Curve(121.0, -0.336),
            doubt="operating exponent -0.336; -0.335 also circulates",
        ),
        "flotation_2": CostSystem("flotation, two products", Curve(82_500, 0.702), Curve(149.0, -0.356)),
        "flotation_3": CostSystem(
            "flotation, three products",
            Curve(83_600, 0.703),
            Curve(153.0, -0.344),
            doubt="capital exponent 0.703 as in the guide to that code; the code itself has 0.708",
        ),
        "sx_ew": CostSystem("solvent extraction, electrowinning", Curve(14_600, 0.596), Curve(3.0, -0.145)),
        "ccd": CostSystem("counter-current decantation", Curve(414_000, 0.584), Curve(128.0, -0.300)),
        "cip": CostSystem(
            "carbon in pulp",
            Curve(372_000, 0.540),
            Curve(105.0, -0.303),
            doubt="operating exponent -0.303; -0.281 also circulates",
        ),
        "heap_leach": CostSystem("heap leach", Curve(296_500, 0.512), Curve(31.5, -0.223)),
        "float_roast_leach": CostSystem("float, roast, leach", Curve(481_000, 0.552), Curve(101.0, -0.246)),
    }
)


#: A whole project, mine and mill, by ore milled a day: O'Hara, CIM Bulletin 73, 1980, in dollars of 1978.
O_HARA: Mapping[str, Curve] = MappingProxyType(
    {"open_pit": Curve(400_000, 0.6), "underground": Curve(800_000, 0.6)}
)
O_HARA_PRICE_BASE = "C$ of 1978"

#: How capacity follows the reserve: Long, Natural Resources Research 18, 2009, 1,195 mines.
LONG: Mapping[str, float] = MappingProxyType({"open_pit_or_block_caving": 0.65, "underground": 0.56})


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """Capital [money] and operating cost [money/t, money/st of ore], their accuracy, and what is in doubt."""

    label: str
    capacity_st_per_day: float
    capital: float
    operating_per_t: float
    operating_per_st: float
    accuracy: str
    price_base: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectEstimate:
    """Capital of mine and mill together [money], its accuracy, and what is in doubt."""

    capacity_st_per_day: float
    capital: float
    accuracy: str
    price_base: str
    doubts: tuple[str, ...]


def short_tons(amount: float, ton: Ton) -> float:
    """Return an amount of either ton in short tons.

    >>> round(short_tons(0.90718474, Ton.METRIC), 12)
    1.0
    """
    return amount * UNITS[ton.value].factor / UNITS["st"].factor


def open_pit(capacity_st_per_day: float) -> str:
    """Return which open-pit line holds; they do not meet (26.3 and 23.5 million at 20,000 st/d)."""
    return "open_pit_small" if capacity_st_per_day < OPEN_PIT_LIMIT else "open_pit_large"


def camm(
    system: str,
    capacity: float,
    ton: Ton,
    *,
    shaft_depth_m: float = 0.0,
    index_ratio: float = 1.0,
    location: float = 1.0,
) -> CostEstimate:
    """Return the cost of one mine or mill of one of the systems in `CAMM`.

    capacity: ore a day, in `ton`. shaft_depth_m [m]: adds `371 X + 180 D X^0.404` (D in feet) where the
    system needs a shaft. index_ratio: cost index wanted / index of 1989; location: factor of the place.
    Several mines are several calls.
    """
    kind = CAMM[system]
    daily = short_tons(capacity, ton)
    capital = kind.capital.at(daily)
    if kind.shaft:
        capital += 371.0 * daily + 180.0 * shaft_depth_m * FEET_PER_METRE * daily**0.404
    moved = index_ratio * location
    per_st = kind.operating.at(daily) * moved
    return CostEstimate(
        label=kind.label,
        capacity_st_per_day=daily,
        capital=capital * moved,
        operating_per_t=per_st / UNITS["st"].factor,
        operating_per_st=per_st,
        accuracy=ACCURACY,
        price_base=_price_base(PRICE_BASE, moved),
        doubts=_doubts(kind, daily, shaft_depth_m),
    )


def o_hara(
    kind: str, capacity: float, ton: Ton, *, index_ratio: float = 1.0, location: float = 1.0
) -> ProjectEstimate:
    """Return the capital of a whole project, mine and mill, of a kind in `O_HARA`.

    capacity: ore milled a day, in `ton`. index_ratio: cost index wanted / index of 1978; location: factor of
    the place. High stripping ratios, thin orebodies, complex metallurgy and isolated or mountainous sites
    cost more than the guide, as its author says; an average project near roads and power costs less.

    >>> round(o_hara("open_pit", 10_000, Ton.SHORT).capital / 1e6, 1)
    100.5
    """
    daily = short_tons(capacity, ton)
    moved = index_ratio * location
    return ProjectEstimate(
        capacity_st_per_day=daily,
        capital=O_HARA[kind].at(daily) * moved,
        accuracy=ACCURACY,
        price_base=_price_base(O_HARA_PRICE_BASE, moved),
        doubts=("the author calls it a crude guide", "its dollars are taken to be Canadian"),
    )


def _price_base(base: str, moved: float) -> str:
    return base if moved == 1.0 else f"{base} × {moved:g}"


def _doubts(kind: CostSystem, daily: float, shaft_depth_m: float) -> tuple[str, ...]:
    doubts = [kind.doubt] if kind.doubt else []
    small = kind is CAMM["open_pit_small"]
    if (small and daily >= OPEN_PIT_LIMIT) or (kind is CAMM["open_pit_large"] and daily < OPEN_PIT_LIMIT):
        doubts.append(f"{daily:,.0f} st/d lies outside this line's range")
    if shaft_depth_m and not kind.shaft:
        doubts.append("no shaft is added for this system")
    return tuple(doubts)


def six_tenths(known_cost: float, known_size: float, size: float, exponent: float = 0.6) -> float:
    """Return the cost of another size, `C₂ = C₁ (X₂ / X₁)^n` (Chilton 1950).

    >>> round(six_tenths(1.0, 1.0, 2.0), 3)
    1.516
    """
    return float(known_cost * (size / known_size) ** exponent)


def taylor_life(reserve: float, ton: Ton) -> float:
    """Return the life by Taylor's rule [year], `0.2 T^0.25` with the reserve T in short tons.

    >>> round(taylor_life(50e6, Ton.METRIC), 1)
    17.2
    """
    return float(0.2 * short_tons(reserve, ton) ** 0.25)


def taylor_capacity(reserve: float, ton: Ton, days_a_year: float = 350.0) -> float:
    """Return the daily capacity that mines the reserve in that life, in the ton of the reserve.

    >>> round(taylor_capacity(50e6 / 0.90718474, Ton.SHORT))
    9138
    """
    return reserve / taylor_life(reserve, ton) / days_a_year


def long_capacity(
    known_capacity: float, known_reserve: float, reserve: float, kind: str = "underground"
) -> float:
    """Return the capacity for another reserve, `C₂ = C₁ (T₂ / T₁)^e` with Long's elasticity e of the kind.

    known_capacity, known_reserve: of a mine or district to compare with; capacity comes in its unit.

    >>> round(long_capacity(10_000, 50e6, 100e6, "open_pit_or_block_caving"))
    15692
    """
    return float(known_capacity * (reserve / known_reserve) ** LONG[kind])
