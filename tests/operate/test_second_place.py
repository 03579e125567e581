"""Backups in a folder, on another host over SFTP, in a bucket of S3; and the database as at any moment."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator

import pytest

from tests.containers import docker
from tests.operate.site import (
    S3_KEY,
    S3_SECRET,
    Site,
    build_image,
    installed,
    restic_image,
    s3_image,
    sftp_image,
)

pytestmark = pytest.mark.container


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    build_image()
    with installed(tmp_path_factory.mktemp("site"), "vaultcopy", 74, COMPOSE_PROFILES="local-db") as made:
        yield made


def test_every_set_is_lost_here_and_comes_back_from_the_second_place(site: Site) -> None:
    restic_image()
    site.change(CALMINER_BACKUP_COPY="true", RESTIC_REPOSITORY="/copies")
    site.calminer("init")
    made = site.calminer("backup")
    assert made.facts["backup"]["copy_trouble"] == ""
    rows = site.sql("SELECT count(*) FROM cost_headings")
    shutil.rmtree(site.home / "backups" / "sets")
    site.sql("DELETE FROM cost_headings")
    site.calminer("restore", "--from-copy", "--yes")
    assert site.sql("SELECT count(*) FROM cost_headings") == rows
    # Whoever finds the copies finds noise.
    copies = [path for path in (site.home / "copies").rglob("*") if path.is_file()]
    assert copies
    assert not any(b"PGDMP" in path.read_bytes() or b"cost_headings" in path.read_bytes() for path in copies)
    site.change(RESTIC_REPOSITORY="/nowhere/to/write")
    failed = site.calminer("backup", code=7)
    assert "It was not copied" in failed.words
    assert site.calminer("backup", "--list").facts["backup"]["sets"][-1]["state"] == "verified"
    site.change(CALMINER_BACKUP_COPY="false")


@pytest.fixture
def other_host(site: Site) -> Iterator[str]:
    """A host with a real sshd on the network of the copies; gives the name of its container."""
    name = f"{site.name}-other-host"
    network = f"{site.name}_backend_edge"
    docker("run", "--detach", "--name", name, "--network", network, "--network-alias", "other", sftp_image())
    try:
        yield name
    finally:
        docker("rm", "--force", name)


def let_in(site: Site, other_host: str) -> None:
    """Do by hand what an operator does on both sides."""
    public = (site.home / "secrets" / "sftp" / "key.pub").read_text()
    docker("exec", "--interactive", other_host, "sh", "-c", "cat >/keys", text=public)
    known = docker("exec", other_host, "cat", "/etc/ssh/ssh_host_ed25519_key.pub")
    (site.home / "secrets" / "sftp" / "known_hosts").write_text(f"other {known}\n")


def test_the_second_place_is_another_host_reached_over_sftp(site: Site, other_host: str) -> None:
    restic_image()
    site.change(CALMINER_BACKUP_COPY="true", RESTIC_REPOSITORY="sftp:copies@other:/home/copies/calminer")
    try:
        assert "Let this key in" in site.calminer("init").words
        let_in(site, other_host)
        assert site.calminer("backup").facts["backup"]["copy_trouble"] == ""
        rows = site.sql("SELECT count(*) FROM cost_headings")
        shutil.rmtree(site.home / "backups" / "sets")
        site.sql("DELETE FROM cost_headings")
        site.calminer("restore", "--from-copy", "--yes")
        assert site.sql("SELECT count(*) FROM cost_headings") == rows
        # Another host under that name gets nothing, and is said.
        docker("exec", other_host, "sh", "-c", "rm /etc/ssh/ssh_host_* && ssh-keygen -q -A && kill -HUP 1")
        failed = site.calminer("backup", code=7)
        assert "It was not copied" in failed.words
    finally:
        site.change(CALMINER_BACKUP_COPY="false")


def make_bucket(server: str) -> None:
    """Do by hand what an operator does at a provider, once the server is up."""
    deadline = time.monotonic() + 60
    while "calminer" not in docker(
        *("exec", "--interactive", server, "timeout", "10", "/opt/weed/bin/weed", "shell"),
        text="s3.bucket.create -name calminer\ns3.bucket.list\n",
        check=False,
    ):
        assert time.monotonic() < deadline, docker("logs", server)
        time.sleep(1)


@pytest.fixture
def bucket(site: Site) -> Iterator[str]:
    """A server of S3 that knows one key, on the network of the copies; gives the address of a bucket."""
    name = f"{site.name}-s3"
    docker(
        *("run", "--detach", "--name", name, "--network", f"{site.name}_backend_edge"),
        *("--network-alias", "bucket", s3_image()),
    )
    try:
        make_bucket(name)
        yield "s3:http://bucket:8333/calminer"
    finally:
        docker("rm", "--force", name)


def test_the_second_place_is_a_bucket_of_s3(site: Site, bucket: str) -> None:
    restic_image()
    site.change(CALMINER_BACKUP_COPY="true", RESTIC_REPOSITORY=bucket)
    credentials = site.home / "secrets" / "s3" / "credentials"
    try:
        assert "has no key yet" in site.calminer("init").words
        written = "[default]\naws_access_key_id={}\naws_secret_access_key={}\n"
        credentials.write_text(written.format(S3_KEY, "a wrong one"))
        assert "It was not copied" in site.calminer("backup", code=7).words
        credentials.write_text(written.format(S3_KEY, S3_SECRET))
        assert "has no key yet" not in site.calminer("init").words
        assert site.calminer("backup").facts["backup"]["copy_trouble"] == ""
        rows = site.sql("SELECT count(*) FROM cost_headings")
        shutil.rmtree(site.home / "backups" / "sets")
        site.sql("DELETE FROM cost_headings")
        site.calminer("restore", "--from-copy", "--yes")
        assert site.sql("SELECT count(*) FROM cost_headings") == rows
    finally:
        site.change(CALMINER_BACKUP_COPY="false")


def now(site: Site) -> str:
    """Return the moment on the server's clock, and let it pass."""
    moment = site.sql("SELECT clock_timestamp()")
    time.sleep(1.1)
    return moment


