"""The engine of this machine, for tests that start containers on it."""

from __future__ import annotations

import subprocess
import time

#: How each kind is removed; what is in use by another one goes after it.
KINDS = {"container": ("--force", "--volumes"), "network": (), "volume": ("--force",)}


def docker(*arguments: str, check: bool = True, text: str = "") -> str:
    """Run a command of the engine's client and return what it says."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, input=text)
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


def clear(name: str) -> None:
    """Remove every container, network and volume whose name begins so, and every container that uses one.

    A run that was killed takes nothing away, and what it left holds ports, networks and data: whoever starts
    something clears its name before, and not only behind itself.
    """
    deadline = time.monotonic() + 60
    while any(left := {kind: _left(kind, name) for kind in KINDS}.values()):
        assert time.monotonic() < deadline, f"still there: {left}"
        for kind, options in KINDS.items():
            if found := _left(kind, name):
                # One that is about to end by itself may be gone before it is asked to.
                docker(kind, "rm", *options, *found, check=False)


def _left(kind: str, name: str) -> list[str]:
    """Return the ids of what is there of a kind; of a volume, its name is its id."""
    if kind != "container":
        rows = docker(kind, "ls", "--format", "{{.Name}}", "--filter", f"name={name}").splitlines()
        return [row for row in rows if row.startswith(name)]
    uses = [f"{used}={each}" for used in ("network", "volume") for each in _left(used, name)]
    found = [docker("ps", "--all", "--quiet", "--filter", use) for use in (f"name=^/?{name}", *uses)]
    return sorted({line for lines in found for line in lines.split()})
