"""A bare Debian becomes a host by infra/ansible, and stays one: asked from outside."""

from __future__ import annotations

import socket

import pytest

from tests.delivery import machine
from tests.delivery.conftest import Site
from tests.delivery.machine import inside, run

pytestmark = pytest.mark.container


def ssh(site: Site, account: str, key: str, *words: str) -> tuple[int, str]:
    done = run(
        *(
            "ssh",
            "-F",
            "none",
            "-T",
            "-i",
            site.folder / key,
            "-o",
            "BatchMode=yes",
            "-o",
            "IdentitiesOnly=yes",
        ),
        *("-o", f"UserKnownHostsFile={site.folder / 'known_hosts'}", f"{account}@{site.address}", *words),
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def reached(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1.5).close()
    except OSError:
        return False
    return True


def test_the_second_time_nothing_changes(site: Site) -> None:
    assert site.first.code == 0, site.first.said
    assert site.first.changed > 20
    again = machine.playbook(site.inventory)
    assert (again.code, again.changed) == (0, 0), again.said


def test_only_keys_open_it_and_root_stays_outside(site: Site) -> None:
    assert ssh(site, "calminer-operator", "operator", "sudo id -u") == (0, "0\n")
    for account, key in (
        ("root", "operator"),
        ("calminer-operator", "runner"),
        ("calminer-deploy", "operator"),
    ):
        code, said = ssh(site, account, key, "true")
        assert code == 255
        # No password is even asked for.
        assert "Permission denied (publickey)" in said


def test_the_deploy_account_reaches_the_gate_and_nothing_else(site: Site) -> None:
    assert ssh(site, "calminer-deploy", "runner", "id")[0] == 64
    assert ssh(site, "calminer-deploy", "runner")[0] == 64
    forward = ("-W", "127.0.0.1:22", "calminer-deploy@" + site.address)
    options = ("-F", "none", "-i", site.folder / "runner", "-o", "BatchMode=yes")
    known = ("-o", f"UserKnownHostsFile={site.folder / 'known_hosts'}")
    assert run("ssh", *options, *known, *forward, check=False).returncode != 0
    allowed = [
        line.strip()
        for line in inside("sudo", "-l", "-U", "calminer-deploy").splitlines()
        if "NOPASSWD" in line
    ]
    assert allowed == ["(root) NOPASSWD: /usr/local/sbin/calminer-gate runner"]


def test_published_ports_do_not_pass_the_firewall(site: Site) -> None:
    """Docker publishes past INPUT; 443 is open, 5432 and 8080 are not, whatever a container says."""
    image = site.registry + "@" + site.publish("firewall")
    inside("docker", "pull", "--quiet", image)
    ports = ("--publish", "443:8000", "--publish", "5432:8000", "--publish", "8080:8000")
    inside("docker", "run", "--detach", "--name", "open", *ports, image)
    try:
        assert inside("docker", "port", "open").count("0.0.0.0") == 3
        for moment in ("at first", "after the engine was restarted"):
            assert reached(site.address, 443), moment
            assert not reached(site.address, 5432), moment
            assert not reached(site.address, 8080), moment
            inside("systemctl", "restart", "docker")
            inside("docker", "start", "open")
    finally:
        inside("docker", "rm", "--force", "open")


def test_ssh_answers_the_operators_network_only(site: Site) -> None:
    look = f"import socket; socket.create_connection(({site.address!r}, %d), timeout=2)"
    assert reached(site.address, 22)
    other = ("docker", "run", "--rm", machine.PYTHON_IMAGE, "python3", "-c")
    assert run(*other, look % 22, check=False).returncode == 1
    assert run(*other, look % 80, check=False).returncode == 0


def test_an_archive_that_nobody_signed_is_not_unpacked(site: Site) -> None:
    inside(
        "sh", "-c", "cp -r /var/lib/calminer/release /srv/release && echo x >>/srv/release/calminer.tar.gz"
    )
    script = (machine.CHECKOUT / "infra" / "ansible" / "roles" / "bundle" / "files" / "unpack.sh").read_text()
    inside("sh", "-c", "mkdir -p /srv/empty && cat >/srv/unpack.sh", input=script)
    words = ("sh", "/srv/unpack.sh", "/srv/release", "/srv/empty", "release")
    assert run("docker", "exec", machine.HOST, *words, check=False).returncode != 0
    assert inside("ls", "-A", "/srv/empty") == ""


def test_backups_and_drills_are_due(site: Site) -> None:
    timers = inside("systemctl", "list-timers", "--all", "--no-pager")
    assert "calminer-backup.timer" in timers
    assert "calminer-verify.timer" in timers
    assert (
        inside("systemctl", "is-enabled", "calminer-backup.timer", "calminer-firewall", "docker").split()
        == ["enabled"] * 3
    )
