"""Make the archive for whoever helps: facts as tar on standard input, .tar.gz without secrets out.

Secrets come along in a folder `secrets/`, to be looked for in everything else, and are left out.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
import time
from collections.abc import Mapping

from app.operate.doctor import examine, told
from app.operate.envfile import parse
from app.operate.facts import facts_from, read

FOLDER = "secrets/"
HIDDEN = b"[secret]"
#: A setting whose value is not for others, by what it is called.
SECRET_NAME = re.compile(r"(SECRET|PASSWORD|TOKEN|KEY|CREDENTIAL|DSN)[A-Z_]*$")
SHORTEST = 4
#: `user:password@` in an address.
IN_ADDRESS = re.compile(rb"(://[^\s/:@]+:)[^\s/@]+@")


def secrets_in(files: Mapping[str, bytes]) -> list[bytes]:
    """Return every text that must not leave, longest first."""
    found = {content.strip() for name, content in files.items() if name.startswith(FOLDER)}
    for name, value in parse(files.get("env", b"").decode(errors="replace")).items():
        if SECRET_NAME.search(name) and not name.endswith("_FILE"):
            found.add(value.encode())
    return sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True)


def without_secrets(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that may leave, with each secret replaced."""
    secrets = secrets_in(files)
    made = {}
    for name, content in files.items():
        if not name.startswith(FOLDER):
            clean = content
            for secret in secrets:
                clean = clean.replace(secret, HIDDEN)
            made[name] = IN_ADDRESS.sub(rb"\1" + HIDDEN + b"@", clean)
    return made


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive, with the doctor's report in it."""
    clean = without_secrets(files)
    clean["report.txt"] = told(examine(facts_from(clean)), everything=True).encode()
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in sorted(clean.items()):
            entry = tarfile.TarInfo(f"calminer-support/{name}")
            entry.size, entry.mtime, entry.mode = len(content), int(time.time()), 0o600
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def main() -> int:
    """Read, clean, write."""
    sys.stdout.buffer.write(archive(read(sys.stdin.buffer.read())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
