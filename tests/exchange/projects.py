"""Generated projects: the documents of the tests with their texts, numbers, dates and words drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from hypothesis import strategies as st

from app.exchange.registry import SHEETS, Field, Kind
from app.exchange.tables import all_parts
from tests import everything
from tests.valuation import mine

#: Texts that some format could take for something else.
TRAPS = (
    *("=1+1", "+1", "-1", "@a", "'", "'=", " a ", "\t", "a\r\nb", "\n", "_x000D_", "__x0041_", "\x01"),
    *("by period", "infinite", "yes", "Unit", "007", "1e5", "#REF!", "a / b", ";", ',"', "é😀\u2028"),
)
TEXTS = st.sampled_from(TRAPS) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)
LISTS = st.lists(NUMBERS, max_size=4)
DISTRIBUTIONS = st.dictionaries(TEXTS, NUMBERS | LISTS, min_size=1, max_size=4)
POSITIVE = st.floats(1e-300, 1e300)
VALUES = NUMBERS | st.lists(NUMBERS, min_size=2, max_size=6)
UNITS = st.sampled_from(["%", "¤/t", "g/t", "M¤", "1", "balls/t"])
#: Fields whose words or numbers the database ties to other fields.
TIED = frozenset(
    {"contingency_method", "kind", "family", "process", "availability", "utilisation", "is_base"}
)
#: Names that nothing refers to.
FREE = frozenset({"Costs", "Consumption", "Capital", "Closures"})
PROSE = frozenset({"note", "label", "description", "source", "source_caveat"})
FIELDS = {sheet.title: sheet.fields for sheet in SHEETS}


def projects() -> st.SearchStrategy[dict[str, Any]]:
    """Return documents that the database accepts."""
    return st.composite(_project)()


def _project(draw: Callable[..., Any]) -> dict[str, Any]:
    made = draw(st.sampled_from([everything.document, mine.document]))()
    made["scenarios"] = [
        made["scenarios"][0] | {"slug": f"s{number}", "name": f"S {number}", "is_base": number == 0}
        for number in range(draw(st.integers(0, 2)))
    ]
    made = _copied(made)
    for part in list(all_parts(made)):
        for field in FIELDS[part.sheet.title]:
            if draw(st.booleans()):
                for value in _drawn(draw, part.sheet.title, field, part.values.get(field.name)):
                    part.values[field.name] = value
    return made


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _drawn(draw: Callable[..., Any], sheet: str, field: Field, present: Any) -> Iterator[Any]:
    """Yield a new value where the field may have any."""
    if field.name in TIED or field.refers:
        return
    match field.kind:
        case Kind.TEXT if field.name in PROSE or (field.name == "name" and sheet in FREE):
            yield draw(TEXTS) if field.name in PROSE else f"{present} {draw(TEXTS)}"
        case Kind.QUANTITY if present is not None:
            yield {**present, "value": draw(VALUES), "unit": draw(UNITS)}
        case Kind.ROW if present is not None:
            yield {"value": draw(st.lists(NUMBERS, min_size=1, max_size=6)), "unit": draw(UNITS)}
        case Kind.SINGLE:
            yield {"value": draw(POSITIVE), "unit": draw(UNITS)}
        case Kind.FLAG:
            yield draw(st.booleans())
        case Kind.CHOICE:
            yield draw(st.sampled_from(field.words))
        case Kind.DAY:
            yield draw(st.dates(date(1, 1, 1), date(9999, 12, 31))).isoformat()
        case Kind.NUMBERS if present:
            names = st.sampled_from(["min", "mode", "x", "a b"]) | TEXTS
            yield draw(
                st.dictionaries(names, NUMBERS | st.lists(NUMBERS, max_size=4), min_size=1, max_size=4)
            )
