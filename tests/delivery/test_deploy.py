"""Push, deploy, promote and roll back over real SSH, with requests flowing; then each way to fail."""

from __future__ import annotations

import json
import threading
import time

import pytest

from tests.delivery import machine
from tests.delivery.conftest import Line, Site
from tests.delivery.machine import inside

pytestmark = pytest.mark.container

DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def running(site: Site) -> Site:
    """The site with its first version deployed as dev."""
    assert site.first.code == 0, site.first.said
    code, said = site.deploy("deploy", site.publish("first"), "dev")
    assert code == 0, said
    assert site.says() == "first"
    return site


def test_what_is_pushed_is_named_by_its_commit(running: Site) -> None:
    digest = running.publish("named")
    commit = running.repository.git("rev-parse", "HEAD")
    stated = json.loads((running.repository.folder / "dist" / "image.json").read_text())
    assert stated["revision"] == commit
    assert stated["image"] == f"{running.registry}@{digest}"
    again = running.repository.sh("push", REGISTRY_URL=running.registry).stdout
    assert "is there already" in again
    assert digest in again


def test_a_deploy_loses_no_request(running: Site) -> None:
    commit = running.repository.commit("second")
    running.repository.sh("build-push", PYTHON_IMAGE=machine.PYTHON_IMAGE, REGISTRY_URL=running.registry)
    with running.requests() as count:
        begin = time.monotonic()
        code, said = running.deploy("deploy", commit, "dev")
        seconds = time.monotonic() - begin
    assert code == 0, said
    assert running.says() == "second"
    assert count["failed"] == 0
    assert count["good"] > seconds * 5
    line = running.audit().splitlines()
    assert " asked deploy sha256:" in line[-2]
    assert line[-2].split()[1] == "runner"
    assert line[-1].endswith("ended code=0")


def test_a_bad_image_ends_in_6_and_the_old_one_goes_on(running: Site) -> None:
    bad = running.publish("bad", healthy=False)
    before = running.says()
    with running.requests() as count:
        code, said = running.deploy("deploy", bad, "dev")
    assert (code, count["failed"]) == (6, 0)
    assert "does not become healthy" in said
    assert running.says() == before
    # The tag of the environment still names what runs there.
    assert (
        running.repository.sh("promote", bad, "acceptance", check=False, **running.environment()).returncode
        == 1
    )


def test_roll_back(running: Site) -> None:
    assert running.deploy("deploy", running.publish("third"))[0] == 0
    with running.requests() as count:
        code, said = running.deploy("rollback")
    assert (code, count["failed"]) == (0, 0), said
    assert running.says() == "second"


def test_promotion_moves_a_digest_that_ran_before(running: Site) -> None:
    digest = running.publish("promoted")
    environment = running.environment()

    def promote(to: str) -> tuple[int, str]:
        done = running.repository.sh("promote", digest, to, check=False, **environment)
        return done.returncode, done.stdout + done.stderr

    code, said = promote("acceptance")
    assert code == 1
    assert "deploy it there first" in said
    assert running.deploy("deploy", digest, "dev")[0] == 0
    assert promote("production")[0] == 1
    assert promote("acceptance")[0] == 0
    assert promote("production")[0] == 0
    assert running.says() == "promoted"


def test_a_moved_tag_is_refused(running: Site) -> None:
    good = running.publish("kept")
    commit = running.repository.git("rev-parse", "HEAD")
    other = running.publish("other")
    registry = running.registry
    machine.run(
        "docker", "tag", f"{registry}:{running.repository.git('rev-parse', 'HEAD')}", f"{registry}:{commit}"
    )
    machine.run("docker", "push", "--quiet", f"{registry}:{commit}")
    audit = running.audit()
    code, said = running.deploy("deploy", commit)
    assert (code, "was moved" in said) == (1, True), said
    code, said = running.deploy("deploy", "v1.0.0", EXPECT_DIGEST=good)
    assert code == 1
    running.repository.git("checkout", "--quiet", commit)
    pushed = running.repository.sh("push", check=False, REGISTRY_URL=registry)
    running.repository.git("checkout", "--quiet", "main")
    assert (pushed.returncode, "was moved" in pushed.stderr) == (1, True), pushed.stderr
    code, said = running.deploy("deploy", other, EXPECT_DIGEST=good)
    assert (code, "was moved" in said) == (1, True), said
    # The digest itself still names what it always named, and the host was asked nothing.
    assert running.audit() == audit
    assert running.deploy("deploy", good)[0] == 0


