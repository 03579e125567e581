"""Static files: found by a versioned address, kept for as long as that is right, small enough."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.web.assets import STATIC, asset, version

CHECKOUT = STATIC.parent
MOST_SCRIPT = 150_000


def test_current_version_is_kept_for_ever_in_production(production: TestClient) -> None:
    assert production.get(asset("css/layout.css")).headers["cache-control"] == (
        "public, max-age=31536000, immutable"
    )


def test_elsewhere_a_changed_file_shows_at_once(web: TestClient) -> None:
    assert web.get(asset("css/layout.css")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/css/layout.css", "/static/000000000000/css/layout.css"])
def test_other_versions_are_found_but_not_kept(production: TestClient, path: str) -> None:
    response = production.get(path)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"
    unchanged = production.get(path, headers={"if-none-match": response.headers["etag"]})
    assert unchanged.status_code == 304


def test_compressed(web: TestClient) -> None:
    response = web.get(asset("vendor/chart.js/chart.umd.min.js"), headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"].startswith("text/javascript")


def test_pages_are_not_compressed_because_they_hold_a_token(web: TestClient) -> None:
    assert "content-encoding" not in web.get("/styleguide", headers={"accept-encoding": "gzip"}).headers


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "%2e%2e/pyproject.toml", "000000000000/../../pyproject.toml"]
)
def test_nothing_beside_the_folder_is_served(web: TestClient, path: str) -> None:
    assert web.get(f"/static/{path}").status_code == 404


def test_asset_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match="css/none"):
        asset("css/none.css")


def test_version_is_twelve_hex_digits() -> None:
    assert re.fullmatch("[0-9a-f]{12}", version())


def test_all_script_of_a_page_with_charts_fits_the_budget() -> None:
    scripts = [*(STATIC / "js").rglob("*.js"), STATIC / "vendor/chart.js/chart.umd.min.js"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) < MOST_SCRIPT


def test_every_module_imports_what_is_there() -> None:
    for script in (STATIC / "js").rglob("*.js"):
        for target in re.findall(r"""(?:from|import\()\s*["'](\.[^"']+)["']""", script.read_text()):
            assert (script.parent / target).resolve().is_file(), f"{script.name} imports {target}"


def test_every_behaviour_is_a_module_that_starts() -> None:
    behaviours = re.findall(r'"\[(data-[\w-]+)\]": "\./([\w-]+\.js)"', (STATIC / "js/app.js").read_text())
    assert len(behaviours) > 5
    for _, module in behaviours:
        assert re.search(r"export (async )?function start\(", (STATIC / "js" / module).read_text()), module


def test_vendored_files_are_as_recorded(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/vendor_assets.py", "--check"]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
    for folder in ("scripts", "static/vendor"):
        target = tmp_path / folder
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", str(CHECKOUT / folder), str(target)], check=True)
    (tmp_path / "static/vendor/chart.js/LICENSE.md").write_text("Mine.")
    (tmp_path / "static/vendor/redoc/LICENSE").unlink()
    (tmp_path / "static/vendor/stray.js").write_text("")
    found = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert found.returncode == 1
    assert "chart.js/LICENSE.md differs" in found.stderr
    assert "redoc/LICENSE is missing" in found.stderr
    assert "stray.js is not in manifest.json" in found.stderr
