"""Pages of other sites, in a real browser that is signed in: nothing they send changes anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext

PAGE = """<!doctype html><title>Another site</title>
<form id="form" method="post" action="{target}"{encoding}><input name="csrf_token" value="{token}">
<input name="name" value="Planted"><input name="email" value="eve@evil.example">
<input name="role" value="administrator">
<input name='{{"name":"Planted","currency":"USD","x":"' value='"}}'></form>"""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[int]:
    """A server of another origin; its port is on 127.0.0.1, the same site, and on localhost, another one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Another site</title>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize(
    "path", ["/people", "/sign-out", "/projects/new", "/api/projects", "/account/tokens"]
)
@pytest.mark.parametrize("encoding", ["", ' enctype="text/plain"'])
def test_a_form_of_another_site_changes_nothing(
    context: BrowserContext, site: str, elsewhere: int, host: str, path: str, encoding: str
) -> None:
    page = context.new_page()
    page.goto(f"http://{host}:{elsewhere}/")
    page.set_content(PAGE.format(target=site + path, encoding=encoding, token="0" * 64))
    with page.expect_response(site + path) as answered:
        page.evaluate("document.getElementById('form').submit()")
    assert answered.value.status == 403
    own = context.new_page()
    own.goto(f"{site}/people")
    assert own.url == f"{site}/people", "still signed in"
    assert "Planted" not in own.content()
    own.goto(f"{site}/projects")
    assert "Planted" not in own.content()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_script_of_another_site_neither_changes_nor_reads_anything(
    context: BrowserContext, site: str, elsewhere: int, host: str
) -> None:
    page = context.new_page()
    page.goto(f"http://{host}:{elsewhere}/")
    told = page.evaluate(
        """async (site) => {
            const body = '{"name":"Planted","currency":"USD"}';
            const tries = [
                fetch(site + "/api/people", { credentials: "include" }).then((r) => r.text()),
                fetch(site + "/api/projects", { method: "POST", credentials: "include", body,
                    headers: { "Content-Type": "application/json" } }).then((r) => r.text()),
                fetch(site + "/api/projects", { method: "POST", credentials: "include", body,
                    mode: "no-cors" }).then((r) => r.text()),
            ];
            return (await Promise.allSettled(tries)).map((each) => each.value ?? "refused");
        }""",
        site,
    )
    assert told == ["refused"] * 3
    own = context.new_page()
    own.goto(f"{site}/projects")
    assert "Planted" not in own.content()
