"""An installation on the engine: backups, restores, upgrades under traffic, images that are no good."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, build_opener

import pytest

from tests.containers import docker
from tests.operate.load import traffic
from tests.operate.site import (
    IMAGE,
    POSTGRES_IMAGE,
    Site,
    build_image,
    build_variant,
    installed,
)

#: Requests per second, where the machine has other work too, and in the series behind the figures.
RATE, SERIES_RATE = 20, 50
WRAPPED = """
import asyncio
from app.factory import create_app

inner = create_app()


async def app(scope, receive, send):
    if scope["type"] == "http" and scope["path"] not in ({spared}):
        {what}
    await inner(scope, receive, send)
"""
SPARED = '"/health", "/ready"'
ANSWER = """await send({"type": "http.response.start", "status": CODE, "headers": []})
        await send({"type": "http.response.body", "body": b'{"reason": "never"}'})
        return"""
REVISION = """
from alembic import op

revision = "bad"
down_revision = "HEAD"


def upgrade() -> None:
    op.execute("CREATE TABLE half_way (x int)")
    op.execute("ALTER TABLE nowhere ADD COLUMN x int")
"""


def wrapped(what: str, spared: str = SPARED) -> dict[str, str]:
    return {"bad.py": WRAPPED.format(what=what, spared=spared)}


#: Under another name than main.py, whose compiled form in the image would win.
START = '["uvicorn", "bad:app", "--host", "0.0.0.0", "--port", "8000"]'
#: What is wrong with an image: the files or the command that make it so, and the words that say so.
BAD: dict[str, tuple[dict[str, str], str, str]] = {
    "crash": ({}, """["python", "-c", "raise SystemExit('no')"]""", "it ended: no"),
    "errors": (wrapped(ANSWER.replace("CODE", "500")), START, "answered with 500"),
    "never-ready": (
        wrapped(ANSWER.replace("CODE", "503"), '"/health",'),
        START,
        "not ready after 90 s: never",
    ),
    "slow": (wrapped("await asyncio.sleep(5)"), START, "took longer than|was not answered"),
    "schema": ({"app/migrations/versions/bad.py": REVISION}, "", "migration failed.*nowhere.*not exist"),
    "memory": ({"bad.py": "hog = b'x' * (3 << 30)\n"}, START, "memory"),
}


@pytest.fixture(scope="module")
def image() -> str:
    return build_image()


@pytest.fixture(scope="module")
def site(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with installed(tmp_path_factory.mktemp("site"), "vaulttest", 71) as made:
        yield made


def build_bad(name: str, site: Site) -> str:
    files, command, _ = BAD[name]
    head = site.sql("SELECT version_num FROM alembic_version")
    return build_variant(name, {path: text.replace("HEAD", head) for path, text in files.items()}, command)


@pytest.mark.container
def test_a_backup_counts_once_it_was_restored(site: Site) -> None:
    made = site.calminer("backup")
    assert made.facts["backup"]["proof"]["rows"] > 0
    assert "all equal" in made.words
    listed = site.calminer("backup", "--list").facts["backup"]
    assert listed["sets"][-1]["state"] == "verified"
    assert listed["sets"][-1]["postgresql"].startswith("18.")
    assert site.calminer("verify", "--all").facts["backup"]["damaged"] == []


@pytest.mark.container
def test_a_damaged_set_is_reported_by_its_exit_code(site: Site) -> None:
    made = str(site.calminer("backup").facts["backup"]["set"])
    dump = site.home / "backups" / "sets" / made / "database.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-100])
    assert "damaged" in site.calminer("verify", made, code=7).words
    assert "damaged" in site.calminer("restore", made, "--yes", code=7).words
    dump.write_bytes(whole)
    assert site.calminer("verify", made).code == 0


@pytest.mark.container
def test_what_was_deleted_comes_back(site: Site, say: Callable[[str], None]) -> None:
    before = site.sql("SELECT count(*) FROM currencies")
    site.calminer("backup")
    site.sql("DELETE FROM currencies")
    refused = site.calminer("restore", code=3)
    assert "--yes" in refused.words
    done = site.calminer("restore", "--yes")
    say(f"restore until ready: {done.facts['seconds']} s")
    assert site.sql("SELECT count(*) FROM currencies") == before
    assert len(site.calminer("restore", "--discard-old").facts["backup"]["dropped"]) == 1


@pytest.mark.container
def test_a_full_disk_refuses_and_deletes_nothing(site: Site) -> None:
    """The folder of backups becomes a small disk of its own for a while."""
    sets = sorted(path.name for path in (site.home / "backups" / "sets").iterdir())
    backups = site.home / "backups"
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m,mode=2770,uid=999,gid=10001", "none", backups], check=True
    )
    try:
        (backups / "ballast").write_bytes(b"x" * (2 << 20))
        refused = site.calminer("backup", code=3)
        assert "Nothing was deleted" in refused.words
    finally:
        subprocess.run(["umount", backups], check=True)
    assert sorted(path.name for path in (backups / "sets").iterdir()) == sets


def upgraded_under_traffic(site: Site, images: list[str], rate: int, say: Callable[[str], None]) -> None:
    with traffic(site.https, rate) as quiet:
        time.sleep(15)
    say(f"quiet: {quiet.line()}")
    assert quiet.failures == []
    for image in images:
        begin = time.monotonic()
        with traffic(site.https, rate) as seen:
            done = site.calminer("upgrade", image)
        say(f"upgrade in {time.monotonic() - begin:.0f} s: {seen.line()}")
        assert seen.failures == []
        assert (
            done.facts["digest"] == docker("image", "inspect", "--format", "{{.Id}}", image) == site.image()
        )
        assert site.compose("--profile", "*", "ps", "--quiet", "api-next") == ""


@pytest.mark.container
def test_an_upgrade_loses_no_request_and_the_way_back_neither(site: Site, say: Callable[[str], None]) -> None:
    upgraded_under_traffic(site, [build_variant("next")], RATE, say)
    with traffic(site.https, RATE) as seen:
        back = site.calminer("rollback")
    say(f"rollback: {seen.line()}")
    assert seen.failures == []
    assert back.facts["image"] == IMAGE
    assert site.image() == docker("image", "inspect", "--format", "{{.Id}}", IMAGE)


@pytest.mark.series
def test_ten_upgrades_lose_no_request(site: Site, say: Callable[[str], None]) -> None:
    images = [build_variant(f"next-{number}") for number in range(9)]
    upgraded_under_traffic(site, [*images, IMAGE], SERIES_RATE, say)


def refused_under_traffic(site: Site, name: str, rate: int, say: Callable[[str], None]) -> None:
    serving = site.image()
    bad = build_bad(name, site)
    with traffic(site.https, rate) as seen:
        begin = time.monotonic()
        failed = site.calminer("upgrade", bad, code=6)
        seconds = time.monotonic() - begin
    back = failed.facts["back_after_seconds"]
    say(
        f"{name}: refused after {seconds:.0f} s, back {back} s after that; {seen.line()}; "
        f"{failed.facts['message']}"
    )
    assert re.search(BAD[name][2], str(failed.facts["message"]))
    assert seen.failures == []
    assert site.image() == serving
    assert f"CALMINER_IMAGE={IMAGE}" in site.settings.read_text()
    assert site.sql("SELECT to_regclass('half_way') IS NULL") == "t"


@pytest.mark.container
@pytest.mark.parametrize("name", ["crash", "errors"])
def test_a_bad_image_is_refused_and_nobody_notices(site: Site, name: str, say: Callable[[str], None]) -> None:
    refused_under_traffic(site, name, RATE, say)


@pytest.mark.series
@pytest.mark.parametrize("name", BAD)
def test_every_bad_image_is_refused_and_nobody_notices(
    site: Site, name: str, say: Callable[[str], None]
) -> None:
    refused_under_traffic(site, name, SERIES_RATE, say)


@pytest.mark.container
def test_an_image_that_the_schema_outgrew_is_refused_with_the_way_back(site: Site) -> None:
    """A later version took something away: the database says how old the code may be that serves on it."""
    head = site.sql("SELECT version_num FROM alembic_version")
    was = site.sql("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")
    site.sql("UPDATE alembic_version SET version_num = 'later'")
    site.sql("COMMENT ON TABLE alembic_version IS 'later..later'")
    try:
        refused = site.calminer("rollback", IMAGE, code=3)
        assert "does not serve the schema" in refused.words
        assert "scripts/calminer restore" in refused.words
        assert "what runs now is not well" in site.calminer("upgrade", IMAGE, code=3).words
    finally:
        site.sql(f"UPDATE alembic_version SET version_num = '{head}'")
        site.sql(f"COMMENT ON TABLE alembic_version IS '{was}'")


@pytest.mark.container
def test_another_postgresql_takes_the_data_over_and_leaves_the_old_volume(site: Site) -> None:
    """The same major under another name goes the same way; the old volume is not written to."""
    docker("tag", POSTGRES_IMAGE, "vault-test-postgres:next")
    rows = site.sql("SELECT count(*) FROM cost_headings")
    assert "--yes" in site.calminer("pg-upgrade", "vault-test-postgres:next", code=3).words
    done = site.calminer("pg-upgrade", "vault-test-postgres:next", "--yes")
    old, new = done.facts["old_volume"], done.facts["new_volume"]
    assert old != new
    docker("volume", "inspect", old)
    assert site.sql("SELECT count(*) FROM cost_headings") == rows
    site.calminer("status")
    site.compose("--profile", "*", "down")
    docker("volume", "rm", new)
    site.change(POSTGRES_VOLUME=str(old), POSTGRES_IMAGE=POSTGRES_IMAGE)
    site.calminer("up")
    assert site.sql("SELECT count(*) FROM cost_headings") == rows


#: Somebody who may do everything, as a form would have made them.
PERSON = """
from app.db import transaction
from app.engine.kinds import RoleName
from app.models import User, UserRole
from app.people import accounts
from app.people.passwords import hashed

