"""Ask every https address in the documentation whether it is still there: links.py FILE_OR_FOLDER...

Exit 1 for an address that answers 404 or 410, and where nothing answers at all. Addresses of examples
(RFC 2606) are left out.
"""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ADDRESS = re.compile(r"https://[^\s<>\"'`)\]}|]+")
READ = {".md", ".json", ".yml", ".tf", ".toml"}
EXAMPLE = re.compile(r"(^|\.)(example\.(com|org|net)|localhost|test|invalid|example)(:|$)")
GONE = {404, 410}


def main(places: Iterable[Path]) -> int:
    """Ask and say."""
    addresses = sorted(found(places))
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(addresses, pool.map(ask, addresses), strict=True))
    gone = [address for address, status in answers.items() if status in GONE]
    silent = [address for address, status in answers.items() if status is None]
    for address in gone:
        print(f"gone ({answers[address]}): {address}")
    for address in silent:
        print(f"no answer: {address}")
    print(f"{len(addresses)} addresses, {len(gone)} gone, {len(silent)} without an answer")
    return int(bool(gone) or (bool(addresses) and len(silent) == len(addresses)))


def found(places: Iterable[Path]) -> set[str]:
    """Return the addresses in some files and folders."""
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else (place,))]
    texts = [file.read_text(encoding="utf-8") for file in files if file.suffix in READ and file.is_file()]
    addresses = {match.rstrip(".,;:") for text in texts for match in ADDRESS.findall(text)}
    return {one for one in addresses if not EXAMPLE.search(urllib.parse.urlsplit(one).netloc)}


def ask(address: str) -> int | None:
    """Return the status, or None where nobody answers."""
    for method in ("HEAD", "GET"):
        request = urllib.request.Request(
            address, method=method, headers={"User-Agent": "calminer-link-check"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # nosec B310 - https addresses only
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            # Some servers know no HEAD.
            if method == "GET" or error.code not in {403, 404, 405, 501}:
                return error.code
        except OSError:
            return None
    return None


if __name__ == "__main__":
    sys.exit(main(Path(name) for name in sys.argv[1:]))
