"""Bring the schema of CalMiner's database up to date; the same path as setup_database.py --run-migrations.

The exit codes are those of setup_database.py.
"""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# What is loaded stays: to look through it for garbage takes a sixth of the start.
gc.disable()

from app.seed.setup import Wanted, perform

gc.enable()


def main() -> int:
    """Parse the arguments, migrate, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be applied")
    parser.add_argument("--status", action="store_true", help="say where the database stands")
    parser.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="wait this long for the server"
    )
    options = parser.parse_args()
    wanted = Wanted(migrations=True)
    return perform(
        wanted,
        say=print,
        complain=complain,
        dry_run=options.dry_run,
        status=options.status,
        wait=options.wait,
    )


def complain(line: str) -> None:
    """Print an error where errors go."""
    print(f"run_migrations.py: {line}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
