"""Ask the application in this container whether it may have traffic: `python -m app.operate.ready [--drain]`.

Prints why not and ends with 1, or prints nothing. With `--drain` it first asks the process to say no from now
on, so that the proxy turns to another one while this one goes on answering.
"""

from __future__ import annotations

import http.client
import json
import os
import sys

from app.settings import DRAINING

SECONDS = 5.0


def why_not(port: int) -> str:
    """Return the reason that the process gives, or that it does not answer; nothing when it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            return ""
        return str(json.loads(body)["reason"])
    except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
        return f"The process does not answer ({type(error).__name__})."
    finally:
        connection.close()


def main(arguments: list[str]) -> int:
    """Drain where asked for, then print the reason."""
    if "--drain" in arguments:
        DRAINING.touch()
    reason = why_not(int(os.environ.get("PORT", "8000")))
    if reason:
        sys.stdout.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
