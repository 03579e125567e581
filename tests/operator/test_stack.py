"""The production bundle on the real engine, as an operator runs it. Needs Docker."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.operator.stack import CHECKOUT, COMPOSE, DOMAIN, SETUP, UP, Stack, make

pytestmark = pytest.mark.container

PYTHON_IMAGE = os.environ.get("PYTHON_IMAGE", "python:3.13-slim-trixie")
TAG = "calminer:0.0-stack"
NAME = "bundletest"
SERVICES = ("api", "postgres", "traefik")


@pytest.fixture(scope="module")
def image() -> str:
    build = ("docker", "build", "--quiet", "--network", "host", "--build-arg", f"PYTHON_IMAGE={PYTHON_IMAGE}")
    subprocess.run([*build, "--tag", TAG, CHECKOUT], check=True, stdout=subprocess.DEVNULL)
    return TAG


@pytest.fixture(scope="module")
def stack(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """An installation made by the documented commands, word for word."""
    made = make(tmp_path_factory.mktemp("home"), NAME, image, 18480, "198.18.242.0/24")
    try:
        made.shell(UP)
        made.shell(SETUP)
        made.wait("/ready", 200)
        yield made
    finally:
        made.remove()


def test_it_lives_behind_the_proxy(stack: Stack) -> None:
    answer = stack.https("/health")
    assert (answer.status, answer.body) == (200, b'{"status":"ok"}')
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "uvicorn" not in answer.headers.get("server", "")
    assert stack.https("/").status in {200, 303}


def test_plain_http_leads_to_tls(stack: Stack) -> None:
    answer = stack.http("/projects?x=1")
    assert answer.status in {301, 308}
    assert answer.headers["location"] == f"https://{DOMAIN}:{stack.first_port + 1}/projects?x=1"
    assert "strict-transport-security" not in answer.headers


def test_a_large_body_stops_at_the_proxy(stack: Stack) -> None:
    # Refused by what it announces, before a byte of it is sent.
    answer = stack.https("/api/projects", "POST", sent={"Content-Length": str(10 * 1024 * 1024 + 1)})
    assert answer.status == 413
    assert "x-request-id" not in answer.headers


#: Stands where a second `api` stands, and answers with the headers that came through.
ECHO = """
import http.server, json
class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("X-Echo", "1")
        self.end_headers()
        self.wfile.write(json.dumps([[name, text] for name, text in self.headers.items()]).encode())
