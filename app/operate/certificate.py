"""What certificate a server shows: `python -m app.operate.certificate HOST PORT DOMAIN`.

Prints one JSON object: names, whether the domain is among them, days until it ends.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import time
from typing import Any

SECONDS = 5.0


def first_look(host: str, port: int, domain: str) -> str:
    """Return the certificate that is shown for a domain; another name may be shown another one."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=domain) as connection,
    ):
        return ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"")


def shown(host: str, port: int, domain: str) -> dict[str, Any]:
    """Return what a server shows to who asks for a domain, whether it is trusted or not.

    The standard library tells the contents of trusted certificates only, so the one that is shown is trusted
    for the moment of a second look.
    """
    context = ssl.create_default_context(cadata=first_look(host, port, domain))
    # What an authority may leave out of a certificate is the browsers' question, not ours.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    try:
        with (
            socket.create_connection((host, port), timeout=SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=domain) as connection,
        ):
            found: Any = connection.getpeercert()
    except ssl.SSLCertVerificationError as error:
        return {"names": "", "matches": False, "days_left": -1.0, "said": error.verify_message}
    names = [value for kind, value in found.get("subjectAltName", ()) if kind == "DNS"]
    ends = ssl.cert_time_to_seconds(found["notAfter"])
    return {
        "names": ", ".join(names),
        "matches": domain in names or f"*.{domain.partition('.')[2]}" in names,
        "days_left": round((ends - time.time()) / 86400, 2),
    }


def main(arguments: list[str]) -> int:
    """Print what is shown; 1 where nothing is."""
    host, port, domain = arguments
    try:
        sys.stdout.write(json.dumps(shown(host, int(port), domain)) + "\n")
    except OSError as error:
        sys.stderr.write(f"{host}:{port} shows no certificate: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
