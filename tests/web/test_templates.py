"""Templates are strict, escape what they show, and refer to what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jinja2 import UndefinedError

from app.factory import DEVELOPMENT_ROUTERS
from app.web.assets import STATIC
from app.web.navigation import PALETTE_SOURCES, SIDEBAR
from app.web.templating import ROOT, environment

TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")
)
ICONS = set(re.findall(r'<symbol id="(\w+)"', (STATIC / "img" / "icons.svg").read_text()))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name: str) -> None:
    environment().get_template(name)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody_set_this }}").render()


def test_values_are_escaped() -> None:
    assert environment().from_string("{{ x }}").render(x="<script>") == "&lt;script&gt;"


def test_chart_data_cannot_close_its_script_element() -> None:
    text = environment().from_string("{{ x|tojson }}").render(x="</script><script>")
    assert "</script>" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_icons_exist(name: str) -> None:
    source = (ROOT / "templates" / name).read_text()
    used = set(re.findall(r'\bicon\("(\w+)"', source)) | set(re.findall(r'symbol="(\w+)"', source))
    assert used <= ICONS


def test_sidebar_leads_somewhere(web: TestClient) -> None:
    app = web.app
    for item in SIDEBAR:
        path = str(app.url_path_for(item.route))  # type: ignore[attr-defined]
        assert path == item.prefixes[0]
        assert item.icon in ICONS
    for name in PALETTE_SOURCES:
        assert app.url_path_for(name)  # type: ignore[attr-defined]


def test_sidebar_shows_where_one_is(web: TestClient) -> None:
    text = web.get("/styleguide").text
    current = re.findall(r'<a class="sidebar-link" href="([^"]+)"[^>]*aria-current="page"', text)
    assert current == ["/styleguide"]


def test_theme_and_sidebar_are_right_from_the_first_byte(web: TestClient) -> None:
    plain = web.get("/styleguide").text
    assert "data-theme=" not in plain.split("<head>")[0]
    web.cookies.set("theme", "dark")
    web.cookies.set("sidebar", "folded")
    head = web.get("/styleguide").text.split("<head>")[0]
    assert 'data-theme="dark"' in head
    assert 'data-sidebar="folded"' in head


def test_theme_that_is_none(web: TestClient) -> None:
    web.cookies.set("theme", 'x" onload="')
    assert "onload" not in web.get("/styleguide").text


def test_numbers_follow_the_reader(web: TestClient) -> None:
    assert "1,184" in web.get("/styleguide").text
    german = web.get("/styleguide", headers={"accept-language": "de"}).text
    assert "1.184" in german
    assert 'data-locale="de"' in german


def test_page_loads_nothing_from_elsewhere(web: TestClient) -> None:
    for path in ("/styleguide", "/docs", "/redoc"):
        addresses = re.findall(r'(?:src|href)="([^"]+)"', web.get(path).text)
        assert addresses
        assert not [address for address in addresses if address.startswith(("http", "//"))]


def test_form_comes_back_as_typed(web: TestClient) -> None:
    token = re.search(r'name="csrf_token" value="(\w+)"', web.get("/styleguide").text)
    assert token
    data = {"csrf_token": token[1], "name": '"><b>', "discount_rate": "108", "trials": "many"}
    response = web.post("/styleguide", data=data, headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 422
    assert 'value="108"' in response.text
    assert 'value="&#34;&gt;&lt;b&gt;"' in response.text
    assert 'aria-describedby="discount_rate-help discount_rate-error"' in response.text
    assert response.text.count('aria-invalid="true"') == 4
    assert "4 values need a change" in response.text


def test_style_guide_is_not_for_production(production: TestClient) -> None:
    assert DEVELOPMENT_ROUTERS
    assert production.get("/styleguide").status_code == 404
    assert "styleguide" not in production.get("/no/such", headers={"accept": "text/html"}).text


def test_every_style_sheet_is_linked(web: TestClient) -> None:
    linked = set(re.findall(r'css/([\w-]+)\.css"', web.get("/docs").text))
    assert linked == {Path(path).stem for path in (STATIC / "css").iterdir()} - extra_sheets()


def extra_sheets() -> set[str]:
    """The sheets that only pages of one feature link."""
    texts = [(ROOT / "templates" / name).read_text() for name in TEMPLATES]
    named = {sheet for text in texts for sheet in re.findall(r'asset\("css/([\w-]+)\.css"\)', text)}
    return named - {"api-docs"}