http.server.ThreadingHTTPServer(("", 8000), Echo).serve_forever()
"""


@pytest.fixture
def echo(stack: Stack) -> Iterator[None]:
    name = f"{NAME}_echo"
    start = ("docker", "run", "--detach", "--rm", "--name", name, "--network", f"{NAME}_edge")
    command = ("--network-alias", "api-next", "--entrypoint", "python", TAG, "-c", ECHO)
    subprocess.run([*start, *command], check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        stack.shell(f"docker rm --force {name}", check=False)


@pytest.mark.usefixtures("echo")
def test_nobody_outside_writes_the_headers_that_the_application_believes(stack: Stack) -> None:
    """Neither by their names nor by names that some servers take for the same: dots and underlines."""
    liar = "203.0.113.9"
    sent = {"X-Harmless": "kept"} | dict.fromkeys(
        ("X-Forwarded-For", "X_Forwarded_For", "X.Forwarded.For", "X_Real_Ip", "X_Forwarded_Proto"), liar
    )
    deadline = time.monotonic() + 30
    while "x-echo" not in (answer := stack.https("/ready", sent=sent)).headers:
        assert time.monotonic() < deadline, answer
    came = [(name.lower(), text) for name, text in json.loads(answer.body)]
    assert ("x-harmless", "kept") in came
    names = [name for name, _ in came]
    # Once, by the proxy; and nothing that is read as the same name.
    assert names.count("x-forwarded-for") == 1
    assert [name for name in names if "_" in name or "." in name] == []
    assert [name for name, text in came if liar in text] == []


def test_too_many_requests_are_slowed_down(stack: Stack) -> None:
    log = stack.shell(f"docker logs {stack.containers()['traefik']}").stdout
    assert '"RequestPath":"/health"' in log
    stack.change(RATE_LIMIT_AVERAGE="1", RATE_LIMIT_BURST="1")
    stack.shell(UP)
    stack.wait("/health", 200)
    with ThreadPoolExecutor(8) as pool:
        assert 429 in {answer.status for answer in pool.map(stack.https, ["/health"] * 16)}
    stack.change(RATE_LIMIT_AVERAGE="100", RATE_LIMIT_BURST="200")
    stack.shell(UP)
    stack.wait("/health", 200)


def test_without_its_database_the_application_says_so_itself(stack: Stack) -> None:
    """Nobody is ready then; the proxy asks all the same, because a busy process would look like that too."""
    stack.shell(f"{COMPOSE} --profile local-db stop postgres")
    try:
        told = stack.wait("/ready", 503)
        assert json.loads(told.body)["reason"] == "The database does not answer."
        assert [stack.https("/health").status for _ in range(20)] == [200] * 20
        assert "x-request-id" in stack.https("/api/projects", "POST").headers
    finally:
        stack.shell(f"{COMPOSE} --profile local-db start postgres")
    stack.wait("/ready", 200)


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_has_rights(stack: Stack, service: str) -> None:
    container = stack.containers()[service]
    # Of every process: a health check that just runs is one of them.
    status = stack.shell(f"docker exec {container} sh -c 'cat /proc/[0-9]*/status'").stdout
    said = [line.split(":", 1) for line in status.splitlines() if ":" in line]
    assert {value.strip() for key, value in said if key == "CapEff"} == {"0000000000000000"}
    assert {value.strip() for key, value in said if key == "CapPrm"} == {"0000000000000000"}
    assert {value.strip() for key, value in said if key == "NoNewPrivs"} == {"1"}
    wanted = "999" if service == "postgres" else "10001"
    assert {value.split()[0] for key, value in said if key == "Uid"} == {wanted}
    mounts = stack.shell(f"docker exec {container} cat /proc/mounts").stdout
    root = next(line.split() for line in mounts.splitlines() if line.split()[1] == "/")
    assert "ro" in root[3].split(",")
    for place in ("/", "/app", "/etc", "/usr"):
        assert stack.shell(f"docker exec {container} touch {place}/x", check=False).returncode != 0


def test_the_database_is_out_of_reach_from_the_edge(stack: Stack) -> None:
    address = stack.shell(
        "docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "
        + stack.containers()["postgres"]
    ).stdout.strip()
    connect = (
        "import socket, sys\n"
        "try: socket.create_connection((sys.argv[1], int(sys.argv[2])), 2); print('open')\n"
        "except OSError as error: print('closed')"
    )

    def reach(network: str, host: str, port: int) -> str:
        command = f"docker run --rm --network {network} --entrypoint python {TAG} -c"
        return stack.shell(f'{command} "{connect}" {host} {port}').stdout.strip()

    assert reach(f"{NAME}_edge", address, 5432) == "closed"
    assert reach(f"{NAME}_edge", "postgres", 5432) == "closed"
    assert reach(NAME, "postgres", 5432) == "open"


def test_the_database_orders_text_by_itself(stack: Stack) -> None:
    assert (
        stack.sql("SELECT datlocprovider, datlocale FROM pg_database WHERE datname='calminer'") == "b|C.UTF-8"
    )
    assert stack.sql("SHOW data_checksums") == "on"


def test_the_doctor_finds_nothing_wrong_but_the_name(stack: Stack) -> None:
    """The name of the test has no address, and no authority vouched for it."""
    told = stack.calminer("doctor", code=1)
    wrong = {row["check"] for row in told["findings"] if row["level"] == "problem"}
    assert wrong == {"network.domain", "certificate.name"}
    assert {row["check"]: row["level"] for row in told["findings"]}["running.hardened"] == "ok"


def test_status_and_support(stack: Stack, tmp_path: Path) -> None:
    told = stack.calminer("status")
    assert told["ready"] is True
    assert {row["service"] for row in told["services"]} == set(SERVICES)
    stack.calminer(f"support {tmp_path}/facts.tar.gz")
    packed = stack.shell(f"tar -xzOf {tmp_path}/facts.tar.gz").stdout
    for secret in (stack.home / "secrets").iterdir():
        assert secret.read_text().strip() not in packed


def test_a_new_password_without_a_pause(stack: Stack) -> None:
    before = (stack.home / "secrets" / "database_password").read_text()
    stack.calminer("rotate-db-password")
    assert (stack.home / "secrets" / "database_password").read_text() != before
    assert stack.wait("/ready", 200).status == 200
    assert "api-next" not in stack.containers()


def test_rows_outlive_what_an_operator_does_to_the_project(stack: Stack) -> None:
    stack.sql("CREATE TABLE IF NOT EXISTS kept AS SELECT generate_series(1, 1000) AS n")
    stack.shell(f"{COMPOSE} --profile reverse-proxy --profile local-db down -v")
    # What a prune does to volumes that nothing uses: the data stays, and a start says what to run.
    stack.shell(f"docker volume rm {NAME}_pg {NAME}_acme")
    stack.change(COMPOSE_PROJECT_NAME=f"{NAME}renamed")
    try:
        assert stack.calminer("up", code=3)["advice"] == "Run: scripts/calminer init"
        stack.calminer("init")
        stack.calminer("up")
        assert stack.sql("SELECT count(*), sum(n) FROM kept") == "1000|500500"
        stack.calminer("down")
    finally:
        stack.change(COMPOSE_PROJECT_NAME=NAME)
    stack.calminer("up")
    assert stack.sql("SELECT count(*) FROM kept") == "1000"


def test_a_bump_of_the_major_version_is_refused(stack: Stack) -> None:
    later = "FROM postgres:18.6-trixie\nENV PG_MAJOR=19 PGDATA=/var/lib/postgresql/19/docker\n"
    build = f"printf '{later}' | docker build --quiet --tag calminer-later-postgres:19.0 -"
    stack.shell(build.replace("\n", "\\n"))
    stack.change(POSTGRES_IMAGE="calminer-later-postgres:19.0")
    try:
        told = stack.calminer("up", code=3)
        assert "PostgreSQL 18" in told["message"]
        assert "scripts/calminer pg-upgrade" in told["advice"]
        # Without our command, too: the container itself refuses, and makes no second cluster.
        stack.shell(f"{COMPOSE} --profile local-db up -d postgres")
        stack.shell("sleep 2")
        assert "refused: the volume holds data of PostgreSQL 18" in (
            stack.shell(f"{COMPOSE} --profile local-db logs postgres").stdout
        )
        folders = stack.shell(f"docker run --rm -v {NAME}_pg:/v {TAG} ls /v").stdout.split()
        assert folders == ["18"]
    finally:
        stack.change(POSTGRES_IMAGE="postgres:18.6-trixie")
    stack.calminer("up")
    assert stack.sql("SELECT 1") == "1"


def test_a_volume_of_another_user_is_refused_and_repaired(stack: Stack) -> None:
    stack.calminer("down")
    stack.shell(f"docker run --rm -u 0 -v {NAME}_pg:/v {TAG} chown -R 1000:1000 /v")
    told = stack.calminer("up", code=3)
    assert told["advice"] == "Run: scripts/calminer init --repair"
    stack.calminer("init --repair")
    stack.calminer("up")
    assert int(stack.sql("SELECT count(*) FROM currencies")) > 40


def test_a_slip_in_the_settings_is_refused(stack: Stack) -> None:
    whole = stack.env.read_text()
    stack.env.write_text(whole + "CALMINER_MAX_TRIAL=5\n")
    try:
        told = stack.calminer("up", code=3)
        assert "did you mean CALMINER_MAX_TRIALS?" in told["advice"]
    finally:
        stack.env.write_text(whole)


def test_lost_secrets_are_refused(stack: Stack) -> None:
    secret = stack.home / "secrets" / "database_password"
    kept = secret.read_text()
    secret.unlink()
    try:
        assert stack.calminer("up", code=3)["advice"] == "Run: scripts/calminer init"
        assert "rotate-db-password --forgotten" in stack.calminer("init", code=3)["advice"]
    finally:
        secret.write_text(kept)
        secret.chmod(0o444)


def test_a_forgotten_password_is_made_new(stack: Stack) -> None:
    secret = stack.home / "secrets" / "database_password"
    secret.unlink()
    secret.write_text("nobody-knows-the-right-one")
    stack.calminer("rotate-db-password --forgotten")
    assert stack.sql("SELECT 1") == "1"
    assert stack.wait("/ready", 200)


PEBBLE = {
    "listenAddress": "0.0.0.0:14000",
    "managementListenAddress": "0.0.0.0:15000",
    "certificate": "/pebble/pebble.crt",
    "privateKey": "/pebble/pebble.key",
    "httpPort": 8080,
    "tlsPort": 8443,
    "externalAccountBindingRequired": False,
}


@pytest.fixture
def authority(stack: Stack, tmp_path: Path) -> Iterator[str]:
    """A certificate authority that speaks ACME, on the proxy's network; gives its container."""
    program = shutil.which("pebble")
    assert program, "scripts/ci/bundle.sh brings pebble"
    make_ca = (
        f"cd {tmp_path} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-addext keyUsage=critical,keyCertSign,cRLSign "
        "-subj /CN=test-authority -keyout ca.key -out ca.crt 2>/dev/null && "
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=pebble "
        "-keyout pebble.key -out pebble.csr 2>/dev/null && "
        "printf 'subjectAltName=DNS:pebble,DNS:localhost\nauthorityKeyIdentifier=keyid\n' >san && "
        "openssl x509 -req -in pebble.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile san "
        "-out pebble.crt 2>/dev/null && chmod 644 *"
    )
    stack.shell(make_ca)
    tmp_path.chmod(0o755)
    (tmp_path / "pebble.json").write_text(json.dumps({"pebble": PEBBLE}))
    shutil.copy(tmp_path / "ca.crt", stack.home / "config" / "traefik" / "certificates" / "test-ca.crt")
    name = f"{NAME}_pebble"
    stack.shell(
        f"docker run --detach --rm --name {name} --network {NAME}_edge --network-alias pebble "
        f"--volume {tmp_path}:/pebble:ro --volume {program}:/usr/local/bin/pebble:ro "
        f"--env PEBBLE_VA_NOSLEEP=1 --env PEBBLE_WFE_NONCEREJECT=0 {PYTHON_IMAGE} "
        "/usr/local/bin/pebble -config /pebble/pebble.json"
    )
    try:
        yield name
    finally:
        stack.shell(f"docker rm --force {name}", check=False)


