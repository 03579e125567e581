"""Asks the container that has PostgreSQL's own programs, through a folder that both mount.

A request is a file of one line; the agent (`scripts/operator/agent/tools.sh`) takes one at a time, touches
`alive` meanwhile, and writes its exit code into a file named like the request.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from pathlib import Path

from app.operate.backup.errors import AgentAway, AgentFailed

_WORD = re.compile(r"[A-Za-z0-9_.-]+")
_POLL_SECONDS = 0.02
_LAST_LINES = 6


class Agent:
    """One agent, by the folder of its requests."""

    def __init__(self, spool: Path, *, patience: float = 30.0) -> None:
        self.spool = spool
        self.patience = patience
        self._numbers = itertools.count(1)

    def ask(self, *words: str) -> str:
        """Have the agent do something and return what it said.

        Raises:
            AgentAway: nobody gave a sign of life for as long as our patience lasts.
            AgentFailed: it was tried and failed.
        """
        if not all(_WORD.fullmatch(word) for word in words):
            raise ValueError(f"not words that an agent understands: {words}")
        number = f"{os.getpid()}-{time.time_ns()}-{next(self._numbers)}"
        answer, said = self.spool / f"answer-{number}", self.spool / f"said-{number}"
        self._put(" ".join((number, *words)))
        try:
            code = self._await(answer)
            output = said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""
        finally:
            for path in (answer, said, self.spool / "request"):
                path.unlink(missing_ok=True)
        if code != 0:
            last = " / ".join(output.strip().splitlines()[-_LAST_LINES:])
            raise AgentFailed(f"{words[0]} failed with code {code}: {last or 'no words'}")
        return output.strip()

    def _put(self, line: str) -> None:
        self.spool.mkdir(parents=True, exist_ok=True)
        draft = self.spool / "request.new"
        draft.write_text(line + "\n", encoding="utf-8")
        draft.replace(self.spool / "request")

    def _await(self, answer: Path) -> int:
        begin = time.monotonic()
        while not answer.exists():
            if time.monotonic() - begin > self.patience and self._silence() > self.patience:
                raise AgentAway(
                    f"No container answers in {self.spool}. Start the services of the profile backup, "
                    "and look at their logs: scripts/calminer logs"
                )
            time.sleep(_POLL_SECONDS)
        return int(answer.read_text(encoding="utf-8").strip() or 1)

    def _silence(self) -> float:
        try:
            return time.time() - (self.spool / "alive").stat().st_mtime
        except FileNotFoundError:
            return float("inf")
