"""Swarm on a real engine: two stacks, an update, a bad one that is noticed, a failing migration."""

from __future__ import annotations

import pytest

from tests.delivery import machine
from tests.delivery.conftest import Site
from tests.delivery.machine import CHECKOUT, HERE, inside

pytestmark = pytest.mark.container

SSHD = "/etc/ssh/sshd_config.d/10-calminer.conf"


class Swarm:
    """The site's host as a manager of a swarm of one."""

    def __init__(self, site: Site) -> None:
        self.site = site
        # Somebody had a quick fix in mind.
        inside("sed", "-i", "s/PermitRootLogin no/PermitRootLogin yes/", SSHD)
        # live-restore and swarm exclude each other; the role has docker_swarm for that.
        answer = machine.playbook(site.inventory, "--extra-vars", '{"docker_swarm": true}')
        assert answer.code == 0, answer.said
        inside("docker", "swarm", "init", "--advertise-addr", "127.0.0.1")
        inside("mkdir", "-p", "/srv/stack/scripts")
        for script in ("render_stack.py", "deploy_stack.sh"):
            text = (CHECKOUT / "scripts" / script).read_text()
            inside("sh", "-c", f"cat >/srv/stack/scripts/{script}", input=text)
        stack = (HERE / "site" / "stack.yml").read_text()
        inside("sh", "-c", "cat >/srv/stack/stack.yml", input=stack)
        inside("sh", "-c", "echo secret >/srv/stack/key")

    def deploy(self, name: str, digest: str, **more: str) -> tuple[int, str]:
        settings = {
            "STACK_NAME": name,
            "DOMAIN": f"{name}.example.com",
            "IMAGE": f"{self.site.registry}@{digest}",
            "STORE_IMAGE": f"{self.site.registry}@{digest}",
            "COMPOSE_FILE": "/srv/stack/stack.yml",
            "PROFILES": "",
            "MIGRATE": "/bin/busybox true",
            "WAIT_SECONDS": "150",
            **more,
        }
        words = [f"{key}={value}" for key, value in settings.items()]
        command = ("env", *words, "sh", "/srv/stack/scripts/deploy_stack.sh")
        done = machine.run("docker", "exec", machine.HOST, *command, check=False)
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def image(service: str) -> str:
        template = "{{.Spec.TaskTemplate.ContainerSpec.Image}}"
        return inside("docker", "service", "inspect", "--format", template, service).strip().split("@")[-1]

    @staticmethod
    def words(service: str) -> set[str]:
        """What the running containers of a service say."""
        ids = inside("docker", "ps", "--quiet", "--filter", f"label=com.docker.swarm.service.name={service}")
        return {
            inside("docker", "exec", one, "/bin/busybox", "cat", "/www/index.html") for one in ids.split()
        }


@pytest.fixture(scope="module")
def swarm(site: Site) -> Swarm:
    return Swarm(site)


def test_another_playbook_run_put_right_what_was_changed_by_hand(swarm: Swarm) -> None:
    assert "permitrootlogin no" in inside("sshd", "-T")
    assert inside("docker", "info", "--format", "{{.LiveRestoreEnabled}}").strip() == "false"


def test_an_update_and_a_bad_one(swarm: Swarm) -> None:
    first, second = swarm.site.publish("swarm one"), swarm.site.publish("swarm two")
    bad = swarm.site.publish("swarm bad", healthy=False)
    code, said = swarm.deploy("staging", first)
    assert code == 0, said
    code, said = swarm.deploy("staging", second)
    assert code == 0, said
    assert swarm.words("staging_api") == {"swarm two"}
    code, said = swarm.deploy("staging", bad)
    assert code == 1, said
    assert "rolled back: staging_api" in said
    assert swarm.image("staging_api") == second
    assert swarm.words("staging_api") == {"swarm two"}
    # What was rolled back is no reason against the next one, nor against the same one again.
    assert swarm.deploy("staging", second)[0] == 0


def test_production_beside_staging(swarm: Swarm) -> None:
    before = swarm.words("staging_api")
    code, said = swarm.deploy("production", swarm.site.publish("swarm production"))
    assert code == 0, said
    assert swarm.words("production_api") == {"swarm production"}
    assert swarm.words("staging_api") == before


def test_a_failed_migration_leaves_what_serves(swarm: Swarm) -> None:
    before = swarm.image("staging_api")
    code, said = swarm.deploy("staging", swarm.site.publish("swarm next"), MIGRATE="/bin/busybox false")
    assert (code, "the migration failed" in said) == (1, True), said
    assert swarm.image("staging_api") == before


def test_data_needs_a_node_with_its_label(swarm: Swarm) -> None:
    digest = swarm.site.publish("swarm data")
    code, said = swarm.deploy("staging", digest, PROFILES="store")
    assert (code, "docker node update --label-add calminer.data=staging" in said) == (69, True), said
    node = inside("docker", "node", "ls", "--quiet").strip()
    inside("docker", "node", "update", "--label-add", "calminer.data=staging", node)
    code, said = swarm.deploy("staging", digest, PROFILES="store")
    assert code == 0, said
    assert inside("docker", "volume", "ls", "--quiet", "--filter", "name=staging_pg_data").split() == [
        "staging_pg_data"
    ]


def test_a_tag_is_refused(swarm: Swarm) -> None:
    code, said = swarm.deploy("staging", "latest", IMAGE="calminer:latest")
    assert (code, "has no digest" in said) == (64, True)
