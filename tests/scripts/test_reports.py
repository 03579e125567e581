"""Badges, the list of parts, the check of links: small programs of the pipeline."""

from __future__ import annotations

import json
import runpy
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts" / "ci"


def program(name: str) -> dict[str, object]:
    return runpy.run_path(str(SCRIPTS / f"{name}.py"))


@pytest.mark.parametrize(
    ("tests", "failures", "errors", "code", "word"),
    [(12, 0, 0, 0, "12 passed"), (12, 1, 1, 0, "2 of 12 failed"), (0, 0, 0, 1, "none ran")],
)
def test_badges_say_how_it_went(
    tmp_path: Path, tests: int, failures: int, errors: int, code: int, word: str
) -> None:
    suite = f'<testsuite name="pytest" tests="{tests}" failures="{failures}" errors="{errors}"/>'
    (tmp_path / "tests.xml").write_text(f"<testsuites>{suite}</testsuites>")
    (tmp_path / "coverage.xml").write_text('<coverage line-rate="0.9996"/>')
    assert program("badges")["main"](tmp_path) == code
    assert f'aria-label="tests: {word}"' in (tmp_path / "tests.svg").read_text()
    assert "99%" in (tmp_path / "coverage.svg").read_text()
    assert not (tmp_path / "lint.svg").exists()


def test_the_list_of_parts_has_debians_packages_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "python.json").write_text(
        json.dumps({"bomFormat": "CycloneDX", "components": [{"name": "numpy"}]})
    )
    rows = ("libc6\t2.41-12+deb13u1\tamd64\tinstalled", "old\t1\tall\tconfig-files")
    (tmp_path / "debian.tsv").write_text("\n".join(rows))
    assert program("sbom")["main"](tmp_path / "python.json", tmp_path / "debian.tsv") == 0
    parts = json.loads(capsys.readouterr().out)["components"]
    assert [part["name"] for part in parts] == ["numpy", "libc6"]
    assert parts[1]["purl"] == "pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64"


class Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response({"/here": 200, "/gone": 410, "/get": 405}.get(self.path, 404))
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/get" else 404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_links_that_nobody_answers_are_found(tmp_path: Path) -> None:
    links = program("links")
    page = tmp_path / "page.md"
    page.write_text("https://calminer.example.com/x, [a](https://one.example.org) and <https://host.dev/a.>")
    assert links["found"]([page, tmp_path]) == {"https://host.dev/a"}
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        asked = [links["ask"](f"{address}/{path}") for path in ("here", "gone", "get", "never")]
        server.shutdown()
    assert asked == [200, 410, 200, 404]
    assert links["ask"](f"{address}/here") is None
