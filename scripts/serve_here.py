"""Serve CalMiner from this checkout until Ctrl-C; scripts/start.sh calls it once everything is installed."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.errors import CalMinerError
from app.launcher import HOST, serve


def main() -> int:
    """Parse the arguments, serve, and turn a refusal into a message."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port to serve on")
    parser.add_argument("--host", default=HOST, help="address to listen on")
    parser.add_argument("--fresh", action="store_true", help="delete the embedded database first")
    parser.add_argument("--started", type=float, default=time.time(), help="when the start began [Unix time]")
    arguments = parser.parse_args()
    try:
        return serve(
            host=arguments.host,
            port=arguments.port,
            fresh=arguments.fresh,
            started=arguments.started,
            say=say,
        )
    except CalMinerError as error:
        print(f"start.sh: {error}", file=sys.stderr)
        return 1


def say(line: str) -> None:
    """Print at once, also into a pipe."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
