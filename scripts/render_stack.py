"""Turn the production Compose file into what `docker stack deploy` accepts, on standard output.

    python scripts/render_stack.py --stack staging --profile reverse-proxy --profile worker >stack.json

Settings come from the environment and --env-file, as they do for Compose. What Swarm cannot do is refused
here rather than ignored there; what it ignores is left out. The result is JSON, which is YAML.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent

#: Passed on as they are; Swarm knows them.
SAME = {"cap_drop", "command", "entrypoint", "environment", "healthcheck", "image", "init", "logging"}
SAME |= {"networks", "read_only", "secrets", "stop_grace_period", "user", "working_dir"}
#: Left out: the engine has no-new-privileges for everything (deploy_stack.sh asks), images are built
#: elsewhere, `restart` becomes a policy, and a profile was chosen already.
LEFT_OUT = {"build", "profiles", "restart", "security_opt", "env_file"}
TURNED = {"depends_on", "deploy", "ports", "shm_size", "tmpfs", "volumes"}
#: A folder of every container, and addresses, as Compose files name them.
SHARED = "/dev/shm"  # nosec B108
EVERYWHERE = {"", "0.0.0.0", "::"}  # nosec B104
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}

Service = dict[str, Any]


class Refused(Exception):
    """The file says something that Swarm cannot do."""


def main() -> int:
    """Render."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True)
    parser.add_argument("--file", type=Path, default=CHECKOUT / "docker-compose.prod.yml")
    parser.add_argument("--env-file", type=Path)
    parser.add_argument("--profile", action="append", default=[])
    parser.add_argument("--migrate", metavar="COMMAND", help="a job with the image of `api` that runs this")
    parser.add_argument("--first", action="store_true", help="only what keeps data, and the job")
    arguments = parser.parse_args()
    try:
        document = resolved(arguments.file, arguments.env_file, arguments.profile)
        stack = render(document, arguments.stack, arguments.migrate)
    except Refused as error:
        print(f"render_stack.py: {error}", file=sys.stderr)
        return 1
    if arguments.first:
        keep = {name for name, service in stack["services"].items() if is_pinned(service) or is_job(service)}
        stack["services"] = {name: stack["services"][name] for name in sorted(keep)}
    json.dump(stack, sys.stdout, indent=1)
    return 0


