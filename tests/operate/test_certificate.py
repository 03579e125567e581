"""The certificate that a server shows depends on the name it is asked for."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.operate.certificate import shown


def certificate(folder: Path, name: str, days: int) -> ssl.SSLContext:
    """Return what shows a certificate of a name that holds for so many days."""
    key, chain = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", str(days), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", key, "-out", chain),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A proxy with a certificate for one name, and one of its own for all others."""
    own = certificate(tmp_path, "proxy.default", 365)
    named = certificate(tmp_path, "mine.example", 30)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name == "mine.example":
            connection.context = named

    own.sni_callback = choose
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            # Who has seen enough hangs up, and may do so in the middle of a word.
            with suppress(OSError), own.wrap_socket(plain, server_side=True) as made:
                made.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_the_one_of_the_domain_counts(port: int) -> None:
    told = shown("127.0.0.1", port, "mine.example")
    assert told["matches"] is True
    assert told["names"] == "mine.example"
    assert 29 < told["days_left"] <= 30


def test_the_proxys_own_is_not_the_sites(port: int) -> None:
    told = shown("127.0.0.1", port, "other.example")
    assert told["matches"] is False
    assert told["names"] == "proxy.default"
    assert 364 < told["days_left"] <= 365
