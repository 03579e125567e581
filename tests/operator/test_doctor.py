"""Each check of the doctor: well on a good host, and heard where one thing is wrong."""

from __future__ import annotations

import copy
import io
import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.operate.doctor import CHECKS, as_json, examine, told
from app.operate.facts import facts_from, read
from app.operate.finding import Level
from app.operate.support import archive, without_secrets

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLE = (CHECKOUT / "config" / "setup_production.env.example").read_text()
DISK = "/dev/vda 264212084 29223340 77167572 28% /target\n/dev/vda 16777216 532096 16245120 4% /target\n"
NOW = 1_795_000_000
APP_ID = "sha256:" + "a" * 64


def service(cpus: float, **more: Any) -> dict[str, Any]:
    limits = {"cpus": cpus, "memory": str(1024**3), "pids": 99}
    return {"deploy": {"resources": {"limits": limits}}, **more}


def container(name: str, image: str = APP_ID, **ports: str) -> dict[str, Any]:
    return {
        "Image": image,
        "RestartCount": 0,
        "State": {"Status": "running", "OOMKilled": False, "Health": {"Status": "healthy"}},
        "Config": {"User": "10001:10001", "Labels": {"com.docker.compose.service": name}},
        "HostConfig": {
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "CapAdd": None,
            "Privileged": False,
            "SecurityOpt": ["no-new-privileges:true"],
            "PortBindings": {f"{inside}/tcp": [{"HostPort": port}] for inside, port in ports.items()},
        },
    }