def test_the_database_as_it_was_at_any_moment(site: Site, say: Callable[[str], None]) -> None:
    assert "WAL_ARCHIVE=on" in site.calminer("point-in-time", "base", code=3).words
    site.change(WAL_ARCHIVE="on")
    site.calminer("up")
    early = now(site)
    made = site.calminer("point-in-time", "base")
    say(f"copy of the cluster: {int(made.facts['kilobytes']) >> 10} MiB in {made.facts['seconds']} s")
    site.sql("CREATE TABLE moments AS SELECT generate_series(1, 1000) AS n")
    wanted = now(site)
    site.sql("DELETE FROM moments WHERE n > 10; DELETE FROM cost_headings")
    old = site.settings.read_text()

    assert "no copy" in site.calminer("point-in-time", "restore", early, "--yes", code=3).words
    assert "is no moment" in site.calminer("point-in-time", "restore", "yesterday-ish", "--yes", code=3).words
    assert "would not be there" in site.calminer("point-in-time", "restore", wanted, code=3).words
    assert site.sql("SELECT count(*) FROM moments") == "10"
    # A moment that the log does not reach is no reason to serve what it does reach.
    failed = site.calminer("point-in-time", "restore", "2099-01-01 00:00:00+00", "--yes", code=6)
    assert "recovery target" in failed.words
    assert site.sql("SELECT count(*) FROM moments") == "10"

    done = site.calminer("point-in-time", "restore", wanted, "--yes")
    say(f"back at a moment, until ready: {done.facts['seconds']} s")
    assert site.sql("SELECT count(*), sum(n) FROM moments") == "1000|500500"
    assert int(site.sql("SELECT count(*) FROM cost_headings")) > 0
    site.calminer("status")
    # It goes on from there: a new copy, on a line of time of its own; and the old volume is whole.
    site.calminer("point-in-time", "base")
    assert len(str(site.calminer("point-in-time", "list").facts["bases"]).splitlines()) == 2
    site.calminer("down")
    site.settings.write_text(old)
    site.calminer("up")
    assert site.sql("SELECT count(*) FROM moments") == "10"
    docker("volume", "rm", str(done.facts["new_volume"]), str(failed.facts["new_volume"]))