with transaction() as session:
    made = User(email="drill@mine.example", name="Drill", roles=[UserRole(role=RoleName.ADMINISTRATOR)])
    session.add(made)
    session.flush()
    accounts.put_hash(session, made.id, hashed("nine plain lanterns"))
"""


def signs_in(site: Site, password: str) -> bool:
    """Say whether that person gets in, and sees a page that strangers do not see."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    browser = build_opener(HTTPSHandler(context=context), HTTPCookieProcessor())
    browser.addheaders = [("Sec-Fetch-Site", "same-origin")]
    address = f"https://localhost:{site.https}"
    shown = browser.open(f"{address}/sign-in", timeout=20).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)
    assert token
    form = {"email": "drill@mine.example", "password": password, "next": "/account", "csrf_token": token[1]}
    try:
        page = browser.open(f"{address}/sign-in", urlencode(form).encode(), timeout=20)
    except HTTPError:
        return False
    return b"drill@mine.example" in page.read() and page.url == f"{address}/account"


@pytest.mark.container
def test_an_empty_folder_and_the_last_backup_are_an_installation(
    site: Site, tmp_path: Path, say: Callable[[str], None]
) -> None:
    """The host is gone: another folder, other volumes, other secrets, and a copy of the backups."""
    rows = site.sql("SELECT count(*) FROM cost_headings")
    site.compose("exec", "--no-TTY", "api", "python", "-c", PERSON)
    assert signs_in(site, "nine plain lanterns")
    site.calminer("backup")
    begin = time.monotonic()
    with installed(tmp_path / "new", "vaultnew", 72) as new:
        sets = new.home / "backups" / "sets"
        shutil.copytree(site.home / "backups" / "sets", sets, dirs_exist_ok=True)
        docker(
            "run", "--rm", "--user", "0", "--volume", f"{sets}:/t", IMAGE, "chown", "-R", "10001:10001", "/t"
        )
        new.calminer("restore", "--yes")
        assert signs_in(new, "nine plain lanterns")
        seconds = time.monotonic() - begin
        assert not signs_in(new, "nine plain lantern")
        assert new.sql("SELECT count(*) FROM cost_headings") == rows
        facts = new.calminer("backup", "--list").facts["backup"]
        say(f"from an empty folder to a sign-in: {seconds:.0f} s")
        say(f"could be lost: {facts['rpo_minutes']} min by schedule")
        new.calminer("status")
