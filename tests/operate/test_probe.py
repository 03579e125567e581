"""What a trial of a new image sees: good answers, errors, late answers, none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.operate import probe

HOME = b'<a href="/projects">Projects</a> <a href="/static/x.css">x</a> <a href="https://example.com/">elsewhere</a>'


@contextmanager
def server(status: dict[str, int], pause: float = 0.0, prompt: str = "") -> Iterator[int]:
    """Serve on a port; answers, those about `prompt` excepted, come after a pause [seconds]."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(0 if self.path == prompt else pause)
            self.send_response(status.get(self.path, 200))
            self.end_headers()
            self.wfile.write(HOME if self.path == "/" else b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield int(made.server_address[1])
        made.shutdown()


def said(port: int, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = probe.main(["--port", str(port), "--seconds", "0.1", *options])
    return code, capsys.readouterr().out.strip().splitlines()[-1]


def test_a_good_image_passes_and_linked_pages_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with server({"/": 200, "/projects": 303}) as port:
        assert said(port, capsys)[0] == 0
        answers = probe.probe(port, 0.1, 2.0)
    assert {answer.path for answer in answers} == {"/health", "/ready", "/", "/projects"}


@pytest.mark.parametrize("path", ["/", "/projects"])
def test_an_error_of_the_server_fails_it(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    with server({path: 500}) as port:
        assert said(port, capsys) == (1, f"{path} was answered with 500.")


def test_late_answers_fail_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Later than allowed, and long before they count as missing, even where the machine has other work."""
    with server({}, pause=0.41, prompt="/health") as port:
        assert said(port, capsys, "--slowest", "0.4") == (1, "half of the answers took longer than 0.4 s.")


def test_no_answer_fails_it(capsys: pytest.CaptureFixture[str]) -> None:
    with server({}, pause=0.25) as port:
        assert said(port, capsys, "--slowest", "0.05") == (1, "/health was not answered.")
    assert said(port, capsys) == (1, "/health was not answered.")