def test_a_certificate_comes_by_acme(stack: Stack, authority: str, tmp_path: Path) -> None:
    stack.change(
        TRAEFIK_ACME_EMAIL="ops@mine.example",
        TRAEFIK_ACME_SERVER="https://pebble:14000/dir",
        TRAEFIK_ACME_CA="/certificates/test-ca.crt",
    )
    stack.calminer("up")
    fetch = (
        "import ssl, urllib.request as r; "
        "c = ssl.create_default_context(cafile='/pebble/ca.crt'); "
        "print(r.urlopen('https://localhost:15000/roots/0', context=c).read().decode())"
    )
    root = stack.shell(f'docker exec {authority} python3 -c "{fetch}"').stdout
    context = ssl.create_default_context(cadata=root)
    deadline = time.monotonic() + 90
    while True:
        try:
            with (
                socket.create_connection(("127.0.0.1", stack.first_port + 1), timeout=10) as plain,
                context.wrap_socket(plain, server_hostname=DOMAIN) as connection,
            ):
                shown = connection.getpeercert()
            break
        except ssl.SSLCertVerificationError:
            traefik = stack.containers()["traefik"]
            log = stack.shell(f"docker logs --tail 9 {traefik} 2>&1; docker logs --tail 9 {authority} 2>&1")
            assert time.monotonic() < deadline, log.stdout
            time.sleep(1)
    assert shown
    assert ("DNS", DOMAIN) in shown["subjectAltName"]
    told = stack.calminer("doctor", code=1)
    levels = {row["check"]: row["level"] for row in told["findings"]}
    assert (levels["certificate.name"], levels["certificate.age"]) == ("ok", "ok")
    assert levels["certificate.file"] == "ok"
