"""How readers of each language expect numbers and dates; the words of the pages stay English."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

NARROW_SPACE = "\u202f"


@dataclass(frozen=True, slots=True)
class Locale:
    """A language tag with its decimal sign, its thousands separator, its short date pattern and its name."""

    tag: str
    decimal: str
    group: str
    date: str
    name: str


DEFAULT_LOCALE = Locale("en", ".", ",", "%-d %b %Y", "English")

LOCALES = {
    "en": DEFAULT_LOCALE,
    "en-us": Locale("en-US", ".", ",", "%b %-d, %Y", "English (United States)"),
    "en-za": Locale("en-ZA", ",", "\u00a0", "%-d %b %Y", "English (South Africa)"),
    "de": Locale("de", ",", ".", "%d.%m.%Y", "German"),
    "de-ch": Locale("de-CH", ".", "\u2019", "%d.%m.%Y", "German (Switzerland)"),
    "es": Locale("es", ",", ".", "%d/%m/%Y", "Spanish"),
    "es-mx": Locale("es-MX", ".", ",", "%d/%m/%Y", "Spanish (Mexico)"),
    "es-pe": Locale("es-PE", ".", ",", "%d/%m/%Y", "Spanish (Peru)"),
    "fi": Locale("fi", ",", "\u00a0", "%-d.%-m.%Y", "Finnish"),
    "fr": Locale("fr", ",", NARROW_SPACE, "%d/%m/%Y", "French"),
    "fr-ca": Locale("fr-CA", ",", "\u00a0", "%Y-%m-%d", "French (Canada)"),
    "id": Locale("id", ",", ".", "%d/%m/%Y", "Indonesian"),
    "it": Locale("it", ",", ".", "%d/%m/%Y", "Italian"),
    "nl": Locale("nl", ",", ".", "%d-%m-%Y", "Dutch"),
    "no": Locale("no", ",", "\u00a0", "%d.%m.%Y", "Norwegian"),
    "pl": Locale("pl", ",", "\u00a0", "%d.%m.%Y", "Polish"),
    "pt": Locale("pt", ",", ".", "%d/%m/%Y", "Portuguese"),
    "sv": Locale("sv", ",", "\u00a0", "%Y-%m-%d", "Swedish"),
}


#: How numbers may be written whatever the language: decimal sign, thousands separator, and an example.
NUMBER_FORMATS = {
    "point-comma": (".", ",", "1,234.5"),
    "point-space": (".", NARROW_SPACE, "1 234.5"),
    "comma-point": (",", ".", "1.234,5"),
    "comma-space": (",", NARROW_SPACE, "1 234,5"),
    "point-apostrophe": (".", "\u2019", "1’234.5"),
}
UTC_ZONE = ZoneInfo("UTC")


def personal_locale(tag: str, number_format: str, otherwise: Locale) -> Locale:
    """Return how a person wants things written; what they left open follows their browser."""
    chosen = LOCALES.get(tag.lower(), otherwise)
    if number_format not in NUMBER_FORMATS:
        return chosen
    decimal, group, _ = NUMBER_FORMATS[number_format]
    return replace(chosen, decimal=decimal, group=group)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Return the names of all time zones known here, read once: they fill a directory tree."""
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo:
    """Return the time zone of this name, UTC for none and for one that is not known here."""
    return ZoneInfo(name) if name and name in zones() else UTC_ZONE


def best_locale(accept_language: str) -> Locale:
    """Return the known locale that an `Accept-Language` header ranks highest, else the default."""
    ranked: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:20]:
        tag, _, parameters = part.strip().lower().partition(";")
        ranked.append((_weight(parameters), tag))
    for weight, tag in sorted(ranked, key=lambda pair: -pair[0]):
        found = LOCALES.get(tag) or LOCALES.get(tag.split("-")[0])
        if found and weight > 0:
            return found
    return DEFAULT_LOCALE


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
