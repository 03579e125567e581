"""A running CalMiner with the demo projects, and a browser that notes everything a page does wrong."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    StorageState,
    sync_playwright,
)

from tests import database as databases
from tests.database import CHECKOUT, Environment
from tests.persons import PASSWORD

#: Chromium without its own errands, so that every request that is seen is a page's.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY_SECONDS = 180
EMAIL = "ada@mine.example"


@dataclass(frozen=True)
class Site:
    """A running CalMiner: its address, and the link at which its first administrator signs up."""

    address: str
    link: str


@pytest.fixture(scope="session")
def running(template: Environment) -> Iterator[Site]:
    """A server and a worker on a database with the demo projects."""
    name = f"calminer_browser_{os.getpid()}"
    with databases.database(template, name, template=template["DATABASE_NAME"]) as own:
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            **own,
            "CALMINER_ENVIRONMENT": "test",
            "CALMINER_INLINE_TRIALS": "2000",
            "CALMINER_INSECURE_COOKIES": "true",
            "CALMINER_PUBLIC_URL": address,
        }
        seed = [sys.executable, "scripts/setup_database.py", "--seed-demo", "--first-administrator"]
        done = subprocess.run(seed, env=environment, cwd=CHECKOUT, check=True, capture_output=True, text=True)
        link = done.stdout.rpartition("7 days: ")[2].strip()
        serve = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "warning"]
        work = [sys.executable, "-m", "app.worker"]
        processes = [subprocess.Popen(command, env=environment, cwd=CHECKOUT) for command in (serve, work)]
        try:
            _await_ready(address, processes[0])
            yield Site(address, link)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(timeout=30)


@pytest.fixture(scope="session")
def site(running: Site) -> str:
    """The address of the server."""
    return running.address


@pytest.fixture(scope="session")
def signed_in(browser: Browser, running: Site) -> StorageState:
    """The cookies of the first administrator, who signed up through the link that the setup printed."""
    context = browser.new_context(base_url=running.address)
    page = context.new_page()
    page.goto(running.link)
    page.get_by_label("Name").fill("Ada Moreno")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    page.wait_for_url("**/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "browser tests need Chromium: apt-get install chromium, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield made
        made.close()


@dataclass
class Watch:
    """What went wrong on a page."""

    site: str
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def on(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("request", self.request)

    def console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings, such as a breach of the Content-Security-Policy."""
        if message.type in {"error", "warning"} and not any(text in message.text for text in self.expected):
            self.complaints.append(f"console {message.type}: {message.text}")

    def request(self, request: Request) -> None:
        """Note a request that leaves the site."""
        if not request.url.startswith((self.site, "data:", "blob:", "about:")):
            self.complaints.append(f"external request: {request.url}")


@pytest.fixture
def context(browser: Browser, site: str, signed_in: StorageState) -> Iterator[BrowserContext]:
    """A fresh browser profile in which the administrator is signed in."""
    made = browser.new_context(
        base_url=site, viewport={"width": 1440, "height": 900}, locale="en-GB", storage_state=signed_in
    )
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def watch(site: str) -> Watch:
    """What the pages of this test did wrong."""
    return Watch(site)


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page that fails its test on any console error and any request to another host."""
    made = context.new_page()
    watch.on(made)
    yield made
    assert watch.complaints == []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped while it was starting"
        try:
            if httpx2.get(f"{address}/ready", timeout=5).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{address}/ready did not answer within {READY_SECONDS} s")


def paste(page: Page, text: str) -> None:
    """Paste text where the focus is, as from a spreadsheet."""
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        text,
    )


def screenshots() -> Path | None:
    """The folder that a look at the pages is wanted in, from SCREENSHOTS_DIR."""
    folder = os.environ.get("SCREENSHOTS_DIR")
    return Path(folder) if folder else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, so that nobody forgets to."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")
