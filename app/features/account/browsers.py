"""What a browser calls itself, in words that its owner knows it by."""

from __future__ import annotations

import re

#: Names that browsers give themselves, the ones that borrow another's name first.
BROWSERS = (
    (re.compile(r"Edg(?:e|A|iOS)?/(\d+)"), "Edge"),
    (re.compile(r"(?:OPR|Opera)/(\d+)"), "Opera"),
    (re.compile(r"SamsungBrowser/(\d+)"), "Samsung Internet"),
    (re.compile(r"(?:Firefox|FxiOS)/(\d+)"), "Firefox"),
    (re.compile(r"(?:HeadlessChrome|Chrome|CriOS)/(\d+)"), "Chrome"),
    (re.compile(r"Version/(\d+)\S* (?:Mobile/\S+ )?Safari/"), "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
LONGEST = 60


def in_words(agent: str) -> str:
    """Return browser, version and system; what the browser says where it is none that is known.

    >>> in_words("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")
    'Chrome 140 on Linux'
    >>> in_words("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0")
    'Firefox 143 on Windows'
    >>> in_words("curl/8.14"), in_words("")
    ('curl/8.14', 'Unknown')
    """
    named = next((f"{name} {found[1]}" for pattern, name in BROWSERS if (found := pattern.search(agent))), "")
    system = next((words for sign, words in SYSTEMS if sign in agent), "")
    if named:
        return f"{named} on {system}" if system else named
    return agent[:LONGEST] or "Unknown"
