"""What the browser tests themselves would catch: each kind of complaint, planted."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import Watch


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('planted')", "console error: planted"),
        ("fetch('http://127.0.0.2:9/elsewhere').catch(() => {})", "console error"),
        ("location.assign('http://127.0.0.2:9/elsewhere')", "external request"),
        ("setTimeout(() => { throw new Error('planted') })", "script error: planted"),
    ],
)
def test_a_planted_fault_is_noticed(
    context: BrowserContext, watch: Watch, script: str, complaint: str
) -> None:
    page = context.new_page()
    watch.on(page)
    page.goto("/health")
    page.evaluate(f"() => {{ {script} }}")
    page.wait_for_timeout(300)
    assert any(text.startswith(complaint) for text in watch.complaints)
