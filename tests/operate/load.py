"""Traffic on 127.0.0.1 at a fixed rate: each request is due at a time, and is timed from then on."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

TIMEOUT = 20.0
#: Not /ready: a process that leaves answers it with 503, which is how the proxy hears of it.
PATHS = ("/", "/health", "/api/projects", "/sign-in")


@dataclass(slots=True)
class Traffic:
    """What was asked and how it was answered; 0 stands for no answer."""

    port: int
    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    local: threading.local = field(default_factory=threading.local)
    connections: list[http.client.HTTPSConnection] = field(default_factory=list)

    def ask(self, path: str, due: float) -> None:
        connection = getattr(self.local, "connection", None)
        if connection is None:
            # The certificate is Traefik's own; whose it is matters to other tests.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection = http.client.HTTPSConnection("localhost", self.port, timeout=TIMEOUT, context=context)
            self.local.connection = connection
            self.connections.append(connection)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status = 0
            self.failures.append(f"{path}: {error!r}")
        if status >= 500 or status == 404:
            self.failures.append(f"{path}: {status}")
        self.statuses.append(status)
        self.seconds.append(time.monotonic() - due)

    @property
    def p99(self) -> float:
        return float(np.quantile(self.seconds, 0.99))

    def line(self) -> str:
        failed = (
            f"{len(self.failures)} failed {dict(Counter(self.failures)) if self.failures else ''}".strip()
        )
        return (
            f"{len(self.statuses)} requests, {failed}, median "
            f"{1000 * float(np.median(self.seconds)):.0f} ms, p99 {1000 * self.p99:.0f} ms"
        )


@contextmanager
def traffic(port: int, rate: float) -> Iterator[Traffic]:
    """Ask at this rate while the block lasts."""
    made = Traffic(port)
    stop = threading.Event()

    def run() -> None:
        begin = time.monotonic()
        with ThreadPoolExecutor(40) as pool:
            number = 0
            while not stop.is_set():
                due = begin + number / rate
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(made.ask, PATHS[number % len(PATHS)], due)
                number += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join()
        for connection in made.connections:
            connection.close()
