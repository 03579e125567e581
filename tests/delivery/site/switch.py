"""Forwards connections: switch.py HOST:PORT FILE, each to the address that FILE names at that moment.

On port 80 it stands where the proxy of the bundle stands.
"""

import contextlib
import socket
import sys
import threading
from pathlib import Path


def copy(source: socket.socket, sink: socket.socket) -> None:
    """Copy until one side ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def serve(client: socket.socket, target: Path) -> None:
    """Connect the two."""
    with contextlib.suppress(OSError, ValueError), client:
        host, port = target.read_text().strip().rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=5) as server:
            server.settimeout(None)
            back = threading.Thread(target=copy, args=(server, client))
            back.start()
            copy(client, server)
            back.join()


if __name__ == "__main__":
    where, port = sys.argv[1].rsplit(":", 1)
    with socket.create_server((where, int(port)), backlog=128) as listener:
        while True:
            threading.Thread(
                target=serve, args=(listener.accept()[0], Path(sys.argv[2])), daemon=True
            ).start()
