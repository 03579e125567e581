"""Set up CalMiner's database: migrate, seed, or say where it stands. Running it again changes nothing.

Exit codes: 0 done, 2 wrong usage or setting, 3 database unreachable, 4 authentication failed, 5 schema newer
than this code, 6 gave up waiting for a lock, 7 no such database, 8 a right is missing, 9 schema older than
this code, 10 a migration failed.
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
    """Parse the arguments, do what they say, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--run-migrations", action="store_true", help="bring the schema up to date")
    parser.add_argument("--seed-data", action="store_true", help="put in missing reference data")
    parser.add_argument("--seed-demo", action="store_true", help="put in the demo projects, once")
    parser.add_argument(
        "--first-administrator",
        action="store_true",
        help="print a one-time link for the first administrator, while there is none",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    parser.add_argument("--status", action="store_true", help="say where the database stands")
    parser.add_argument(
        "--verbose", action="store_true", help="name rows of reference data, not only count them"
    )
    parser.add_argument(
        "--wait", type=float, default=0, metavar="SECONDS", help="wait this long for the server"
    )
    options = parser.parse_args()
    wanted = Wanted(options.run_migrations, options.seed_data, options.seed_demo, options.first_administrator)
    if not options.status and wanted == Wanted():
        parser.error(
            "say what to do: --status, --run-migrations, --seed-data, --seed-demo or --first-administrator"
        )
    return perform(
        wanted,
        say=print,
        complain=complain,
        dry_run=options.dry_run,
        status=options.status,
        wait=options.wait,
        verbose=options.verbose,
    )


def complain(line: str) -> None:
    """Print an error where errors go."""
    print(f"setup_database.py: {line}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
