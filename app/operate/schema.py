"""Which schemas this image serves, and where the database stands: `python -m app.operate.schema [--image]`.

Prints one JSON object. With `--image` nothing is connected to.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sqlalchemy import Connection

from app.db import get_engine, wait_for_database
from app.errors import CalMinerError
from app.migrations import api

WAIT_SECONDS = 30.0


def of_image() -> dict[str, Any]:
    """Return the range of schemas that this code was written for, and how far back its own one serves."""
    return {
        "schema_min": api.head(),
        "schema_max": api.head(),
        "oldest_code": api.oldest_code(),
        "revisions": [revision for revision, _ in api.revisions()],
    }


def of_database(connection: Connection) -> dict[str, Any]:
    """Return where the database stands, and whether this code may serve on it."""
    return {
        "state": api.schema_state(connection).value,
        "revision": api.current(connection),
        "database_oldest_code": api.recorded_oldest_code(connection),
        "serves": api.serves(connection),
    }


def main(arguments: list[str]) -> int:
    """Print the answer; 1 and one line on standard error where the database does not answer."""
    answer = of_image()
    try:
        if "--image" not in arguments:
            wait_for_database(WAIT_SECONDS)
            with get_engine().connect() as connection:
                answer |= of_database(connection)
    except CalMinerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