def good() -> dict[str, Any]:
    """Facts of a host on which nothing is wrong; what is JSON is kept as such."""
    return {
        "info.json": {
            "ServerVersion": "28.2.2+dfsg1",
            "OSType": "linux",
            "Architecture": "x86_64",
            "MemoryLimit": True,
            "CpuCfsQuota": True,
            "PidsLimit": True,
            "SecurityOptions": ["name=seccomp,profile=default"],
            "MemTotal": 8 * 1024**3,
            "NCPU": 4,
        },
        "compose_version": "2.30.1",
        "meminfo": "MemTotal: 8000000 kB\nMemAvailable: 4000000 kB\n",
        "now": str(NOW),
        "clock_synchronised": "yes",
        "domain_addresses": "192.0.2.7 STREAM mine.example\n",
        "addresses": "192.0.2.7 172.17.0.1",
        "listening": "   0: 00000000:01BB 00000000:0000 0A 0\n   1: 00000000:0016 00000000:0000 0A 0\n",
        "networks.json": [{"Name": "bridge", "IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}}],
        "env": EXAMPLE.replace("calminer.example.com", "mine.example").replace(
            "TRAEFIK_ACME_EMAIL=\n", "TRAEFIK_ACME_EMAIL=ops@mine.example\n"
        ),
        "env_mode": "600",
        "secret_files": "700 .\n444 48 secret_key\n444 48 database_password\n",
        "rendered.json": {
            "services": {
                "api": service(2, image="calminer:0.1.0", ports=[{"published": "8000"}]),
                "worker": service(2, image="calminer:0.1.0", profiles=["worker"]),
                "postgres": service(2, image="postgres:18.6-trixie", profiles=["local-db"]),
                "traefik": service(
                    1,
                    image="traefik:v3.7.15",
                    profiles=["reverse-proxy"],
                    ports=[{"published": "80"}, {"published": "443"}],
                ),
                "dbtools": service(64, image="postgres:18.6-trixie", profiles=["tools"]),
            },
            "networks": {"edge": {"name": "x_edge", "ipam": {"config": [{"subnet": "172.31.240.0/24"}]}}},
        },
        "image_app.json": [{"Id": APP_ID, "Config": {"User": "10001:10001"}}],
        "image_postgres.json": [{"Config": {"Env": ["PATH=/bin", "PG_MAJOR=18"]}}],
        "image_traefik.json": [{}],
        "traefik_version": "Version:      3.7.15\nCodename:     langres\n",
        "volume_postgres": f"999 700\n{DISK}18/docker/PG_VERSION 18\n",
        "volume_acme": f"10001 700\n{DISK}10001 600 4711\n",
        "backups": f"999 2770\n{DISK}{NOW - 3600}.5 812 daily/manifest.json\n",
        "containers.json": [
            container("api", **{"8000": "8000"}),
            container("traefik", "sha256:t", **{"8080": "80", "8443": "443"}),
        ],
        "ready_asked": "asked",
        "schema.json": {"state": "current", "revision": "0001", "serves": True},
        "certificate.json": {"names": "mine.example", "matches": True, "days_left": 60.0},
    }


def facts_of(made: dict[str, Any]) -> Any:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in made.items()}
    return facts_from({name: text.encode() for name, text in texts.items()})


Change = Callable[[dict[str, Any]], None]


def line(name: str, value: str) -> Change:
    """Another value for a setting."""

    def change(made: dict[str, Any]) -> None:
        text, count = re.subn(rf"(?m)^(# )?{name}=.*$", f"{name}={value}", made["env"])
        assert count == 1
        made["env"] = text

    return change


def put(name: str, value: Any) -> Change:
    return lambda made: made.update({name: value})


def within(name: str, *path: Any, value: Any) -> Change:
    def change(made: dict[str, Any]) -> None:
        place = made[name]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def text(name: str, old: str, new: str) -> Change:
    def change(made: dict[str, Any]) -> None:
        assert old in made[name]
        made[name] = made[name].replace(old, new)

    return change


def of_container(*path: Any, value: Any) -> Change:
    return within("containers.json", 0, *path, value=value)


WRONG: dict[str, Change] = {
    "engine.version": within("info.json", "ServerVersion", value="19.03.1"),
    "engine.compose": put("compose_version", "2.20.3"),
    "engine.platform": within("info.json", "Architecture", value="i386"),
    "engine.limits": within("info.json", "PidsLimit", value=False),
    "engine.seccomp": within("info.json", "SecurityOptions", value=[]),
    "host.memory": within("info.json", "MemTotal", value=2 * 1024**3),
    "host.memory-free": put("meminfo", "MemAvailable: 99 kB"),
    "host.processors": within("info.json", "NCPU", value=1),
    "host.disk-data": text("volume_postgres", "77167572", "1024"),
    "host.disk-backups": text("backups", " 4%", " 99%"),
    "host.clock": put("now", "86400"),
    "host.clock-kept": put("clock_synchronised", "no"),
    "network.domain": lambda made: made.pop("domain_addresses"),
    "network.domain-here": put("domain_addresses", "198.51.100.1 STREAM"),
    "network.port-http": lambda made: (
        text("listening", ":0016", ":0050")(made),
        within("containers.json", 1, "HostConfig", "PortBindings", value=None)(made),
    ),
    "network.port-https": within("containers.json", 1, "HostConfig", "PortBindings", value=None),
    "network.port-api": within("rendered.json", "services", "api", "ports", 0, "published", value="22"),
    "network.subnet": within("networks.json", 0, "IPAM", "Config", value=[{"Subnet": "172.16.0.0/12"}]),
    "settings.private": put("env_mode", "644"),
    "settings.lines": text("env", "API_LIMIT_CPUS=2", "API_LIMIT_CPUS: 2"),
    "settings.names": text("env", "API_LIMIT_CPUS", "API_LIMIT_CPU"),
    "settings.repeated": text("env", "API_LIMIT_CPUS=2", "API_LIMIT_CPUS=2\nAPI_LIMIT_CPUS=3"),
    "settings.values": line("DATABASE_PORT", "http"),
    "settings.dollars": line("DATABASE_USER", "cal$miner"),
    "settings.secrets": line("CALMINER_SECRET_KEY", "k" * 48),
    "settings.compose": lambda made: (made.pop("rendered.json"), made.update(render_errors="bad port")),
    "settings.profiles": line("COMPOSE_PROFILES", "reverse-proxi"),
    "settings.production": line("CALMINER_ENVIRONMENT", "test"),
    "settings.domain": line("CALMINER_DOMAIN", "calminer.example.com"),
    "settings.certificate": line("TRAEFIK_ACME_EMAIL", ""),
    "settings.staging": line("TRAEFIK_ACME_SERVER", "https://acme-staging-v02.api.letsencrypt.org/directory"),
    "settings.database": line("DATABASE_HOST", "db.example"),
    "settings.database-tls": line("COMPOSE_PROFILES", "worker"),
    "settings.connections": line("DATABASE_POOL_SIZE", "50"),
    "secrets.folder": text("secret_files", "700 .", "755 ."),
    "secrets.there": text("secret_files", "48 secret_key", "0 secret_key"),
    "secrets.readable": text("secret_files", "444 48 secret_key", "400 48 secret_key"),
    "secrets.strength": text("secret_files", "48 secret_key", "12 secret_key"),
    "secrets.rotation": put("rotation_unfinished", "yes"),
    "volume.database": text("volume_postgres", "999 700", "0 700"),
    "volume.database-major": text("volume_postgres", "PG_VERSION 18", "PG_VERSION 17"),
    "volume.certificates": lambda made: made.pop("volume_acme"),
    "certificate.file": text("volume_acme", "10001 600", "10001 644"),
    "certificate.age": within("certificate.json", "days_left", value=3.0),
    "certificate.name": within("certificate.json", "matches", value=False),
    "backup.folder": text("backups", "999 2770", "0 755"),
    "backup.private": text("backups", "999 2770", "999 2775"),
    "backup.age": text("backups", f"{NOW - 3600}.5", f"{NOW - 200_000}.5"),
    "image.app": within("image_app.json", 0, "Config", "User", value=""),
    "image.app-name": within("rendered.json", "services", "api", "image", value="calminer"),
    "image.postgres-name": within("rendered.json", "services", "postgres", "image", value="postgres:18"),
    "image.traefik-name": within("rendered.json", "services", "traefik", "image", value="traefik:latest"),
    "image.traefik": put("traefik_version", "Version:      3.7.11\n"),
    "running.schema": put("schema.json", {"state": "behind", "revision": "0001", "serves": False}),
    "running.ready": put("not_ready", "The database does not answer."),
    "running.states": of_container("State", "Health", value={"Status": "unhealthy"}),
    "running.restarts": of_container("RestartCount", value=9),
    "running.memory": of_container("State", "OOMKilled", value=True),
    "running.image": of_container("Image", value="sha256:another"),
    "running.hardened": of_container("HostConfig", "ReadonlyRootfs", value=False),
}


def test_nothing_is_wrong_on_a_good_host() -> None:
    findings = examine(facts_of(good()))
    assert {name: one for name, one in findings.items() if one.level not in {Level.OK, Level.NOTHING}} == {}


def test_there_are_enough_of_them() -> None:
    assert len(CHECKS) >= 40
    assert set(WRONG) == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_each_hears_what_is_wrong_and_says_what_to_do(name: str) -> None:
    made = copy.deepcopy(good())
    WRONG[name](made)
    finding = examine(facts_of(made))[name]
    assert finding.level in {Level.WARNING, Level.PROBLEM}
    assert finding.found
    assert finding.do


@pytest.mark.parametrize("name", CHECKS)
def test_what_cannot_be_looked_at_is_said(name: str) -> None:
    finding = examine(facts_of({}))[name]
    # Two ask whether something is there at all; what runs may well not run.
    assert finding.level in {Level.UNKNOWN, Level.NOTHING, Level.PROBLEM, Level.OK}
    assert finding.level is not Level.OK or name == "secrets.rotation"


def test_people_read_what_is_wrong_programs_everything() -> None:
    made = good()
    WRONG["host.clock"](made)
    findings = examine(facts_of(made))
    assert "host.clock" in told(findings, everything=False)
    assert "engine.version" not in told(findings, everything=False)
    assert "engine.version" in told(findings, everything=True)
    assert {row["check"] for row in json.loads(as_json(findings))} == set(CHECKS)


SECRET, INLINE = "sEcReT0123456789abcdef", "inline-password-77"


def test_the_archive_for_support_holds_no_secret() -> None:
    made = {
        name: json.dumps(value) if not isinstance(value, str) else value for name, value in good().items()
    }
    made["env"] += f"DATABASE_PASSWORD={INLINE}\n"
    made["logs.txt"] = (
        f"a {SECRET} b {INLINE} c postgresql://calminer:other-one@db/x\n"  # pragma: allowlist secret
    )
    made["secrets/database_password"] = f"{SECRET}\n"
    files = {name: text.encode() for name, text in made.items()}
    packed = archive(files)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        names = tar.getnames()
    whole = b"".join(read(packed).values())
    assert "calminer-support/report.txt" in names
    assert not [name for name in names if "secrets/" in name]
    for secret in (SECRET, INLINE, "other-one"):
        assert secret.encode() not in whole
    assert b"a [secret] b [secret] c postgresql://calminer:[secret]@db/x" in whole


def test_a_secret_that_holds_another_is_replaced_whole() -> None:
    files = {"secrets/a": b"abcdef", "secrets/b": b"abcdefghij", "log": b"x abcdefghij y abcdef"}
    assert without_secrets(files) == {"log": b"x [secret] y [secret]"}
