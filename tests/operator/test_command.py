"""scripts/calminer without an engine: what it understands, how it ends, what programs read."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from app.operate.reference import commands

CHECKOUT = Path(__file__).resolve().parents[2]
USAGE, REFUSED, NO_ENGINE, BUSY = 2, 3, 4, 5


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A bundle of its own, with an engine that answers everything with nothing."""
    for part in ("scripts", "config"):
        shutil.copytree(CHECKOUT / part, tmp_path / "bundle" / part)
    shutil.copy(CHECKOUT / "docker-compose.prod.yml", tmp_path / "bundle")
    engine(tmp_path, 'case "$1 $2" in "volume inspect") exit 1 ;; esac')
    return tmp_path / "bundle"


def engine(folder: Path, script: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    path = folder / "bin" / "docker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def calminer(home: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{home.parent / 'bin'}:{os.environ['PATH']}", "HOME": str(home.parent)}
    return subprocess.run(
        [home / "scripts" / "calminer", *words],
        cwd=cwd or home.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def settings(home: Path, text: str = "CALMINER_IMAGE=calminer:1.2.3\n") -> Path:
    path = home / "config" / "setup_production.env"
    path.write_text(text)
    return path


def test_help_lists_every_command(home: Path) -> None:
    done = calminer(home, "--help")
    assert done.returncode == 0
    for name in commands():
        assert f"\n  {name} " in done.stdout


def test_every_command_is_a_file_and_says_what_it_does(home: Path) -> None:
    assert len(commands()) >= 10
    for name in commands():
        assert (CHECKOUT / "scripts" / "operator" / f"{name}.sh").is_file()
        done = calminer(home, name, "--help", cwd=Path("/"))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Usage: scripts/calminer {name}")


@pytest.mark.parametrize("words", [[], ["nonsense"], ["up", "--fast"], ["init", "--domain"], ["--env-file"]])
def test_what_it_does_not_understand(home: Path, words: list[str]) -> None:
    done = calminer(home, *words)
    assert done.returncode == USAGE
    assert "Usage:" in done.stderr


@pytest.mark.parametrize("name", commands())
def test_without_an_engine(home: Path, name: str) -> None:
    settings(home)
    engine(home.parent, "exit 1")
    done = calminer(home, name, "--json")
    assert done.returncode in {NO_ENGINE, USAGE}
    assert json.loads(done.stdout)["exit"] == done.returncode


def test_without_settings(home: Path) -> None:
    done = calminer(home, "up", "--json")
    assert done.returncode == REFUSED
    told = json.loads(done.stdout)
    assert (told["ok"], told["exit"], told["command"]) == (False, REFUSED, "up")
    assert told["advice"] == "Run: scripts/calminer init"


def test_one_operation_at_a_time(home: Path) -> None:
    settings(home)
    waiting = home.parent / "waiting"
    os.mkfifo(waiting)
    engine(home.parent, f'case "$*" in *" down"*) cat {waiting} ;; esac')
    results: list[subprocess.CompletedProcess[str]] = []
    first = threading.Thread(target=lambda: results.append(calminer(home, "down")))
    first.start()
    with waiting.open("w"):
        second = calminer(home, "down", "--json")
    first.join()
    assert second.returncode == BUSY
    assert "another operation is running" in json.loads(second.stdout)["message"]
    assert results[0].returncode == 0
    engine(home.parent, "exit 0")
    assert calminer(home, "down").returncode == 0


def test_any_text_is_good_json(home: Path) -> None:
    settings(home)
    awkward = 'a "quoted" \\ line\n\ttab\nümlaut\x07end'
    (home.parent / "said").write_text(awkward)
    engine(home.parent, f'case "$*" in *" logs "*) cat {home.parent / "said"} ;; esac')
    done = calminer(home, "--json", "logs", "api", "--", "--tail", "5")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["logs"] == awkward.replace("\x07", "")


def test_settings_are_read_and_never_run(home: Path) -> None:
    settings(home, f"CALMINER_IMAGE=$(touch {home.parent}/run)\nAPI_PORT='`touch {home.parent}/run`'\n")
    calminer(home, "up")
    assert not (home.parent / "run").exists()


def test_values_are_read_as_compose_reads_them(home: Path) -> None:
    text = "A=1\n  export B='two # 2'\nC=\"x y\"  # why\nD=plain # comment\nD=last\r\nAA=no\n"
    settings(home, text)
    script = (
        f'CALMINER_HOME={home} operator={home}/scripts/operator json="" command=x '
        f"env_file={home}/config/setup_production.env; "
        ". $operator/lib.sh; for name in A B C D NOTHING; do setting $name default; done"
    )
    done = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1", "two # 2", "x y", "last", "default"]


def test_init_writes_settings_and_secrets(home: Path) -> None:
    done = calminer(home, "init", "--domain", "mine.example", "--email", "ops@mine.example", "--json")
    assert done.returncode == 0, done.stderr
    env = home / "config" / "setup_production.env"
    assert env.stat().st_mode & 0o077 == 0
    assert "\nCALMINER_DOMAIN=mine.example\n" in env.read_text()
    assert "\nCALMINER_PUBLIC_URL=https://mine.example\n" in env.read_text()
    folder = home / "secrets"
    assert folder.stat().st_mode & 0o077 == 0
    found = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(found) == {"secret_key", "database_password", "backup_password"}
    assert len(set(found.values())) == 3
    for secret in found.values():
        assert len(secret) == 48
        assert secret not in done.stdout + done.stderr
    again = calminer(home, "init", "--json")
    assert again.returncode == 0
    assert {path.name: path.read_text() for path in folder.iterdir()} == found


def test_init_on_a_host_with_one_processor_asks_for_no_more(home: Path) -> None:
    engine(home.parent, 'case "$1 $2" in "volume inspect") exit 1 ;; "info --format") echo 1 ;; esac')
    assert calminer(home, "init").returncode == 0
    lines = (home / "config" / "setup_production.env").read_text().splitlines()
    assert {"API_LIMIT_CPUS=1", "WORKER_LIMIT_CPUS=1", "POSTGRES_LIMIT_CPUS=1"} <= set(lines)
    fixed = re.findall(r'cpus: "([0-9]+)"', (CHECKOUT / "docker-compose.prod.yml").read_text())
    assert set(fixed) == {"1"}


def test_init_for_a_database_elsewhere(home: Path) -> None:
    (home.parent / "password").write_text("from-the-provider")
    done = calminer(
        home,
        "init",
        "--database-host",
        "db.example",
        "--database-password-file",
        str(home.parent / "password"),
    )
    assert done.returncode == 0, done.stderr
    text = (home / "config" / "setup_production.env").read_text()
    assert "\nDATABASE_HOST=db.example\n" in text
    assert "\nDATABASE_SSLMODE=require\n" in text
    assert "\nCOMPOSE_PROFILES=reverse-proxy,worker\n" in text
    assert (home / "secrets" / "database_password").read_text() == "from-the-provider"


GUARD = CHECKOUT / "config" / "postgres" / "guard.sh"


def guard(root: Path, major: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "GUARD_ROOT": str(root),
        "GUARD_ONLY": "yes",
        "PG_MAJOR": major,
        "PGDATA": str(root / major / "docker"),
    }
    return subprocess.run(
        ["sh", GUARD, "postgres"], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("place", ["PG_VERSION", "data/PG_VERSION", "17/docker/PG_VERSION"])
def test_the_guard_refuses_data_of_another_major_version(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text("17\n")
    assert guard(tmp_path, "17").returncode == 0
    refused = guard(tmp_path, "18")
    assert refused.returncode == 78
    assert "PostgreSQL 17" in refused.stderr
    assert "run: scripts/calminer pg-upgrade" in refused.stderr


def test_the_guard_refuses_where_it_may_not_write(tmp_path: Path) -> None:
    """A folder where even root cannot write: one that is not there."""
    environment = {
        "PATH": os.environ["PATH"],
        "GUARD_ROOT": str(tmp_path / "gone"),
        "GUARD_PAUSE": "0",
        "PG_MAJOR": "18",
        "PGDATA": str(tmp_path / "gone" / "18" / "docker"),
    }
    command = ["sh", GUARD, "postgres"]
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 78
    assert "run: scripts/calminer init --repair" in refused.stderr
