"""Asks an application in the same network namespace for pages: `python -m app.operate.probe --seconds 8`.

Ends with 1 and the reason in its last line when an answer is missing, late, or an error of the server.
"""

from __future__ import annotations

import argparse
import http.client
import math
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

#: What everybody may ask for; pages that these link to are asked for too.
FIRST = ("/health", "/ready", "/")
MOST_LINKS = 8
_LINK = re.compile(rb'href="(/[a-z][a-z0-9/_-]*)"')
_NOT_PAGES = ("/static",)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, or none: status 0."""

    path: str
    status: int
    seconds: float
    body: bytes = b""


def ask(port: int, path: str, timeout: float) -> Answer:
    """Ask for one page."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        body = reply.read()
        return Answer(path, reply.status, time.monotonic() - begin, body)
    except (OSError, http.client.HTTPException):
        return Answer(path, 0, time.monotonic() - begin)
    finally:
        connection.close()


def links(body: bytes) -> list[str]:
    """Return the pages that a page links to."""
    found = (match.decode() for match in _LINK.findall(body))
    return sorted({path for path in found if not path.startswith(_NOT_PAGES)})[:MOST_LINKS]


def probe(port: int, seconds: float, slowest: float) -> list[Answer]:
    """Ask for one page after the other until the time is over."""
    paths = list(FIRST)
    answers = [ask(port, path, 2 * slowest) for path in paths]
    paths += [path for path in links(answers[-1].body) if path not in paths]
    end = time.monotonic() + seconds
    while time.monotonic() < end and not judge(answers, slowest):
        answers.append(ask(port, paths[len(answers) % len(paths)], 2 * slowest))
        time.sleep(0.05)
    return answers


def judge(answers: Sequence[Answer], slowest: float) -> str:
    """Return what is wrong with the answers, or nothing.

    The first answers of a process may be slow, so it is the middle one that counts.
    """
    for answer in answers:
        if answer.status == 0:
            return f"{answer.path} was not answered."
        if answer.status >= 500:
            return f"{answer.path} was answered with {answer.status}."
    late = sorted(answer.seconds for answer in answers)[math.ceil(0.5 * len(answers)) - 1]
    return f"half of the answers took longer than {slowest} s." if late > slowest else ""


def main(arguments: Sequence[str]) -> int:
    """Probe and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--slowest", type=float, default=2.0)
    chosen = parser.parse_args(arguments)
    answers = probe(chosen.port, chosen.seconds, chosen.slowest)
    slow = max(answer.seconds for answer in answers)
    sys.stdout.write(f"{len(answers)} requests, the slowest took {slow:.3f} s\n")
    reason = judge(answers, chosen.slowest)
    if reason:
        sys.stdout.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