def test_a_wrong_host_key_stops_before_any_secret(running: Site) -> None:
    wrong = machine.key(running.folder, "wrong", "wrong").rpartition(" ")[0]
    digest = running.publish("never")
    cursor = inside("journalctl", "--lines", "0", "--show-cursor").split("cursor: ")[1].strip()
    audit = running.audit()
    known = f"[127.0.0.1]:{running.line.port} {wrong}"
    code, said = running.deploy("deploy", digest, SSH_KNOWN_HOSTS=known)
    assert code == 255
    assert "not who it says" in said
    assert running.audit() == audit
    # Closed in the key exchange: nobody was named and no key was offered.
    log = inside("journalctl", "--unit", "ssh", "--after-cursor", cursor, "--no-pager")
    assert "Connection closed by" in log or "Connection reset by" in log
    assert "calminer-deploy" not in log
    assert "publickey" not in log
    assert running.deploy("status", SSH_KNOWN_HOSTS="")[0] == 64


@pytest.mark.parametrize("step", ["begin", "start", "health", "switch", "drain", "done"])
def test_a_dropped_connection_changes_nothing(running: Site, step: str) -> None:
    digest = running.publish(f"dropped at {step}")
    stop = threading.Event()

    def drop() -> None:
        while not stop.wait(0.02):
            logs = inside("sh", "-c", "cat $(ls -t /var/lib/calminer/gate/*.log | head -1)")
            asked = f"deploy {digest}" in running.audit()
            if asked and (step == "begin" or f"step {step}" in logs):
                running.line.drop()
                return

    thread = threading.Thread(target=drop)
    with running.requests() as count:
        thread.start()
        code, said = running.deploy("deploy", digest)
        stop.set()
        thread.join()
    assert code == 0, said
    assert running.says() == f"dropped at {step}"
    assert count["failed"] == 0
    # Asked again or not, it was done once.
    since = running.audit().split(f"deploy {digest}", 1)[1]
    assert since.count("ended code=0") == 1


def test_a_dropped_connection_does_not_roll_back_twice(running: Site) -> None:
    assert running.deploy("deploy", running.publish("older"))[0] == 0
    assert running.deploy("deploy", running.publish("newer"))[0] == 0
    line = Line(running.address)
    known = running.environment()["SSH_KNOWN_HOSTS"].replace(str(running.line.port), str(line.port))

    def drop() -> None:
        machine.eventually(lambda: running.audit().splitlines()[-1].endswith("asked rollback"))
        time.sleep(0.5)
        line.drop()

    thread = threading.Thread(target=drop)
    thread.start()
    code, said = running.deploy("rollback", SSH_HOST=f"127.0.0.1:{line.port}", SSH_KNOWN_HOSTS=known)
    thread.join()
    line.close()
    assert code == 0, said
    assert "asking again" in said
    assert running.says() == "older"


def test_one_request_at_a_time(running: Site) -> None:
    first, second = running.publish("left"), running.publish("right")
    ends: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: ends.append(running.deploy("deploy", first)))
    thread.start()
    machine.eventually(lambda: f"asked deploy {first}" in running.audit())
    code, said = running.deploy("deploy", second)
    thread.join()
    assert (code, "another request is running" in said) == (75, True), said
    assert ends[0][0] == 0, ends
    assert running.says() == "left"


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "sh",
        "deploy",
        "deploy latest",
        "deploy v1.0.0",
        "deploy sha256:",
        "deploy sha256:" + "0" * 63,
        "deploy sha256:" + "0" * 65,
        "deploy sha256:" + "0" * 63 + "\n",
        "deploy sha256:" + "0" * 63 + "G",
        f"deploy {DIGEST}; id",
        f"deploy {DIGEST} --force",
        f"deploy  {DIGEST}",
        f"DEPLOY {DIGEST}",
        "rollback; id",
        "rollback --to 1",
        "status\nrollback",
        "$(id)",
        "--config /tmp/x",
    ],
)
def test_the_gate_understands_nothing_else(running: Site, asked: str) -> None:
    gate = ("env", f"SSH_ORIGINAL_COMMAND={asked}", "/usr/local/sbin/calminer-gate", "runner")
    lines = len(running.audit().splitlines())
    done = machine.run("docker", "exec", machine.HOST, *gate, check=False)
    assert done.returncode == 64, done.stdout + done.stderr
    # Two lines, whatever was asked: nobody writes lines of their own into the audit log.
    assert len(running.audit().splitlines()) == lines + 2


def test_an_image_that_is_nowhere_is_refused_by_both_ends(running: Site) -> None:
    assert running.deploy("deploy", DIGEST)[0] == 1
    gate = ("env", f"SSH_ORIGINAL_COMMAND=deploy {DIGEST}", "/usr/local/sbin/calminer-gate", "runner")
    done = machine.run("docker", "exec", machine.HOST, *gate, check=False)
    assert done.returncode == 1
    assert running.deploy("status")[0] == 0
