"""What Compose says becomes what Swarm does, or is refused: nothing is lost on the way without a word."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from typing import Any

import pytest

MODULE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "render_stack.py"))
render, Refused = MODULE["render"], MODULE["Refused"]


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    """A document as `docker compose config` prints it."""
    (tmp_path / "key").write_text("one")
    return {
        "name": "calminer",
        "x-shared": {},
        "services": {
            "api": {
                "image": "calminer@sha256:" + "0" * 64,
                "build": {"context": "."},
                "profiles": ["web"],
                "restart": "unless-stopped",
                "security_opt": ["no-new-privileges:true"],
                "cap_drop": ["ALL"],
                "read_only": True,
                "command": None,
                "depends_on": {"postgres": {"condition": "service_healthy"}, "elsewhere": {}},
                "deploy": {"resources": {"limits": {"cpus": 1.5, "memory": "1073741824", "pids": 256}}},
                "ports": [{"target": 8000, "published": "8000", "host_ip": "127.0.0.1"}],
                "tmpfs": ["/tmp:size=256m,mode=1777"],
                "secrets": [{"source": "key", "target": "/run/secrets/key"}],
                "networks": {"back": None},
            },
            "postgres": {
                "image": "postgres:18.6-trixie",
                "shm_size": "268435456",
                "volumes": [
                    {"type": "volume", "source": "data", "target": "/var/lib/postgresql", "volume": {}},
                    {"type": "bind", "source": "/opt/guard.sh", "target": "/guard.sh", "read_only": True},
                ],
            },
            "traefik": {"image": "traefik:v3.7", "ports": [{"target": 8443, "published": "443"}]},
        },
        "networks": {"back": {"name": "calminer_backend", "internal": True, "ipam": {}}},
        "volumes": {"data": {"name": "staging_data", "external": True}},
        "secrets": {"key": {"name": "calminer_key", "file": str(tmp_path / "key")}},
    }


def test_hardening_limits_and_memory_survive(document: dict[str, Any]) -> None:
    api = render(document, "staging")["services"]["api"]
    assert api["cap_drop"] == ["ALL"]
    assert api["read_only"] is True
    limits = api["deploy"]["resources"]["limits"]
    assert limits == {"cpus": "1.5", "memory": "1073741824", "pids": 256}
    assert {"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 256 << 20}} in api["volumes"]
    assert not {"build", "profiles", "restart", "security_opt", "command"} & set(api)
    shared = render(document, "staging")["services"]["postgres"]["volumes"][-1]
    assert shared == {"type": "tmpfs", "target": "/dev/shm", "tmpfs": {"size": 256 << 20}}


def test_depends_on_is_a_list_of_what_is_there(document: dict[str, Any]) -> None:
    assert render(document, "staging")["services"]["api"]["depends_on"] == ["postgres"]


def test_the_loopbacks_port_is_closed_and_anothers_refused(document: dict[str, Any]) -> None:
    services = render(document, "staging")["services"]
    assert "ports" not in services["api"]
    assert services["traefik"]["ports"] == [
        {"target": 8443, "published": 443, "mode": "host", "protocol": "tcp"}
    ]
    document["services"]["api"]["ports"][0]["host_ip"] = "10.0.0.5"
    with pytest.raises(Refused, match=r"10\.0\.0\.5"):
        render(document, "staging")


def test_start_first_but_for_files_and_ports(document: dict[str, Any]) -> None:
    services = render(document, "staging")["services"]
    orders = {name: service["deploy"]["update_config"]["order"] for name, service in services.items()}
    assert orders == {"api": "start-first", "postgres": "stop-first", "traefik": "stop-first"}
    for service in services.values():
        assert service["deploy"]["update_config"]["failure_action"] == "rollback"


def test_data_stays_on_the_node_of_its_stack(document: dict[str, Any]) -> None:
    services = render(document, "staging")["services"]
    assert services["postgres"]["deploy"]["placement"]["constraints"] == [
        "node.labels.calminer.data==staging"
    ]
    assert "placement" not in services["api"]["deploy"]


def test_two_stacks_share_nothing(document: dict[str, Any]) -> None:
    staging = render(document, "staging")
    assert "name" not in staging["networks"]["back"]
    assert staging["networks"]["back"]["internal"] is True
    with pytest.raises(Refused, match="another stack"):
        render(document, "production")
    document["volumes"]["data"]["name"] = "production_data"
    production = render(document, "production")
    assert staging["secrets"]["key"]["name"] != production["secrets"]["key"]["name"]


def test_a_changed_secret_has_another_name(document: dict[str, Any]) -> None:
    before = render(document, "staging")["secrets"]["key"]["name"]
    Path(document["secrets"]["key"]["file"]).write_text("two")
    assert render(document, "staging")["secrets"]["key"]["name"] != before


def test_the_migration_is_a_job_of_the_same_image(document: dict[str, Any]) -> None:
    services = render(document, "staging", "python scripts/run_migrations.py")["services"]
    job = services["migrate"]
    assert job["image"] == services["api"]["image"]
    assert job["command"] == ["python", "scripts/run_migrations.py"]
    assert job["deploy"]["mode"] == "replicated-job"
    assert job["deploy"]["restart_policy"] == {"condition": "none"}
    assert job["secrets"] == services["api"]["secrets"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("privileged", True),
        ("devices", ["/dev/kvm"]),
        ("network_mode", "host"),
        ("pid", "host"),
        ("sysctls", {}),
    ],
)
def test_what_swarm_cannot_do_is_refused(document: dict[str, Any], key: str, value: object) -> None:
    document["services"]["api"][key] = value
    with pytest.raises(Refused, match=key):
        render(document, "staging")


@pytest.mark.parametrize("name", ["", "Staging", "a_b", "1a", "a" * 40, "a;b"])
def test_a_name_that_is_none_is_refused(document: dict[str, Any], name: str) -> None:
    with pytest.raises(Refused):
        render(document, name)


def test_it_is_plain_data(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    json.dumps(render(document, "staging"))
    assert document == before