def resolved(file: Path, env_file: Path | None, profiles: list[str]) -> Mapping[str, Any]:
    """Return the file as Compose understands it, with every variable and profile resolved."""
    command = ["docker", "compose", "--file", str(file)]
    command += ["--env-file", str(env_file)] if env_file else []
    # Only what was asked for, whatever profiles the env file names.
    environment = {**os.environ, "COMPOSE_PROFILES": ",".join(profiles)}
    done = subprocess.run(
        [*command, "config", "--format", "json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(done.stderr.strip())
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document


def render(document: Mapping[str, Any], stack: str, migrate: str | None = None) -> dict[str, Any]:
    """Return the stack."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", stack):
        raise Refused(f"'{stack}' is no name of a stack: lower-case letters, digits and hyphens")
    names = set(document["services"])
    services = {name: turned(name, service, stack, names) for name, service in document["services"].items()}
    if migrate:
        services["migrate"] = job(services["api"], migrate)
    return {
        "version": "3.9",
        "services": services,
        "networks": {name: network(found) for name, found in document.get("networks", {}).items()},
        "volumes": {name: volume(name, found, stack) for name, found in document.get("volumes", {}).items()},
        "secrets": {name: secret(name, found, stack) for name, found in document.get("secrets", {}).items()},
    }


def turned(name: str, service: Service, stack: str, names: set[str]) -> Service:
    """Return one service in Swarm's words."""
    unknown = set(service) - SAME - LEFT_OUT - TURNED
    if unknown:
        raise Refused(f"{name}: Swarm has no {', '.join(sorted(unknown))}")
    result = {key: value for key, value in service.items() if key in SAME and value is not None}
    mounts = [mount(name, one) for one in service.get("volumes", [])]
    pinned = bool(mounts)
    mounts += [memory(one) for one in service.get("tmpfs", [])]
    if "shm_size" in service:
        mounts.append(memory(f"{SHARED}:size={service['shm_size']},mode=1777"))
    if mounts:
        result["volumes"] = mounts
    if ports := published(name, service.get("ports", [])):
        result["ports"] = ports
    if wanted := sorted(set(service.get("depends_on", {})) & names):
        result["depends_on"] = wanted
    result["deploy"] = placed(service.get("deploy", {}), stack, pinned=pinned, ports=bool(ports))
    return result


def placed(deploy: Mapping[str, Any], stack: str, *, pinned: bool, ports: bool) -> dict[str, Any]:
    """Return how a service is updated, rolled back and placed."""
    limits = dict(deploy.get("resources", {}).get("limits", {}))
    if "cpus" in limits:
        limits["cpus"] = str(limits["cpus"])
    # Two that write the same files, or want the same port, cannot run side by side.
    order = "stop-first" if pinned or ports else "start-first"
    result = {
        "replicas": deploy.get("replicas", 1),
        "resources": {"limits": limits},
        "restart_policy": {"condition": "any", "delay": "5s"},
        "update_config": {
            "parallelism": 1,
            "order": order,
            "failure_action": "rollback",
            "monitor": "20s",
            "max_failure_ratio": 0,
        },
        "rollback_config": {"parallelism": 1, "order": order, "failure_action": "pause", "monitor": "10s"},
        "labels": {"app.calminer.stack": stack},
    }
    if pinned:
        result["placement"] = {"constraints": [f"node.labels.calminer.data=={stack}"]}
    return result


def published(name: str, ports: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the ports that the world may reach.

    Swarm cannot bind to one address: a port for this host alone would be open to everybody, so it is left
    out where it is the loopback's and refused where it is another address's. On the node itself and not
    through the mesh, so that the proxy sees who asks.
    """
    result = []
    for port in ports:
        address = port.get("host_ip", "")
        if address in LOOPBACK:
            continue
        if address not in EVERYWHERE:
            raise Refused(f"{name}: Swarm cannot publish on {address} alone")
        kept = {"target": port["target"], "published": int(port["published"]), "mode": "host"}
        result.append({**kept, "protocol": port.get("protocol", "tcp")})
    return result


def mount(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a volume or a folder of the node."""
    if found["type"] not in {"volume", "bind"}:
        raise Refused(f"{name}: a mount of type {found['type']}")
    keys = ("type", "source", "target", "read_only")
    return {key: found[key] for key in keys if key in found}


def memory(short: str) -> dict[str, Any]:
    """Return a folder in memory, from Compose's short form."""
    target, _, options = short.partition(":")
    given = dict(option.partition("=")[::2] for option in options.split(",") if option)
    tmpfs: dict[str, Any] = {}
    if "size" in given:
        tmpfs["size"] = in_bytes(given["size"])
    return {"type": "tmpfs", "target": target, "tmpfs": tmpfs}


def in_bytes(text: str) -> int:
    """Return a size in bytes."""
    found = re.fullmatch(r"(\d+)([bkmg]?)b?", text.lower())
    if not found:
        raise Refused(f"'{text}' is no size")
    return int(found[1]) * UNITS[found[2]]


def network(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a network between nodes; Swarm puts the stack's name before its own."""
    result: dict[str, Any] = {"driver": "overlay", "attachable": True}
    if found.get("internal"):
        result["internal"] = True
    if found.get("ipam"):
        result["ipam"] = found["ipam"]
    return result


def volume(name: str, found: Mapping[str, Any], stack: str) -> dict[str, Any]:
    """Return a volume that no other stack has."""
    if not str(found.get("name", "")).startswith(f"{stack}_"):
        raise Refused(
            f"the volume {name} is called {found.get('name')}, which another stack may use: {stack}_..."
        )
    return {"name": found["name"], **({"external": True} if found.get("external") else {})}


def secret(name: str, found: Mapping[str, Any], stack: str) -> dict[str, Any]:
    """Return a secret named by its content, because Swarm never changes one."""
    if "file" not in found:
        raise Refused(f"the secret {name} is no file")
    digest = hashlib.sha256(Path(found["file"]).read_bytes()).hexdigest()[:12]
    return {"name": f"{stack}_{name}_{digest}", "file": found["file"]}


def job(api: Service, command: str) -> Service:
    """Return what brings the schema up to date, once for each image."""
    kept = {key: value for key, value in api.items() if key not in {"ports", "depends_on", "deploy"}}
    deploy = {"mode": "replicated-job", "replicas": 1, "restart_policy": {"condition": "none"}}
    deploy["resources"] = api["deploy"]["resources"]
    return {**kept, "command": command.split(), "healthcheck": {"disable": True}, "deploy": deploy}


def is_pinned(service: Service) -> bool:
    """Say whether a service keeps data on a node."""
    return "placement" in service["deploy"]


def is_job(service: Service) -> bool:
    """Say whether a service ends by itself."""
    return "job" in str(service["deploy"].get("mode"))


if __name__ == "__main__":
    sys.exit(main())
